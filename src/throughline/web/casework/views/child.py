"""The child's page: who they are and what is owed now, then the line and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import selectors
from throughline.web.casework.line import SCALES, draw, window
from throughline.web.casework.line.listing import by_month
from throughline.web.casework.shapes import Line, LineRow, Owed, Page

TABS = {
    "line": "Line",
    "owed": "Owed",
    "plans": "Plans and decisions",
    "team": "Team",
    "voice": "Voice",
    "chapters": "Chapters",
    "sources": "Sources and faults",
}
OVER = "Done, or not owed any more"
OWED_PARTS = (
    ("Late or to be done", ("overdue", "due", "due soon", "upcoming")),
    ("We cannot tell", ("cannot tell",)),
    (OVER, ("met", "met late", "met by another route", "not owed")),
)
LENSES = {"received": "what the partnership had received", "recorded": "what each agency had recorded"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks to see of the line. Anything it cannot be is left out, never an error."""

    scale: str
    to: date
    known: date | None
    """As known on this day; None is everything known today."""
    lens: str
    lane: str
    text: str

    def query(self, **changes: str) -> str:
        """The address's query that keeps all this but for `changes`; without the window's scale and end."""
        kept = {
            "known": self.known.isoformat() if self.known else "",
            "lens": self.lens if self.known else "",
            "lane": self.lane,
            "q": self.text,
        } | changes
        return urlencode({name: value for name, value in kept.items() if value})


@require_GET
def child(request: Request, child_id: UUID, tab: str = "line") -> HttpResponse:
    """One child's page; `tab` is what stands below the fold."""
    if tab not in TABS:
        raise Http404
    today = clock.today()
    asked = _asked(request, today)
    page, line = _page_and_line(request, child_id, tab, asked)
    context: dict[str, Any] = {
        "page": page,
        "tab": tab,
        "tabs": _tabs(child_id),
        "now": clock.now(),
        "today": today,
        "record_href": reverse("record", args=[child_id]),
    }
    if tab == "sources":
        context["sources"] = selectors.sources(request.viewer, child_id)
    if line is not None:
        context |= {"line": line, "asked": asked} | _below(tab, line, asked, request)
    return render(request, f"casework/child/{tab}.html", context)


def _page_and_line(request: Request, child_id: UUID, tab: str, asked: Asked) -> tuple[Page, Line | None]:
    """What the tab needs: the team's has no line, and all the duties are for the tab that lists them."""
    viewer = request.viewer
    if tab == "team":
        return selectors.child_page(viewer, child_id), None
    if asked.known:
        page = selectors.child_page(viewer, child_id)
        return page, selectors.line(viewer, child_id, asked.known, asked.lens)
    return selectors.page_and_line(viewer, child_id, None if tab == "owed" else request.GET.get("duty", ""))


def _below(tab: str, line: Line, asked: Asked, request: Request) -> dict[str, Any]:
    if tab == "line":
        return _line(line, asked, request)
    if tab == "owed":
        return {"parts": owed_parts(line.duties)}
    if tab == "plans":
        return {"months": by_month([row for row in line.rows if row.shape == "square"], line.chapters)}
    if tab == "voice":
        return {"months": by_month([row for row in line.rows if row.lane == "voice"], line.chapters)}
    return {}


def owed_parts(duties: Iterable[Owed]) -> tuple[tuple[str, tuple[Owed, ...]], ...]:
    """Everything owed under what it means today: the longest late or the soonest first, the past newest first."""
    by_day = sorted(duties, key=lambda owed: owed.due_on or date.max)
    parts = ((title, tuple(owed for owed in by_day if owed.state in states)) for title, states in OWED_PARTS)
    return tuple((title, those[::-1] if title == OVER else those) for title, those in parts if those)


def _line(line: Line, asked: Asked, request: Request) -> dict[str, Any]:
    rows = tuple(row for row in line.rows if _wanted(row, asked))
    opened = next((owed for owed in line.duties if str(owed.id) == request.GET.get("duty")), None)
    first = rows[0].happened_on if rows else line.as_of
    shown = window(asked.scale, asked.to, min(line.who.dob or first, first))
    kept = Line(
        line.who,
        line.as_of,
        line.lens,
        rows,
        line.chapters,
        line.duties,
        line.gaps,
        line.later_learnt,
        line.faults,
    )
    inside = [row for row in rows if shown.holds(row.happened_on)]
    return {
        "drawing": draw(kept, shown, opened),
        "opened": opened,
        "months": by_month(inside, line.chapters),
        "faults": [fault for fault in line.faults if fault.around and shown.holds(fault.around)],
        "left_out": len(line.rows) - len(rows),
        "scales": SCALES,
        "lenses": LENSES,
        "lanes": words.lanes(),
        "here": request.path,
        "same": "&" + asked.query() if asked.query() else "",
    }


def _wanted(row: LineRow, asked: Asked) -> bool:
    if asked.lane and row.lane != asked.lane:
        return False
    sought = asked.text.casefold()
    return not sought or sought in row.title.casefold() or sought in row.words.casefold()


def _asked(request: Request, today: date) -> Asked:
    given = request.GET
    known = _day(given.get("known"))
    return Asked(
        scale=given.get("scale", "") if given.get("scale") in SCALES else "year",
        to=min(_day(given.get("to")) or known or today, known or today),
        known=known if known and known < today else None,
        lens=given.get("lens", "") if given.get("lens") in LENSES else "received",
        lane=given.get("lane", "") if given.get("lane") in words.lanes() else "",
        text=given.get("q", "").strip()[:100],
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _tabs(child_id: UUID) -> list[tuple[str, str, str]]:
    """(id, words, address) of each tab."""
    return [
        (
            tab,
            title,
            reverse("child", args=[child_id]) if tab == "line" else reverse("child_tab", args=[child_id, tab]),
        )
        for tab, title in TABS.items()
    ]
