"""The child's copy as a page to print."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework.selectors import who
from throughline.web.child import copies


@require_GET
def copy(request: Request, child_id: UUID) -> HttpResponse:
    """Asks first whether the copy goes home, because somebody else may find it there; then the copy."""
    today = clock.today()
    where = request.GET.get("where", "")
    if where not in {"together", "home"}:
        return render(request, "child/ask.html", {"who": who(request.viewer, child_id), "today": today})
    made = copies.make(request.viewer, child_id, goes_home=where == "home")
    return render(request, "child/copy.html", {"copy": made, "today": today})
