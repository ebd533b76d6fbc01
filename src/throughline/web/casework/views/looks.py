"""Who looked: at one child, and what the person signed in has looked at."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import looks


@require_GET
def child_looks(request: Request, child_id: UUID) -> HttpResponse:
    """Everyone who has opened this child's page."""
    who, rows = looks.at_child(request.viewer, child_id)
    context = {"who": who, "looks": rows, "today": clock.today(), "limit": looks.LIMIT}
    return render(request, "casework/child_looks.html", context)


@require_GET
def own_looks(request: Request) -> HttpResponse:
    """What is kept about the looks of whoever is signed in."""
    context = {"looks": looks.by_viewer(request.viewer), "today": clock.today(), "limit": looks.LIMIT}
    return render(request, "casework/own_looks.html", context)
