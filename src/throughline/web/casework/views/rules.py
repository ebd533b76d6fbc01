"""The rules: what is owed to children, by which law, counted how. Open to everyone who signs in; what the partnership
may decide about them is its business manager's."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline import duties, words
from throughline.duties.practice import rows
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions
from throughline.web.casework.models import RuleDecision
from throughline.web.casework.reading import register
from throughline.web.casework.reading.register import RuleShown
from throughline.web.design import forms
from throughline.web.design.forms import Field

WANTED = ("text", "strength", "standing", "row", "role")
_WHAT = {"off": RuleDecision.What.OFF, "on": RuleDecision.What.ON, "figures": RuleDecision.What.FIGURES}
START = Field("start", "From which day?", forms.DAY, "The first day on which it holds")
OWNER = Field("owner", "Who answers for it?", forms.TEXT, "A name and a post")
WHY = Field("why", "Why?", forms.LONG_TEXT, "Everybody whose lists it changes can read this")


@require_GET
def rules(request: Request) -> HttpResponse:
    """Every rule, or those asked for."""
    wanted = {name: request.GET.get(name, "").strip() for name in WANTED}
    owners = {rule.owed_role for rule in duties.load()}
    context = {
        "register": register.register(request.viewer, wanted),
        "wanted": wanted,
        "strength_names": duties.STRENGTHS,
        "standings": {
            **register.STANDINGS,
            register.UNCHECKED: "Not checked against the text",
            register.OWN: "The partnership’s own",
        },
        "roles": {id: role.title for id, role in words.roles().items() if id in owners},
        "rows": rows(),
    }
    return render(request, "casework/rules.html", context)


@require_GET
def practice_rows(request: Request) -> HttpResponse:
    """Every row of the practice, and which rules serve it."""
    return render(request, "casework/rule_rows.html", {"rows": register.practice_rows()})


@require_GET
def rule(request: Request, duty_id: str) -> HttpResponse:
    """One rule, whole."""
    shown = _shown(request, duty_id)
    return render(request, "casework/rule.html", {"shown": shown, "page": shown.line.page, "today": clock.today()})


@require_GET
def work(request: Request, duty_id: str) -> HttpResponse:
    """The moving part of that page: how far the newest decision has been filled in."""
    shown = _shown(request, duty_id)
    moving = shown.history and shown.history[0].work and shown.history[0].work.status in ("waiting", "working")
    if moving:
        return render(request, "casework/rule_work.html", {"work": shown.history[0].work, "at": duty_id})
    response = HttpResponse("")
    response.headers["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "POST"])
def decide(request: Request, duty_id: str, what: str) -> HttpResponse:
    """Switch a local rule that ships on or off, or give a rule other figures."""
    shown = _shown(request, duty_id)
    if what not in _WHAT:
        raise Http404
    if not shown.may_decide:
        raise PermissionDenied("The partnership’s business manager keeps its rules.")
    fields = (*(_figure_fields(shown) if what == "figures" else ()), START, OWNER, WHY)
    given = {f.name: str(f.own if f.own is not None else f.ships) for f in shown.figures}
    given |= forms.typed_day("start", clock.today())
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(fields, given)
        figures = _figures(shown, answers, mistakes) if what == "figures" else None
        start = str(answers.get("start", ""))
        if not start and "start" not in mistakes:
            mistakes["start"] = "Say from which day"
        if not mistakes and _decided(request, duty_id, what, answers, figures, date.fromisoformat(start), mistakes):
            return redirect("rule", duty_id)
    context = {
        "shown": shown,
        "page": shown.line.page,
        "what": what,
        "fields": fields,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
    }
    return render(request, "casework/rule_decide.html", context, status=422 if mistakes else 200)


def _decided(request: Request, duty_id: str, what: str, answers, figures, start: date, mistakes) -> bool:
    try:
        actions.decide(
            rule=duty_id,
            what=_WHAT[what],
            start=start,
            owner=str(answers["owner"]),
            why=str(answers["why"]),
            figures=figures,
            by=request.viewer,
            purpose=request.viewer.purpose,
        )
    except actions.Refused as refused:
        mistakes.update(refused.errors)
        return False
    return True


def _figure_fields(shown: RuleShown) -> tuple[Field, ...]:
    return tuple(
        Field(f.name, f.says[:1].upper() + f.says[1:], forms.NUMBER, f"Ships as {f.ships}", width=4)
        for f in shown.figures
    )


def _figures(shown: RuleShown, answers, mistakes: dict[str, str]) -> dict[str, int]:
    """Those that differ from what holds now."""
    figures = {}
    for figure in shown.figures:
        typed = str(answers.get(figure.name, ""))
        if not typed.isdigit():
            mistakes.setdefault(figure.name, f"{figure.says[:1].upper() + figure.says[1:]}: write a whole number")
        elif int(typed) != (figure.ships if figure.own is None else figure.own):
            figures[figure.name] = int(typed)
    return figures


def _shown(request: Request, duty_id: str) -> RuleShown:
    found = register.rule(request.viewer, duty_id)
    if found is None:
        raise Http404
    return found
