"""The layouts in words: who sends each, how each column is read, what a row comes to. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from throughline import words
from throughline.feeds.layouts import Layout, every_layout, identity_notes
from throughline.feeds.tells import ANY, Chance, Condition, Tell

_READ = {
    "text": "Text",
    "remark": "Text; blank or 'none' where there is nothing to say",
    "listed": "Codes or words, separated by ;",
    "day": "Date, YYYY-MM-DD",
    "moment": "Date and time, YYYY-MM-DDThh:mm, or the date alone",
    "yes_no": "Y or N",
    "amount": "Number",
    "code": "One of the codes",
    "codes": "Codes, separated by ;",
    "known": "One of the codes, or the sender's own word",
    "upn": "Unique pupil number",
    "nhs_number": "NHS number, ten digits",
    "sex": "M, F or U",
    "postcode": "Postcode",
    "kind": "A kind of event",
    "marks": "Marks, separated by ;",
    "details": "name=value;name=value, or JSON",
    "level": "SL0 to SL5",
    "tags": "Handling tags, separated by ;",
    "agency": "An agency's name or id",
    "subject": "What it is about; blank is a child",
}
_AHEAD = "; may lie ahead"
_NOTHING = "nothing by itself"


class Column(NamedTuple):
    """One column of a layout, in words."""

    name: str
    read_as: str
    codes: tuple[tuple[str, str], ...]
    """Code and what it means, for a column with a closed list."""
    comes_to: str
    """What is made of it."""
    note: str
    needed: bool
    """A row without it is refused."""


class Description(NamedTuple):
    """One layout, in words."""

    id: str
    title: str
    sent_by: str
    about: str
    """Whether its rows are about children or places."""
    block: tuple[Column, ...]
    """The identity block, which is the same in every layout about children."""
    columns: tuple[Column, ...]
    events: tuple[str, ...]
    """What a row comes to, one line for each event."""
    refused: str
    """What a row cannot do without."""
    order: tuple[str, ...]
    """Dates that cannot stand the other way round."""


def descriptions() -> tuple[Description, ...]:
    """Every layout of ours, in words, by title."""
    return tuple(sorted(map(described, every_layout().values()), key=lambda each: each.title))


def described(layout: Layout) -> Description:
    """One layout, in words."""
    return Description(
        id=layout.id,
        title=layout.title,
        sent_by=words.agencies()[layout.agency].title if layout.agency else "Anybody; a row says who",
        about="children" if layout.block else "places; no row names a child, and none is tied to one",
        block=tuple(_column(layout, name) for name in layout.columns[: layout.block]),
        columns=tuple(_column(layout, name) for name in layout.own),
        events=tuple(_events(layout)) or ("Any kind of event, with its own marks and details, at happened",),
        refused=_refused(layout),
        order=tuple(f"{layout.columns[a]}, then {layout.columns[b]}" for a, b, _ in layout.order),
    )


# -- columns ------------------------------------------------------------------------------------------


def _column(layout: Layout, name: str) -> Column:
    how, *_ = layout.kinds_of_cell[name].split()
    ahead = _AHEAD if layout.place(name) in layout.ahead else ""
    is_own = name in layout.own
    return Column(
        name=name,
        read_as=_READ[how] + ahead,
        codes=tuple(_codes(layout, name)),
        comes_to="; ".join(dict.fromkeys(_comes_to(layout, name))) or _NOTHING if is_own else "",
        note=layout.notes.get(name) or ("" if is_own else identity_notes()[name]),
        needed=layout.place(name) in layout.must or layout.needs == (layout.place(name),),
    )


def _codes(layout: Layout, name: str) -> Iterator[tuple[str, str]]:
    how, *of = layout.kinds_of_cell[name].split()
    if name in layout.listed:
        yield from ((code, "") for code in layout.listed[name])
    elif how in ("code", "codes", "known"):
        yield from ((code, known.label) for code, known in words.codes(of[0]).items())
    elif how == "subject":
        yield from ((id, title) for id, title in words.subjects().items() if id != words.CHILD)
    elif how == "kind":
        yield from ((kind.id, kind.title) for kind in words.kinds().values())
    elif how == "marks":
        yield from ((mark.id, mark.title) for mark in words.marks().values())
    elif how == "tags":
        yield from ((tag.id, tag.title) for tag in words.tags().values())


def _comes_to(layout: Layout, name: str) -> Iterator[str]:
    """What is made of a column of the layout's own, most telling first."""
    place = layout.place(name)
    for tell in layout.says:
        if any(chance.place == place for chance in tell.chances):
            yield f"date of {_title(tell)}"
        if tell.by == place:
            yield "which event it is"
    for tell in layout.says:
        for key, at in tell.details:
            if at == place:
                yield f"detail: {_field(tell, key)}"
        if any(at == place for at, _ in tell.marks_by) or place in tell.marks_from:
            yield "marks"
        if any(condition.place == place for chance in tell.chances for condition in chance.conditions):
            yield "whether it is told"
    if layout.ref[1] == place:
        yield "what belongs together"
    if any(undated.place == place for undated in layout.undated):
        yield "asked about if nothing says when"
    if not layout.says:
        yield "the event"


def _title(tell: Tell) -> str:
    kinds = words.kinds()
    titles = [kinds[kind].title for kind in dict.fromkeys((*tell.kind_by.values(), tell.kind)) if kind]
    return f"'{titles[0]}'" if len(titles) == 1 else "the event"


def _field(tell: Tell, key: str) -> str:
    kind = words.kinds()[tell.kind or next(kind for kind in tell.kind_by.values() if kind)]
    return next(field.title for field in kind.fields if field.id == key)


# -- what a row comes to ------------------------------------------------------------------------------


def _events(layout: Layout) -> Iterator[str]:
    columns = (*layout.columns, *_lent(layout))
    for tell in layout.says:
        by = f"{columns[tell.by]} is " if tell.by >= 0 else ""
        cases: dict[str, list[str]] = {}
        for code, kind in tell.kind_by.items():
            cases.setdefault(kind, []).append(code or "blank")
        when = " or ".join(dict.fromkeys(_when(chance, columns) for chance in tell.chances))
        for kind, codes in cases.items():
            if kind:
                yield f"{_kind(tell, kind)}: {by}{' or '.join(codes)}, at {when}{_marks(tell, kind, columns)}"
        if tell.kind:
            none = [code for code, kind in tell.kind_by.items() if not kind]
            rest = f"{columns[tell.by]} is {'not ' + ' or '.join(none) if none else 'anything else'}, " if by else ""
            yield f"{_kind(tell, tell.kind)}: {rest}at {when}{_marks(tell, tell.kind, columns)}"


def _marks(tell: Tell, kind: str, columns: tuple[str, ...]) -> str:
    """The marks an event of this kind may get from the row, in words."""
    allowed, titles = words.kinds()[kind].marks, words.marks()
    said = [f"'{titles[mark].title}'" for mark in sorted(tell.marks)]
    for chance in tell.chances:
        where = " and ".join(_condition(condition, columns) for condition in chance.conditions)
        said += [
            f"'{titles[mark].title}' by {columns[chance.place]}{where and ' where ' + where}" for mark in chance.marks
        ]
    for place, by in tell.marks_by:
        if tell.by == place:
            by = {code: mark for code, mark in by.items() if tell.kind_by.get(code, tell.kind) == kind}
        for code, mark in by.items():
            if mark in allowed:
                value = "filled" if code == ANY else code
                said.append(f"'{titles[mark].title}' where {columns[place]} is {value}")
    if any(titles[mark].sign_type for mark in allowed):
        said += [f"any mark of ours that {columns[place]} names" for place in tell.marks_from]
    return f". Marked {', '.join(said)}" if said else ""


def _kind(tell: Tell, id: str) -> str:
    kind = words.kinds()[id]
    handled = " ".join((kind.level, *sorted(kind.tags | tell.tags)))
    return f"{kind.title} ({id}, {handled})"


def _when(chance: Chance, columns: tuple[str, ...]) -> str:
    conditions = " and ".join(_condition(condition, columns) for condition in chance.conditions)
    return columns[chance.place] + (f" where {conditions}" if conditions else "")


def _condition(condition: Condition, columns: tuple[str, ...]) -> str:
    name = columns[condition.place]
    if condition.values == {ANY}:
        return f"{name} is filled"
    values = " or ".join(sorted(value or "blank" for value in condition.values))
    return f"{name} is {'' if condition.wanted else 'not '}{values}"


def _lent(layout: Layout) -> Iterator[str]:
    if layout.borrowed:
        yield from (f"{column} of {layout.borrowed.table}" for column in layout.borrowed.columns)


def _refused(layout: Layout) -> str:
    lacking = [] if layout.of_places else ["names no child" + " and nothing else" * layout.names_subjects]
    if layout.needs:
        lacking.append("has no date in " + " or ".join(layout.columns[place] for place in layout.needs))
    lacking += [f"gives no {layout.columns[place]}" for place in layout.must]
    return f"A row is refused that {' or '.join(lacking)}."
