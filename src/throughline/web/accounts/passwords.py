"""Passwords: the first one, and one forgotten, by a link an administrator makes; another one by oneself."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest

from throughline.web import clock
from throughline.web.accounts import sessions
from throughline.web.accounts.models import PasswordLink, User
from throughline.web.audit.actions import changed

LASTS = timedelta(hours=24)
"""How long a link works: what NIST SP 800-63A allows a code sent by e-mail."""
LINKED = "accounts.open_password_link"
"""What the audit calls that a link was made."""
_CHANGED = "Another password: older sessions end"


def link_hash(secret: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def open_link(*, user: User, purpose: str, by: User | None = None) -> str:
    """The secret of a new link by which `user` sets a password, once; links before it end. `by` None: a command.

    The password they have, if any, holds until then.
    """
    PasswordLink.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
    secret = secrets.token_urlsafe(32)
    link = PasswordLink.objects.create(
        user=user, token_hash=link_hash(secret), made_at=clock.now(), until=clock.now() + LASTS
    )
    changed(
        user_id=by.pk if by else None, purpose=purpose, action=LINKED,
        subject_kind="password_link", subject_id=link.pk,
    )  # fmt: skip
    return secret


def opened_by(token_hash: str) -> User | None:
    """Whose password the link with this hash sets; None: it works no more, or never did."""
    link = (
        PasswordLink.objects.select_related("user")
        .filter(token_hash=token_hash, ended_at__isnull=True, until__gt=clock.now(), user__is_active=True)
        .first()
    )
    return link.user if link else None


@transaction.atomic
def set_by_link(*, token_hash: str, password: str) -> User | None:
    """Set the password of whoever the link is for, and end the link and their sessions. None: it works no more.

    Raises `ValidationError` for a password that is too easy.
    """
    links = PasswordLink.objects.select_for_update().filter(token_hash=token_hash, ended_at__isnull=True)
    user = opened_by(token_hash) if links.first() else None
    if user is None:
        return None
    validate_password(password, user)
    links.update(ended_at=clock.now())
    _set(user, password)
    sessions.end_all(user=user, purpose=_CHANGED)
    return user


@transaction.atomic
def change(request: HttpRequest, *, user: User, password: str) -> None:
    """Set another password of one's own; every other session ends. Raises `ValidationError` for too easy a one."""
    validate_password(password, user)
    _set(user, password)
    sessions.end_all(user=user, by=user, purpose=_CHANGED)
    update_session_auth_hash(request, user)
    sessions.write_down(request, user)


def _set(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    changed(
        user_id=None, purpose="Setting one's own password", action="accounts.set_password", subject_kind="user",
        subject_id=user.pk,
    )  # fmt: skip
