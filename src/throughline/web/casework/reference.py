"""Loading a new edition of the postcode directory: whole or not at all, and every placement worked out anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from throughline.feeds.postcodes import Directory, NoDirectory
from throughline.web import clock
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import recompute
from throughline.web.intake.models import PostcodeEdition

_COLUMNS = "postcode, authority, easting, northing, terminated"
_SETTLE = f"""
delete from intake_postcode;
insert into intake_postcode ({_COLUMNS})
select distinct on (postcode) {_COLUMNS} from intake_postcodestage order by postcode, terminated;
delete from intake_postcodestage;
"""
"""Of one that stands twice, the row in use. Readers go on with the old edition until all of it is there."""


@transaction.atomic
def load_postcodes(
    path: Path, *, name: str, by: str, told: Callable[[int, int], None] = lambda done, total: None
) -> PostcodeEdition:
    """Put the directory at `path` in the place of the one in use; `name` is the edition's, `by` who loads it.

    Children with a placement are worked out anew: `told` hears how many are done, of how many. Raises
    `NoDirectory`, and OSError where the file cannot be read; then the edition in use stays.
    """
    directory = Directory(path)
    with as_engine():
        with connection.cursor() as cursor, cursor.copy(f"copy intake_postcodestage ({_COLUMNS}) from stdin") as copy:
            for row in directory.rows():
                copy.write_row(row)
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE)
            cursor.execute("select count(*) from intake_postcode")
            (postcodes,) = cursor.fetchone()
            if not postcodes:
                raise NoDirectory(f"{directory.name} holds no postcode that can be read. The edition in use stays.")
        edition = PostcodeEdition.objects.create(
            name=name or path.name,
            sha256=_sha256(path),
            postcodes=postcodes,
            passed_over=directory.passed_over,
            loaded_at=clock.now(),
            by=by,
        )
        recompute(_placed(), told)
    changed(
        user_id=None,
        purpose=f"Postcodes loaded by {by}",
        action="reference.postcodes",
        subject_kind="postcode edition",
        subject_id=edition.pk,
        content=edition.sha256,
    )
    return edition


def _placed() -> list[int]:
    """Children who have or had a placement."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct child_id from casework_segment where state = 'placement'")
        return [child for (child,) in cursor.fetchall()]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
