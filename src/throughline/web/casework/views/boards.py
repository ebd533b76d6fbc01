"""Pages about many children at once: boards, meetings, a school's pupils, whom to ring."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import worklists

SHORTEST = 2
_TOO_SHORT = "Enter at least two letters of a name, a date of birth or a number"


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
    return render(request, "casework/ring.html", _context(request, query="", cards=None, errors={}))


@require_GET
def ring_found(request: Request) -> HttpResponse:
    """Whom to ring about each child found."""
    query = request.session.get("ring")
    if query is None:
        return redirect("ring")
    errors = {"query": _TOO_SHORT} if len(query) < SHORTEST else {}
    cards = None if errors else worklists.ring(request.viewer, query)
    return render(request, "casework/ring.html", _context(request, query=query, cards=cards, errors=errors))
