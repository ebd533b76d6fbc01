"""One delivery's API files, child by child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from operator import getitem
from typing import Any

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    NO_EVENT,
    REFUSED,
    USED,
    USED_WITH_FAULTS,
    Context,
    Coverage,
    Fault,
    Person,
    Source,
    Statement,
    person_key,
)
from throughline.feeds.dfe_api.tables import FEED_ID, PROBLEMS, TABLES, Table, memos
from throughline.feeds.faults import LONGEST_VALUE, file_fault
from throughline.feeds.faults import PROBLEMS as CELL_PROBLEMS
from throughline.feeds.json_stream import objects
from throughline.feeds.memos import Said
from throughline.feeds.ssda903.care import ADOPTION_HOMES

Item = Person | Statement | Fault
_new = tuple.__new__
_AROUND = ("la_child_id", "social_care_episode_id")
"""Columns of every record that are taken from the records around it."""
_POSTCODE = TABLES["child"].places["postcode"]


class Reader:
    """Reads one delivery; see `base.Reader`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def read(self, source: Source, table: str) -> Iterator[Person | Statement | Coverage | Fault]:
        """Everything one file says."""
        file = _File(source.name, self._context)
        for place, thing in enumerate(objects(source), start=1):
            yield from file.take_child(place, thing)
        yield from file.faults_of_the_whole()

    def finish(self) -> Iterator[Coverage | Fault]:
        """Nothing: whether a file holds every child, or those that changed, does not show in it (ADR 0017)."""
        yield from ()


class _Columns:
    """The look-ups of one table of one file."""

    def __init__(self, table: Table, context: Context) -> None:
        self.table = table
        self.said: list[Said] = []
        self.memos = memos(table, context.received_on, self.said)
        self.blank = [""] * len(table.columns)
        self.rows = 0


class _File:
    """One file being read."""

    def __init__(self, name: str, context: Context) -> None:
        self._name = name
        sender = context.sender
        self._agency = sender if sender and words.agency_type(sender).authority else "la"
        self._tables = {name: _Columns(table, context) for name, table in TABLES.items()}
        self._unknown: Counter[str] = Counter()
        self._child = 0

    # -- children and the records in them -------------------------------------------------------------

    def take_child(self, place: int, thing: Any) -> list[Item]:
        """One child, the `place`th of the file: who it is, and a statement for each record inside."""
        self._child = place
        out: list[Item] = []
        self._take(thing, "child", ("", ""), "", out)
        return out

    def _take(self, thing: Any, name: str, around: tuple[str, str], person: str, out: list[Item]) -> None:
        """A record, and the records inside it; `around`: the child's id and the episode's."""
        columns = self._tables[name]
        given, held = columns.blank.copy(), list[tuple[str, Any]]()
        self._gather(columns, thing, given, held, around)
        if name == "child" and given[_POSTCODE] and _with_adopters(held):
            columns.said.append((_POSTCODE, "", "postcode-of-adopters"))
            given[_POSTCODE] = ""
        values = self._read(columns, given)
        if name == "child":
            person = person_key(self._agency, FEED_ID, values[0]) if values[0] else ""
            around = (values[0], "")
            if person:
                out.append(self._claim(values, person))
        elif name == "episode":
            around = (around[0], values[1])
        if not (name == "episode" and held and _only_holds(columns.table, values)):
            self._state(columns, given, values, person, out)
        for table, inner in held:
            self._take(inner, table, around, person, out)

    def _gather(
        self, columns: _Columns, thing: Any, given: list[str], held: list[tuple[str, Any]], around: tuple[str, str]
    ) -> None:
        """Collect what a record says itself; records inside it go to `held`."""
        table = columns.table
        for name, value in zip(_AROUND, around, strict=True):
            if value and name in table.places:
                given[table.places[name]] = value
        if not isinstance(thing, dict):
            columns.said.append((0, _shown(thing), "record-wrong"))
            return
        waiting = [thing]
        for part in waiting:
            for name, value in part.items():
                if name in table.inside or name in table.through:
                    waiting += [value] if isinstance(value, dict) else []
                elif name in table.holds:
                    several = value if isinstance(value, list) else [value] if value is not None else []
                    held += [(table.holds[name], inner) for inner in several]
                elif name in table.places:
                    if value is not None:
                        self._set(columns, given, table.places[name], value)
                else:
                    self._unknown[name[:LONGEST_VALUE]] += 1

    def _set(self, columns: _Columns, given: list[str], place: int, value: Any) -> None:
        """Put a value in its place as text; `purge` counts wherever it is said, any other as first said."""
        if type(value) is str and value.isprintable():  # nearly every value is
            text = value
        else:
            several = place in columns.table.several and isinstance(value, list)
            texts = [_text(part) for part in value] if several else [_text(value)]
            if None in texts:
                columns.said.append((place, _shown(value), "type-wrong"))
            text = ";".join(filter(None, texts))
        if place == columns.table.purge:
            given[place] = text if cells.yes_no(text).text == "Y" else given[place] or text
        else:
            given[place] = given[place] or text

    def _read(self, columns: _Columns, given: list[str]) -> tuple[str, ...]:
        """The values cleaned, with an end that lies before its start left out."""
        values = tuple(map(getitem, columns.memos, given))
        for place in columns.table.several:
            if ";" in given[place]:
                columns.said[:] = [said for said in columns.said if said[:2] != (place, given[place])]
                parts = [columns.memos[place][part] for part in given[place].split(";")]
                values = (*values[:place], ";".join(dict.fromkeys(filter(None, parts))), *values[place + 1 :])
        if order := columns.table.order:
            start, end = order
            if values[end] and values[end] < values[start]:
                columns.said.append((end, given[end], "end-before-start"))
                values = (*values[:end], "", *values[end + 1 :])
        return values

    def _claim(self, values: tuple[str, ...], person: str) -> Person:
        of = TABLES["child"].places
        agency = self._agency
        return Person(
            key=person,
            agency=agency,
            la_id=values[0],
            la=agency,
            upn=values[of["unique_pupil_number"]],
            forename=values[of["first_name"]],
            surname=values[of["surname"]],
            dob=cells.day_of(values[of["date_of_birth"]]),
            sex=values[of["sex"]],
            postcode=values[of["postcode"]],
            file=self._name,
            row=self._tables["child"].rows + 1,
        )

    # -- statements -----------------------------------------------------------------------------------

    def _state(
        self, columns: _Columns, given: list[str], values: tuple[str, ...], person: str, out: list[Item]
    ) -> None:
        """The statement of one record, and what is wrong with it; its row is its ordinal in the file."""
        table, said = columns.table, columns.said
        columns.rows += 1
        outcome = self._outcome(table, values, person, said)
        if said:
            out += self._faults(columns, values, person)
            said.clear()
        parts = [values[0], *(values[place] for place in table.record)]
        if table.record and not parts[-1]:  # a record without a number is told by its days
            parts += [values[place] for place in table.needs]
        name, agency = self._name, self._agency
        out.append(
            _new(
                Statement,
                (FEED_ID, table.name, name, columns.rows, "/".join(parts), person, values, outcome, agency, None,
                 tuple(given), None, 1),
            )
        )  # fmt: skip

    def _outcome(self, table: Table, values: tuple[str, ...], person: str, said: list[Said]) -> str:
        if not person:
            if not any(problem == "record-wrong" for _, _, problem in said):
                said[:] = [(0, "", "child-missing")]
            return REFUSED
        if any(problem == "record-wrong" for _, _, problem in said):
            return REFUSED
        purged = values[table.purge] == "Y"
        dated = any(values[place] for place in table.needs)
        if table.needs and not dated and not purged:
            if not any(place in table.needs for place, _, _ in said):
                said.append((table.needs[0], "", "date-missing"))
            return REFUSED
        if said:
            return USED_WITH_FAULTS
        return USED if dated and not purged else NO_EVENT

    def _faults(self, columns: _Columns, values: tuple[str, ...], person: str) -> Iterator[Fault]:
        table = columns.table
        around = next((cells.day_of(values[place]) for place in table.needs if values[place]), None)
        for place, text, problem in columns.said:
            severity, what = PROBLEMS.get(problem) or CELL_PROBLEMS[problem]
            column = table.columns[place].name
            shown = text[:LONGEST_VALUE]
            named = table.name if problem == "record-wrong" else column
            yield Fault(
                file=self._name,
                sheet=table.name,
                row=columns.rows,
                column=column,
                value=shown,
                rule=problem,
                severity=severity,
                message=f"{named} '{shown}' {what.format(style='YYYY-MM-DD')} (child {self._child} of the file).",
                fix_by=words.agency_title(self._agency),
                person=person,
                around=around,
            )

    def faults_of_the_whole(self) -> Iterator[Fault]:
        """What is said once, however often it is met."""
        for name, count in sorted(self._unknown.items()):
            severity, what = PROBLEMS["name-unknown"]
            yield file_fault(
                self._name, "name-unknown", f"'{name}' {what} ({count:,} times).", severity=severity, column=name
            )


def _text(value: Any) -> str | None:
    """A JSON value as the text of a cell; None: it is no single value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if not isinstance(value, str):
        return None
    if value.isprintable():
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value.encode("utf-8", "replace").decode())


def _with_adopters(held: list[tuple[str, Any]]) -> bool:
    """Whether a placement in the record is with adopters: then its address would lead to the child's later identity."""
    placements = (
        placement
        for table, episode in held
        if table == "episode" and isinstance(episode, dict)
        for placement in _records(episode.get("child_looked_after_placements"))
    )
    return any(_text(placement.get("placement_type")) in ADOPTION_HOMES for placement in placements)


def _records(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _only_holds(table: Table, values: tuple[str, ...]) -> bool:
    """Whether an episode says nothing itself: a change to one record inside comes with its number alone."""
    said = [value for place, value in enumerate(values) if place >= len(_AROUND) and place != table.purge]
    return not any(said) and values[table.purge] != "Y"


def _shown(value: Any) -> str:
    """What stood there, for a person: never walked through, however deep."""
    if isinstance(value, dict):
        return "{...}"
    return "[...]" if isinstance(value, list) else _text(value) or ""
