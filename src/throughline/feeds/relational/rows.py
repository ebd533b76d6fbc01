"""One file of one table of a relational extract, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from operator import getitem
from typing import Any

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    REFUSED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
    Fault,
    Person,
    Statement,
)
from throughline.feeds.faults import cell_fault, file_fault
from throughline.feeds.files import FileSource
from throughline.feeds.memos import Said
from throughline.feeds.relational.columns import UPN_UNKNOWN, Met, memo
from throughline.feeds.relational.delivery import Delivery
from throughline.feeds.relational.header import columns_of, header_faults, picker
from throughline.feeds.relational.once import said_once
from throughline.feeds.relational.tables import Added, Table
from throughline.feeds.style import DateStyle

Row = tuple[str, ...]
_new = tuple.__new__
_NOT_TAKEN = (REFUSED, REPEATED)


def _sound(read: Callable[[str], cells.Code]) -> Callable[[str], str]:
    """What a text says, if nothing is wrong with it."""

    def sound(text: str) -> str:
        found = read(text)
        return "" if found.problem else found.text

    return sound


_SOUND = {"postcode": _sound(cells.postcode), "upn": _sound(cells.upn), "nhs_number": _sound(cells.nhs_number)}


class TableFile:
    """The reading of one file of `table`. `own`: what stands in those of our columns that no index fills."""

    def __init__(self, delivery: Delivery, source: FileSource, table: Table, own: Row) -> None:
        self.table = table
        self.name = source.name
        self.agencies: set[str] = set()
        self.told = False
        """A row of it told something."""
        self._delivery = delivery
        self._source = source
        self._own = own
        self._present: frozenset[str] = frozenset()
        self._received = delivery.context.received_on.isoformat()
        self._once = delivery.layout.once
        self._said: list[Said] = []
        self._beside: list[Person | Fault] = []
        self._style = DateStyle(self._date_cells)
        received_on = delivery.context.received_on
        self.memos: list[Mapping[str, str]] = [
            memo(place, column, self._style.day, received_on, self._said) for place, column in enumerate(table.columns)
        ]
        self._future = [place for place in table.dates if not table.columns[place].ahead]
        self._solid = [place for place, column in enumerate(table.columns) if column.type != "id"]
        self._counted: Counter[tuple[int, str]] = Counter()
        self._example: dict[tuple[int, str], tuple[int, str]] = {}
        self._records: dict[int, int] = {}
        self._claimed = {""}
        self._added: set[tuple[str, str]] = set()
        self._claims = bool(table.people) or not delivery.people_sent
        """People are said by a table of people; by any other only where there is none."""
        self._feed = delivery.layout.id
        self._sender = delivery.agency(table, "")
        if not table.agency[1]:
            self.agencies.add(self._sender)

    def items(self) -> Iterator[Person | Statement | Fault]:
        """Persons, statements and faults as they come; what concerns the whole file last."""
        rows = self._source.rows()
        number, header = next(rows, (1, []))
        names = columns_of(self.table, header)
        self._present = frozenset(names)
        yield from header_faults(self.name, self.table, number, names)
        pick = picker(self.table, names)
        width = len(names)
        beside, read = self._beside, self._row
        for number, row in rows:
            if len(row) != width:
                row = self._even(number, row, width)
            if not any(row):
                continue
            statement = read(number, pick(row))
            if beside:
                yield from beside
                beside.clear()
            yield statement
        yield from self._style.faults(self.name)
        yield from self._said_once()

    def answers_by(self, place: int) -> bool:
        """Whether a column says something: it is in the file, and not wholly made of placeholders."""
        if place >= len(self.memos):  # one of our columns
            return True
        found = self.memos[place]
        hollow = isinstance(found, Met) and found.placeholders and not found.filled
        return self.table.names[place] in self._present and not hollow

    # -- a row ----------------------------------------------------------------------------------------

    def _row(self, number: int, given: Row) -> Statement:
        """What one row says; who it is about, and what is wrong with it, go to `_beside`."""
        table = self.table
        values: Row = tuple(map(getitem, self.memos, given))
        speaker = table.agency[0]
        agency = self._delivery.agency(table, values[speaker]) if speaker >= 0 else self._sender
        if table.looks_up:
            values += self._looked_up(values)
        person = self._whose(number, agency, values)
        outcome = REFUSED if not person and table.whose else USED if person and table.speaks(values) else NO_EVENT
        if self._said:
            outcome = self._cells(number, person, agency, outcome)
        if outcome != REFUSED:
            values, outcome = self._dates(number, person, agency, values, outcome)
        record, outcome = self._record(number, person, agency, values, outcome)
        if outcome not in _NOT_TAKEN:
            if table.teaches or table.names_of:
                self._learn(values, person)
            if speaker >= 0:
                self.agencies.add(agency)
            if person not in self._claimed and self._claims:
                self._claim(number, agency, person, values)
            for added in table.adds:
                self._add(number, added, person, values)
        return _new(
            Statement,
            (self._feed, table.name, self.name, number, record, person, values, outcome, agency, None, given, None, 1),
        )

    def _whose(self, number: int, agency: str, values: Row) -> str:
        """The key of the row's person; blank if it leads to nobody, which is said unless it need not."""
        table, delivery = self.table, self._delivery
        lost = unsent = ""
        for link in table.whose:
            places = link.places
            own_id = values[places[-1]]
            if not own_id:
                continue
            if table.people:
                return delivery.person(agency, own_id)
            id = own_id if len(places) == 1 else "/".join([values[place] for place in places])
            index = delivery.index.get(link.known_as)
            if index is None:
                if link.known_as == "person" and delivery.layout.people_may_lack:
                    return delivery.person(agency, id)
                unsent = unsent or link.known_as
            elif key := index.get(id):
                return key
            else:
                lost = lost or f"{table.names[places[-1]]}={own_id}"
        if unsent and not lost:
            self._counted[table.whose[-1].places[-1], "parent-not-sent"] += 1
        elif table.whose:
            self._orphan(number, agency, lost)
        return ""

    def _orphan(self, number: int, agency: str, lost: str) -> None:
        """Say that a row leads to nobody; `lost` is the column and the id that lead nowhere."""
        column, _, id = lost.partition("=")
        self._beside.append(
            file_fault(
                self.name,
                "parent-missing" if column else "person-missing",
                f"{column} '{id}' stands in no row of the table it refers to, so nobody knows whose row this is; it "
                "was not used. Send that row too, or correct the id."
                if column
                else "The row names no person and nothing that leads to one; it was not used. Send the id.",
                row=number,
                column=column,
                value=id,
                fix_by=words.agency_title(agency),
            )
        )

    def _cells(self, number: int, person: str, agency: str, outcome: str) -> str:
        """Say what is wrong with a row's cells; what is wrong with a whole column is only counted."""
        for place, text, problem in self._said:
            if problem in self._once:
                self._counted[place, problem] += 1
                self._example.setdefault((place, problem), (number, text))
            else:
                self._beside.append(
                    cell_fault(
                        self.name,
                        number,
                        self.table.names[place],
                        text,
                        problem,
                        fix_by=words.agency_title(agency),
                        person=person,
                    )
                )
                outcome = outcome if outcome == REFUSED else USED_WITH_FAULTS
        self._said.clear()
        return outcome

    def _dates(self, number: int, person: str, agency: str, values: Row, outcome: str) -> tuple[Row, str]:
        """Dates that cannot be so; and a row that ought to belong to a day, and does not."""
        table = self.table
        for first, second, how in table.order:
            if values[second] and values[second] < values[first]:
                self._say_order(number, person, agency, values, first, second, how)
                outcome = USED_WITH_FAULTS
                if how == ERROR:
                    values = (*values[:second], "", *values[second + 1 :])
        for place in self._future:
            if values[place] > self._received:
                name = table.names[place]
                fix_by = words.agency_title(agency)
                problem = "date-in-future"
                self._beside.append(
                    cell_fault(self.name, number, name, values[place], problem, fix_by=fix_by, person=person)
                )
                outcome = USED_WITH_FAULTS
        if table.needs and not any(map(values.__getitem__, table.needs)):
            if outcome != USED_WITH_FAULTS and not any(map(values.__getitem__, self._solid)):
                return values, NO_EVENT  # a system's placeholders: the row tells nothing
            self._say_no_date(number, person, agency)
            return values, REFUSED
        for counted in table.counted:
            if counted.holds(values):
                place = counted.values[-1][0]
                self._counted[place, counted.rule] += 1
                self._example.setdefault((place, counted.rule), (number, values[place]))
        if not self.told and outcome != NO_EVENT:
            self.told = table.speaks(values)
        return values, outcome

    def _say_order(self, number: int, person: str, agency: str, values: Row, first: int, second: int, how: str) -> None:
        names = self.table.names
        taken = "; taken as not given" if how == ERROR else "; both are kept"
        self._beside.append(
            file_fault(
                self.name,
                "end-before-start",
                f"{names[second]} {values[second]} lies before {names[first]} {values[first]}{taken}. Correct "
                "whichever is wrong.",
                severity=how,
                row=number,
                column=names[second],
                value=values[second],
                fix_by=words.agency_title(agency),
            )._replace(person=person, around=cells.day_of(values[first]))
        )

    def _say_no_date(self, number: int, person: str, agency: str) -> None:
        columns = " or ".join(self.table.names[place] for place in self.table.needs)
        self._beside.append(
            file_fault(
                self.name,
                "date-missing",
                f"{columns} is blank or cannot be read: the row belongs to no day and was not used. Send the date.",
                row=number,
                column=self.table.names[self.table.needs[0]],
                fix_by=words.agency_title(agency),
            )._replace(person=person)
        )

    def _record(self, number: int, person: str, agency: str, values: Row, outcome: str) -> tuple[str, str]:
        """The row's own id, and whether the file has told that record before."""
        places = self.table.record
        record = values[places[0]] if len(places) == 1 else "/".join([values[place] for place in places])
        if not values[places[-1]]:
            record = f"~{person}/" + "/".join(values)
            if outcome != REFUSED:
                self._counted[places[-1], "record-id-missing"] += 1
                self._example.setdefault((places[-1], "record-id-missing"), (number, ""))
        if outcome == REFUSED:
            return record, outcome
        content = hash(values)
        mark = hash((agency, record))
        before = self._records.get(mark)
        if before is None:
            self._records[mark] = content
            return record, outcome
        key = (places[-1], "record-repeated" if before == content else "record-differs")
        self._counted[key] += 1
        self._example.setdefault(key, (number, record))
        return record, REPEATED

    def _looked_up(self, values: Row) -> Row:
        names, own = self._delivery.names, iter(self._own)
        return tuple(
            names.get(index, {}).get(values[place], values[place]) if place >= 0 else next(own)
            for place, index in self.table.looks_up
        )

    def _learn(self, values: Row, person: str) -> None:
        """Remember by what rows of later tables find this row's person, and what its ids are called."""
        for index, places in self.table.teaches.items():
            if values[places[-1]]:
                self._delivery.index[index]["/".join(map(values.__getitem__, places))] = person
        for index, (id, called) in self.table.names_of.items():
            if values[id] and values[called]:
                self._delivery.names.setdefault(index, {})[values[id]] = values[called]

    def _claim(self, number: int, agency: str, person: str, values: Row) -> None:
        """Say who this row says its person is."""
        self._claimed.add(person)
        given: dict[str, Any] = {field: values[place] for field, place in self.table.people.items()}
        given["dob"] = cells.day_of(given.get("dob", ""))
        if given.get("upn") in UPN_UNKNOWN:
            given["upn"] = ""
        if not self.table.agency[1]:  # an authority's own id of the child
            given |= {"la_id": person.rpartition("|")[2], "la": agency}
        who = Person(key=person, agency=agency, file=self.name, row=number, **given)
        self._delivery.people[person] = who
        self._beside.append(who)

    def _add(self, number: int, added: Added, person: str, values: Row) -> None:
        """Say of a person what another table adds: an address, a number that checks."""
        text = _SOUND[added.field](added.given(values))
        who = self._delivery.people.get(person)
        if not text or who is None or getattr(who, added.field) == text or (person, text) in self._added:
            return
        self._added.add((person, text))
        more: dict[str, Any] = {added.field: text}
        self._beside.append(who._replace(file=self.name, row=number, **more))

    # -- the file -------------------------------------------------------------------------------------

    def _even(self, number: int, row: list[str], width: int) -> list[str]:
        """A row as wide as the header; cells too many, if anything stands in them, are said."""
        if any(row[width:]) or len(row) < width:
            self._counted[-1, "row-uneven"] += 1
            self._example.setdefault((-1, "row-uneven"), (number, ""))
        return [*row[:width], *[""] * (width - len(row))]

    def _date_cells(self) -> Iterator[str]:
        """Every date cell of the file, for settling how it writes them."""
        rows = self._source.rows()
        names = columns_of(self.table, next(rows, (1, []))[1])
        dated = {column.name for column in self.table.columns if column.type == "day"}
        places = [place for place, name in enumerate(names) if name in dated]
        for _, row in rows:
            for place in places:
                if place < len(row):
                    yield row[place]

    def _said_once(self) -> Iterator[Fault]:
        for (place, problem), count in sorted(self._counted.items()):
            number, text = self._example.get((place, problem), (0, ""))
            yield said_once(self.name, self.table, place, problem, count, number, text)
