"""The child's copy, and a parent's, as pages to print."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework.selectors import who
from throughline.web.casework.typing_in import Refused
from throughline.web.child import copies, parents
from throughline.web.design import forms
from throughline.web.design.forms import Field

FOR_WHOM = (
    Field("whom", "Which parent or carer is it for?", width=30),
    Field("safe", "What lets them have it, and how do you know that it is safe?", forms.LONG_TEXT,
          "For example: his mother, parental responsibility; he knows and agrees; nobody else lives there."),
)  # fmt: skip


@require_GET
def copy(request: Request, child_id: UUID) -> HttpResponse:
    """Asks first whether the copy goes home, because somebody else may find it there; then the copy."""
    today = clock.today()
    where = request.GET.get("where", "")
    if where not in {"together", "home"}:
        return render(request, "child/ask.html", {"who": who(request.viewer, child_id), "today": today})
    made = copies.make(request.viewer, child_id, goes_home=where == "home")
    return render(request, "child/copy.html", {"copy": made, "today": today})


@require_http_methods(["GET", "POST"])
def parents_copy(request: Request, child_id: UUID) -> HttpResponse:
    """Asks first for whom it is and why that is safe; then the copy."""
    given, mistakes, today = forms.given_of(request.POST), {}, clock.today()
    if request.method == "POST":
        try:
            made = parents.make(request.viewer, child_id, whom=given.get("whom", ""), safe=given.get("safe", ""))
            return render(request, "child/parents_copy.html", {"copy": made, "today": today})
        except Refused as refused:
            mistakes = refused.errors
    context = {"who": who(request.viewer, child_id), "fields": FOR_WHOM, "today": today, "given": given,
               "mistakes": mistakes, "errors": mistakes}  # fmt: skip
    return render(request, "child/parents_ask.html", context, status=422 if mistakes else 200)
