"""The steps between a first proof and being in: a second factor where somebody has one or has to have one.

Until the last step nobody is signed in: what is known stands in an anonymous session, for a few minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from throughline.web import clock
from throughline.web.accounts import agencies, guesses, second_factor
from throughline.web.accounts.models import User
from throughline.web.accounts.views_agencies import no_terms
from throughline.web.audit.actions import changed

PASSWORD = "password"
"""How somebody comes in who is not vouched for by a provider."""
_HALF = "half_in"
_PATIENCE = timedelta(minutes=10)


class Half(NamedTuple):
    """Somebody whose first proof holds."""

    user: User
    how: str
    onward: str


def first_proof(request: HttpRequest, *, user: User, how: str, onward: str) -> HttpResponse:
    """Somebody has proved who they are once: on to the next step, or in. `how`: `PASSWORD`, or a provider's title.

    Nobody comes in whose agency's terms are not signed and in date. A provider asks for its own second factor; one
    that somebody has set up here is asked for whoever vouches.
    """
    if not agencies.in_date(user.agency, clock.today()):
        return no_terms(request, user.agency)
    asked = second_factor.has(user)
    if not asked and not (how == PASSWORD and second_factor.required_of(user)):
        return whole(request, Half(user, how, onward))
    request.session[_HALF] = {
        "user": user.pk, "hash": user.get_session_auth_hash(), "how": how, "onward": onward,
        "at": clock.now().isoformat(),
    }  # fmt: skip
    return redirect("sign_in_code" if asked else "sign_in_second")


def half(request: HttpRequest) -> Half | None:
    """Who is on the way in here; None: nobody, or they took too long, or their password has changed since."""
    kept: dict[str, Any] | None = request.session.get(_HALF)
    if kept is None or clock.now() - datetime.fromisoformat(kept["at"]) > _PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    return Half(user, kept["how"], kept["onward"])


def whole(request: HttpRequest, who: Half) -> HttpResponse:
    """Sign them in, and on to where they wanted to be."""
    guesses.forgiven(request, who.user.sign_in)
    request.session.pop(_HALF, None)
    # For what listens to the sign-in and writes the session down; Django's request has no type for what is added.
    request.came_in_by = who.how  # type: ignore[attr-defined]
    login(request, who.user, backend="django.contrib.auth.backends.ModelBackend")
    changed(
        user_id=None, purpose=f"Signing in by {who.how}"[:200], action="accounts.sign_in", subject_kind="user",
        subject_id=who.user.pk,
    )  # fmt: skip
    return redirect(who.onward or settings.LOGIN_REDIRECT_URL)


def safe(request: HttpRequest, address: str) -> str:
    """`address` if it leads back to this site, else nothing."""
    hosts = {request.get_host()}
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, hosts, request.is_secure())
    return address if ours else ""
