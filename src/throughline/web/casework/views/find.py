"""Finding a child, and only then opening a line for one we do not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import actions, selectors
from throughline.web.design import forms
from throughline.web.design.forms import Field

SHORTEST = 2

# Why a line may be opened (DESIGN §2, rule 11: a page needs a reason).
REASONS = tuple(
    (text, text)
    for text in (
        "An open worry about this child",
        "Family help or child in need",
        "Protection plan or enquiry",
        "In our care, or coming into it",
        "Youth justice",
        "Missing",
        "Out of full-time education",
        "Moving to adulthood",
    )
)
NEW_CHILD = (
    Field("forename", "First name"),
    Field("surname", "Family name"),
    Field("dob", "Date of birth", forms.DAY, "As exactly as you know it. For example, 27 3 2011"),
    Field("sex", "Sex as recorded", forms.CHOICE, options=(("F", "Female"), ("M", "Male"), ("U", "Not known"))),
    Field("postcode", "Postcode of home, if known", width=10),
    Field("upn", "UPN, if known", hint="The pupil number a school uses: 13 characters", width=20),
    Field("la_id", "Number in your authority’s own system, if there is one", width=20),
    Field("why", "Why does this child need a line?", forms.CHOICE, options=REASONS),
    Field("purpose", "What do you need it for today?", forms.LONG_TEXT,
          "One or two sentences. The child may read them one day."),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def find(request: Request) -> HttpResponse:
    """The search. Its words come by POST and wait in the session, never in an address that gets logged."""
    if not request.viewer.policy.searches:
        raise PermissionDenied("Your role does not search for children by name.")
    if request.method == "POST":
        request.session["find"] = request.POST.get("query", "").strip()
        return redirect("found")
    request.session.pop("find", None)
    context: dict[str, Any] = {"query": "", "search": None, "errors": {}, "recording": "record" in request.GET}
    return render(request, "casework/find.html", context)


def found(request: Request) -> HttpResponse:
    """What the last search finds now; going back to it from a child's page runs it again."""
    query = request.session.get("find")
    if query is None:
        return redirect("find")
    context: dict[str, Any] = {"query": query, "search": None, "errors": {}, "today": clock.today()}
    if len(query) < SHORTEST:
        context["errors"] = {"query": "Enter at least two letters of a name, a date of birth or a number"}
        return render(request, "casework/find.html", context)
    context["search"] = selectors.search(request.viewer, query)
    context["audits"] = request.viewer.policy.audits
    context["breaks_glass"] = request.viewer.policy.glass is not None
    return render(request, "casework/find.html", context)


@require_POST
def child_new(request: Request) -> HttpResponse:
    """Open a line for a child nobody here holds: after a search, with a reason and a purpose."""
    given = forms.given_of(request.POST, leave_out=("csrfmiddlewaretoken", "token", "from_search"))
    token = request.POST.get("token", "")
    mistakes: dict[str, str] = {}
    if "from_search" in request.POST:
        given = _from_search(request.POST["from_search"])
    else:
        answers, mistakes = forms.read_all(NEW_CHILD, given)
        mistakes |= _left_out(answers)
        typed = {name: str(answer) for name, answer in answers.items()}
        if not mistakes:
            try:
                child = actions.create_child(**typed, token=token, by=request.viewer)
                return redirect("child", child)
            except actions.Refused as refused:
                mistakes = refused.errors
                if "token" in mistakes:
                    return _search_again(request, mistakes["token"])
    context = {"fields": NEW_CHILD, "given": given, "mistakes": mistakes, "token": token}
    context["errors"] = forms.summary(NEW_CHILD, mistakes)
    return render(request, "casework/child_new.html", context)


def _search_again(request: Request, why: str) -> HttpResponse:
    context = {"query": request.session.get("find", ""), "search": None, "errors": {"query": why}}
    return render(request, "casework/find.html", context)


def _left_out(answers: Mapping[str, object]) -> dict[str, str]:
    needed = {
        "forename": "Enter the child’s first name, or what they are called",
        "surname": "Enter the child’s family name",
        "dob": "Enter the child’s date of birth",
        "why": "Say why this child needs a line",
        "purpose": "Say what you need the line for",
    }
    return {name: sentence for name, sentence in needed.items() if name in answers and not answers[name]}


def _from_search(query: str) -> dict[str, str]:
    """The words searched for, put where they belong: names only, a person checks them."""
    words = [word for word in query.split() if word.isalpha()]
    if not words:
        return {}
    return {"forename": " ".join(words[:-1]), "surname": words[-1]} if len(words) > 1 else {"surname": words[0]}
