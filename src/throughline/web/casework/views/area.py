"""Looking wider: one area or all of them, as a page and as files to take away."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline.web.accounts.viewing import Request
from throughline.web.casework.reading import area, area_files
from throughline.web.casework.reading.area_shapes import AreaPage

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def page(request: Request, code: str = "") -> HttpResponse:
    """The page of an area; without a code, of all areas."""
    found, drawn = area.area_page(request.viewer, code)
    context = {"page": found, "map": drawn, "today": request.viewer.today}
    return render(request, "casework/area/page.html", context)


@require_GET
def table_csv(request: Request, table: str, code: str = "") -> HttpResponse:
    """One table of the page as CSV."""
    found = area.tables_only(request.viewer, code)
    one = next((each for each in found.tables if each.id == table), None)
    if one is None:
        raise Http404
    lines = area_files.lines(found, [one])
    taken = area_files.taken(request.viewer, lines)
    body = area_files.as_csv(lines).encode("utf-8-sig")
    return attached(body, "text/csv; charset=utf-8", f"{_stem(found)}-{table}-{taken[:8]}.csv")


@require_GET
def tables_xlsx(request: Request, code: str = "") -> HttpResponse:
    """Every table of the page as one Excel file."""
    found = area.tables_only(request.viewer, code)
    lines = area_files.lines(found, found.tables)
    taken = area_files.taken(request.viewer, lines)
    return attached(area_files.as_workbook(lines, found), _SHEET, f"{_stem(found)}-{taken[:8]}.xlsx")


def _stem(found: AreaPage) -> str:
    return found.name.lower().replace(" ", "-")


def attached(body: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to take away, kept by nobody on the way."""
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response
