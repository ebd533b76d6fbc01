"""*This is not right*: what somebody says about an entry of the record, and what came of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import selectors
from throughline.web.casework.typing_in import Refused
from throughline.web.child import disputing
from throughline.web.design import forms
from throughline.web.design.forms import Field

SAYING = (
    Field("who", "Who says so?", hint="For example: Rowan; his grandmother", width=30),
    Field("what", "What is not right?", forms.LONG_TEXT, "In their words, as they said it."),
    Field("instead", "What should stand there, as they say?", forms.LONG_TEXT, "Leave empty if they did not say."),
)


@require_http_methods(["GET", "POST"])
def dispute(request: Request, child_id: UUID) -> HttpResponse:
    """Written down in their words; it then stands beside the entry."""
    item = selectors.item(request.viewer, child_id, request.GET.get("item", ""))
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        said = {name: given.get(name, "") for name in ("who", "what", "instead")}
        try:
            disputing.dispute(child=child_id, key=item.key, by=request.viewer, purpose=request.viewer.purpose, **said)
            return redirect("child", child_id)
        except Refused as refused:
            mistakes = refused.errors
    return _form(request, item, SAYING, "Somebody says this is not right", given, mistakes)


@require_http_methods(["GET", "POST"])
def answer(request: Request, child_id: UUID) -> HttpResponse:
    """What came of it, and what they were told."""
    item = selectors.item(request.viewer, child_id, request.GET.get("item", ""))
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        came = {name: given.get(name, "") for name in ("outcome", "what")}
        try:
            disputing.answer(child=child_id, key=item.key, by=request.viewer, purpose=request.viewer.purpose, **came)
            return redirect("child", child_id)
        except Refused as refused:
            mistakes = refused.errors
    outcomes = tuple((id, code.label) for id, code in words.codes("dispute_outcome").items())
    fields = (
        Field("outcome", "What came of it?", forms.CHOICE, options=outcomes),
        Field("what", "What was looked at, and what were they told?", forms.LONG_TEXT),
    )
    return _form(request, item, fields, "Answer what is said not to be right", given, mistakes)


def _form(request: Request, item, fields, title: str, given: dict[str, str], mistakes: dict[str, str]) -> HttpResponse:
    context = {
        "item": item, "fields": fields, "title": title, "today": clock.today(), "given": given, "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
    }  # fmt: skip
    return render(request, "child/dispute.html", context, status=422 if mistakes else 200)
