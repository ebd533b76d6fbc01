"""Looking children up no faster than a person does: whoever tries one name after another is asked to wait.

Counted from the record of looks itself, so that it holds over all of the site's processes and nobody can start it anew.
Very many look-ups in a day are for somebody independent to check (`unusual.yaml`), not for this.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied

from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.models import Look

MOST = 30
"""Look-ups in one `WHILE`: a local default, above what hands can type, for sign-off by the partnership."""
WHILE = timedelta(minutes=1)
LOOK_UPS = ("search", "who do I ring")
"""Kinds of looks (`Look.path_kind`) by which a child is found by name, date of birth or number."""


def keep(viewer: Viewer) -> None:
    """Raise PermissionDenied, with a sentence, for somebody who looks children up too fast."""
    lately = Look.objects.filter(user_id=viewer.id, at__gt=clock.now() - WHILE, path_kind__in=LOOK_UPS)
    if lately.count() >= MOST:
        raise PermissionDenied("You have searched very often in the last minute. Wait a minute, then search again.")
