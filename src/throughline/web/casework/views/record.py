"""Recording what happened: choose a kind, fill in its form, see what it changed in what is owed."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, event_form, selectors, whose
from throughline.web.casework.shapes import Who
from throughline.web.design import formats, forms
from throughline.words import Kind, UnknownWord

_OWN_PAGES = {
    "sharing_decided": "share_decide",
    "originator_answered": "share_originator",
    "information_requested": "share_ask",
    "information_answered": "shares",
    "held_closer": "share_hold",
    "holding_kept": "shares",
    "holding_lifted": "shares",
}
"""Kinds whose page asks more than a form can: which records they quote, or what they answer."""


@require_http_methods(["GET", "POST"])
def record(request: Request, child_id: UUID) -> HttpResponse:
    """The kinds to choose from, or the form of the one chosen."""
    who = whose.who(request.viewer, child_id, "record form")
    if "kind" not in request.GET:
        return _choose(request, who)
    try:
        kind, implied = words.resolve(request.GET["kind"])
    except UnknownWord:
        raise Http404 from None
    if words.CHILD not in kind.about:
        raise Http404
    if kind.id in _OWN_PAGES:
        return redirect(_OWN_PAGES[kind.id], who.id)
    if request.method == "POST":
        return _act(request, who, kind)
    kept = selectors.draft(request.viewer, child_id, kind.id)
    given = kept or {"said_by": request.viewer.agency, "marks": ";".join(sorted(implied))}
    return _form(request, who, kind, given, {}, draft=bool(kept))


def _choose(request: Request, who: Who) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    areas = event_form.kinds_by_area(query)
    answers = request.GET.get("answers", "")
    owed = selectors.instance(request.viewer, int(answers)) if answers.isdigit() else None
    context = {
        "who": who,
        "today": clock.today(),
        "q": query,
        "areas": areas,
        "found": sum(len(kinds) for _, kinds in areas),
        "answers": owed,
        "answering": [words.kinds()[kind] for kind in owed.met_by_kinds] if owed else [],
        "drafts": whose.drafts(request.viewer, who),
    }
    return render(request, "casework/record_kind.html", context)


def _act(request: Request, who: Who, kind: Kind) -> HttpResponse:
    given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken", "act", "kind"))
    act = request.POST.get("act", "record")
    here = f"{reverse('record', args=[who.id])}?kind={kind.id}"
    if act == "discard":
        actions.discard_draft(child=who.id, kind=kind.id, by=request.viewer)
        return redirect("child", who.id)
    if act == "draft":
        actions.save_draft(child=who.id, kind=kind.id, fields=given, by=request.viewer)
        return redirect(here)
    answers, mistakes = event_form.read(_event_form(request, kind), given)
    if not mistakes:
        not_to = [id for id in forms.read(event_form.NOT_TO, given) if id in words.codes("audience")]
        by = request.viewer
        try:
            done = actions.record(kind=kind.id, child=who.id, fields=answers, by=by, purpose=by.purpose, not_to=not_to)
        except actions.Refused as refused:
            mistakes = refused.errors
        else:
            actions.discard_draft(child=who.id, kind=kind.id, by=request.viewer)
            request.session["recorded"] = {
                "child": str(who.id),
                "title": kind.title,
                "owed": list(done.owed),
            }
            return redirect("recorded", who.id)
    # Half-typed words are never lost, least of all to a mistake in them.
    actions.save_draft(child=who.id, kind=kind.id, fields=given, by=request.viewer)
    return _form(request, who, kind, given, mistakes, draft=True)


def _form(
    request: Request, who: Who, kind: Kind, given: dict[str, str], mistakes: dict[str, str], *, draft: bool
) -> HttpResponse:
    form = _event_form(request, kind)
    context = {
        "who": who,
        "today": clock.today(),
        "kind": kind,
        "level": words.levels()[kind.level],
        "form": form,
        "happened_on": event_form.HAPPENED_ON,
        "happened_time": event_form.HAPPENED_TIME,
        "recorded_on": event_form.RECORDED_ON,
        "not_to": event_form.NOT_TO,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(form.fields, mistakes),
        "draft": draft,
    }
    return render(request, "casework/record.html", context)


def _event_form(request: Request, kind: Kind) -> event_form.EventForm:
    return event_form.form_of(kind, request.viewer.agency, clock.today())


@require_POST
def draft(request: Request, child_id: UUID) -> HttpResponse:
    """Autosave: keep what is typed, say when. Answers a piece of a page."""
    kind = words.kinds().get(request.POST.get("kind", ""))
    if kind is None:
        raise Http404
    given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken", "act", "kind"))
    if not event_form.anything_typed(given):
        return HttpResponse("")
    actions.save_draft(child=child_id, kind=kind.id, fields=given, by=request.viewer)
    return HttpResponse(f"Draft saved {formats.clock(clock.now())}, you can leave.")


@require_GET
def recorded(request: Request, child_id: UUID) -> HttpResponse:
    """What was recorded a moment ago, and what it changed in what is owed."""
    done = request.session.get("recorded")
    if not done or done["child"] != str(child_id):
        return redirect("child", child_id)
    context = {
        "who": whose.who(request.viewer, child_id, "what was recorded"),
        "title": done["title"],
        "changed": [selectors.instance(request.viewer, id) for id in done["owed"]],
        "back_to": done.get("back", ""),
        "now": clock.now(),
        "today": clock.today(),
    }
    return render(request, "casework/recorded.html", context)
