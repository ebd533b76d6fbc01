"""What an authority sent, written again from the database in the shape it came in: one of the data roles takes it.

The reading passes the walls of whoever takes it: what is above their level is not in the files, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.core.exceptions import PermissionDenied

from throughline import words
from throughline.feeds.base import Statement
from throughline.feeds.giving import Given, Sheets, describe, shapes
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer, viewing
from throughline.web.audit.actions import looked
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake import models

_AT_ONCE = 5_000


def give_back(*, by: User, purpose: str, shape: str, out: Path) -> tuple[list[Given], int]:
    """Write what stands of `shape` from this person's own authority; the files, and the rows not theirs to take.

    Raises PermissionDenied for anyone who does not bring deliveries in for an authority.
    """
    with viewing(by) as viewer:
        viewer = viewer.for_purpose(purpose)
        allowed = viewer.policy.intake is not None and words.agency_type(viewer.agency).authority
        children: set[int] = set()
        if allowed:
            with Sheets(out) as sheets:
                rows = _write(viewer, shape, sheets, children)
                sheets.close()
                given = sheets.given()
            told = f"Written for {viewer.agency} in the shape {shape} on {viewer.today}. Purpose: {purpose}."
            describe(out, given, (told,))
        looked(
            user_id=viewer.id,
            role=viewer.role,
            purpose=viewer.purpose,
            path_kind="give_back",
            children=children,
            refused=not allowed,
        )
    if not allowed:  # outside, so that the refusal stays recorded
        raise PermissionDenied
    return given, _all(viewer.agency, shape, by) - rows


def _write(viewer: Viewer, shape: str, sheets: Sheets, children: set[int]) -> int:
    """Write every person's rows; how many. Numbers of the children they are about go to `children`."""
    writer = shapes()[shape](sheets)
    rows = 0
    for _, theirs in groupby(_standing(viewer.agency, shape, children), key=attrgetter("person")):
        statements = list(theirs)
        rows += len(statements)
        writer.add(statements)
    writer.finish()
    return rows


def _standing(agency: str, shape: str, children: set[int]) -> Iterator[Statement]:
    found = models.Statement.objects.filter(live=True, feed=shape, said_by=agency, delivery__isnull=False)
    columns = ("feed", "table", "file__name", "row", "record_id", "person", "cells", "final_outcome", "said_by")
    ordered = found.order_by("person", "table", "file_id", "row").values_list("child_id", *columns)
    for child, *cells in ordered.iterator(chunk_size=_AT_ONCE):
        if child is not None:
            children.add(child)
        feed, table, file, row, record, person, values, outcome, said_by = cells
        yield Statement(feed, table, file, row, record, person, tuple(values), outcome, said_by)


def _all(agency: str, shape: str, by: User) -> int:
    """How many rows stand, whoever may see them: their number, nothing of what they say."""
    with viewing(by), as_engine():
        return models.Statement.objects.filter(live=True, feed=shape, said_by=agency, delivery__isnull=False).count()
