"""Where postcodes lie, from the edition of the directory in use: reference data, with no child in it."""

from __future__ import annotations

from django.db import connection

from throughline import timeline
from throughline.feeds.postcodes import Spot
from throughline.web.intake.models import PostcodeEdition

_LOOK_UP = "select authority, easting, northing from intake_postcode where postcode = %s"


def edition() -> PostcodeEdition | None:
    """The edition in use; None: none was loaded yet."""
    return PostcodeEdition.objects.order_by("-pk").first()


def places(there: bool | None = None) -> timeline.Places | None:
    """Look-ups in the edition in use, for one piece of work; None: there is none. `there`: whether there is one,
    where that is known."""
    return timeline.Places(_look_up) if (edition() if there is None else there) else None


def _look_up(postcode: str) -> Spot | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [postcode.replace(" ", "")])
        found = cursor.fetchone()
    return Spot(*found) if found else None
