"""What every page is given: the bar of the person's role, the nonce, two telephone numbers."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from throughline import words
from throughline.web.design import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. These names win over a view's own: a view cannot use them for anything else."""
    return {
        "nonce": getattr(request, "csp_nonce", ""),
        **_person(request),
        "open_until": partial(_open_until, request),
        "foot": navigation.foot(request.path),
        "demonstration": settings.DEMONSTRATION,
        "urgent_phone": settings.URGENT_PHONE,
        "support_phone": settings.SUPPORT_PHONE,
    }


def _open_until(request: HttpRequest) -> datetime | None:
    """Until when some record stands open in an emergency to whoever looks; asked only by pages that say so."""
    viewer: Any = getattr(request, "viewer", None)
    return viewer.open_until if viewer else None


def _person(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, their seat in words, their bar; nothing of it for someone who is not."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"person": None, "seat": None, "bar": (), "record_default": ""}
    role = words.roles().get(user.role)
    bar = navigation.bar(user.role, request.path)
    # Anything recorded is about a child, and a child is found first. A page about one child aims it at that child.
    record = next((entry.href + "?record" for entry in bar if entry.word == navigation.FIND), "")
    seat = {"role": role.title if role else user.role, "agency": words.agency_title(user.agency)}
    return {
        "person": user,
        "seat": seat,
        "bar": bar,
        "record_default": record,
    }
