"""The questions of each page about sharing: the fields of their kinds, in the order a person thinks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import quote, unquote

from throughline import words
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import event_form
from throughline.web.casework import shares_holding as holding
from throughline.web.casework.shares import AGREED, ANSWERED, ASKED, DECIDED
from throughline.web.casework.shares_gate import NOT_SHARE, SHARE, WHICH
from throughline.web.casework.shares_reading import Quotable
from throughline.web.design import formats, forms
from throughline.web.design.forms import Field

ITEMS, URGENT = "records", "urgent"
KEEP, LIFT = "keep", "lift"

_ORDER: Mapping[str, tuple[str, ...]] = {
    DECIDED: ("with_agency", "with", "what", "reason", "lawful_basis", "necessity", "family_told", "family_why",
              "until", "handling", "decided_by"),
    AGREED: ("with_agency", "what", "until", "person"),
    ASKED: ("with_agency", "with", "what", "reason", "due"),
    ANSWERED: ("what", "reason", "decided_by"),
    holding.HELD: ("holding_ground", "not_to", "decided_by"),
    holding.KEPT: ("reason", "decided_by"),
}  # fmt: skip
_HINTS = {
    (DECIDED, "lawful_basis"): "Consent is seldom it: most sharing to keep a child safe rests on our task by law.",
    (DECIDED, "necessity"): "What could go wrong without it, and why less would not do.",
    (DECIDED, "family_why"): "Only where they were not told.",
    (DECIDED, "until"): "From then on it is decided anew. For example, 27 3 2026",
    (DECIDED, "decided_by"): "Name and post of whoever answers for it.",
    (DECIDED, "reason"): "What they need it for; or why it is not shared.",
    (ANSWERED, "what"): "Where it is more than a sentence, record it as what it is and say here that you have.",
    (ANSWERED, "reason"): "Only where it was not given.",
    (ANSWERED, "decided_by"): "Only where it was not given: name and post of whoever decided so.",
    (holding.HELD, "not_to"): "Only where the child asked.",
}
_WHICH: Mapping[str, tuple[str, forms.Options]] = {
    DECIDED: ("What is decided?", ((SHARE, "To share it"), (NOT_SHARE, "Not to share it"))),
    AGREED: ("What did they answer?", ((SHARE, "It may be shared"), (NOT_SHARE, "It may not be shared"))),
    ANSWERED: ("What came of it?", ((SHARE, "They answered"), (NOT_SHARE, "They said no"))),
    holding.KEPT: ("What is decided?", ((KEEP, "Still hold it closely"), (LIFT, "Hold it as before"))),
}
_TICKS = {
    DECIDED: "What of the line is it about?",
    AGREED: "What was asked about?",
    holding.HELD: "What is to be held more closely?",
}


def questions(kind: str, viewer: Viewer, today: date, items: Sequence[Quotable] = ()) -> tuple[Field, ...]:
    """The fields of the page on which a fact of this kind is recorded; `items` are records it may quote."""
    form = event_form.form_of(words.kinds()[kind], viewer.agency, today)
    own = {field.name: replace(field, hint=_HINTS.get((kind, field.name), field.hint)) for field in form.details}
    found = [own[name] for name in _ORDER[kind]]
    if kind == holding.HELD:
        found = [replace(field, type=forms.MANY) if field.name == "not_to" else field for field in found]
    if kind in _WHICH:
        title, options = _WHICH[kind]
        found.insert(0, Field(WHICH, title, forms.CHOICE, options=options))
    if kind in _TICKS:
        found.insert(min(1, len(found)) if kind in _WHICH else 0, _ticks(_TICKS[kind], items))
    if kind == ASKED:
        found.append(Field(URGENT, "Does it have to be answered today?", forms.MANY, options=(("yes", "Yes, today"),)))
    return tuple(found)


def _ticks(title: str, items: Sequence[Quotable]) -> Field:
    hint = "" if items else "Nothing on the line that you see can be ticked."
    return Field(ITEMS, title, forms.MANY, hint, options=tuple((as_value(item.key), _said(item)) for item in items))


def _said(item: Quotable) -> str:
    note = f". {item.note}" if item.note else ""
    return f"{formats.day(item.on)}: {item.title} ({', '.join(item.said_by)}){note}"


def as_value(key: str) -> str:
    """A record's key as one value among several of a form."""
    return quote(key, safe="")


def read(
    fields: Sequence[Field], given: Mapping[str, str]
) -> tuple[dict[str, str | list[str]], list[str], dict[str, str]]:
    """The answers as the actions of `shares` take them, the keys of the records ticked, and the mistakes."""
    answers, mistakes = forms.read_all(fields, given)
    items = [unquote(value) for value in answers.pop(ITEMS, [])]
    which = answers.pop(WHICH, "")
    marks = [str(which)] if which in (SHARE, NOT_SHARE) else []
    marks += ["urgent"] if answers.pop(URGENT, []) else []
    return {**answers, "marks": marks}, items, mistakes
