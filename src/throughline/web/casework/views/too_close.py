"""Who is too close to a child to see their record: said, shown to those it concerns, ended."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from throughline.web import clock
from throughline.web.accounts.models import Conflict
from throughline.web.accounts.viewing import Request
from throughline.web.casework import too_close
from throughline.web.casework.actions import Refused
from throughline.web.design import forms
from throughline.web.design.forms import Field

WHOM = Field("sign_in", "Who is too close?", hint="The address they sign in with; your own, if it is you")
SAYING = (
    Field("sort", "How are they close?", forms.CHOICE, options=tuple(Conflict.Sort.choices)),
    Field("why", "What should whoever leads the work know about it?", forms.LONG_TEXT, "You may leave this empty."),
)  # fmt: skip
ENDING = Field("why_ended", "Why does it hold no more?")


@require_http_methods(["GET", "POST"])
def too_close_to(request: Request, child_id: UUID) -> HttpResponse:
    """The people a child's record is kept from, and the form that adds one."""
    given: dict[str, str] = {}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        try:
            return _said(request, child_id, given)
        except Refused as refused:
            mistakes = refused.errors
    kept = too_close.of_child(request.viewer, child_id)
    fields = (WHOM, *SAYING) if kept.names_others else SAYING
    context = {
        "kept": kept,
        "fields": fields,
        "ending": ENDING,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
        "today": clock.today(),
    }
    return render(request, "casework/too_close.html", context)


def _said(request: Request, child_id: UUID, given: dict[str, str]) -> HttpResponse:
    if number := given.get("end", ""):
        ended = int(number) if number.isdecimal() else 0
        too_close.end(number=ended, why=given.get("why_ended", ""), by=request.viewer)
        return redirect("too_close", child_id)
    oneself = too_close.declare(
        child=child_id, sign_in=given.get("sign_in", ""), sort=given.get("sort", ""), why=given.get("why", ""),
        by=request.viewer,
    )  # fmt: skip
    return redirect("home") if oneself else redirect("too_close", child_id)
