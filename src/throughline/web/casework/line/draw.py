"""Three bands on one axis: the life strip, the chapters, the lanes; and under them one duty opened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from throughline import words
from throughline.web.casework.line.pieces import Bar, Bin, Column, Drawing, DutyBar, Hatch, Lane, Mark, Year
from throughline.web.casework.line.window import LEFT, WIDTH, Window, window
from throughline.web.casework.shapes import Chapter, Gap, Line, LineRow, Owed
from throughline.words.calendars import add_months, london_date

STRIP = 56.0
CHAPTER = 20.0
LANE = 52.0
SLOT = 18.0
MOST_MARKS = 300
MOST_A_WEEK = 3
LEARNT_LATE = timedelta(days=30)
CHAPTER_ROWS = {"home": "Home", "school": "School", "plan": "Plan and list", "worker": "Lead worker"}
_LETTER = 7.2
"""Pixels a letter of an axis label takes, near enough to know what fits."""
_TOLD_BY_ANYONE = frozenset({"voice", "family_and_home", "decisions"})
"""Lanes that no agency of their own fills: whoever sends anything may tell of these."""
_SINGLE = frozenset({"bubble", "diamond", "square"})
"""Never folded into a month of a life: own words, critical moments, decisions."""


def draw(line: Line, shown: Window, duty: Owed | None = None) -> Drawing:
    """Place one child's line in a window; `duty` is one of its duties opened from the page."""
    inside = [row for row in line.rows if shown.holds(row.happened_on)]
    life = window("life", line.as_of, _born(line))
    chapters_top = STRIP + 28
    lanes_top = chapters_top + CHAPTER * len(CHAPTER_ROWS) + 16
    lanes, alone, binned = _lanes(inside, line.gaps, shown, lanes_top, line.as_of)
    axis = lanes[-1].top + lanes[-1].height if lanes else lanes_top
    return Drawing(
        window=shown,
        width=WIDTH,
        height=axis + 28 + (44 if duty else 0),
        left=LEFT,
        strip=tuple(_strip(line.rows, life)),
        years=tuple(_years(line.rows, life)),
        strip_hatches=tuple(_hatches(line.gaps, life)),
        strip_window=(life.x(shown.start), life.x(shown.end, 1.0)),
        chapter_rows=tuple(
            (title, top, tuple(_bars(line.chapters, row, shown, top)))
            for (row, title), top in zip(CHAPTER_ROWS.items(), count(chapters_top, CHAPTER), strict=False)
        ),
        chapters_top=chapters_top,
        lanes=tuple(lanes),
        lanes_top=lanes_top,
        axis=axis,
        ticks=tuple(shown.ticks()),
        duty=_duty(duty, shown, line.as_of) if duty else None,
        shown=alone,
        binned=binned,
    )


def _born(line: Line) -> date:
    first = line.rows[0].happened_on if line.rows else line.as_of
    return min(line.who.dob or first, first)


# -- the life strip -----------------------------------------------------------------------------------


def _strip(rows: Iterable[LineRow], life: Window) -> Iterable[Column]:
    months = Counter(row.happened_on.replace(day=1) for row in rows if life.holds(row.happened_on))
    most = max(months.values(), default=1)
    for month, number in sorted(months.items()):
        x = life.x(month)
        width = max(life.x(add_months(month, 1)) - x - 0.5, 1.0)
        height = round(max(4.0, (STRIP - 8) * number / most), 1)
        yield Column(x, width, height, f"{month:%B %Y}: {number}")


def _years(rows: Iterable[LineRow], life: Window) -> Iterable[Year]:
    counts = Counter(row.happened_on.year for row in rows)
    for year in range(life.start.year, life.end.year + 1):
        start, end = max(date(year, 1, 1), life.start), min(date(year, 12, 31), life.end)
        yield Year(life.x(start), life.x(end, 1.0) - life.x(start), year, counts[year], end)


def _hatches(gaps: Iterable[Gap], shown: Window) -> Iterable[Hatch]:
    for gap in gaps:
        for start, end, said in (
            (shown.start, gap.before - timedelta(days=1), f"not yet receiving from {gap.agency}"),
            (
                gap.after + timedelta(days=1),
                shown.end,
                f"nothing received from {gap.agency} since {_day(gap.after)}",
            ),
        ):
            if start <= end and shown.start <= end and start <= shown.end:
                x = shown.x(start)
                yield Hatch(x, round(shown.x(end, 1.0) - x, 1), said)


# -- chapters -----------------------------------------------------------------------------------------


def _bars(chapters: Iterable[Chapter], row: str, shown: Window, top: float) -> Iterable[Bar]:
    for chapter in chapters:
        start, end = chapter.start or shown.start, chapter.end or shown.end
        if chapter.row != row or end < shown.start or start > shown.end:
            continue
        x = shown.x(start)
        width = round(max(shown.x(end, 1.0) - x, 2.0), 1)
        since = f"since {_day(chapter.start)}" if chapter.start else "already so when the records begin"
        until = f" to {_day(chapter.end)}" if chapter.end else ""
        room = int((width - 12) / _LETTER)
        yield Bar(
            x,
            top,
            width,
            _cut(chapter.title, room),
            f"{chapter.title}, {since}{until}",
            chapter.start is None,
        )


# -- lanes --------------------------------------------------------------------------------------------


def _lanes(
    rows: Sequence[LineRow], gaps: Sequence[Gap], shown: Window, top: float, as_of: date
) -> tuple[list[Lane], int, int]:
    by_lane: dict[str, list[LineRow]] = defaultdict(list)
    for row in rows:
        by_lane[row.lane].append(row)
    single = _never_too_many(rows, shown)
    lanes, shown_count, binned = [], 0, 0
    for lane, title in words.lanes().items():
        alone, folded = _fold(by_lane[lane], shown, single)
        marks, bins, height = _placed(alone, folded, shown, as_of)
        own = [gap for gap in gaps if gap.lane == lane]
        hatches = tuple(_hatches(own, shown))
        lanes.append(
            Lane(
                lane,
                title,
                top,
                height,
                tuple(replace(mark, y=top + mark.y) for mark in marks),
                tuple(replace(box, y=top + box.y) for box in bins),
                hatches,
                _empty(lane, by_lane[lane], own, hatches),
            )
        )
        shown_count += len(marks)
        binned += sum(box.count for box in bins)
        top += height
    return lanes, shown_count, binned


def _never_too_many(rows: Sequence[LineRow], shown: Window) -> int:
    """How many a week (a day, by the month) may stand alone so that the whole stays under `MOST_MARKS`."""
    if shown.scale == "month" and len(rows) <= MOST_MARKS:
        return MOST_MARKS
    weeks = Counter((row.lane, _start(row.happened_on, shown)) for row in rows)
    for most in range(MOST_A_WEEK, 0, -1):
        if sum(n for n in weeks.values() if n <= most) <= MOST_MARKS:
            return most
    return 0


def _fold(rows: Sequence[LineRow], shown: Window, single: int) -> tuple[list[LineRow], list[list[LineRow]]]:
    """Which of a lane's happenings stand alone and which are folded: by month of a life, week of a year."""
    groups: dict[date, list[LineRow]] = defaultdict(list)
    if shown.scale == "life":
        alone = _spread([row for row in rows if row.shape in _SINGLE], shown)
        kept = {row.happening for row in alone}
        for row in rows:
            if row.happening not in kept:
                groups[_start(row.happened_on, shown)].append(row)
        return alone, list(groups.values())
    for row in rows:
        groups[_start(row.happened_on, shown)].append(row)
    alone = [row for members in groups.values() if len(members) <= single for row in members]
    return alone, [members for members in groups.values() if len(members) > single]


def _spread(rows: Sequence[LineRow], shown: Window) -> list[LineRow]:
    """Those of a life's single marks that do not stand on one another; own words before the rest."""
    taken: list[float] = []
    kept = []
    for row in sorted(rows, key=lambda row: (row.shape != "bubble", row.shape != "diamond", row.happened_on)):
        x = shown.x(row.happened_on, 0.5)
        if all(abs(x - other) >= SLOT for other in taken):
            taken.append(x)
            kept.append(row)
    return kept[: MOST_MARKS // 10]


def _placed(
    alone: Sequence[LineRow], folded: Sequence[Sequence[LineRow]], shown: Window, as_of: date
) -> tuple[list[Mark], list[Bin], float]:
    """Marks and bins of one lane in slots one under the other, so that none hides another; and its height.

    A life's bins are thin columns on the floor of the lane instead, its marks above them.
    """
    if shown.scale == "life":
        most = max((len(members) for members in folded), default=1)
        columns = [_column(members, shown, most) for members in folded]
        return [_mark(row, shown, as_of, 14.0) for row in alone], columns, LANE
    things: list[tuple[float, float, Mark | Bin]] = []
    for row in alone:
        mark = _mark(row, shown, as_of, 0.0)
        room = 12.0 + len(mark.label) * _LETTER + (8 if mark.told > 1 else 0)
        things.append((mark.x - (room if mark.label_left else 10), mark.x + (10 if mark.label_left else room), mark))
    for members in folded:
        box = _bin(members, shown)
        things.append((box.x, box.x + box.width, box))
    ends: list[float] = []
    slots = []
    for start, end, _ in sorted(things, key=lambda thing: thing[:2]):
        slot = next((i for i, taken in enumerate(ends) if taken < start), len(ends))
        ends[slot : slot + 1] = [end]
        slots.append(slot)
    height = max(LANE, len(ends) * SLOT + 18)
    first = (height - (len(ends) - 1) * SLOT) / 2
    marks, bins = [], []
    for (_, _, thing), slot in zip(sorted(things, key=lambda thing: thing[:2]), slots, strict=True):
        y = round(first + slot * SLOT, 1)
        if isinstance(thing, Mark):
            marks.append(replace(thing, y=y))
        else:
            bins.append(replace(thing, y=y))
    return marks, bins, height


def _mark(row: LineRow, shown: Window, as_of: date, y: float) -> Mark:
    x = shown.x(row.happened_on, 0.5)
    differs = row.latest_on > row.happened_on
    doubt = (shown.x(row.happened_on), shown.x(row.latest_on, 1.0)) if differs else None
    late = row.learnt_on - row.happened_on > LEARNT_LATE
    told = len({telling.said_by for telling in row.tellings})
    label = _cut(row.title, 26) if shown.scale == "month" else ""
    return Mark(
        x,
        y,
        row.shape,
        _said(row, told, late),
        row.happening,
        differs,
        doubt,
        told,
        shown.x(min(row.learnt_on, as_of), 0.5) if late and shown.scale != "life" else None,
        label,
        bool(label) and x + 24 + len(label) * _LETTER > WIDTH,
        row.in_question,
    )


def _said(row: LineRow, told: int, late: bool) -> str:
    by = f", told by {told}" if told > 1 else ""
    learnt = f", learnt {_day(row.learnt_on)}" if late else ""
    asked = ", in question" if row.in_question else ""
    return f"{_day(row.happened_on)}: {row.title}{by}{learnt}{asked}"


def _bin(members: Sequence[LineRow], shown: Window) -> Bin:
    start = _start(members[0].happened_on, shown)
    end = start + timedelta(days=6) if shown.scale == "year" else start
    width = max(shown.x(end, 1.0) - shown.x(start) - 1, 16.0)
    last = max(row.happened_on for row in members)
    return Bin(shown.x(start), 0.0, round(width, 1), 22.0, len(members), _kinds(members), last)


def _column(members: Sequence[LineRow], shown: Window, most: int) -> Bin:
    start = _start(members[0].happened_on, shown)
    width = max(shown.x(add_months(start, 1)) - shown.x(start) - 0.5, 2.0)
    height = round(max(4.0, (LANE - 30) * len(members) / most), 1)
    last = max(row.happened_on for row in members)
    return Bin(shown.x(start), LANE - 2 - height / 2, round(width, 1), height, len(members), _kinds(members), last)


def _kinds(members: Sequence[LineRow]) -> str:
    """``3 to 9 Mar 2026: 4 × Absent from school; Suspended``."""
    titles = Counter(row.title for row in members)
    kinds = "; ".join(f"{n} × {title}" if n > 1 else title for title, n in titles.most_common(4))
    more = len(titles) - 4
    days = _days(members[0].happened_on, max(row.happened_on for row in members))
    return f"{days}: {kinds}" + (f"; and {more} more kinds" if more > 0 else "")


def _start(day: date, shown: Window) -> date:
    """The first day of the bin a day falls into."""
    if shown.scale == "life":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if shown.scale == "year" else day


def _empty(lane: str, rows: Sequence[LineRow], gaps: Sequence[Gap], hatches: Sequence[Hatch]) -> str:
    """An empty lane says whether nothing was recorded, or nobody sent what could tell."""
    if rows:
        return ""
    supplied = lane in _TOLD_BY_ANYONE or bool(gaps)
    return "nothing recorded" if supplied and not hatches else "nothing supplied"


# -- one duty -----------------------------------------------------------------------------------------


def _duty(duty: Owed, shown: Window, as_of: date) -> DutyBar | None:
    due = london_date(duty.due_at) if duty.due_at else duty.due_on
    if due is None:
        return None
    met = london_date(duty.met_at) if duty.met_at else duty.met_on
    until = met or (as_of if duty.state == "overdue" else None)
    late = (shown.x(due, 1.0), shown.x(until, 0.5)) if until and until > due else None
    said = f"opened {_day(duty.opened_on)}, due {_day(due)}" + (f", met {_day(met)}" if met else "")
    return DutyBar(
        duty.title, shown.x(duty.opened_on), shown.x(due, 1.0), shown.x(met, 0.5) if met else None, late, said
    )


# -- words --------------------------------------------------------------------------------------------


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(first: date, last: date) -> str:
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _cut(text: str, room: int) -> str:
    """A label that fits, or nothing where not even a few letters would."""
    if len(text) <= room:
        return text
    return text[: room - 1].rstrip() + "…" if room > 4 else ""
