"""My work: a role's own lists, what is new, what is half written, for whoever has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.casework.list_shapes import Monday
from throughline.web.casework.shapes import Changed, Who
from throughline.web.design import navigation

HERE = "My work"
MOST_NEWS = 4
"""Lines of news about one child; the rest is on the child's page."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new about one child, the newest first."""

    child: Who
    items: tuple[Changed, ...]
    left_off: int


@require_GET
def home(request: Request) -> HttpResponse:
    """What the role opens first: the first word of its bar, which for most is My work."""
    bar = navigation.bar(request.viewer.role, request.path)
    if bar and bar[0].word != HERE:
        return redirect(bar[0].href)
    return monday(request)


@require_GET
def monday(request: Request) -> HttpResponse:
    """The lists of the role, and what is new."""
    page = selectors.my_monday(request.viewer)
    context = {"monday": page, "news": news(page), "now": clock.now(), "today": clock.today(), "here": request.path}
    return render(request, "casework/monday.html", context)


def news(monday: Monday) -> tuple[News, ...]:
    """What is new, child by child: a busy child takes no more room than a few lines."""
    by_child: dict[UUID, list[Changed]] = {}
    for change in monday.changed:
        by_child.setdefault(change.child.id, []).append(change)
    return tuple(
        News(items[0].child, tuple(items[:MOST_NEWS]), max(0, len(items) - MOST_NEWS)) for items in by_child.values()
    )


@require_POST
def notice_read(request: Request, notice_id: int) -> HttpResponse:
    """Someone has read that an item was put in question, or judged."""
    actions.notice_read(notice_id=notice_id, by=request.viewer)
    return redirect("monday")
