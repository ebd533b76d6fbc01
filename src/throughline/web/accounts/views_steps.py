"""The steps of coming in that not everybody takes: a code, setting up a second factor, a provider, a first password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET

from throughline.web import clock
from throughline.web.accounts import again, coming_in, passwords, providers, proving, second_factor
from throughline.web.accounts.models import User

_NEW_SECRET = "new_second_factor"
"""Where the session keeps, sealed, a second factor that is being set up."""
_LINK = "password_link"
_PROVIDER = "at_provider"


@sensitive_post_parameters("code")
@login_not_required
def code(request: HttpRequest) -> HttpResponse:
    """After a right password: the code from the phone, or one of those on paper."""
    who = coming_in.half(request)
    if who is None:
        return redirect("sign_in")
    errors = {}
    if request.method == "POST":
        proof = proving.by_code(request, user=who.user, code=request.POST.get("code", ""))
        if proof:
            return coming_in.whole(request, who)
        errors = {"code": proof.why}
    return render(request, "accounts/code.html", {"errors": errors})


@sensitive_post_parameters("code")
@sensitive_variables("codes")
@login_not_required
def second(request: HttpRequest) -> HttpResponse:
    """After a right password, for whoever has to have a second factor and has none: set one up, and be in."""
    who = coming_in.half(request)
    if who is None or second_factor.has(who.user):
        return redirect("sign_in")
    codes, errors = set_up(request, who.user, by=None)
    if codes is None:
        return page_to_set_up(request, who.user, errors, must=True)
    onward = coming_in.whole(request, who)["Location"]
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": onward})


def set_up(request: HttpRequest, user: User, *, by: User | None) -> tuple[list[str] | None, dict[str, str]]:
    """Set up a second factor with what a page of `page_to_set_up` sent: the recovery codes, or what is wrong.

    `by` None: `user`, before they are in.
    """
    kept = request.session.get(_NEW_SECRET)
    if request.method != "POST" or kept is None:
        return None, {}
    secret = second_factor.unseal(kept)
    codes = second_factor.enrol(user=user, by=by, secret=secret, code=request.POST.get("code", ""))
    if codes is None:
        return None, {"code": "This is not the code the app shows now. Wait for the next one and try again"}
    del request.session[_NEW_SECRET]
    return codes, {}


def page_to_set_up(request: HttpRequest, user: User, errors: dict[str, str], *, must: bool) -> HttpResponse:
    """The page that shows a phone its secret and asks for a first code; `must`: there is no way round it."""
    if _NEW_SECRET not in request.session:
        request.session[_NEW_SECRET] = second_factor.seal(second_factor.new_secret())
    secret = second_factor.unseal(request.session[_NEW_SECRET])
    context = {
        "errors": errors,
        "must": must,
        "drawing": second_factor.drawing(user, secret),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "accounts/second_factor.html", context)


# --- a provider ----------------------------------------------------------------------------------------


@login_not_required
@require_GET
def at_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Off to one's own organisation; whoever is signed in goes there to prove once more who they are."""
    found = _provider(provider)
    anew = request.user.is_authenticated
    request.session[_PROVIDER] = {
        "id": found.id, "anew": anew, "at": clock.now().isoformat(),
        "onward": coming_in.safe(request, request.GET.get("next", "")),
    }  # fmt: skip
    back = request.build_absolute_uri(reverse("sign_in_from", args=[found.id]))
    try:
        return providers.go(request, found, back=back, anew=anew)
    except providers.Refused as why:
        return _did_not_work(request, why)


@login_not_required
@require_GET
def from_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from there: in, or on with what asked for a proof."""
    found, asked = _provider(provider), request.session.pop(_PROVIDER, None)
    if asked is None or asked["id"] != found.id or asked["anew"] != request.user.is_authenticated:
        return redirect("sign_in")
    try:
        claims = providers.returned(request, found)
        user = providers.who_is(found, claims)
        if not asked["anew"]:
            return coming_in.first_proof(request, user=user, how=found.title, onward=asked["onward"])
        if user != request.user or not providers.proved_since(claims, datetime.fromisoformat(asked["at"])):
            raise providers.Refused(f"{found.title} did not say that it is still you")
    except providers.Refused as why:
        return _did_not_work(request, why)
    again.confirmed(request, user)
    return redirect(asked["onward"] or "home")


def _provider(id: str) -> providers.Provider:
    found = providers.named(id)
    if found is None:
        raise Http404
    return found


def _did_not_work(request: HttpRequest, why: Exception) -> HttpResponse:
    return render(request, "accounts/provider_refused.html", {"why": str(why)}, status=403)


# --- a first password ----------------------------------------------------------------------------------


@login_not_required
@require_GET
def first_password_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What a link opens; mail programs open it too, so it is not used up by that. Its secret leaves the address."""
    request.session[_LINK] = passwords.link_hash(secret)
    return redirect("first_password")


@sensitive_post_parameters("password", "once_more")
@login_not_required
def first_password(request: HttpRequest) -> HttpResponse:
    """Set a password, once; then sign in with it."""
    link = request.session.get(_LINK, "")
    whose = passwords.opened_by(link)
    errors: dict[str, str] = {}
    if whose and request.method == "POST":
        errors = mistakes(request)
        if not errors:
            try:
                passwords.set_by_link(token_hash=link, password=request.POST["password"])
            except ValidationError as too_easy:
                errors = {"password": " ".join(too_easy.messages)}
            else:
                del request.session[_LINK]
                return render(request, "accounts/password_set.html")
    context: dict[str, Any] = {"errors": errors, "whose": whose}
    return render(request, "accounts/first_password.html", context, status=200 if whose else 404)


def mistakes(request: HttpRequest) -> dict[str, str]:
    """What is wrong with a password typed twice."""
    if not request.POST.get("password"):
        return {"password": "Enter the password you want"}
    if request.POST["password"] != request.POST.get("once_more"):
        return {"once_more": "The two are not the same. Type it once more"}
    return {}
