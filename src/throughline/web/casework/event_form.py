"""The one form that records any kind of event, built from `words`: when, who said it, what, which marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from throughline import words
from throughline.web.design import forms
from throughline.web.design.forms import Field
from throughline.words import Kind, Mark

RESERVED = frozenset({"happened_on", "happened_time", "time_unknown", "recorded_on", "said_by", "marks", "kind", "act"})
"""Names the form itself uses: no kind may have a field of one of these."""

HAPPENED_ON = Field("happened_on", "When did it happen?", forms.DAY)
HAPPENED_TIME = Field("happened_time", "At what time?", forms.CLOCK, "24-hour clock, for example 14:30", width=5)
RECORDED_ON = Field(
    "recorded_on", "When was it first written down?", forms.DAY, "Only if that was before today. For example, 27 3 2026"
)
NOT_TO = Field(
    "not_to",
    "Did the child ask that somebody should not be told?",
    forms.MANY,
    "Tick whom. It is then left out of whatever goes to them, and only those who lead with the child see it.",
    options=tuple((code, known.label) for code, known in words.codes("audience").items()),
)
_FEWEST_TO_FOLD = 12
_FEW = 5

_TYPES = {
    "text": forms.TEXT,
    "longtext": forms.LONG_TEXT,
    "date": forms.DAY,
    "datetime": forms.MOMENT,
    "number": forms.NUMBER,
    "postcode": forms.POSTCODE,
}


@dataclass(frozen=True, slots=True)
class KindLink:
    """One kind to choose, with everything it may be looked for by."""

    id: str
    title: str
    words: str
    """Lower case: title, other names, area."""


@dataclass(frozen=True, slots=True)
class EventForm:
    """The questions of one kind of event, in the order they are asked."""

    kind: Kind
    said_by: Field
    details: tuple[Field, ...]
    marks: Field | None
    recorded_on: bool = True
    """Asks when it was first written down; a short form is filled in as it happens."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, as `forms.read_all` and `forms.summary` want them."""
        marks = (self.marks,) if self.marks else ()
        recorded = (RECORDED_ON,) if self.recorded_on else ()
        return (HAPPENED_ON, HAPPENED_TIME, self.said_by, *self.details, *marks, *recorded)


def form_of(kind: Kind, own_agency: str, on: date) -> EventForm:
    """The form of `kind` for someone of `own_agency`, with the codes that may be used on the day `on`."""
    return EventForm(
        kind=kind,
        said_by=Field("said_by", "Who said so?", forms.SELECT, options=_agencies(kind, own_agency)),
        details=tuple(_field(kind, field, own_agency, on) for field in kind.fields if field.type != "keys"),
        marks=_marks(kind),
    )


def form_about(kind: Kind, subject_kind: str, own_agency: str, on: date) -> EventForm:
    """The form of `kind` about a place, a plan or the like, which need not be named in it again."""
    form = form_of(kind, own_agency, on)
    naming = {field.id for field in kind.fields if field.names == subject_kind}
    return replace(form, details=tuple(field for field in form.details if field.name not in naming))


def cut(form: EventForm, fields: Sequence[str], marks: Sequence[str]) -> EventForm:
    """The same form with only these fields, in this order, and only these marks."""
    by_name = {field.name: field for field in form.details}
    titles = tuple((mark, words.marks()[mark].title) for mark in marks)
    ticks = Field("marks", "Tick what is so", forms.MANY, options=titles) if marks else None
    return replace(form, details=tuple(by_name[name] for name in fields), marks=ticks, recorded_on=False)


def read(form: EventForm, given: Mapping[str, str]) -> tuple[dict[str, str | list[str]], dict[str, str]]:
    """The answers as `actions.record` takes them, and the mistakes by field name."""
    answers, mistakes = forms.read_all(form.fields, given)
    if answers.get("happened_on") == "":
        mistakes["happened_on"] = "Say on which day it happened"
    unknown = given.get("time_unknown") == "yes"
    if unknown and answers.get("happened_time"):
        mistakes["happened_time"] = "Either give the time, or say that it is not known"
    if form.kind.hours and not unknown and answers.get("happened_time") == "":
        mistakes["happened_time"] = "Give the time, or say that it is not known. Hours count for this"
    return answers, mistakes


def anything_typed(given: Mapping[str, str]) -> bool:
    """Whether a draft would hold more than what the form fills in by itself."""
    return any(typed.strip() for name, typed in given.items() if name not in ("kind", "said_by", "act"))


@lru_cache
def _links() -> tuple[tuple[str, tuple[KindLink, ...]], ...]:
    by_area: dict[str, list[KindLink]] = {area: [] for area in words.areas()}
    for kind in words.kinds().values():
        if words.CHILD not in kind.about:
            continue
        also = (kind.title, kind.id, *kind.aliases, words.areas()[kind.area])
        known_by = " ".join(also).replace("_", " ").lower()
        by_area[kind.area].append(KindLink(kind.id, kind.title, known_by))
    return tuple(
        (words.areas()[area], tuple(sorted(links, key=lambda link: link.title)))
        for area, links in by_area.items()
        if links
    )


def kinds_by_area(query: str = "") -> tuple[tuple[str, tuple[KindLink, ...]], ...]:
    """Every kind that may be about a child, under its area; only those that every word of `query` fits."""
    wanted = query.lower().split()
    found = []
    for area, links in _links():
        fitting = tuple(link for link in links if all(word in link.words for word in wanted))
        if fitting:
            found.append((area, fitting))
    return tuple(found)


def _agencies(kind: Kind, own_agency: str) -> forms.Options:
    """Every agency: our own first, then those a kind usually comes from, then everyone else."""
    types = words.agencies()
    usual = [agency for agency in kind.said_by if agency in types]
    rest = [agency for agency in types if agency not in usual]
    own = (own_agency, f"{words.agency_title(own_agency)} (your own agency)")
    return (own, *((agency, types[agency].title) for agency in (*usual, *rest) if agency != own_agency))


def _field(kind: Kind, field: words.Field, own_agency: str, on: date) -> Field:
    if field.type == "yes_no":
        return Field(field.id, field.title, forms.CHOICE, field.help, options=(("Y", "Yes"), ("N", "No")))
    if field.type == "code":
        return _code_field(field, on)
    if field.type == "agency":
        return Field(field.id, field.title, forms.SELECT, field.help, options=_agencies(kind, own_agency))
    width = {"number": 5, "postcode": 10}.get(field.type, 0)
    return Field(field.id, field.title, _TYPES[field.type], field.help, width=width)


def _code_field(field: words.Field, on: date) -> Field:
    options = tuple(
        (code, known.label)
        for code, known in words.codes(field.codes).items()
        if (known.start is None or known.start <= on) and (known.end is None or known.end >= on)
    )
    shown_as = forms.CHOICE if len(options) <= _FEW else forms.SELECT
    return Field(field.id, field.title, shown_as, field.help, options=options)


def _marks(kind: Kind) -> Field | None:
    """The marks this kind may carry; signs folded away by type, since there are many."""
    carried = [mark for id, mark in words.marks().items() if id in kind.marks]
    if not carried:
        return None
    plain = _options(mark for mark in carried if not mark.sign_type)
    if len(carried) <= _FEWEST_TO_FOLD:
        return Field("marks", "Tick what is known to be so", forms.MANY, options=_options(carried))
    by_type: dict[str, list[Mark]] = {}
    for mark in carried:
        if mark.sign_type:
            by_type.setdefault(mark.sign_type, []).append(mark)
    signs = tuple((name.capitalize(), _options(marks)) for name, marks in by_type.items())
    folds: list[tuple[str, forms.Groups]] = [("About this event", (("", plain),))] if plain else []
    folds += [("Signs that someone may be harming or using the child", signs)] if signs else []
    hint = "Nothing ticked means nobody has said so, not that it is not so."
    return Field("marks", "Tick what is known to be so", forms.MANY, hint, folds=tuple(folds))


def _options(marks: Iterable[Mark]) -> forms.Options:
    return tuple((mark.id, mark.title) for mark in marks)
