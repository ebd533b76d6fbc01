"""A county's register marks to runs, against the least any program could do with the same file."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

from bench.files import timed

CHILDREN = 50_000
A_SCHOOL = 500
"""Children of one school."""
DAYS = 190
"""School days of a year."""
_READ = """
import gc, sys
from datetime import date
from pathlib import Path
from throughline import feeds
gc.disable()  # as `throughline check` does
rows = statements = 0
for item in feeds.read(feeds.open_sources(Path(sys.argv[1])), feeds.Context(date(2026, 7, 31))):
    if type(item) is feeds.Statement:
        rows, statements = rows + item.rows, statements + 1
assert rows == int(sys.argv[2]), rows
"""
_CSV = """
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.reader(file):
        pass
"""
_HEADER = (
    "source_system,source_record_id,source_person_id,la_person_id,upn,nhs_number,forename,surname,dob,sex,postcode,"
    "extract_date,school_urn,session_date,session,code\n"
)


def attendance(folder: Path) -> None:
    """19 million marks, a county's year, child by child as registers are exported; and half as many."""
    for children in (CHILDREN // 2, CHILDREN):
        path = folder / f"marks-{children}.csv"
        marks = write_marks(path, children, seed=1)
        floor = timed([sys.executable, "-c", _CSV, str(path)])[0]
        seconds, peak = timed([sys.executable, "-c", _READ, str(path), str(marks)])
        print(
            f"  {marks:,} marks of {children:,} children, {path.stat().st_size / 1e9:.1f} GB: runs in {seconds:.1f} s,"
            f" csv.reader {floor:.1f} s, ratio {seconds / floor:.1f}, peak {peak:.0f} MB,"
            f" {marks / seconds:,.0f} marks a second"
        )
        path.unlink()


def write_marks(path: Path, children: int, seed: int) -> int:
    """Write a school year of marks of invented children; how many there are."""
    chance = Random(seed)
    days = [day for n in range(400) if (day := date(2025, 9, 2) + timedelta(n)).weekday() < 5][:DAYS]
    slots = [f"{day},{half}," for day in days for half in ("AM", "PM")]
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        for child in range(children):
            urn = 900_000 + child // A_SCHOOL
            file.write(
                "".join(
                    f"school:{urn},{child}-{n},P{child:06d},,,,Forename{child % 997},Surname{child % 4999},"
                    f"201{child % 5}-0{1 + child % 9}-1{child % 9},F,ZH{child % 20} {child % 9}AB,2026-07-20,{urn},"
                    f"{slot}{code}\n"
                    for n, (slot, code) in enumerate(zip(slots, _codes(chance, len(slots)), strict=True))
                )
            )
    return children * len(slots)


def _codes(chance: Random, sessions: int) -> list[str]:
    """One child's year: mostly there, now and then away for some sessions."""
    codes: list[str] = []
    while len(codes) < sessions:
        if chance.random() < 0.02:
            codes += [chance.choice("IMOUNEB")] * chance.randint(1, 10)
        codes.append("\\" if len(codes) % 2 else "/")
    return codes[:sessions]
