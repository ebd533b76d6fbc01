"""Sessions: how long one lasts, which ones somebody has, and ending them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from throughline.web import clock
from throughline.web.accounts import again
from throughline.web.accounts.models import SignedIn, User
from throughline.web.audit.actions import changed

IDLE = timedelta(minutes=30)
"""Without a click for so long, a session ends (NIST SP 800-63B, AAL2)."""
LONGEST = timedelta(hours=12)
"""However busy, a session ends after this (NIST SP 800-63B, AAL2)."""
_A_MOMENT = timedelta(minutes=1)
"""Not every click is written down."""

BEGAN, SEEN, ENDED = "began_at", "seen_at", "ended_by_itself"
"""What a session keeps of itself; the last, for whoever has to sign in again."""

_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip


class One(NamedTuple):
    """One session, as its owner sees it."""

    number: int
    began_at: datetime
    seen_at: datetime
    how: str
    device: str
    this: bool
    """The one that asks."""


class Lasting:
    """Ends a session that has been idle or has lasted too long; whoever asked is then nobody, as before sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock.now()
            if _is_over(request.session, now):
                logout(request)
                request.session[ENDED] = True
            elif now - _at(request.session, SEEN) > _A_MOMENT:
                request.session[SEEN] = now.isoformat()
        return self.get_response(request)


def of(user: User, key: str | None) -> list[One]:
    """Somebody's open sessions, the newest first; `key` is that of the one that asks."""
    rows = SignedIn.objects.filter(user=user).order_by("-began_at")
    kept = {one.session_key: one.get_decoded() for one in Session.objects.filter(pk__in=[r.session_key for r in rows])}
    now = clock.now()
    return [
        One(row.pk, row.began_at, _at(data, SEEN), row.how, row.device, row.session_key == key)
        for row in rows
        if (data := kept.get(row.session_key)) and not _is_over(data, now)
    ]


@transaction.atomic
def end(*, user: User, number: int) -> None:
    """End one session of somebody's: it opens nothing from now on."""
    _end(user, SignedIn.objects.filter(user=user, pk=number), by=user, purpose="Ending a session of one's own")


@transaction.atomic
def end_all(*, user: User, purpose: str, by: User | None = None, keep: str = "") -> None:
    """End every session of somebody's, but for the one with the key `keep`. `by` None: the system or a command."""
    _end(user, SignedIn.objects.filter(user=user).exclude(session_key=keep), by=by, purpose=purpose)


@transaction.atomic
def let_go() -> None:
    """Remove what is left of sessions that ended by themselves."""
    SessionStore.clear_expired()
    SignedIn.objects.exclude(session_key__in=Session.objects.values("pk")).delete()


def _end(user: User, rows: Any, *, by: User | None, purpose: str) -> None:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    SignedIn.objects.filter(session_key__in=keys).delete()
    if keys:
        changed(
            user_id=by.pk if by else None, purpose=purpose, action="accounts.end_sessions", subject_kind="user",
            subject_id=user.pk,
        )  # fmt: skip


@receiver(user_logged_in)
def write_down(request: Any, user: User, **_: object) -> None:
    """A session has begun, or has a new key: whoever signs in has just proved who they are."""
    now = clock.now()
    if request.session.session_key is None:
        request.session.create()
    request.session[BEGAN] = request.session[SEEN] = now.isoformat()
    again.note(request)
    # Whoever signs in again where they are signed in keeps the session's key.
    SignedIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "began_at": now,
            "how": getattr(request, "came_in_by", "password"),
            "device": _device(request.META.get("HTTP_USER_AGENT", "")),
        },
    )


@receiver(user_logged_out)
def _left(request: Any, **_: object) -> None:
    SignedIn.objects.filter(session_key=request.session.session_key).delete()


def _is_over(data: Any, now: datetime) -> bool:
    """Whether a session with these contents has lasted its time. One from before times were kept is over."""
    if BEGAN not in data:
        return True
    return now - _at(data, SEEN) > IDLE or now - _at(data, BEGAN) > LONGEST


def _at(data: Any, name: str) -> datetime:
    return datetime.fromisoformat(data[name])


def _device(agent: str) -> str:
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser
