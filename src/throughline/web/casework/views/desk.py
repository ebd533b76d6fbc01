"""Doubting an item, judging whose it is, and taking a delivery back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.design import forms
from throughline.web.design.forms import Field

WHY_NOT = Field(
    "why", "What makes you think it is about another child?", forms.LONG_TEXT,
    "For example: she was in hospital that day; there is another Rowan V. at that school.",
)  # fmt: skip
WHY_JUDGED = Field("why", "What you looked at, and why you judge so", forms.LONG_TEXT)
WHY_BACK = Field("why", "Why is it taken back?", forms.LONG_TEXT, "Its agency will want to know.")
VERDICT = Field(
    "verdict", "Whose is it?", forms.CHOICE,
    options=(
        ("theirs", "This child's: it stays"),
        ("another", "Another child's: search above, then choose"),
        ("nobody", "Nobody's we know: give it a line of its own"),
    ),
)  # fmt: skip
ONE_CHILD = Field(
    "verdict",
    "Are they one child?",
    forms.CHOICE,
    options=(("same", "Yes, one child"), ("not same", "No, two children")),
)


@require_http_methods(["GET", "POST"])
def question(request: Request, child_id: UUID) -> HttpResponse:
    """*Not this child*, asked of one item."""
    item = selectors.item(request.viewer, child_id, request.GET.get("item", ""))
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            actions.question(
                child=child_id,
                event_key=request.GET.get("item", ""),
                why=given.get("why", ""),
                by=request.viewer,
                purpose=request.viewer.purpose,
            )
        except actions.Refused as refused:
            mistakes = refused.errors
        else:
            return render(request, "casework/desk/asked.html", {"item": item, "today": clock.today()})
    context = {
        "item": item,
        "today": clock.today(),
        "field": WHY_NOT,
        "given": given,
        "mistakes": mistakes,
        "errors": mistakes,
    }
    return render(request, "casework/desk/ask.html", context, status=422 if mistakes else 200)


@require_GET
def queue(request: Request) -> HttpResponse:
    """What waits for the data desk."""
    context = {"queue": selectors.desk(request.viewer), "today": clock.today(), "now": clock.now()}
    return render(request, "casework/desk/queue.html", context)


@require_http_methods(["GET", "POST"])
def judge(request: Request, number: int) -> HttpResponse:
    """Whose an item is. The child it may belong to is found by the same search as anybody's."""
    asked = selectors.desk_question(request.viewer, number)
    if asked is None:
        return redirect("desk")
    given, mistakes = forms.given_of(request.POST), {}
    query = request.GET.get("q", "").strip()
    if request.method == "POST":
        try:
            actions.judge(
                question_id=number,
                verdict=given.get("verdict", ""),
                to=_uuid(given.get("to", "")),
                why=given.get("why", ""),
                by=request.viewer,
                purpose=request.viewer.purpose,
            )
            return redirect("desk")
        except actions.Refused as refused:
            mistakes = refused.errors
    context = {
        "asked": asked,
        "today": clock.today(),
        "verdict": VERDICT,
        "why": WHY_JUDGED,
        "given": given,
        "mistakes": mistakes,
        "errors": mistakes,
        "query": query,
        "search": selectors.search(request.viewer, query) if query else None,
    }
    return render(request, "casework/desk/judge.html", context, status=422 if mistakes else 200)


@require_POST
def judge_pair(request: Request, number: int) -> HttpResponse:
    """Whether two sources' people are one child."""
    try:
        actions.judge_pair(
            judgement_id=number,
            verdict=request.POST.get("verdict", ""),
            why=request.POST.get("why", ""),
            by=request.viewer,
            purpose=request.viewer.purpose,
        )
    except actions.Refused as refused:
        context = {
            "queue": selectors.desk(request.viewer),
            "today": clock.today(),
            "now": clock.now(),
            "errors": {f"pair-{number}": sentence for sentence in refused.errors.values()},
            "given": forms.given_of(request.POST),
            "wrong": number,
        }
        return render(request, "casework/desk/queue.html", context, status=422)
    return redirect("desk")


@require_http_methods(["GET", "POST"])
def withdraw(request: Request, number: int) -> HttpResponse:
    """Take a delivery back whole."""
    page = selectors.delivery(request.viewer, number)
    if page.row.state != "loaded":
        raise Http404
    given, mistakes = forms.given_of(request.POST), {}
    if request.method == "POST":
        try:
            actions.withdraw(delivery=number, by=request.viewer, why=given.get("why", ""))
            return redirect("delivery", number)
        except actions.Refused as refused:
            mistakes = refused.errors
    context = {"page": page, "field": WHY_BACK, "given": given, "mistakes": mistakes, "errors": mistakes}
    return render(request, "casework/desk/withdraw.html", context, status=422 if mistakes else 200)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
