"""One line of a list: why it is there, put off to a later day, and what came of a flag."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.casework.list_shapes import OwedLine
from throughline.web.design import forms
from throughline.web.design.forms import Field

UNTIL = Field("until", "On which day do you want to see it again?", forms.DAY)
REASON = Field("reason", "Why can it wait?", forms.LONG_TEXT, "Whoever answers for this reads it")
VERDICT = Field("verdict", "What came of this flag?", forms.CHOICE, options=tuple(
    (code, known.label) for code, known in words.codes("flag_verdict").items()
))  # fmt: skip
SAID = Field("said", "What does that rest on?", forms.LONG_TEXT)


LATER = (UNTIL, REASON)
CAME_OF = (VERDICT, SAID)


@require_http_methods(["GET", "POST"])
def owed_line(request: Request, number: int) -> HttpResponse:
    """The line and its two forms."""
    line = selectors.owed_line(request.viewer, number)
    given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken", "act"))
    later = request.POST.get("act") == "later"
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        answers, mistakes = forms.read_all(LATER if later else CAME_OF, given)
        if not mistakes:
            try:
                return _put_off(request, line, answers) if later else _said(request, line, answers)
            except actions.Refused as refused:
                mistakes = refused.errors
    context = {
        "line": line,
        "owed": line.owed,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary((*LATER, *CAME_OF), mistakes),
        "later": LATER,
        "came_of": CAME_OF,
        "now": clock.now(),
        "today": clock.today(),
    }
    return render(request, "casework/one_line.html", context)


def _put_off(request: Request, line: OwedLine, answers: Mapping[str, str | list[str]]) -> HttpResponse:
    until = date.fromisoformat(str(answers["until"])) if answers["until"] else None
    actions.put_off(
        line=line.owed.id, until=until, reason=str(answers["reason"]), by=request.viewer, purpose=request.viewer.purpose
    )
    return redirect("monday")


def _said(request: Request, line: OwedLine, answers: Mapping[str, str | list[str]]) -> HttpResponse:
    actions.flag_said(
        line=line.owed.id, verdict=str(answers["verdict"]), reason=str(answers["said"]), by=request.viewer,
        purpose=request.viewer.purpose,
    )  # fmt: skip
    child = line.owed.child.id
    title = words.kinds()["flag_feedback"].title
    request.session["recorded"] = {"child": str(child), "title": title, "owed": [], "back": ""}
    return redirect("recorded", child)
