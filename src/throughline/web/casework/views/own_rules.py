"""The partnership's own rules: handed in, checked, tried, switched on."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline.duties import RuleFault
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, deciding
from throughline.web.casework.models import RuleDecision
from throughline.web.casework.reading import register
from throughline.web.casework.reading.register import TextShown
from throughline.web.casework.views.rules import OWNER, START, WHY
from throughline.web.design import forms

MOST = 100_000
"""Characters of a rule that are read; the longest that ships has some five thousand."""


@require_GET
def own(request: Request) -> HttpResponse:
    """The rules of its own that somebody handed in."""
    context = {"texts": register.texts(), "may_decide": deciding.may_decide(request.viewer.role)}
    return render(request, "casework/own_rules.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Hand in the text of a rule; its faults are shown with line and cure."""
    _allowed(request)
    text = ""
    faults: tuple[str, ...] = ()
    if request.method == "POST":
        text = _typed(request)
        try:
            number = actions.hand_in(text=text, by=request.viewer, purpose=request.viewer.purpose)
            return redirect("own_rule", number)
        except RuleFault as fault:
            faults = fault.faults
    context = {"text": text, "faults": faults, "numbered": list(enumerate(text.splitlines(), start=1))}
    return render(request, "casework/own_rule_new.html", context, status=422 if faults else 200)


@require_GET
def text(request: Request, number: int) -> HttpResponse:
    """One text: what it says in words, its trial, and the switch."""
    return _page(request, number)


@require_POST
def try_out(request: Request, number: int) -> HttpResponse:
    """Have it tried."""
    _allowed(request)
    shown = _shown(number)
    actions.try_out(text=shown.number, by=request.viewer, purpose=request.viewer.purpose)
    return redirect("own_rule", number)


@require_GET
def trial(request: Request, number: int) -> HttpResponse:
    """The moving part of that page."""
    shown = _shown(number)
    if shown.trial is not None and shown.trial.status in ("waiting", "working"):
        return render(request, "casework/rule_trial.html", {"work": shown.trial, "number": number})
    response = HttpResponse("")
    response.headers["HX-Refresh"] = "true"
    return response


@require_POST
def switch_on(request: Request, number: int) -> HttpResponse:
    """Switch it on from a day, with an owner and a reason."""
    _allowed(request)
    shown = _shown(number)
    fields = (START, OWNER, WHY)
    given = forms.given_of(request.POST)
    answers, mistakes = forms.read_all(fields, given)
    if not answers.get("start") and "start" not in mistakes:
        mistakes["start"] = "Say from which day"
    if not mistakes:
        try:
            actions.decide(
                rule=shown.page.rule.id,
                what=RuleDecision.What.ON,
                start=date.fromisoformat(str(answers["start"])),
                owner=str(answers["owner"]),
                why=str(answers["why"]),
                text=number,
                by=request.viewer,
                purpose=request.viewer.purpose,
            )
            return redirect("rule", shown.page.rule.id)
        except actions.Refused as refused:
            mistakes = refused.errors
    return _page(request, number, given, mistakes)


def _page(
    request: Request, number: int, given: dict[str, str] | None = None, mistakes: dict[str, str] | None = None
) -> HttpResponse:
    fields = (START, OWNER, WHY)
    context = {
        "shown": _shown(number),
        "may_decide": deciding.may_decide(request.viewer.role),
        "fields": fields,
        "given": forms.typed_day("start", clock.today()) if given is None else given,
        "mistakes": mistakes or {},
        "errors": forms.summary(fields, mistakes or {}),
    }
    return render(request, "casework/own_rule.html", context, status=422 if mistakes else 200)


def _typed(request: Request) -> str:
    """What was pasted, else what the file says."""
    file = request.FILES.get("file")
    given = request.POST.get("text", "")
    if not given.strip() and file is not None:
        given = file.read(MOST).decode("utf-8", errors="replace")
    return given.replace("\r\n", "\n")[:MOST]


def _allowed(request: Request) -> None:
    if not deciding.may_decide(request.viewer.role):
        raise PermissionDenied("The partnership’s business manager keeps its rules.")


def _shown(number: int) -> TextShown:
    found = register.text(number)
    if found is None:
        raise Http404
    return found
