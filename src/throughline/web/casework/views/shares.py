"""Sharing: one child's page of it, its forms, and requests between agencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors, shares, shares_forms, shares_reading
from throughline.web.casework import shares_holding as holding
from throughline.web.casework.actions import Recorded, Refused
from throughline.web.casework.shares_forms import KEEP
from throughline.web.casework.shares_gate import WHICH
from throughline.web.casework.shares_reading import Fact
from throughline.web.design import forms

_TITLES = {
    shares.DECIDED: ("Share, or decide not to", "Record the decision"),
    shares.AGREED: ("What whoever sent it answered", "Record the answer"),
    shares.ASKED: ("Ask another agency", "Ask"),
    shares.ANSWERED: ("Answer a request", "Record the answer"),
    holding.HELD: ("Hold something more closely", "Hold it closely"),
    holding.KEPT: ("Look again at what is held closely", "Record the decision"),
}
_OUT = ("csrfmiddlewaretoken", "act", "kind")
Record = Callable[..., Recorded]


@require_GET
def child_shares(request: Request, child_id: UUID) -> HttpResponse:
    """Everything about sharing on one child's line."""
    context = {
        "page": shares_reading.page(request.viewer, child_id),
        "today": clock.today(),
        "now": clock.now(),
        "recorded": words.kinds().get(request.GET.get("recorded", "")),
    }
    return render(request, "casework/shares.html", context)


@require_GET
def requests(request: Request) -> HttpResponse:
    """Requests between agencies that nobody has answered."""
    context = {"page": shares_reading.requests(request.viewer), "today": clock.today(), "now": clock.now()}
    return render(request, "casework/requests.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: Request, child_id: UUID) -> HttpResponse:
    """Share something, or decide not to."""
    return _quoting(request, child_id, shares.DECIDED, shares.decide)


@require_http_methods(["GET", "POST"])
def originator(request: Request, child_id: UUID) -> HttpResponse:
    """What whoever sent some records answered about sharing them on."""
    return _quoting(request, child_id, shares.AGREED, shares.originator_answered)


@require_http_methods(["GET", "POST"])
def hold(request: Request, child_id: UUID) -> HttpResponse:
    """Hold records more closely."""
    return _quoting(request, child_id, holding.HELD, shares.hold)


@require_http_methods(["GET", "POST"])
def ask(request: Request, child_id: UUID) -> HttpResponse:
    """Ask another agency."""
    type = request.GET.get("agency", "").partition(":")[0]  # the form offers types of agency
    start = {"with_agency": type} if type else {}
    return _act(request, child_id, shares.ASKED, shares.ask, start=start)


@require_http_methods(["GET", "POST"])
def answer(request: Request, child_id: UUID) -> HttpResponse:
    """Answer a request, or say no to it."""
    asked = shares_reading.fact(request.viewer, child_id, request.GET.get("request", ""), shares.ASKED)

    def record(**given: Any) -> Recorded:
        return shares.answer(request=asked.key, **given)

    return _act(request, child_id, shares.ANSWERED, record, about=asked)


@require_http_methods(["GET", "POST"])
def look_again(request: Request, child_id: UUID) -> HttpResponse:
    """Keep what is held closely so, or lift it."""
    held = shares_reading.fact(request.viewer, child_id, request.GET.get("held", ""), holding.HELD)

    def record(**given: Any) -> Recorded:
        which = request.POST.get(WHICH, "")
        if not which:
            raise Refused({WHICH: "Choose one of the two"})
        return shares.look_again(held=held.key, keep=which == KEEP, **given)

    return _act(request, child_id, holding.KEPT, record, about=held)


def _quoting(request: Request, child_id: UUID, kind: str, record: Record) -> HttpResponse:
    """The page of a fact that quotes records of the line; those in the address are ticked to begin with."""
    chosen = request.GET.getlist("item")
    items = shares_reading.quotable(request.viewer, child_id, chosen)
    fields = shares_forms.questions(kind, request.viewer, clock.today(), items)
    if request.method == "GET":
        ticked = ";".join(shares_forms.as_value(item.key) for item in items[: len(chosen)])
        kept = selectors.draft(request.viewer, child_id, kind)
        return _form(request, child_id, kind, fields, kept | ({shares_forms.ITEMS: ticked} if ticked else {}), {})
    given = forms.given_of(request.POST, leave_out=_OUT)
    answers, keys, mistakes = shares_forms.read(fields, given)
    return _record(
        request, child_id, kind, fields, given, mistakes,
        lambda: record(child=child_id, fields=answers, items=keys, by=request.viewer, purpose=request.viewer.purpose),
    )  # fmt: skip


def _act(
    request: Request,
    child_id: UUID,
    kind: str,
    record: Record,
    about: Fact | None = None,
    start: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    """The page of a fact that quotes nothing; `about` is the one it answers, `start` what is filled in beforehand."""
    fields = shares_forms.questions(kind, request.viewer, clock.today())
    if request.method == "GET":
        kept = {} if about else selectors.draft(request.viewer, child_id, kind)
        return _form(request, child_id, kind, fields, {**kept, **start}, {}, about)
    given = forms.given_of(request.POST, leave_out=_OUT)
    answers, _, mistakes = shares_forms.read(fields, given)
    return _record(
        request, child_id, kind, fields, given, mistakes,
        lambda: record(child=child_id, fields=answers, by=request.viewer, purpose=request.viewer.purpose), about,
    )  # fmt: skip


def _record(
    request: Request,
    child_id: UUID,
    kind: str,
    fields: tuple[forms.Field, ...],
    given: dict[str, str],
    mistakes: dict[str, str],
    record: Callable[[], Recorded],
    about: Fact | None = None,
) -> HttpResponse:
    if request.POST.get("act") == "discard":
        actions.discard_draft(child=child_id, kind=kind, by=request.viewer)
        return redirect("shares", child_id)
    if not mistakes:
        try:
            record()
        except Refused as refused:
            mistakes = refused.errors
        else:
            if about is None:
                actions.discard_draft(child=child_id, kind=kind, by=request.viewer)
            return redirect(f"{reverse('shares', args=[child_id])}?recorded={kind}")
    if about is None:  # half-typed words are never lost, least of all to a mistake in them
        actions.save_draft(child=child_id, kind=kind, fields=given, by=request.viewer)
    return _form(request, child_id, kind, fields, given, mistakes, about)


def _form(
    request: Request,
    child_id: UUID,
    kind: str,
    fields: tuple[forms.Field, ...],
    given: dict[str, str],
    mistakes: dict[str, str],
    about: Fact | None = None,
) -> HttpResponse:
    title, button = _TITLES[kind]
    context = {
        "who": selectors.who(request.viewer, child_id),
        "now": clock.now(),
        "today": clock.today(),
        "kind": words.kinds()[kind],
        "title": title,
        "button": button,
        "fields": fields,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
        "about": about,
        "draft": about is None and bool(selectors.draft(request.viewer, child_id, kind)),
    }
    return render(request, "casework/share_form.html", context)
