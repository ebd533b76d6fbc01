"""Who has a seat around a child: shown, given, taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import around
from throughline.web.casework.actions import Refused
from throughline.web.design import forms
from throughline.web.design.forms import Field

TITLES = {
    sharing.ALLOCATED: "Leads the work",
    sharing.REVIEWER: "Reviews it, or chairs the conference",
    sharing.TEAM: "Is in the team round the child",
    sharing.WARRANT: "Looks at how it went, for a time",
}


def _fields(gives: tuple[str, ...]) -> tuple[Field, ...]:
    return (
        Field("sign_in", "Who is it?", hint="The address they sign in with"),
        Field("seat", "What do they do?", forms.CHOICE, options=tuple((seat, TITLES[seat]) for seat in gives)),
        Field("why", "Why?", hint="They read it, and so may the child one day"),
        Field("until", "Last day", forms.DAY, "" if gives == (sharing.WARRANT,) else "Leave it empty if none is known"),
    )


@require_http_methods(["GET", "POST"])
def around_child(request: Request, child_id: UUID) -> HttpResponse:
    """Everybody with a seat around a child, and the form that gives one."""
    given: dict[str, str] = {}
    mistakes: dict[str, str] = {}
    page = around.of_child(request.viewer, child_id)
    fields = _fields(page.gives)
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(fields, given)
        if not mistakes:
            try:
                return _said(request, child_id, {name: str(answer) for name, answer in answers.items()})
            except Refused as refused:
                mistakes = refused.errors
    context = {
        "page": page, "titles": TITLES, "fields": fields, "given": given, "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes), "today": clock.today(),
    }  # fmt: skip
    return render(request, "casework/around.html", context)


def _said(request: Request, child_id: UUID, said: dict[str, str]) -> HttpResponse:
    around.give(
        child=child_id, sign_in=said["sign_in"], seat=said["seat"], why=said["why"],
        until=date.fromisoformat(said["until"]) if said["until"] else None, by=request.viewer,
    )  # fmt: skip
    return redirect("around", child_id)


@require_http_methods(["POST"])
def around_end(request: Request, child_id: UUID, number: int) -> HttpResponse:
    """Take somebody's seat around a child back."""
    around.end(child=child_id, number=number, by=request.viewer)
    return redirect("around", child_id)
