"""Opening a child's record in an emergency, what was opened so, and its check."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts import again
from throughline.web.accounts.viewing import Request
from throughline.web.casework import glass
from throughline.web.casework.actions import Refused
from throughline.web.casework.reading import glass as reading
from throughline.web.design import forms
from throughline.web.design.forms import Field

_ASKED = sharing.glass()
_HOUR = timedelta(hours=1)
OPENING = (
    Field("reason", "What makes it an emergency?", forms.CHOICE, options=tuple(_ASKED.reasons.items())),
    Field("purpose", "What do you need to find out, and what for?", forms.LONG_TEXT,
          "One or two sentences. Whoever leads the work with the child reads them, and the child may one day."),
    Field("hours", "For how many hours?", hint=f"{_ASKED.longest // _HOUR} at most. It closes by itself.", width=2),
)  # fmt: skip
CHECK = (
    Field("outcome", "What did you find?", forms.CHOICE, options=tuple(glass.Outcome.choices)),
    Field("why", "What does that rest on?", forms.LONG_TEXT,
          "Whoever opened it reads this, and so does the child’s lead."),
    Field("taken_to", "Who at their agency takes it up?",
          hint="Name and post. Needed unless it was needed and no more was opened than was needed"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@again.recently_confirmed
def open_record(request: Request, child_id: UUID) -> HttpResponse:
    """What it means to open a record in an emergency, and the form that does."""
    who = glass.whom(request.viewer, child_id)
    given = {"hours": str(_ASKED.usual // _HOUR)}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        try:
            glass.open_record(
                child=child_id, reason=given.get("reason", ""), purpose=given.get("purpose", ""),
                hours=given.get("hours", ""), by=request.viewer,
            )  # fmt: skip
            return redirect("child", child_id)
        except Refused as refused:
            mistakes = refused.errors
    context = {"who": who, "fields": OPENING, "given": given, "mistakes": mistakes, "today": clock.today()}
    context["errors"] = forms.summary(OPENING, mistakes)
    return render(request, "casework/glass_open.html", context)


@require_GET
def opened(request: Request) -> HttpResponse:
    """Every record opened in an emergency that whoever is signed in has a part in."""
    context = {"rows": reading.every(request.viewer), "now": clock.now(), "today": clock.today()}
    return render(request, "casework/glass_list.html", context | {"limit": reading.LIMIT})


@require_http_methods(["GET", "POST"])
def one(request: Request, ref: UUID) -> HttpResponse:
    """One of them with what was looked at; whoever may, says what their check found."""
    given: dict[str, str] = {}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        try:
            glass.check(
                ref=ref, outcome=given.get("outcome", ""), why=given.get("why", ""),
                taken_to=given.get("taken_to", ""), by=request.viewer,
            )  # fmt: skip
            return redirect("glass_opened", ref)
        except Refused as refused:
            mistakes = refused.errors
    row, looks, may_check = reading.one(request.viewer, ref)
    context = {
        "row": row,
        "looks": looks,
        "may_check": may_check,
        "fields": CHECK,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(CHECK, mistakes),
        "now": clock.now(),
        "today": clock.today(),
    }
    return render(request, "casework/glass_one.html", context)
