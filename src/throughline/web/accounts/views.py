"""Coming in, going out, and help, which anyone may read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from throughline.web.accounts import coming_in, people, providers, proving, sessions
from throughline.web.design import status

# What each tag means, in the order in which someone needs to know (help page).
_MEANINGS = (
    (status.tag("overdue", late=3), "Law or guidance set a date, and it has passed without the thing being done."),
    (status.tag("overdue", late=3, strength="LO"), "A target or a local date has passed. No law is broken by that."),
    (status.Tag("soon", "half", "due today"), "It has to be done today, or in the next days."),
    (status.Tag("due", "ring", "due in 9 days"), "It is owed, and there is time."),
    (status.tag("met"), "It was done, and in time."),
    (status.tag("met late", late=4), "It was done, after its date. That stays on the record."),
    (status.tag("met by another route"), "It was not done as first meant; something else answered it, and is named."),
    (status.tag("not owed"), "It would be owed, but something ended it. Beside it stands what."),
    (status.tag("cannot tell"), "Nobody has sent us what would answer it. Beside it stands what is missing."),
)


@sensitive_post_parameters("password")
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """The only door. In a demonstration the people who may come in are listed beside it."""
    onward = coming_in.safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return redirect(onward or settings.LOGIN_REDIRECT_URL)
    given, errors = request.POST.get("sign_in", "").strip(), {}
    if request.method == "POST":
        password = request.POST.get("password", "")
        errors = _left_out(given, password)
        proof = None if errors else proving.by_password(request, sign_in=given, password=password)
        if proof and proof.user:
            return coming_in.first_proof(request, user=proof.user, how=coming_in.PASSWORD, onward=onward)
        errors = errors or {"sign_in": proof.why if proof is not None else ""}
    invented = people.demonstration() if settings.DEMONSTRATION else ()
    context = {
        "given": given,
        "errors": errors,
        "next": onward,
        "seats": invented,
        "password": settings.DEMONSTRATION_PASSWORD,
        "providers": providers.every(),
        "ended": request.session.pop(sessions.ENDED, False),
    }
    return render(request, "accounts/sign_in.html", context)


def _left_out(given: str, password: str) -> dict[str, str]:
    errors = {}
    if not given:
        errors["sign_in"] = "Enter your work e-mail address"
    if not password:
        errors["password"] = "Enter your password"
    return errors


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; what was typed stays as a draft, what was searched for is forgotten."""
    logout(request)
    return redirect("sign_in")


@login_not_required
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """What the words and signs mean, and how to do the usual things."""
    return render(request, "accounts/help.html", {"states": _MEANINGS})
