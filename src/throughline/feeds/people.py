"""The identity block of one file: which agency speaks, and of which child.

A child is met once per distinct identity block; every later row of the same block costs one look-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from throughline import words
from throughline.feeds import cells
from throughline.feeds.base import QUERY, Context, Fault, Person, person_key
from throughline.feeds.faults import cell_fault, file_fault
from throughline.feeds.layouts import Layout, Pair, sender_words

PERSON_COLUMNS = (
    "source_person_id",
    "la_person_id",
    "upn",
    "nhs_number",
    "forename",
    "surname",
    "dob",
    "sex",
    "postcode",
)
"""The part of the identity block that says who the child is."""

_PARSE = {"upn": cells.upn, "nhs_number": cells.nhs_number, "sex": cells.sex, "postcode": cells.postcode}
_SAME_FOR_LIFE = ("upn", "nhs_number", "dob", "sex")
_AUTHORITY_CODE = re.compile(r"\d{3}", re.ASCII)


class Sender(NamedTuple):
    """Who one value of ``source_system`` stands for."""

    agency: str
    known: bool


class Met(NamedTuple):
    """One child as one file's rows give it."""

    key: str
    """Blank: not enough to tie a row to a child."""
    values: tuple[str, ...]
    """Canonical cells of `PERSON_COLUMNS`."""
    dob: str
    faulty: bool


class People:
    """Everybody one file speaks of. Persons, and faults of who they are, go to `said`."""

    def __init__(
        self,
        layout: Layout,
        file: str,
        context: Context,
        read_day: Callable[[str], Pair],
        said: list[Person | Fault],
    ) -> None:
        self._said = said
        self._layout = layout
        self._file = file
        self._context = context
        self._parsers: list[Callable[[str], tuple[str, ...]]] = [
            _PARSE.get(name, cells.written) for name in PERSON_COLUMNS
        ]
        self._parsers[PERSON_COLUMNS.index("dob")] = read_day
        self._first: dict[str, tuple[str, ...]] = {}

    def sender(self, text: str, row: int) -> str:
        """The agency a ``source_system`` not met before stands for; a name we cannot place is kept, and said."""
        name = cells.tidy(text)
        if not name:
            agency = self._context.sender or self._layout.agency or "other"
            self._say_sender(row, text, f"source_system is blank; taken as {words.agency_title(agency)}.")
            return agency
        found = sender(name)
        if not found.known:
            self._say_sender(
                row,
                text,
                f"source_system '{name}' is no kind of agency we know; kept as it is. Name the agency as in "
                "'Castlereach police' or by its id, police:castlereach.",
            )
        return found.agency

    def _say_sender(self, row: int, value: str, message: str) -> None:
        self._said.append(
            file_fault(
                self._file,
                "agency-unknown",
                message,
                severity=QUERY,
                row=row,
                column="source_system",
                value=value,
            )
        )

    def meet(self, agency: str, given: tuple[str, ...], row: int) -> Met:
        """The child an identity block not met before stands for; its person and faults are said."""
        parsed = [parse(cell) for parse, cell in zip(self._parsers, given, strict=True)]
        values = tuple(pair[-2] for pair in parsed)
        _, la_id, upn, nhs_number, forename, surname, dob, sex, postcode = values
        own_id = _own_id(values)
        if not own_id:
            return Met("", values, dob, False)
        key = person_key(agency, self._layout.feed, own_id)
        fix_by = words.agency_title(agency)
        faults = [
            cell_fault(self._file, row, name, cell, pair[-1], fix_by=fix_by, person=key)
            for name, cell, pair in zip(PERSON_COLUMNS, given, parsed, strict=True)
            if pair[-1]
        ]
        faults += self._differences(key, values, row, fix_by)
        day = date.fromisoformat(dob) if dob else None
        self._said.append(
            Person(
                key=key,
                agency=agency,
                la_id=la_id,
                la=self.authority(agency) if la_id else "",
                upn=upn,
                nhs_number=nhs_number,
                forename=forename,
                surname=surname,
                dob=day,
                sex=sex,
                postcode=postcode,
                file=self._file,
                row=row,
            )
        )
        self._said += faults
        return Met(key, values, dob, bool(faults))

    def authority(self, agency: str) -> str:
        """The authority an agency's ``la_person_id`` is of, or whose children it speaks for."""
        return authority_of(agency) or authority_of(self._context.sender) or "la"

    def _differences(self, key: str, values: tuple[str, ...], row: int, fix_by: str) -> Iterator[Fault]:
        """What this file said otherwise of the same person in an earlier row."""
        first = self._first.setdefault(key, values)
        for name, now, before in zip(PERSON_COLUMNS, values, first, strict=True):
            if name in _SAME_FOR_LIFE and now != before and now not in ("", "U") and before not in ("", "U"):
                yield file_fault(
                    self._file,
                    "person-differs",
                    f"{name} is {now} here and {before} in an earlier row about the same person; both kept.",
                    severity=QUERY,
                    row=row,
                    column=name,
                    value=now,
                    fix_by=fix_by,
                )._replace(person=key)


def _own_id(values: tuple[str, ...]) -> str:
    """The id by which a source knows the child: its own, else another's, else name and date of birth."""
    source_id, la_id, upn, nhs_number, forename, surname, dob, *_ = values
    if source_id:
        return source_id
    for what, value in (("la", la_id), ("upn", upn), ("nhs", nhs_number)):
        if value:
            return f"{what}:{value}"
    return f"{surname}, {forename}, {dob}".lower() if surname and dob else ""


def sender(name: str) -> Sender:
    """The agency id a sender's name stands for: an id as it is, else by the words it ends in.

    ``police:castlereach`` and ``Castlereach police`` are one; a name with no such words is ``other:name``.
    """
    plain = " ".join(name.lower().split())
    type_id, _, body = plain.partition(":")
    if type_id in words.agencies():
        return Sender(f"{type_id}:{_slug(body)}" if body else type_id, True)
    for ending, type_id in _endings().items():
        if plain == ending:
            return Sender(type_id, True)
        if plain.endswith(" " + ending):
            return Sender(f"{type_id}:{_slug(plain.removesuffix(ending))}", True)
    return Sender(f"other:{_slug(plain)}", False)


def authority_of(agency: str) -> str:
    """The authority an agency is or works for, where its id says: ``la:971`` and ``missing_hub:971``."""
    type_id, _, body = agency.partition(":")
    if type_id == "la" and body:
        return agency
    return f"la:{body}" if _AUTHORITY_CODE.fullmatch(body) else ""


def _endings() -> dict[str, str]:
    """Words a sender's name may end in -> type of agency, from the titles of `words` and our own list."""
    return dict(sender_words()) | {
        agency.body_title.removeprefix("{body} ").lower(): agency.id
        for agency in words.agencies().values()
        if agency.body_title.startswith("{body} ")
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
