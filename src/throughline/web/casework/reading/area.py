"""The page of one area, or of all of them: numbers for whoever may count, names for whoever works with a child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404

from throughline.measures import ALL
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework.reading import area_counts, area_map, area_names, area_rules, area_tables
from throughline.web.casework.reading.area_counts import UNKNOWN, Counts
from throughline.web.casework.reading.area_map import Drawn
from throughline.web.casework.reading.area_rules import Figure
from throughline.web.casework.reading.area_shapes import AreaPage, FigureView, Named, Place, cell

PATH = "area"
_Behind = tuple[tuple[Named, ...], int, set[int]]
_NO_AREA = "no source says which authority these children are of; their authority's return would"
_NO_PLACE = "a postcode is missing, protected or not in the postcode directory"
_LEFT_OUT = "a date or a time is left out, or the records begin too late: each child's page says which and whom to ask"
NO_POSTCODES = "no postcode directory has been loaded"


def area_page(viewer: Viewer, code: str = "") -> tuple[AreaPage, Drawn | None]:
    """The page of the authority with this three-digit code; blank: of all areas. And the map, where it can be drawn.

    Raises PermissionDenied for a role that does not count, Http404 for an area nobody has told anything of. The look
    is recorded with every child that is named.
    """
    c, area = _counted(viewer, code)
    figures = _figures() if viewer.policy.relations else ()  # who works with no child is shown no name
    behind = {f.id: area_names.behind(viewer, c, f, None if area == ALL else area) for f in figures}
    children = {number for _, _, numbers in behind.values() for number in numbers}
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=PATH, children=children)
    drawn = area_map.draw(c, area)
    return _page(viewer, c, area, behind, bool(drawn)), drawn


def tables_only(viewer: Viewer, code: str = "") -> AreaPage:
    """The same for a file: counts alone, no child by name, whoever takes it."""
    c, area = _counted(viewer, code)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=f"{PATH} download")
    return _page(viewer, c, area, {}, False)


def _figures() -> Iterable[Figure]:
    return area_rules.figures().values()


def _counted(viewer: Viewer, code: str) -> tuple[Counts, str]:
    if not viewer.policy.counts:
        raise PermissionDenied("Your role does not look across an area. Your own children are under My work.")
    c = area_counts.counts(clock.now())
    area = f"la:{code}" if code else ALL
    if code and area not in c.areas:
        raise Http404
    return c, area


def _page(viewer: Viewer, c: Counts, area: str, behind: Mapping[str, _Behind], drawn: bool) -> AreaPage:
    return AreaPage(
        name=area_tables.name(area) if area != ALL else "All areas",
        code="" if area == ALL else area.partition(":")[2],
        at=c.at,
        places=tuple(Place(a.partition(":")[2], area_tables.name(a)) for a in c.areas if a != UNKNOWN),
        figures=tuple(_figure(c, f, area, behind.get(f.id, ((), 0, set()))) for f in _figures()),
        by_area=area_tables.by_area(c) if area == ALL else None,
        charts=area_tables.charts(c, area),
        flows=area_tables.flows(c, area),
        map_missing="" if drawn else NO_POSTCODES,
        names_shown=bool(viewer.policy.relations),
    )


def _figure(c: Counts, figure: Figure, area: str, behind: _Behind) -> FigureView:
    named, more, _ = behind
    n = area_tables.figure_cell(c, figure, area)
    unknown = cell(c.cannot_tell[figure.id].at(area))
    known = c.sources.known_to(figure.kinds, area) if area not in (ALL, UNKNOWN) else None
    return FigureView(
        figure.id, figure.title, figure.of, n.text, "" if unknown.n == 0 else unknown.text, known,
        _why(c, figure, area), area_tables.breakdown(c, figure, area), named, more,
    )  # fmt: skip


def _why(c: Counts, figure: Figure, area: str) -> tuple[str, ...]:
    """For what cannot be told: whose file would answer. Areas that lack the same are named together."""
    lacking: dict[str, list[str]] = {}
    for one in c.areas if area == ALL else [area]:
        if (one in c.silent[figure.id] and one != UNKNOWN) or c.cannot_tell[figure.id].at(one).n != 0:
            lacking.setdefault(_whose_file(c, figure, one), []).append(area_tables.name(one))
    return tuple(f"{', '.join(names)}: {what}" if area == ALL else _begun(what) for what, names in lacking.items())


def _whose_file(c: Counts, figure: Figure, area: str) -> str:
    if area == UNKNOWN:
        return _NO_AREA
    if figure.state == "placement" and area not in c.silent[figure.id]:
        return _NO_PLACE
    yesterday = c.today - timedelta(days=1)
    sources = c.sources.who_would_answer(figure.kinds, area)
    late = [source for source in sources if source.last_day is None or source.last_day < yesterday]
    return "; ".join(source.words for source in late) or _LEFT_OUT


def _begun(said: str) -> str:
    return said[:1].upper() + said[1:]
