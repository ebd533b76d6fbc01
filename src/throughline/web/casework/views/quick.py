"""Recording from a row with one press: the few fields that matter, what is known already filled in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, event_form, selectors, worklists
from throughline.web.casework.list_shapes import Known
from throughline.web.casework.reading.worklists import Quick
from throughline.web.casework.shapes import Who
from throughline.web.design import forms


@require_http_methods(["GET", "POST"])
def quick(request: Request, child_id: UUID, form_id: str) -> HttpResponse:
    """A short form: drawn filled in, recorded with one press; half-typed words are kept like any others."""
    form = worklists.quick_form(form_id)
    who = selectors.who(request.viewer, child_id)
    known = worklists.known(request.viewer, child_id, form)
    if request.method == "GET":
        kept = selectors.draft(request.viewer, child_id, form.kind)
        return _form(request, who, form, known, kept or known.given, {}, draft=bool(kept))
    given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken", "act", "kind", "back"))
    if request.POST.get("act") == "discard":
        actions.discard_draft(child=child_id, kind=form.kind, by=request.viewer)
        return redirect(_back(request) or reverse("child", args=[child_id]))
    return _record(request, who, form, known, given)


def _record(request: Request, who: Who, form: Quick, known: Known, given: dict[str, str]) -> HttpResponse:
    answers, mistakes = event_form.read(_short(request, form), given)
    kept_back = {name: value for name, value in known.given.items() if name in form.know and name not in form.fields}
    if not mistakes:
        ref = known.episode.ref if known.episode else ""
        try:
            done = actions.record(
                kind=form.kind,
                child=who.id,
                fields={**kept_back, **answers, "ref": ref},
                by=request.viewer,
                purpose=request.viewer.purpose,
            )
        except actions.Refused as refused:
            mistakes = refused.errors
        else:
            actions.discard_draft(child=who.id, kind=form.kind, by=request.viewer)
            request.session["recorded"] = {
                "child": str(who.id),
                "title": words.kinds()[form.kind].title,
                "owed": list(done.owed),
                "back": _back(request),
            }
            return redirect("recorded", who.id)
    actions.save_draft(child=who.id, kind=form.kind, fields=given, by=request.viewer)
    return _form(request, who, form, known, given, mistakes, draft=True)


def _form(
    request: Request,
    who: Who,
    form: Quick,
    known: Known,
    given: dict[str, str],
    mistakes: dict[str, str],
    *,
    draft: bool,
) -> HttpResponse:
    short = _short(request, form)
    context = {
        "who": who,
        "today": clock.today(),
        "quick": form,
        "kind": words.kinds()[form.kind],
        "level": words.levels()[words.kinds()[form.kind].level],
        "form": short,
        "episode": known.episode,
        "happened_on": event_form.HAPPENED_ON,
        "happened_time": event_form.HAPPENED_TIME,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(short.fields, mistakes),
        "draft": draft,
        "back_to": _back(request),
    }
    return render(request, "casework/quick.html", context)


def _short(request: Request, form: Quick) -> event_form.EventForm:
    """The kind's own form, cut to what this short one asks."""
    whole = event_form.form_of(words.kinds()[form.kind], request.viewer.agency, clock.today())
    return event_form.cut(whole, form.fields, form.marks)


def _back(request: Request) -> str:
    """The list whoever records came from, if it is one of ours."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/") else ""
