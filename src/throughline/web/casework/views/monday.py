"""My work: what is late, due, waiting and new, for whoever has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.casework.shapes import Changed, Monday, Owed, Who
from throughline.web.design import navigation

HERE = "My work"
MOST_NEWS = 4
"""Lines of news about one child; the rest is on the child's page."""


@dataclass(frozen=True, slots=True)
class Worklist:
    """One list of the page."""

    id: str
    title: str
    short: str
    """Beside its number at the head of the page."""
    rows: tuple[Owed, ...]
    left_off: int
    nothing: str
    """What an empty list means."""

    @property
    def count(self) -> int:
        return len(self.rows) + self.left_off


@dataclass(frozen=True, slots=True)
class News:
    """What is new about one child, the newest first."""

    child: Who
    items: tuple[Changed, ...]
    left_off: int


@require_GET
def home(request: Request) -> HttpResponse:
    """The first page of the role: My work for those who have it, else the first word of their bar."""
    bar = navigation.bar(request.viewer.role, request.path)
    if bar and HERE not in {entry.word for entry in bar}:
        return redirect(bar[0].href)
    monday = selectors.my_monday(request.viewer)
    context = {
        "monday": monday,
        "lists": worklists(monday),
        "news": news(monday),
        "now": clock.now(),
        "today": clock.today(),
    }
    return render(request, "casework/monday.html", context)


def worklists(monday: Monday) -> tuple[Worklist, ...]:
    """Late, today, this week, waiting on someone else."""
    today = tuple(owed for owed in monday.due if owed.due_on and owed.due_on <= monday.as_of)
    week = tuple(owed for owed in monday.due if owed not in today)
    more = monday.more
    return (
        Worklist("late", "Late", "late", monday.overdue, more.get("overdue", 0), "Nothing of yours is late."),
        Worklist("today", "Due today", "due today", today, 0, "Nothing falls due today."),
        Worklist("week", "Due in the next seven days", "due in seven days", week, more.get("due", 0),
                 "Nothing else falls due in the next seven days."),
        Worklist("waiting", "Waiting on someone else", "waiting on others", monday.waiting, more.get("waiting", 0),
                 "Nobody else owes your children anything that is late or due this week."),
    )  # fmt: skip


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
    return redirect("home")
