"""*Your sign-in*: one's own password, second factor and sessions."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from throughline.web import clock
from throughline.web.accounts import passwords, second_factor, sessions, views_steps
from throughline.web.accounts.again import recently_confirmed
from throughline.web.accounts.viewing import Request

_OF_THE_DEMONSTRATION = "Everyone of the demonstration has the one password shown on the sign-in page; it stays."
_MUST_HAVE = "Your role signs in with a second factor. Set up another phone instead of removing this one."


@require_GET
def own_sign_in(request: Request) -> HttpResponse:
    """What one signs in with, and where one is signed in."""
    user = request.user
    context = {
        "has_password": user.has_usable_password() and not user.demonstration,
        "second_factor": second_factor.has(user),
        "required": second_factor.required_of(user),
        "codes_left": second_factor.codes_left(user),
        "sessions": sessions.of(user, request.session.session_key),
        "today": clock.today(),
    }
    return render(request, "accounts/own_sign_in.html", context)


@sensitive_post_parameters("password", "once_more")
@recently_confirmed
def own_password(request: Request) -> HttpResponse:
    """Another password."""
    if request.user.demonstration or not request.user.has_usable_password():
        raise PermissionDenied(_OF_THE_DEMONSTRATION if request.user.demonstration else "")
    errors = {}
    if request.method == "POST":
        errors = views_steps.mistakes(request)
        if not errors:
            try:
                passwords.change(request, user=request.user, password=request.POST["password"])
                return redirect("own_sign_in")
            except ValidationError as too_easy:
                errors = {"password": " ".join(too_easy.messages)}
    return render(request, "accounts/own_password.html", {"errors": errors})


@sensitive_post_parameters("code")
@sensitive_variables("codes")
@recently_confirmed
def own_second_factor(request: Request) -> HttpResponse:
    """Set up a second factor, or another phone; sessions elsewhere end."""
    codes, errors = views_steps.set_up(request, request.user, by=request.user)
    if codes is None:
        return views_steps.page_to_set_up(request, request.user, errors, must=False)
    sessions.end_all(
        user=request.user, by=request.user, keep=request.session.session_key or "",
        purpose="Another second factor: older sessions end",
    )  # fmt: skip
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": ""})


@sensitive_variables("codes")
@require_POST
@recently_confirmed
def own_recovery_codes(request: Request) -> HttpResponse:
    """New recovery codes."""
    if not second_factor.has(request.user):
        return redirect("own_sign_in")
    codes = second_factor.new_codes(user=request.user, by=request.user)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": ""})


@require_POST
@recently_confirmed
def own_second_factor_remove(request: Request) -> HttpResponse:
    """Do without a second factor, where one may."""
    if second_factor.required_of(request.user):
        raise PermissionDenied(_MUST_HAVE)
    second_factor.forget(user=request.user, by=request.user, purpose="Doing without a second factor")
    return redirect("own_sign_in")


@require_POST
def own_session_end(request: Request, number: int) -> HttpResponse:
    """End one of one's own sessions; somebody else's number ends nothing."""
    sessions.end(user=request.user, number=number)
    return redirect("own_sign_in")


@require_POST
def own_sessions_end(request: Request) -> HttpResponse:
    """End every session of one's own but this."""
    sessions.end_all(
        user=request.user, by=request.user, keep=request.session.session_key or "",
        purpose="Ending sessions of one's own",
    )  # fmt: skip
    return redirect("own_sign_in")
