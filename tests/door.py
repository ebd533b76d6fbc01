"""What tests of the door share: somebody who comes in with a password, and the time going on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from stores import signed
from throughline.web.accounts import actions, second_factor
from throughline.web.accounts.models import SecondFactor, User
from throughline.web.audit.models import Change
from throughline.web.casework.engine_role import as_engine

NOW = datetime(2026, 4, 21, 9, 30, tzinfo=UTC)
PASSWORD = "heron lantern gravel"
DOOR = "/sign-in"


def set_up(settings) -> None:
    """A day in April, a door that asks for passwords alone, and cheap hashes: hundreds of guesses, in seconds."""
    settings.THROUGHLINE_NOW = NOW
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = second_factor.NO_ONE


def let_in(first: str = "Ana", password: str = PASSWORD) -> User:
    """Somebody who may come in, of an agency that has signed."""
    signed("la:971")
    return actions.let_in(
        sign_in=f"{first.lower()}@example.org", name=f"{first} Reyes", role="social_worker", agency="la:971",
        password=password, purpose="t",
    )  # fmt: skip


def later(settings, **much: float) -> None:
    """Let time go on."""
    settings.THROUGHLINE_NOW = settings.THROUGHLINE_NOW + timedelta(**much)


def come_in(client: Client, sign_in: str = "ana@example.org", password: str = PASSWORD, **more: str):
    """Type a name and a password at the door."""
    return client.post(DOOR, {"sign_in": sign_in, "password": password, **more})


def is_in(client: Client) -> bool:
    """Whether a page that asks who one is opens."""
    return client.get("/your-sign-in").status_code == 200


def text(answer: HttpResponse) -> str:
    """A page as it was sent."""
    return answer.content.decode()


def with_phone(user: User, settings) -> list[str]:
    """Give somebody a second factor, as if a minute ago; their recovery codes."""
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(settings.THROUGHLINE_NOW)
    codes = second_factor.enrol(user=user, by=None, secret=secret, code=code)
    later(settings, minutes=1)
    assert codes is not None
    return codes


def code_now(user: User, settings, *, steps: int = 0) -> str:
    """What this person's phone shows now, or some half-minutes later."""
    secret = second_factor.unseal(SecondFactor.objects.get(user=user).sealed)
    return pyotp.TOTP(secret).at(settings.THROUGHLINE_NOW, counter_offset=steps)


def on_record(action: str) -> int:
    """How many changes of this kind the audit has; read as the engine, who sees them all."""
    with transaction.atomic(), as_engine():
        return Change.objects.filter(action=action).count()
