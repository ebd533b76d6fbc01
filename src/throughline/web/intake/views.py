"""Information in: handing extracts in, following them, and seeing what became of every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline import timeline
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.design import forms
from throughline.web.design.forms import Field
from throughline.web.intake import actions, selectors
from throughline.web.intake.models import Delivery

RECEIVED_ON = Field(
    "received_on",
    "When did the partnership get it?",
    forms.DAY,
    "Today, unless it has been lying. For example, 27 3 2026",
)
PURPOSE = Field("purpose", "What is it for?", forms.TEXT, "For example: monthly missing list, March")
SEVERITIES = ("error", "query", "repaired")


@require_GET
def intake(request: Request) -> HttpResponse:
    """Deliveries, the newest first."""
    page = _number(request, "page")
    rows, more = selectors.deliveries(request.viewer, page)
    return render(request, "intake/deliveries.html", {"deliveries": rows, "page": page, "more": more})


@require_GET
def kept_apart(request: Request) -> HttpResponse:
    """How much is kept apart, being about children of whom there is no page; numbers only."""
    rows, rules = selectors.kept_apart(request.viewer), timeline.reasons()
    reasons = [title for id, title in rules.titles.items() if id not in timeline.NOT_OF_THE_LINE]
    context = {"rows": rows, "reasons": reasons, "months": rules.window_months}
    return render(request, "intake/apart.html", context)


@require_http_methods(["GET", "POST"])
def delivery_new(request: Request) -> HttpResponse:
    """Hand in a file, a folder or a zip."""
    if request.viewer.policy.intake is None:
        raise PermissionDenied("Extracts are brought in by analysts and the data desk.")
    given = forms.typed_day("received_on", clock.today())
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        received = _receive(request, given, mistakes)
        if received is not None:
            return redirect("delivery", received.pk)
    fields = _fields()
    errors = {"files": mistakes["files"]} if "files" in mistakes else {}
    errors |= forms.summary(fields, mistakes)
    context = {"fields": fields, "given": given, "mistakes": mistakes, "errors": errors}
    return render(request, "intake/new.html", context, status=422 if mistakes else 200)


def _fields() -> tuple[Field, ...]:
    hint = "Leave it empty where the files say so themselves"
    return (
        Field("sender", "Which agency does it come from?", forms.SELECT, hint, options=tuple(selectors.senders())),
        RECEIVED_ON,
        PURPOSE,
    )


def _receive(request: Request, given: dict[str, str], mistakes: dict[str, str]) -> Delivery | None:
    answers, found = forms.read_all(_fields(), given)
    mistakes.update(found)
    if not answers.get("received_on") and "received_on" not in mistakes:
        mistakes["received_on"] = "Say when the partnership got it"
    files = [*request.FILES.getlist("files"), *request.FILES.getlist("folder")]
    if not files:
        mistakes["files"] = "Choose at least one file, folder or zip"
    if mistakes:
        return None
    try:
        return actions.receive(
            files=_distinct(files),
            sender=str(answers["sender"]),
            received_on=date.fromisoformat(str(answers["received_on"])),
            by=request.viewer.id,
            purpose=str(answers["purpose"]) or request.viewer.purpose,
        )
    except actions.Refused as refused:
        mistakes["files"] = str(refused)
        return None


def _distinct(files: Iterable[UploadedFile]) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Names and chunks; browsers drop the folders of a name, so files of one name are told apart by a number."""
    seen: dict[str, int] = {}
    for file in files:
        name = file.name or "file"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{seen[name]}/{name}"), file.chunks()


@require_GET
def delivery(request: Request, number: int) -> HttpResponse:
    """How far a delivery has come; when it is loaded, the receipt."""
    return render(request, "intake/delivery.html", {"page": selectors.delivery(request.viewer, number)})


@require_GET
def delivery_progress(request: Request, number: int) -> HttpResponse:
    """The moving part of that page. Answers with a whole new page once there is a receipt."""
    page = selectors.delivery(request.viewer, number)
    if page.moving:
        return render(request, "intake/progress.html", {"page": page})
    response = HttpResponse("")
    response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def delivery_again(request: Request, number: int) -> HttpResponse:
    """Load again what could not be loaded."""
    if request.viewer.policy.intake is None:
        raise PermissionDenied("Extracts are brought in by analysts and the data desk.")
    actions.try_again(delivery=number, by=request.viewer.id, purpose=request.viewer.purpose)
    return redirect("delivery", number)


@require_GET
def faults(request: Request, number: int) -> HttpResponse:
    """What was wrong, filtered."""
    wanted = _wanted(request)
    page = _number(request, "page")
    rows, count = selectors.faults(request.viewer, number, page=page, **wanted)
    context = {
        "number": number,
        "faults": rows,
        "count": count,
        "first": (page - 1) * selectors.MOST + 1,
        "page": page,
        "more": page * selectors.MOST < count,
        "wanted": wanted,
        "query": urlencode({name: value for name, value in wanted.items() if value}),
        "severities": SEVERITIES,
        "groups": selectors.delivery(request.viewer, number).groups,
    }
    return render(request, "intake/faults.html", context)


@require_GET
def faults_csv(request: Request, number: int) -> HttpResponse:
    """The same as a file."""
    out = StringIO(newline="")
    selectors.write_faults(request.viewer, number, out, **_wanted(request))
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="faults-of-delivery-{number}.csv"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _wanted(request: Request) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("rule", "severity", "text")}


def _number(request: Request, name: str) -> int:
    given = request.GET.get(name, "")
    return max(1, int(given)) if given.isdigit() else 1
