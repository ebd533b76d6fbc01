"""Pages about many children at once: boards, meetings, a school's pupils, whom to ring."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline.web import clock
from throughline.web.accounts.viewing import Request, Viewer
from throughline.web.casework import worklists
from throughline.web.casework.list_shapes import Ring
from throughline.web.linkage.locating import NotExact

SHORTEST = 2
_TOO_SHORT = "Enter at least two letters of a name, a date of birth or a number"
_NOT_EXACT = "Enter the first name, the family name and the date of birth, for example Rowan Vale 27/3/2011"


def _context(request: Request, **more: object) -> dict[str, Any]:
    return {"now": clock.now(), "today": clock.today(), "here": request.path, **more}


@require_GET
def first(request: Request) -> HttpResponse:
    """The first board there is for this role."""
    boards = worklists.boards_of(request.viewer.role)
    if not boards:
        raise Http404
    return redirect("board", boards[0][0])


@require_GET
def board(request: Request, board_id: str) -> HttpResponse:
    """One board, and the way to the others."""
    return render(request, "casework/board.html", _context(request, board=worklists.board(request.viewer, board_id)))


@require_GET
def meetings(request: Request) -> HttpResponse:
    """This fortnight's conferences and reviews, with who is invited and who came."""
    return render(request, "casework/meetings.html", _context(request, lists=worklists.meetings(request.viewer)))


@require_GET
def pupils(request: Request) -> HttpResponse:
    """A school's own pupils with a page here."""
    return render(request, "casework/pupils.html", _context(request, lists=worklists.pupils(request.viewer)))


@require_http_methods(["GET", "POST"])
def ring(request: Request) -> HttpResponse:
    """Whom to ring: the search. Its words come by POST and wait in the session, never in an address."""
    if request.method == "POST":
        request.session["ring"] = request.POST.get("query", "").strip()
        return redirect("ring_found")
    request.session.pop("ring", None)
    exactly = request.viewer.policy.locates
    return render(request, "casework/ring.html", _context(request, query="", cards=None, errors={}, exactly=exactly))


@require_GET
def ring_found(request: Request) -> HttpResponse:
    """Whom to ring about each child found."""
    query = request.session.get("ring")
    if query is None:
        return redirect("ring")
    cards, errors = _ring(request.viewer, query)
    context = _context(request, query=query, cards=cards, errors=errors)
    context["exactly"] = request.viewer.policy.locates
    context["breaks_glass"] = request.viewer.policy.glass is not None
    return render(request, "casework/ring.html", context)


def _ring(viewer: Viewer, query: str) -> tuple[tuple[Ring, ...] | None, dict[str, str]]:
    """Whom to ring, or what is wrong with what was asked. Who may not search must know whom they ask about."""
    if viewer.policy.locates:
        try:
            return worklists.ring_exactly(viewer, query), {}
        except NotExact:
            return None, {"query": _NOT_EXACT}
    if len(query) < SHORTEST:
        return None, {"query": _TOO_SHORT}
    return worklists.ring(viewer, query), {}
