"""Measures: how duties are met and what becomes of flags, as pages and files, and by name where one may."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline.measures import defining
from throughline.web.accounts.viewing import Request
from throughline.web.casework.reading import area_files, measure_fairness, measures
from throughline.web.casework.reading.measure_shapes import DutyPage, FairnessPage, MeasuresPage
from throughline.web.casework.views.area import attached

_TAKEN = "measures download"


@require_GET
def index(request: Request) -> HttpResponse:
    """Every duty and flag, by theme."""
    page = measures.all_measures(request.viewer, request.GET.dict())
    return render(request, "casework/measures/index.html", {"page": page})


@require_GET
def index_csv(request: Request, table: str) -> HttpResponse:
    """One theme as CSV."""
    return _csv(request, measures.all_measures(request.viewer, request.GET.dict(), _TAKEN), table)


@require_GET
def fairness(request: Request) -> HttpResponse:
    """Flags and who they fall on."""
    page = measure_fairness.page(request.viewer, request.GET.dict())
    return render(request, "casework/measures/fairness.html", {"page": page, "limits": defining.fairness()})


@require_GET
def fairness_csv(request: Request, table: str) -> HttpResponse:
    """One of its tables as CSV."""
    return _csv(request, measure_fairness.page(request.viewer, request.GET.dict(), _TAKEN), table)


@require_GET
def measure(request: Request, duty_id: str) -> HttpResponse:
    """One duty or flag."""
    page = measures.measure(request.viewer, duty_id, request.GET.dict())
    return render(request, "casework/measures/measure.html", {"page": page, "query": request.GET.urlencode()})


@require_GET
def measure_csv(request: Request, duty_id: str, table: str) -> HttpResponse:
    """One of its tables as CSV."""
    return _csv(request, measures.measure(request.viewer, duty_id, request.GET.dict(), _TAKEN), table)


@require_GET
def names(request: Request, duty_id: str) -> HttpResponse:
    """The children behind one number whom the viewer works with."""
    page = measures.behind(request.viewer, duty_id, request.GET.dict())
    return render(request, "casework/measures/names.html", {"page": page, "today": request.viewer.today})


def _csv(request: Request, page: MeasuresPage | DutyPage | FairnessPage, table: str) -> HttpResponse:
    one = next((each for each in page.tables if each.id == table), None)
    if one is None:
        raise Http404
    lines = area_files.lines(page, [one])
    taken = area_files.taken(request.viewer, lines, area_files.MEASURE)
    body = area_files.as_csv(lines).encode("utf-8-sig")
    return attached(body, "text/csv; charset=utf-8", f"measures-{table}-{taken[:8]}.csv")
