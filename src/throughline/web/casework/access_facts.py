"""Facts about a look into a record that somebody is to check: one line of its own for each (`access`, docs/adr/0034).

What opens it (`unusual_access`, `break_glass`) starts the clock of R37; the check is `access_reviewed` on the same
line. Neither says whom it was about: that stands where the look is recorded, behind its own walls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from throughline import words
from throughline.feeds.subjects import Subject as Told
from throughline.feeds.subjects import subject
from throughline.web import clock
from throughline.web.audit.actions import changed
from throughline.web.casework import subjects, supply, typing_in
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import covered

ACCESS = "access"
CHECKED = "access_reviewed"
_SAID_BY = "partnership"


@transaction.atomic
def tell(
    *,
    ref: UUID,
    kind: str,
    at: datetime,
    by: int | None,
    purpose: str,
    fields: Mapping[str, str],
    day: date | None = None,
) -> None:
    """Put one fact on the line of the look `ref`, which begins with it; its duties are worked out before this returns.

    `kind` is one that may be about `access`; `fields` are its details, without a name in them. `at` is when it
    happened; where only the London day is known, `day` says it. `by` None: the system itself.
    """
    name, when = str(ref), at.astimezone(clock.LONDON)
    answers: dict[str, object] = {**fields, "said_by": _SAID_BY, "happened_on": day or when.date()}
    if day is None:
        answers["happened_time"] = f"{when:%H:%M}"
    known = words.kinds()[kind]
    with as_engine():
        statement = typing_in.statement(
            known, answers, received_on=clock.today(), record=f"{name}:{kind}", about=Told(ACCESS, name)
        )
        number = typing_in.keep(statement, child=None, by=by)
        # The form that checks looks is there from the first one on: not to have been filled in then says something.
        supply.first_typed(words.kinds()[CHECKED], ("",), clock.today())
        (line,) = subjects.numbers_of({subject(ACCESS, name).key: name}).values()
        subjects.recompute([line], covered())
    changed(
        user_id=by, purpose=purpose, action=f"casework.{kind}", subject_kind="statement", subject_id=number,
        content="\x1f".join(statement.values),
    )  # fmt: skip
