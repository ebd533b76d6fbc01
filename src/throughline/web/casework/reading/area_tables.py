"""The tables of an area's page, each from numbers that are already held back, with what it says in a sentence."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from throughline import words
from throughline.measures import ALL, Shown
from throughline.web.casework.reading import area_rules
from throughline.web.casework.reading.area_counts import ELSEWHERE, UNKNOWN, Counts, months, quarters
from throughline.web.casework.reading.area_rules import Figure
from throughline.web.casework.reading.area_shapes import CANNOT_TELL, Cell, Column, Row, Table, cell
from throughline.web.design import formats

_NOT_TOLD = Cell(CANNOT_TELL)
_HELD = " Numbers from one to four are shown as fewer than 5; held back is what would give such a number away."


def name(area: str) -> str:
    """``la:971`` -> Port Halden, as a table has room for."""
    if area == UNKNOWN:
        return "Area not known"
    if area == ELSEWHERE:
        return "Elsewhere"
    authority = words.authorities().get(area.partition(":")[2])
    return authority.name if authority else words.agency_title(area)


def where(area: str) -> str:
    """The area, or all of them."""
    return "all areas" if area == ALL else name(area)


def _of(c: Counts, n: Cell, one: str, many: str, area: str) -> str:
    said = n.text if n.n is None else f"{n.text} {one if n.n == 1 else many}"
    return f"n = {said}, {where(area)}, as of {formats.day(c.at)}, {formats.clock(c.at)}"


def figure_cell(c: Counts, figure: Figure, area: str) -> Cell:
    """The figure itself: how many are known to be so; of an area that has gone silent nothing is."""
    told = [a for a in c.areas if a not in c.silent[figure.id]]
    if (area in c.silent[figure.id]) or (area == ALL and not told):
        return _NOT_TOLD
    return cell(c.so[figure.id].at(area, ALL))


def by_area(c: Counts) -> Table:
    """Every figure for every area."""
    figures = area_rules.figures().values()
    rows = [Row(f.title, tuple(figure_cell(c, f, area) for area in (*c.areas, ALL))) for f in figures]
    columns = tuple(Column(name(area)) for area in c.areas)
    return Table(
        "by-area",
        "Every figure, area by area",
        f"as of {formats.day(c.at)}, {formats.clock(c.at)}",
        "Figure",
        (*columns, Column("All areas")),
        tuple(rows),
        "Numbers stand beside each other to ask about, not to rank: areas differ in size, and in what they send.",
        "Cannot tell: the last word from there is too old to say." + _HELD,
    )


def breakdown(c: Counts, figure: Figure, area: str) -> Table | None:
    """What a figure falls into; none where it has one part only, is nought or cannot be told."""
    n = figure_cell(c, figure, area)
    if len(figure.slots) < 2 or n == _NOT_TOLD or n.n == 0:
        return None
    cut, unknown = c.so[figure.id], cell(c.cannot_tell[figure.id].at(area))
    rows = [Row(title, (cell(cut.at(area, slot)),)) for slot, title in figure.slots.items()]
    drawn = figure.state == "out_of_school"
    return Table(
        figure.id,
        f"{figure.title}: for how long" if not figure.wait else f"{figure.title}: since when",
        _of(c, n, figure.one, figure.many, area),
        "For how long",
        (Column(figure.many.capitalize()),),
        (*rows, Row("Cannot tell", (unknown,))),
        _most(rows, figure.many),
        chart="bars" if drawn else "",
    )


def charts(c: Counts, area: str) -> tuple[Table, ...]:
    """The drawn tables that are no figure's own."""
    return _missing_months(c, area), _interviews(c, area), _distances(c, area), _duties(c, area)


def _missing_months(c: Counts, area: str) -> Table:
    kinds = area_rules.figures()["missing"].kinds
    rows = []
    for month in months(c.today):
        first, last = _month(month, c.today)
        gaps = [a for a in _those(c, area) if not c.sources.covered(kinds, a, first, last)]
        number = cell(c.months.at(area, month))
        # Nothing told and nobody who could have told it is no nought.
        shown = _NOT_TOLD if gaps and number.n == 0 else number
        rows.append(Row(f"{first:%b %Y}", (shown, Cell(_gap(gaps, area)))))
    columns: tuple[Column, ...] = (Column("Episodes", "due"), Column("Not told for the whole month"))
    if not any(row.cells[1].text for row in rows):
        rows, columns = [Row(row.title, row.cells[:1]) for row in rows], columns[:1]
    return Table(
        "missing-months",
        "Missing episodes, by the month they began",
        _of(c, cell(c.months.at(area, ALL)), "episode", "episodes", area),
        "Month",
        columns,
        tuple(rows),
        _most(rows, "episodes"),
        "The last month is not over. Episodes may be told weeks after they began.",
        "columns",
    )


def _gap(gaps: Sequence[str], area: str) -> str:
    return CANNOT_TELL if gaps and area != ALL else ", ".join(map(name, gaps))


def _month(month: str, today: date) -> tuple[date, date]:
    first = date(int(month[:4]), int(month[5:]), 1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first, min(last, today - timedelta(days=1))


def _interviews(c: Counts, area: str) -> Table:
    parts = area_rules.outcomes()
    rows = [
        Row(_quarter(q), tuple(cell(c.quarters.at(area, q, part)) for part in (*(p.id for p in parts), ALL)))
        for q in quarters(c.today)
    ]
    return Table(
        "interviews",
        "Return interviews after going missing, by quarter they were due",
        _of(c, cell(c.quarters.at(area, ALL, ALL)), "interview owed", "interviews owed", area),
        "Quarter",
        (*(Column(p.title, p.look) for p in parts), Column("All owed")),
        tuple(rows),
        f"In the five quarters, {_said(c.quarters.at(area, ALL, 'in_time'))} in 72 hours, "
        f"{_said(c.quarters.at(area, ALL, 'late'))} later, {_said(c.quarters.at(area, ALL, 'not_held'))} not held; of "
        f"{_said(c.quarters.at(area, ALL, 'cannot_tell'))} we cannot tell.",
        "Cannot tell is a number of its own: it is neither held nor not held.",
        "columns",
        stacked=True,
    )


def _distances(c: Counts, area: str) -> Table:
    bands = area_rules.distances()
    rows = [Row(title, (cell(c.distances.at(area, band)),)) for band, title in bands.items()]
    return Table(
        "distances",
        "Children in care, by how far from home they live",
        _of(c, cell(c.distances.at(area, ALL)), "placement", "placements", area),
        "In a straight line from home",
        (Column("Placements"),),
        (*rows, Row("Cannot tell", (cell(c.distances_unknown.at(area)),))),
        _most(rows, "placements"),
        "Cannot tell: a postcode is missing, protected, or not in the postcode directory; not part of n.",
        "bars",
    )


def _duties(c: Counts, area: str) -> Table:
    parts = area_rules.standings()
    rows = [
        Row(title, tuple(cell(c.duties.at(area, part, code)) for part in (*(p.id for p in parts), ALL)))
        for code, title in area_rules.strengths().items()
        if c.duties.at(area, ALL, code).n != 0
    ]
    return Table(
        "duties",
        "What fell due in the last twelve months, by what it rests on",
        _of(c, cell(c.duties.at(area, ALL, ALL)), "duty", "duties", area),
        "Rests on",
        (*(Column(p.title, p.look) for p in parts), Column("All")),
        tuple(rows),
        f"{_said(c.duties.at(area, 'done', ALL)).capitalize()} done in time, "
        f"{_said(c.duties.at(area, 'done_late', ALL))} done late, {_said(c.duties.at(area, 'overdue', ALL))} not done; "
        f"of {_said(c.duties.at(area, 'cannot_tell', ALL))} we cannot tell.",
        chart="bars",
        stacked=True,
    )  # fmt: skip


def flows(c: Counts, area: str) -> Table:
    """Where children placed away are from, and where they live now."""
    homes = c.areas if area == ALL else (area,)
    hosts = (*c.areas, ELSEWHERE)
    rows = [Row(f"From {name(home)}", _flow_cells(c, home, hosts)) for home in homes if home != UNKNOWN]
    if area == ALL:
        rows.append(Row("From all areas", _flow_cells(c, ALL, hosts)))
    else:
        others = [home for home in c.areas if home not in (area, UNKNOWN)]
        rows += [Row(f"From {name(home)}, living here", (cell(c.flows.at(home, area)),)) for home in others]
    columns = tuple(Column(f"in {name(host)}") for host in hosts if host != UNKNOWN)
    placed = cell(c.flows.at(area, ALL))
    return Table(
        "placed-away",
        "Children placed away: from where, to where",
        _of(c, placed, "child", "children", area),
        "Home area",
        (*columns, Column("All placed away")),
        tuple(row if len(row.cells) > 1 else _here(row, columns, name(area)) for row in rows),
        f"Living in another authority's area: {placed.text}. "
        f"Where they live cannot be told: {cell(c.cannot_tell['out_of_area'].at(area)).text}.",
    )


def _flow_cells(c: Counts, home: str, hosts: Iterable[str]) -> tuple[Cell, ...]:
    own = tuple(Cell("–") if host == home else cell(c.flows.at(home, host)) for host in hosts if host != UNKNOWN)
    return (*own, cell(c.flows.at(home, ALL)))


def _here(row: Row, columns: Sequence[Column], here: str) -> Row:
    """A row of those who live in one area only: the other columns are not asked about."""
    cells = tuple(row.cells[0] if column.title == f"in {here}" else Cell("–") for column in columns)
    return Row(row.title, (*cells, Cell("–")))


def _those(c: Counts, area: str) -> Sequence[str]:
    return [a for a in c.areas if a != UNKNOWN] if area == ALL else [area]


def _quarter(quarter: str) -> str:
    year, _, number = quarter.partition("-Q")
    first = int(number) * 3 - 2
    return f"{calendar.month_abbr[first]} to {calendar.month_abbr[first + 2]} {year}"


def _said(shown: Shown) -> str:
    return cell(shown).text


def _most(rows: Sequence[Row], many: str) -> str:
    """The largest number that is shown, and how many are not."""
    shown = [(row.cells[0].n, row.title) for row in rows if row.cells[0].n]
    kept = sum(row.cells[0].n is None for row in rows)
    most, title = max(shown, key=lambda pair: pair[0], default=(0, ""))
    if not most:
        return f"No number of {many} is large enough to show." if kept else "There are none."
    said = f"The most: {most:,} {many} ({title})."
    return said + (f" {formats.count(kept, 'number is', 'numbers are')} held back or not known." if kept else "")
