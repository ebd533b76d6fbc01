"""Places, plans and others that are no child: a list, and one plain page each."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, event_form
from throughline.web.casework.reading import subjects as reading
from throughline.web.design import forms


@require_GET
def subjects(request: Request) -> HttpResponse:
    """Every place, plan and the like that the viewer's role sees."""
    context = {"kinds": reading.every(request.viewer), "today": clock.today()}
    return render(request, "casework/subjects.html", context)


@require_GET
def subject(request: Request, subject_id: UUID) -> HttpResponse:
    """One of them: what is owed, and what happened."""
    context = {
        "page": reading.page(request.viewer, subject_id),
        "subject_id": subject_id,
        "today": clock.today(),
        "now": clock.now(),
    }
    return render(request, "casework/subject.html", context)


@require_GET
def named(request: Request) -> HttpResponse:
    """The one that a child's event names."""
    kind, name = request.GET.get("kind", ""), request.GET.get("name", "")
    return redirect("subject", subject_id=reading.address(request.viewer, kind, name))


@require_http_methods(["GET", "POST"])
def record(request: Request, subject_id: UUID) -> HttpResponse:
    """The form of one kind of event about a subject; recorded, its page shows what that changed."""
    page = reading.page(request.viewer, subject_id)
    kind = words.kinds().get(request.GET.get("kind", ""))
    if kind is None or kind not in page.recordable:
        raise Http404
    form = event_form.form_about(kind, page.kind, request.viewer.agency, clock.today())
    given: dict[str, str] = {"said_by": request.viewer.agency}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken",))
        answers, mistakes = event_form.read(form, given)
        if not mistakes:
            by = request.viewer
            try:
                actions.record_about(kind=kind.id, subject=subject_id, fields=answers, by=by, purpose=by.purpose)
                return redirect("subject", subject_id=subject_id)
            except actions.Refused as refused:
                mistakes = refused.errors
    context = {
        "page": page,
        "subject_id": subject_id,
        "kind": kind,
        "form": form,
        "happened_on": event_form.HAPPENED_ON,
        "happened_time": event_form.HAPPENED_TIME,
        "recorded_on": event_form.RECORDED_ON,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(form.fields, mistakes),
    }
    return render(request, "casework/record_about.html", context)
