"""Changing who an agency's people are, as the engine: the site's own role may change nobody's seat.

What an administrator may do is asked in `accounts.administering`; here each act is one transaction.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from throughline.web import clock
from throughline.web.accounts import administering, agencies
from throughline.web.accounts.administering import Seat
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import telling
from throughline.web.casework.engine_role import as_engine

_SUBJECT = "The phone you sign in with was put away"
_SET_UP_ANOTHER = (
    "An administrator of your agency did this, as for a phone that is lost. Set up another when you next sign in. "
    "If you did not ask for it, tell your information governance lead today."
)


@transaction.atomic
def let_in(*, sign_in: str, name: str, seat: Seat, home_postcode: str, by: Viewer, purpose: str) -> User:
    """`administering.let_in`."""
    with as_engine():
        return administering.let_in(
            sign_in=sign_in, name=name, seat=seat, home_postcode=home_postcode, by=by, purpose=purpose
        )


@transaction.atomic
def move(*, user: User, seat: Seat, by: Viewer, purpose: str) -> int:
    """`administering.move`: how many children they no longer have."""
    with as_engine():
        return administering.move(user=user, seat=seat, by=by, purpose=purpose)


@transaction.atomic
def leave(*, user: User, by: Viewer, purpose: str) -> int:
    """`administering.leave`: how many children are nobody's by it. They stand on the manager's list of those."""
    with as_engine():
        return administering.leave(user=user, by=by, purpose=purpose)


@transaction.atomic
def put_second_factor_away(*, user: User, by: Viewer, purpose: str) -> None:
    """`administering.put_second_factor_away`; whose it was is told at once."""
    administering.put_second_factor_away(user=user, by=by, purpose=purpose)
    now = clock.now()
    telling.write(user, "second_factor", now.isoformat(), _SUBJECT, _SET_UP_ANOTHER, now)


@transaction.atomic
def sign_terms(
    *, agency: str, version: str, signed_by: str, signed_on: date, until: date, by: Viewer, purpose: str
) -> None:
    """`administering.sign_terms`."""
    with as_engine():
        administering.sign_terms(
            agency=agency, version=version, signed_by=signed_by, signed_on=signed_on, until=until, by=by,
            purpose=purpose,
        )  # fmt: skip


@transaction.atomic
def sign_terms_by_command(
    *, agency: str, version: str, signed_by: str, signed_on: date, until: date, purpose: str
) -> None:
    """The same by whoever runs the installation, who lets the first administrator in."""
    with as_engine():
        agencies.sign(
            agency=agency, version=version, signed_by=signed_by, signed_on=signed_on, until=until, by=None,
            purpose=purpose,
        )  # fmt: skip
