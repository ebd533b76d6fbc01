"""Asking once more who somebody is, before the gravest acts (break-glass, destruction, a copy of a whole record).

``@again.recently_confirmed`` on a view, above nothing else that reads the form, is all there is to it: whoever
proved who they are within `FRESH` goes straight through, as after signing in. Anyone else is asked on a page at the
view's own address. What they had filled in is carried along and the act goes on from there; an upload cannot be
carried, so its page comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from throughline.web import clock
from throughline.web.accounts import providers, proving, second_factor
from throughline.web.accounts.models import User
from throughline.web.audit.actions import changed

FRESH = timedelta(minutes=10)
"""How long a proof of who one is holds for the gravest acts."""
AT = "confirmed_at"
"""Where the session keeps the moment of the last proof."""

_PASSWORD, _CODE, _ASKED_TO_READ = "again-password", "again-code", "again-read"
_OURS = frozenset({_PASSWORD, _CODE, _ASKED_TO_READ, "csrfmiddlewaretoken"})

View = Callable[..., HttpResponse]


def note(request: HttpRequest) -> None:
    """Whoever is signed in has proved just now who they are."""
    request.session[AT] = clock.now().isoformat()


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever is signed in proved it within `FRESH`."""
    at = request.session.get(AT)
    return at is not None and timedelta(0) <= clock.now() - datetime.fromisoformat(at) <= FRESH


def recently_confirmed(view: View) -> View:
    """Let only those in who have lately proved who they are; ask anyone else, keeping what they filled in."""

    @sensitive_post_parameters(_PASSWORD, _CODE)
    @wraps(view)
    def asking(request: Any, *args: Any, **named: Any) -> HttpResponse:
        if _PASSWORD in request.POST:
            if mistakes := _mistakes(request):
                return _ask(request, mistakes)
            confirmed(request, request.user)
            if _ASKED_TO_READ in request.POST:
                return redirect(request.get_full_path())
            request.POST = _without_ours(request)
        return view(request, *args, **named) if is_fresh(request) else _ask(request, {})

    return asking


def _mistakes(request: Any) -> dict[str, str]:
    """What is wrong with the proof, by the id of its field; nothing where it holds."""
    proved = proving.again(
        request, user=request.user, password=request.POST[_PASSWORD], code=request.POST.get(_CODE, "")
    )
    return {} if proved else {_PASSWORD: proved.why}


def confirmed(request: HttpRequest, user: User) -> None:
    """`user`, who is signed in, has proved once more who they are; it is on record."""
    note(request)
    changed(
        user_id=user.pk, purpose="Proving once more who it is", action="accounts.confirmed_again",
        subject_kind="user", subject_id=user.pk,
    )  # fmt: skip


def _without_ours(request: Any) -> Any:
    kept = request.POST.copy()
    for name in _OURS & set(kept):
        del kept[name]
    return kept


def _page_of(request: Any) -> str:
    """The page to come back to from a provider: what was filled in stays behind, so the act begins there anew."""
    if request.method == "GET":
        return str(request.get_full_path())
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    return came_from.path if came_from.netloc == request.get_host() else ""


def _ask(request: Any, errors: dict[str, str]) -> HttpResponse:
    """The page that asks, at the address of the act. 401 would make browsers ask by themselves, so it is 403."""
    carried = [(name, value) for name, values in request.POST.lists() if name not in _OURS for value in values]
    context = {
        "errors": errors,
        "carried": carried,
        "to_read": request.method != "POST" or bool(request.FILES) or _ASKED_TO_READ in request.POST,
        "asks_password": request.user.has_usable_password(),
        "asks_code": second_factor.has(request.user),
        "providers": providers.for_user(request.user),
        "here": _page_of(request),
    }
    return render(request, "accounts/again.html", context, status=403)
