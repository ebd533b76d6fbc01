"""What keepers of records do, and the schedule they do it by, which everybody who signs in may read."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline.web import clock
from throughline.web.accounts.again import recently_confirmed
from throughline.web.accounts.viewing import Request
from throughline.web.casework import keeping, keeping_due, keeping_shown
from throughline.web.casework.keeping_schedule import schedule
from throughline.web.casework.typing_in import Refused
from throughline.web.design import forms
from throughline.web.design.forms import Field

_FORENAME = Field("forename", "Forename, as the record has it")
_SURNAME = Field("surname", "Surname, as the record has it")
_BORN = Field("born", "Born on", forms.DAY)
_GROUND = Field(
    "ground", "Why should it go?", forms.CHOICE,
    options=tuple((g.id, g.title) for g in schedule().grounds.values() if g.before_time),
)  # fmt: skip
_REFERENCE = Field(
    "reference",
    "Where is the request or the order kept?",
    hint="A number or a file. It is blanked once the record is gone",
)
_ONE = (_FORENAME, _SURNAME, _BORN, _GROUND, _REFERENCE)
_HOLD = (
    Field("ground", "What is it held for?", forms.CHOICE, options=tuple(schedule().holds.items())),
    Field("asked_by", "Who asked for it?", hint="Name and post, and the reference they gave"),
    Field("until", "Until which day?", forms.DAY, "Leave it empty if somebody will say when it is over"),
    Field(
        "records", "Which kinds?", forms.MANY, "None ticked: every kind",
        options=tuple(schedule().titles.items()),
    ),
    Field("forename", "Only one person? Their forename", hint="Leave name and birthday empty for everybody's records"),
    Field("surname", "Their surname"),
    Field("born", "Born on", forms.DAY),
)  # fmt: skip
_WHY_ENDED = Field("why", "Why need it not be held any longer?", forms.LONG_TEXT, "Who said so, and when")


@require_GET
def first(request: Request) -> HttpResponse:
    """What is due, what waits, what is held, what is gone."""
    return _first(request, {})


@require_GET
def shown_schedule(request: Request) -> HttpResponse:
    """How long what is kept."""
    return render(request, "casework/keeping/schedule.html", {"schedule": schedule()})


@require_POST
@recently_confirmed
def propose(request: Request) -> HttpResponse:
    """Propose what was ticked of the records that are due, or all rows of one kind."""
    by = request.viewer
    try:
        if kind := request.POST.get("rows", ""):
            return redirect("keeping_proposed", keeping.propose_rows(kind=kind, by=by, purpose=by.purpose))
        children = [UUID(typed) for typed in request.POST.getlist("children") if _is_uuid(typed)]
        numbers = keeping.propose_due(children=children, by=by, purpose=by.purpose)
    except Refused as refused:
        return _first(request, refused.errors)
    return redirect("keeping_proposed", numbers[0]) if len(numbers) == 1 else redirect("keeping")


@require_http_methods(["GET", "POST"])
@recently_confirmed
def propose_one(request: Request) -> HttpResponse:
    """Propose one person's record on another ground than time."""
    keeping_due.keepers_only(request.viewer)
    return _form(request, "casework/keeping/propose.html", _ONE, {}, _propose_one)


def _propose_one(request: Request, answers: dict[str, Any]) -> HttpResponse:
    by = request.viewer
    number = keeping.propose_one(**answers | {"born": _day(answers["born"])}, by=by, purpose=by.purpose)
    return redirect("keeping_proposed", number)


@require_GET
def proposed(request: Request, number: int) -> HttpResponse:
    """One proposal."""
    return _proposed(request, number, {})


@require_POST
@recently_confirmed
def sign(request: Request, number: int) -> HttpResponse:
    """Sign as the second of two: it goes."""
    try:
        keeping.sign(number=number, by=request.viewer, purpose=request.viewer.purpose)
    except Refused as refused:
        return _proposed(request, number, refused.errors)
    return redirect("keeping_proposed", number)


@require_POST
def take_back(request: Request, number: int) -> HttpResponse:
    """Take a proposal back."""
    keeping.take_back(number=number, by=request.viewer, purpose=request.viewer.purpose)
    return redirect("keeping")


@require_http_methods(["GET", "POST"])
def hold(request: Request) -> HttpResponse:
    """Hold records back."""
    keeping_due.keepers_only(request.viewer)
    return _form(request, "casework/keeping/hold.html", _HOLD, {}, _hold)


def _hold(request: Request, answers: dict[str, Any]) -> HttpResponse:
    days = {name: _day(answers[name]) for name in ("until", "born")}
    keeping.hold(**answers | days, by=request.viewer, purpose=request.viewer.purpose)
    return redirect("keeping")


@require_http_methods(["GET", "POST"])
def end_hold(request: Request, number: int) -> HttpResponse:
    """End a hold."""
    held = keeping_shown.hold(request.viewer, number)

    def end(request: Request, answers: dict[str, Any]) -> HttpResponse:
        keeping.end_hold(number=number, why=answers["why"], by=request.viewer, purpose=request.viewer.purpose)
        return redirect("keeping")

    return _form(request, "casework/keeping/end_hold.html", (_WHY_ENDED,), {"held": held}, end)


def _form(
    request: Request, template: str, fields: tuple[Field, ...], context: dict[str, Any], act: Any
) -> HttpResponse:
    """A form drawn, or read and acted on; what is wrong with it stands beside its fields."""
    given = forms.given_of(request.POST)
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        answers, mistakes = forms.read_all(fields, given)
        if not mistakes:
            try:
                done: HttpResponse = act(request, answers)
                return done
            except Refused as refused:
                mistakes = refused.errors
    shown = {"fields": fields, "given": given, "mistakes": mistakes, "errors": forms.summary(fields, mistakes)}
    return render(request, template, context | shown | {"today": clock.today()}, status=422 if mistakes else 200)


def _first(request: Request, errors: dict[str, str]) -> HttpResponse:
    context = {"keeping": keeping_shown.first_page(request.viewer), "most": keeping_due.MOST, "today": clock.today()}
    status = 422 if errors else 200
    return render(request, "casework/keeping/first.html", context | {"errors": errors}, status=status)


def _proposed(request: Request, number: int, errors: dict[str, str]) -> HttpResponse:
    context = {"whole": keeping_shown.one(request.viewer, number), "limit": keeping_shown.LIMIT, "today": clock.today()}
    status = 422 if errors else 200
    return render(request, "casework/keeping/proposed.html", context | {"errors": errors}, status=status)


def _day(typed: Any) -> date | None:
    return date.fromisoformat(typed) if typed else None


def _is_uuid(typed: str) -> bool:
    try:
        UUID(typed)
    except ValueError:
        return False
    return True
