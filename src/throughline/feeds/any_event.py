"""The layout ``events``: any kind of event that `words` holds, one a row, with its marks and details."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from throughline import words
from throughline.feeds import people
from throughline.feeds.base import Derived, Event, Statement
from throughline.feeds.cells import Code, at_of, day_of, looked_up, tidy
from throughline.feeds.layouts import Layout, Parse
from throughline.feeds.people import Met
from throughline.feeds.subjects import is_subject, subject

Values = tuple[str, ...]


@looked_up
def kind(text: str) -> Code:
    """A kind of event, by its id or an alias."""
    name = tidy(text)
    if not name:
        return Code("", "")
    try:
        return Code(words.resolve(name)[0].id, "")
    except words.UnknownWord:
        return Code("", "kind-unknown")


def _known(text: str, known: frozenset[str], problem: str) -> Code:
    """Those of several codes that are on a list; the problem if any is not."""
    given = [part.strip() for part in tidy(text).split(";") if part.strip()]
    found = [code for part in given if (code := part.lower().replace(" ", "_")) in known or (code := part) in known]
    return Code(";".join(found), problem if len(found) < len(given) else "")


@looked_up
def marks(text: str) -> Code:
    """Marks from the closed list, separated by semicolons."""
    return _known(text, frozenset(words.marks()), "mark-unknown")


@looked_up
def tags(text: str) -> Code:
    """Handling tags, separated by semicolons."""
    return _known(text.upper(), frozenset(words.tags()), "tag-unknown")


@looked_up
def level(text: str) -> Code:
    """A sensitivity level; blank means the kind's own."""
    plain = tidy(text).upper()
    if not plain or plain in words.levels():
        return Code(plain, "")
    return Code("", "level-unknown")


@looked_up
def about(text: str) -> Code:
    """What a row is about where it is no child, by id or title; blank or child: a child."""
    name = tidy(text).lower()
    found = next((id for id, title in words.subjects().items() if name in (id, title.lower())), "")
    return Code("" if found == words.CHILD else found, "subject-unknown" if name and not found else "")


def details(text: str) -> Code:
    """Details as one JSON object, from ``name=value;name=value`` or from JSON; values are texts."""
    text = tidy(text)
    if not text:
        return Code("", "")
    found = _from_json(text) if text.startswith("{") else _from_pairs(text)
    if found is None:
        return Code(_as_json({"what": text}), "details-unreadable")
    return Code(_as_json(found), "")


def _from_json(text: str) -> dict[str, str] | None:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    return {
        _storable(name): _storable(value if isinstance(value, str) else json.dumps(value))
        for name, value in given.items()
    }


def _storable(text: str) -> str:
    """Without what JSON can spell and no database can hold: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _from_pairs(text: str) -> dict[str, str] | None:
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if not all(name.strip().isidentifier() and sign for name, sign, _ in pairs):
        return None
    return {name.strip(): value.strip() for name, _, value in pairs}


def _as_json(found: dict[str, str]) -> str:
    return json.dumps({k: v for k, v in found.items() if v}, ensure_ascii=False, sort_keys=True) if found else ""


def agency(text: str) -> Code:
    """The agency that says so, where it is another than the sender."""
    name = tidy(text)
    return Code(people.sender(name).agency if name else "", "")


PARSERS: dict[str, Parse] = {
    "kind": kind,
    "marks": marks,
    "details": details,
    "level": level,
    "tags": tags,
    "agency": looked_up(agency),
    "subject": about,
}
"""How the cells of this layout's own types are read."""


def hint(problem: str, given: str) -> str:
    """What to add to the fault of a cell: for an unknown kind the nearest ones, for an unknown subject all."""
    if problem == "subject-unknown":
        return f"; there are {', '.join(words.subjects())}"
    if problem == "kind-unknown":
        try:
            words.resolve(tidy(given))
        except words.UnknownWord as unknown:
            return f"; the nearest are {', '.join(unknown.nearest)}" if unknown.nearest else ""
    return ""


def whose(layout: Layout, met: Met, values: Values) -> Met:
    """What a row is about: the subject it names, if it names no child besides."""
    kind_of_subject, name = _subject(layout, values)
    if met.key or not (kind_of_subject and name):
        return met
    return Met(subject(kind_of_subject, name).key, met.values, "", False)


def misfit(layout: Layout, key: str, values: Sequence[str]) -> tuple[str, str]:
    """Why a row cannot be about what it names, as a rule id and the end of a sentence; blanks: it can."""
    kind_of_subject, name = _subject(layout, values)
    if not kind_of_subject and name:
        return "row-no-subject", "gives subject_id but no subject_kind that we know"
    if kind_of_subject and not name:
        return "row-no-subject", "gives subject_kind but no subject_id"
    if kind_of_subject and not is_subject(key):
        return "row-two-subjects", f"names a child and {_called(kind_of_subject)}; send one row for each"
    told = words.kinds().get(values[layout.place("kind")])
    if told and key and (kind_of_subject or words.CHILD) not in told.about:
        others = " or ".join(map(_called, told.about))
        what = f"tells '{told.title}', which is about {others}, not {_called(kind_of_subject or words.CHILD)}"
        return "kind-not-about", f"{what}; subject_kind and subject_id say what a row is about"
    return "", ""


def _called(kind_of_subject: str) -> str:
    title = words.subjects()[kind_of_subject].lower()
    return f"an {title}" if title[0] in "aeiou" else f"a {title}"


def _subject(layout: Layout, values: Sequence[str]) -> tuple[str, str]:
    return values[layout.place("subject_kind")], values[layout.place("subject_id")]


@cache
def _places(layout: Layout) -> tuple[int, ...]:
    return tuple(map(layout.place, ("kind", "happened", "marks", "details", "level", "tags", "agency", "ref")))


def settle(layout: Layout, sender: str, values: Values, given: Values) -> tuple[str, Values]:
    """Who says so, and the values with the marks that the kind's name implies."""
    kind_place, _, marks_place, *_, agency_place, _ = _places(layout)
    if values[kind_place]:
        implied = words.resolve(tidy(given[kind_place]))[1].difference(values[marks_place].split(";"))
        if implied:
            all_marks = ";".join(filter(None, (values[marks_place], *sorted(implied))))
            values = (*values[:marks_place], all_marks, *values[marks_place + 1 :])
    return values[agency_place] or sender, values


def derive(layout: Layout, statements: Sequence[Statement]) -> Derived:
    """The events of one child's statements of this layout: one each."""
    kind_place, when, marks_place, details_place, level_place, tags_place, _, ref = _places(layout)
    kinds = words.kinds()
    events = []
    for statement in statements:
        values = statement.values
        known = kinds.get(values[kind_place])
        happened_on = day_of(values[when])
        if known is None or happened_on is None:
            continue
        happened_at = at_of(values[when])
        events.append(
            Event(
                known.id,
                happened_on,
                happened_at,
                "time" if happened_at else "day",
                statement.said_by,
                statement,
                frozenset(filter(None, values[marks_place].split(";"))),
                json.loads(values[details_place]) if values[details_place] else {},
                values[ref],
                values[level_place] or known.level,
                known.tags.union(filter(None, values[tags_place].split(";"))),
            )
        )
    return Derived(events, [])
