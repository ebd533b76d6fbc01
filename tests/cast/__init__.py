"""One invented cast, used by every test that needs a child with a name.

`CHILDREN` says who they are; `deliver` writes what agencies sent of them, in the real layouts, as dated
deliveries; `row` makes one more row about one of them, for a test that needs something else to happen.

The cast agrees with the acceptance stories: Rowan is placed away and goes missing, Teal's plan ends, Bryony
loses school, Ash is ten, Heath's family closes the door, Fern and Briar live in the stories too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline.invent.extracts import BLOCK, COLUMNS
from throughline.invent.returns903 import TABLES

_HERE = Path(__file__).parent
_CONTENT = yaml.safe_load((_HERE / "cast.yaml").read_text(encoding="utf-8"))
_BLOCK = tuple(BLOCK.split(","))


class Child(NamedTuple):
    """Who one of the cast is, as their own authority knows them."""

    forename: str
    surname: str
    dob: date
    sex: str
    la: str
    """Three-digit code of their authority."""
    la_id: str
    upn: str
    nhs_number: str
    postcode: str

    def identity(self, agency: str, received: str) -> dict[str, str]:
        """The identity block (formats §5b) as this agency would fill it."""
        given = self._asdict()
        given["dob"] = self.dob.isoformat()
        block = {name: str(given.get(name, "")) for name in _BLOCK}
        return block | {
            "source_system": agency,
            "source_person_id": self.la_id,
            "la_person_id": self.la_id,
            "extract_date": received,
        }


CHILDREN: Mapping[str, Child] = {name: Child(**given) for name, given in _CONTENT["children"].items()}
"""By the name the stories call them."""


def columns(layout: str) -> tuple[str, ...]:
    """Every column of a minimal layout, identity block first."""
    return (*_BLOCK, *COLUMNS[layout])


def row(layout: str, child: str, *, agency: str, received: str = "2026-04-20", **cells: Any) -> dict[str, str]:
    """One row of a minimal layout about one of the cast; cells not named are blank."""
    made = dict.fromkeys(columns(layout), "") | CHILDREN[child].identity(agency, received)
    unknown = cells.keys() - made.keys()
    assert not unknown, f"{layout} has no column {', '.join(sorted(unknown))}"
    return made | {name: str(value) for name, value in cells.items()}


def row_903(table: str, child: str, **cells: Any) -> dict[str, str]:
    """One row of an SSDA903 table (2025 and later) about one of the cast."""
    who = CHILDREN[child]
    born = who.dob.strftime("%d/%m/%Y")
    own = {"CHILD": who.la_id, "DOB": born, "SEX": who.sex, "UPN": who.upn}
    made = {name: own.get(name, "") for name in TABLES[table]}
    unknown = cells.keys() - made.keys()
    assert not unknown, f"{table} has no column {', '.join(sorted(unknown))}"
    return made | {name: str(value) for name, value in cells.items()}


def write_csv(path: Path, names: Iterable[str], rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows under their header; the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(names), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def deliver(out: Path) -> list[Path]:
    """Write all the cast's deliveries, one folder each (``2026-04-20_la.971``); the folders, earliest first."""
    folders = []
    for given in _CONTENT["deliveries"]:
        folder = out / given["folder"]
        received, _, sender = given["folder"].partition("_")
        agency = sender.replace(".", ":")
        for layout, content in given.items():
            if layout == "ssda903":
                for table, rows in content.items():
                    made = (row_903(table, **cells) for cells in rows)
                    write_csv(folder / f"{table}.csv", TABLES[table], made)
            elif layout == "cin_census":
                (folder / content["file"]).write_bytes((_HERE / content["file"]).read_bytes())
            elif layout != "folder":
                made = (row(layout, agency=agency, received=received, **cells) for cells in content)
                write_csv(folder / f"{layout}.csv", columns(layout), made)
        folders.append(folder)
    return sorted(folders)
