"""Asking for the whole record, the second person's look at it, and handing the copy over."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline.web import clock
from throughline.web.accounts import again
from throughline.web.accounts.viewing import Request
from throughline.web.casework.typing_in import Refused
from throughline.web.child import asked, asking, deciding, handing
from throughline.web.child.deciding import Choice
from throughline.web.child.models import AccessRequest, Verdict
from throughline.web.design import forms
from throughline.web.design.forms import Field

ASKING = (
    Field("asker", "Who asks?", forms.CHOICE, options=tuple(AccessRequest.Asker.choices)),
    Field("name", "Their name", width=30),
    Field("asked_on", "On which day did it reach any of us?", forms.DAY,
          "The month runs from there, whoever was told and in whatever words."),
    Field("known_how", "How do you know that it is them?", forms.LONG_TEXT,
          "For example: I have worked with her for two years; he showed his passport."),
    Field("entitled_how", "If they ask for somebody else’s record: what lets them?", forms.LONG_TEXT,
          "For example: parental responsibility, and what the child says about it; her written word that he acts for "
          "her. Leave empty where it is their own record."),
    Field("route", "How may the copy reach them safely?", forms.LONG_TEXT,
          "Ask them. For example: read together at school on a Tuesday; not to the house."),
)  # fmt: skip
STEP = (
    Field(
        "what", "What happened?", forms.CHOICE,
        options=(
            ("identity_asked", "We asked who they are: the month stands still"),
            ("identity_shown", "They showed who they are: the month goes on"),
            ("extended", "It is a great deal: two months more are taken, and they were told why"),
        ),
    ),
    Field("said", "In a few words", forms.LONG_TEXT),
)  # fmt: skip
HANDING = (
    Field("who", "Who hands it over?", hint="A named adult whom they know", width=30),
    Field("how", "By which way, and how is it sure to be them?", forms.LONG_TEXT,
          "For example: read together at college, left with her in a closed envelope."),
)  # fmt: skip
NO_COPY = Field(
    "how", "Why is there no copy, and what were they told?", forms.LONG_TEXT,
    "For example: she took it back on the telephone; or why it is refused, and that they may complain to the "
    "Information Commissioner.",
)  # fmt: skip


@require_GET
def rights(request: Request) -> HttpResponse:
    """Every open request that is the viewer's to see; for whoever audits, of all children without a name."""
    context = {"rows": asked.waiting(request.viewer), "today": clock.today()}
    return render(request, "child/rights.html", context)


@require_GET
def requests(request: Request, child_id: UUID) -> HttpResponse:
    """Every request for one child's record."""
    who, rows, takes = asked.of_child(request.viewer, child_id)
    context = {"who": who, "rows": rows, "takes": takes, "today": clock.today(), "now": clock.now()}
    return render(request, "child/requests.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: Request, child_id: UUID) -> HttpResponse:
    """Take a request."""
    who, _, _ = asked.of_child(request.viewer, child_id)
    given = forms.given_of(request.POST)
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        answers, mistakes = forms.read_all(ASKING, given)
        if not mistakes:
            try:
                number = asking.ask(
                    child=child_id, by=request.viewer, purpose=request.viewer.purpose, **_typed(answers)
                )
            except Refused as refused:
                mistakes = refused.errors
            else:
                return redirect("access", number)
    context = {"who": who, "fields": ASKING, "today": clock.today()}
    return _form(request, "child/access_ask.html", context, ASKING, given, mistakes)


def _typed(answers: dict[str, Any]) -> dict[str, Any]:
    day = answers["asked_on"]
    return {**answers, "asked_on": date.fromisoformat(day) if day else None}


@require_GET
def access(request: Request, number: int) -> HttpResponse:
    """One request, and what can be done about it."""
    return _page(request, number, {})


@require_POST
def collect(request: Request, number: int) -> HttpResponse:
    """Go through the record once more."""
    asking.collect(request=number, by=request.viewer, purpose=request.viewer.purpose)
    return redirect("access", number)


@require_http_methods(["GET", "POST"])
def step(request: Request, number: int) -> HttpResponse:
    """What happened with a request before its copy."""
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            asking.step(request=number, what=given.get("what", ""), said=given.get("said", ""), by=request.viewer,
                        purpose=request.viewer.purpose)  # fmt: skip
            return redirect("access", number)
        except Refused as refused:
            mistakes = refused.errors
    context = {"page": asked.page(request.viewer, number), "fields": STEP, "title": "What happened with the request",
               "button": "Write it down"}  # fmt: skip
    return _form(request, "child/access_form.html", context, STEP, given, mistakes)


@require_http_methods(["GET", "POST"])
def items(request: Request, number: int) -> HttpResponse:
    """The second person's page: entries with what is proposed, twenty at a time."""
    given, mistakes = forms.given_of(request.POST), {}
    again_ = request.GET.get("show") == "decided"
    if request.method == "POST":
        try:
            deciding.decide(request=number, choices=_choices(given), by=request.viewer, purpose=request.viewer.purpose)
            return redirect("access_items", number)
        except Refused as refused:
            mistakes = refused.errors
    context = {
        "page": asked.to_decide(request.viewer, number, again=again_),
        "whats": Verdict.What.choices,
        "again": again_,
        "today": clock.today(),
    }
    return _form(request, "child/access_items.html", context, (), given, mistakes)


def _choices(given: dict[str, str]) -> dict[int, Choice]:
    """What was chosen, by item number; an entry nothing was chosen for stays as it is."""
    chosen = {name.removeprefix("what-"): what for name, what in given.items() if name.startswith("what-") and what}
    return {
        int(item): Choice(
            what,
            seen=given.get(f"seen-{item}", ""),
            reason=given.get(f"reason-{item}", ""),
            part=given.get(f"part-{item}", ""),
            asked=given.get(f"asked-{item}", ""),
        )
        for item, what in chosen.items()
        if item.isascii() and item.isdecimal()
    }


@again.recently_confirmed
@require_POST
def make(request: Request, number: int) -> HttpResponse:
    """Make the copy."""
    try:
        handing.make(request=number, by=request.viewer, purpose=request.viewer.purpose)
    except Refused as refused:
        return _page(request, number, refused.errors)
    return redirect("access", number)


@again.recently_confirmed
@require_GET
def download(request: Request, number: int) -> HttpResponse:
    """The newest copy, as it was made. Its name names nobody."""
    kept = asked.copy(request.viewer, number)
    answer = HttpResponse(kept.html.encode(), content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="copy-of-record-{number}.html"'
    return answer


@again.recently_confirmed
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, number: int) -> HttpResponse:
    """Who handed it over, by which way."""
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            handing.hand_over(request=number, who=given.get("who", ""), how=given.get("how", ""), by=request.viewer,
                              purpose=request.viewer.purpose)  # fmt: skip
            return redirect("access", number)
        except Refused as refused:
            mistakes = refused.errors
    context = {"page": asked.page(request.viewer, number), "fields": HANDING, "title": "Hand the copy over",
               "button": "It was handed over"}  # fmt: skip
    return _form(request, "child/access_form.html", context, HANDING, given, mistakes)


@require_http_methods(["GET", "POST"])
def close(request: Request, number: int) -> HttpResponse:
    """End a request without a copy."""
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            asking.close(request=number, how=given.get("how", ""), by=request.viewer, purpose=request.viewer.purpose)
            return redirect("access", number)
        except Refused as refused:
            mistakes = refused.errors
    context = {"page": asked.page(request.viewer, number), "fields": (NO_COPY,), "title": "End it without a copy",
               "button": "End it"}  # fmt: skip
    return _form(request, "child/access_form.html", context, (NO_COPY,), given, mistakes)


def _page(request: Request, number: int, errors: dict[str, str]) -> HttpResponse:
    context = {"page": asked.page(request.viewer, number), "today": clock.today(), "now": clock.now(), "errors": errors}
    return render(request, "child/access.html", context, status=422 if errors else 200)


def _form(
    request: Request, template: str, context: dict[str, Any], fields: tuple[Field, ...], given: dict[str, str],
    mistakes: dict[str, str],
) -> HttpResponse:  # fmt: skip
    shown = {"given": given, "mistakes": mistakes, "errors": forms.summary(fields, mistakes), "today": clock.today()}
    return render(request, template, context | shown, status=422 if mistakes else 200)
