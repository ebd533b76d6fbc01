"""*These are not the same*: letting one telling of a happening stand alone, and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.design import forms
from throughline.web.design.forms import Field

WHY = Field(
    "why", "What makes you think they are not the same?", forms.LONG_TEXT,
    "For example: the police speak of the evening, the home of the night after she was back.",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def part(request: Request, child_id: UUID) -> HttpResponse:
    """The reason is asked for, then the telling stands alone."""
    key = request.GET.get("item", "")
    item = selectors.item(request.viewer, child_id, key)
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            actions.part(
                child=child_id, key=key, why=given.get("why", ""), by=request.viewer, purpose=request.viewer.purpose
            )
        except actions.Refused as refused:
            mistakes = refused.errors
        else:
            return redirect("child", item.child.id)
    context = {
        "item": item,
        "others": selectors.told_with(request.viewer, child_id, key),
        "today": clock.today(),
        "field": WHY,
        "given": given,
        "mistakes": mistakes,
        "errors": mistakes,
    }
    return render(request, "casework/child/part.html", context, status=422 if mistakes else 200)


@require_POST
def join_again(request: Request, child_id: UUID, number: int) -> HttpResponse:
    """Take a parting back."""
    actions.join_again(child=child_id, parting=number, by=request.viewer, purpose=request.viewer.purpose)
    return redirect(reverse("child", args=[child_id]))
