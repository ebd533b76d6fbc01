"""Who looked: at one child, what somebody has looked at, and the looks that somebody independent is to check."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import looks, looks_found, unusual
from throughline.web.casework.typing_in import Refused
from throughline.web.design import forms
from throughline.web.design.forms import Field


@require_GET
def child_looks(request: Request, child_id: UUID) -> HttpResponse:
    """Everyone who has opened this child's page."""
    who, rows = looks.at_child(request.viewer, child_id)
    context = {
        "who": who, "looks": rows, "today": clock.today(), "limit": looks.LIMIT, "audits": request.viewer.policy.audits,
    }  # fmt: skip
    return render(request, "casework/child_looks.html", context)


@require_GET
def own_looks(request: Request) -> HttpResponse:
    """What is kept about the looks of whoever is signed in."""
    context = {"looks": looks.by_viewer(request.viewer), "today": clock.today(), "limit": looks.LIMIT}
    return render(request, "casework/own_looks.html", context)


@require_GET
def to_check(request: Request) -> HttpResponse:
    """What is to be checked, and the ways to what anybody looked at."""
    context = {"found": looks_found.to_check(request.viewer), "now": clock.now(), "today": clock.today()}
    return render(request, "casework/looks.html", context)


@require_GET
def people(request: Request) -> HttpResponse:
    """Whose looks can be read."""
    agencies, people = looks.people(request.viewer, request.GET.get("agency", ""))
    return render(request, "casework/looks_people.html", {"agencies": agencies, "people": people})


@require_GET
def person(request: Request, number: int) -> HttpResponse:
    """What one person has looked at."""
    whom, rows = looks.of_person(request.viewer, number)
    context = {"whom": whom, "looks": rows, "today": clock.today(), "limit": looks.LIMIT}
    return render(request, "casework/looks_person.html", context)


def _form() -> tuple[Field, ...]:
    outcomes = tuple((code, given["says"]) for code, given in unusual.said()["outcomes"].items())
    return (
        Field("outcome", "What did you find?", forms.CHOICE, options=outcomes),
        Field("why", "What did you look at to find that?", forms.LONG_TEXT,
              "Whom you asked, and what their work was that day. Write so that they, and the child, could read it."),
        Field("taken_to", "If it was not right: who at their agency takes it up?", hint="Name and post"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def finding(request: Request, ref: UUID) -> HttpResponse:
    """One finding, the looks it rests on, and the check of it."""
    fields = _form()
    given: dict[str, str] = {}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(fields, given)
        if not mistakes:
            said = {name: str(answer) for name, answer in answers.items()}
            try:
                looks_found.check(ref=ref, by=request.viewer, purpose=request.viewer.purpose, **said)
                return redirect("looks")
            except Refused as refused:
                mistakes = refused.errors
    context = {
        "found": looks_found.one(request.viewer, ref),
        "fields": fields,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
        "now": clock.now(),
        "today": clock.today(),
    }
    return render(request, "casework/looks_finding.html", context)
