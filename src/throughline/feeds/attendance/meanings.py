"""What the cells of one register mean: each distinct text is numbered as it comes and worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date
from typing import Any, NamedTuple

from throughline import words
from throughline.feeds import cells
from throughline.feeds.attendance.columns import HALVES, LAYOUT
from throughline.feeds.attendance.marks import NOBODY, Marks
from throughline.feeds.attendance.register import register
from throughline.feeds.base import QUERY, Context, Fault, Person
from throughline.feeds.faults import cell_fault, file_fault
from throughline.feeds.layouts import Pair
from throughline.feeds.people import People
from throughline.feeds.style import DateStyle

_BLANK: Pair = ("", "")


class Who(NamedTuple):
    """Whose a row is and who says so: one distinct identity block."""

    key: str
    """`Person.key`; blank: not enough to tie a row to a child."""
    own_id: str
    """The source's own id in it."""
    agency: str
    dob: str
    extract: str
    """ISO day; blank: not said."""


class Numbers(list[Any]):
    """Distinct things in the order they are first met; `of` gives each its number."""

    def __init__(self) -> None:
        super().__init__()
        self.of = _Number(self)


class _Number(dict[Hashable, int]):
    def __init__(self, met: list[Any]) -> None:
        super().__init__()
        self._met = met

    def __missing__(self, thing: Hashable) -> int:
        self[thing] = number = len(self._met)
        self._met.append(thing)
        return number


class Meanings:
    """The texts of one file, and what they mean once `settle` has been through them."""

    def __init__(self, file: str, context: Context) -> None:
        self._file = file
        self._said: list[Person | Fault] = []
        self.style = DateStyle(self._dates)
        self._people = People(LAYOUT, file, context, self.style.day, self._said)
        self._received = context.received_on
        self.whos_given, self.schools_given, self.days_given = Numbers(), Numbers(), Numbers()
        self.halves_given, self.codes_given = Numbers(), Numbers()
        self._half, self._code = LAYOUT.codes["session"], LAYOUT.codes["code"]
        self.called: list[str] = list(dict.fromkeys(("", *words.codes("attendance"))))
        """Codes by the number marks carry once they are settled."""
        self.children: list[Who] = []
        """By the number of the child."""
        self._numbers: dict[str, int] = {}
        self._whos: dict[int, Who] = {}

    def whose(self, who: int) -> Who:
        """What an identity block says."""
        return self._whos[who]

    def school(self, school: int) -> str:
        """The school's number; blank where the row gives none (then it is the sender's own)."""
        return cells.tidy(self.schools_given[school])

    def day(self, day: int) -> Pair:
        """ISO day and what is wrong with the cell."""
        return self.style.day(self.days_given[day])

    def half(self, half: int) -> Pair:
        """AM or PM, and what is wrong with the cell."""
        return self._half(self.halves_given[half])[:2]

    def code(self, code: int) -> Pair:
        """The register code, and what is wrong with the cell."""
        text, problem = self._code(self.codes_given[code])[:2]
        return register().same.get(text, text), problem

    @staticmethod
    def extract(ordinal: int) -> str:
        """The day an extract was made; blank: not said."""
        return date.fromordinal(ordinal).isoformat() if ordinal else ""

    def settle(self, marks: Marks) -> Iterator[Person | Fault]:
        """Work everything out and tell `marks`; who the children are, and what concerns whole columns."""
        whos = []
        for who, row in marks.first_rows():
            whos.append(self._meet(who, row))
            yield from self._said
            self._said.clear()
        days = [self._ordinal(self.day(number)[0]) for number in range(len(self.days_given))]
        yield from self._repaired(marks)
        marks.settle(
            who=whos,
            days=days,
            halves=[HALVES.index(half) if (half := self.half(n)[0]) else None for n in range(len(self.halves_given))],
            codes=[self._means(n) for n in range(len(self.codes_given))],
            received=self._received.toordinal(),
        )

    def _meet(self, who: int, row: int) -> tuple[int, int, int, int, int, bool]:
        system, *person, extracted = self.whos_given[who]
        agency = self._people.sender(system, row)
        met = self._people.meet(agency, tuple(person), row)
        extract, problem = self.style.day(extracted) if extracted else _BLANK
        if problem:
            self._said.append(cell_fault(self._file, row, "extract_date", extracted, problem, person=met.key))
        found = Who(met.key, met.key.rsplit("|", 1)[-1], agency, met.dob, extract)
        self._whos[who] = found
        number = self._child(found) if met.key else NOBODY
        faulty = any(isinstance(said, Fault) for said in self._said)
        return who, number, self._ordinal(extract) or 0, self._ordinal(met.dob) or 0, row, faulty

    def _child(self, who: Who) -> int:
        number = self._numbers.setdefault(who.key, len(self.children))
        if number == len(self.children):
            self.children.append(who)
        return number

    def _means(self, code: int) -> tuple[int | None, bool]:
        text, problem = self.code(code)
        return (None, False) if problem and not text else (self.called.index(text), text not in ("", register().closed))

    def _repaired(self, marks: Marks) -> Iterator[Fault]:
        """What is said once of a text however often it stands, because it was read all the same."""
        said = ("day", "session_date", self.days_given, self.day), ("code", "code", self.codes_given, self.code)
        for place, column, given, meaning in said:
            for number, text in enumerate(given):
                value, problem = meaning(number)
                if value and problem:
                    row = marks.first_row_of(place, number)
                    yield cell_fault(self._file, row, column, text, problem, hint="; so wherever it stands")
        for number in range(len(self.schools_given)):
            if not self.school(number):
                row = marks.first_row_of("school", number)
                yield file_fault(
                    self._file,
                    "cell-missing",
                    "school_urn is blank, here and perhaps further on; taken as one school of its own. Send it with "
                    "every mark.",
                    severity=QUERY,
                    row=row,
                    column="school_urn",
                )

    def _dates(self) -> Iterator[str]:
        """Every distinct date text, for settling how the file writes them."""
        yield from self.days_given
        for _, *person, extracted in self.whos_given:
            yield person[6]
            yield extracted

    @staticmethod
    def _ordinal(day: str) -> int | None:
        return date.fromisoformat(day).toordinal() if day else None
