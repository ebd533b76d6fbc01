"""The report a manager reads: one HTML file that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from throughline import words
from throughline.check.summary import Summary
from throughline.duties import Rulebook
from throughline.feeds.base import OUTCOMES

STATES = (
    "overdue",
    "due",
    "due soon",
    "upcoming",
    "cannot tell",
    "met",
    "met late",
    "met by another route",
    "not owed",
)
"""Order of columns: what needs someone first."""

_STRENGTHS = {
    "MUST": "law",
    "SG": "statutory guidance",
    "GD": "guidance",
    "TG": "target",
    "LO": "local",
}


def write(path: Path, summary: Summary, rules: Rulebook) -> None:
    """Write the report of one run to `path`."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("throughline.check", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = _day
    environment.filters["count"] = lambda n: f"{n:,}"
    page = environment.get_template("report.html.j2").render(
        summary=summary,
        figures=summary.as_dict(),
        duties=[_duty(summary, rules, duty) for duty in _in_order(summary)],
        states=STATES,
        outcomes=OUTCOMES,
        coverage=_coverage(summary),
        agency=words.agency_title,
    )
    path.write_text(page, encoding="utf-8")


def _in_order(summary: Summary) -> list[str]:
    """Duties with most overdue first, then most that cannot be told."""
    return sorted(
        summary.states,
        key=lambda d: (-summary.states[d]["overdue"], -summary.states[d]["cannot tell"], d),
    )


def _duty(summary: Summary, rules: Rulebook, duty_id: str) -> dict[str, Any]:
    rule = rules[duty_id]
    states = summary.states[duty_id]
    total = sum(states.values())
    return {
        "id": duty_id,
        "title": rule.title,
        "plain": rule.plain,
        "citation": rule.citation,
        "strength": _STRENGTHS[rule.strength],
        "verified": rule.verified,
        "states": {state: states[state] for state in STATES},
        "bar": _bar(states, total),
        "total": total,
        "longest": summary.longest(duty_id),
        "unknown": [(why, n) for (d, why), n in summary.unknown.most_common() if d == duty_id],
    }


def _bar(states: Mapping[str, int], total: int) -> list[tuple[str, float, float]]:
    """(state, x, width) in per cent of a bar, only for states that occur."""
    x, parts = 0.0, []
    for state in STATES:
        if states.get(state):
            width = 100 * states[state] / total
            parts.append((state, round(x, 2), round(width, 2)))
            x += width
    return parts


def _coverage(summary: Summary) -> list[dict[str, Any]]:
    """One bar a file: what it can answer for, on one axis ending at the day asked about."""
    if not summary.coverage:
        return []
    first = min(c.start for c in summary.coverage)
    span = max((summary.as_of - first).days, 1)
    bars = []
    for c in sorted(summary.coverage, key=lambda c: (c.agency, c.file, c.start)):
        bars.append(
            {
                "file": c.file,
                "agency": c.agency,
                "start": c.start,
                "end": c.end,
                "kinds": sorted(words.kinds()[k].title for k in c.kinds if k in words.kinds()),
                "x": round(100 * (c.start - first).days / span, 2),
                "width": round(max(100 * ((min(c.end, summary.as_of) - c.start).days + 1) / span, 0.4), 2),
            }
        )
    return bars


def _day(value: date | str) -> str:
    """``3 January 2026``; a time keeps its clock. What is no date is shown as it is."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}" + (f", {value[11:16]}" if len(value) > 10 else "")
