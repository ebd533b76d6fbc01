"""Wrong passwords and codes, counted: after a number of them nobody gets further for a while.

Counted by the name that was typed, whether anybody has it or not, so that being held says nothing about who works
here; and by address, for whoever tries one password on many names. A right password is not even looked at while held.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpRequest

from throughline.web import clock
from throughline.web.accounts import whence
from throughline.web.accounts.models import Guess, User
from throughline.web.audit.actions import changed, keyed_hash

PER_ACCOUNT = 10
"""The most that Cyber Essentials (2025, Secure configuration) lets an account have before it is held."""
PER_ADDRESS = 100
"""A whole council may stand behind one address."""
WINDOW = timedelta(minutes=15)
"""Longer than the five minutes in which Cyber Essentials lets ten be tried."""

HELD = "There were too many tries. Wait a quarter of an hour, then try again"


def held(request: HttpRequest, sign_in: str) -> bool:
    """Whether this name, or where the request comes from, has to wait. Guesses at one name wait for each other."""
    account, address = _hashes(request, sign_in)
    with connection.cursor() as cursor:
        # Until the transaction ends: many guesses at once would all be counted before any is written.
        cursor.execute("select pg_advisory_xact_lock(%s)", [int(account[:15], 16)])
    recent = Guess.objects.filter(at__gt=clock.now() - WINDOW)
    return (
        recent.filter(account_hash=account).count() >= PER_ACCOUNT
        or recent.filter(address_hash=address).count() >= PER_ADDRESS
    )


@transaction.atomic
def missed(request: HttpRequest, sign_in: str) -> None:
    """Count one wrong guess; the one that makes a name wait is on record."""
    account, address = _hashes(request, sign_in)
    now = clock.now()
    Guess.objects.create(account_hash=account, address_hash=address, at=now)
    if Guess.objects.filter(account_hash=account, at__gt=now - WINDOW).count() == PER_ACCOUNT:
        whose = User.objects.filter(sign_in=_plain(sign_in)).values_list("pk", flat=True).first()
        changed(
            user_id=None, purpose="Too many wrong passwords or codes", action="accounts.hold", subject_kind="user",
            subject_id=whose or "nobody",
        )  # fmt: skip


def forgiven(request: HttpRequest, sign_in: str) -> None:
    """Whoever it was is in: what was typed wrongly before counts no more."""
    account, _ = _hashes(request, sign_in)
    Guess.objects.filter(account_hash=account).delete()


def let_go() -> None:
    """Remove what is too old to count."""
    Guess.objects.filter(at__lte=clock.now() - WINDOW).delete()


def _hashes(request: HttpRequest, sign_in: str) -> tuple[str, str]:
    return keyed_hash(f"sign-in {_plain(sign_in)}"), keyed_hash(f"address {whence.address(request)}")


def _plain(sign_in: str) -> str:
    return sign_in.strip().lower()
