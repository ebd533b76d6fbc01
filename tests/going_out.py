"""Extracts read, written out in their shape, and read again: what must be the same."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from feeding import Told
from throughline import feeds
from throughline.check.giving_back import give_back
from throughline.feeds.base import OUTCOMES, REFUSED, REPEATED, Context
from throughline.feeds.reading import read_with
from throughline.records import standing

RECEIVED = date(2020, 6, 1)
SENDER = "la:971"


def read(folder: Path, shape: str, received: date) -> Told:
    """Everything of one shape in a folder."""
    return Told(read_with([feeds.get(shape)], feeds.open_sources(folder), Context(received, SENDER)))


def people(told):
    """Who the rows that stand are about; an earlier return's claim of a child that a later one replaced is gone."""
    known = stands(told)
    claims = [person._replace(file="", row=0) for person in told.persons if person.key in known]
    return {(p.key, p.agency, p.la_id, p.la) if "|ssda903|" in p.key else p for p in claims}


def stands(told):
    """Each person's statements that stand, in the order the store gives them."""
    live = [s for s in told.statements if s.outcome not in (REFUSED, REPEATED)]
    live.sort(key=lambda s: (s.person, s.feed, s.table, s.file, s.row))
    return {person: standing(rows)[0] for person, rows in groupby(live, key=lambda s: s.person)}


def values(told):
    """What stands, without what our own columns add to it."""
    return {
        person: sorted(
            (
                s.table,
                dict(zip(feeds.get(s.feed).tables[s.table], s.values, strict=True)) | {"LATEST": ""},
                s.said_by,
            ).__repr__()
            for s in rows
        )
        for person, rows in stands(told).items()
    }


def events(told):
    """What it comes to, with what the delivery answers for."""
    covered = {}
    for one in told.coverage:
        covered[one.agency] = max(one.end, covered.get(one.agency, one.end))
    return {
        person: sorted(
            (e.kind, e.happened_on, tuple(sorted(e.details.items())), tuple(sorted(e.marks)), e.level, e.said_by)
            for e in feeds.get(rows[0].feed).events(rows, covered).events
        )
        for person, rows in stands(told).items()
    }


def goes_out_and_in(source: Path, out: Path, shape: str, received: date = RECEIVED) -> None:
    """Read `source`, write it to `out`, read that: the same people, values and events, and every row counted."""
    before = read(source, shape, received)
    assert "reader-failed" not in before.rules
    assert set(before.outcomes) <= set(OUTCOMES)
    assert sum(before.outcomes.values()) == sum(file.rows for file in before.files)
    give_back(source, out, shape, Context(received, SENDER))
    after = read(out, shape, received)
    assert people(after) == people(before)
    assert values(after) == values(before)
    assert events(after) == events(before)
    assert all(file.feed == shape for file in after.files)
