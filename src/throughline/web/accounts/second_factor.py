"""The second factor: a code from an app on the phone (TOTP, RFC 6238), and codes on paper for the day it is lost."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from markupsafe import Markup
from pyotp.exceptions import OTPVerificationError

from throughline import words
from throughline.web import clock
from throughline.web.accounts.models import RecoveryCode, SecondFactor, User
from throughline.web.audit.actions import changed, keyed_hash

STEP = 30
"""Seconds a code is shown (RFC 6238 §5.2)."""
DRIFT = 1
"""Codes before and after that are taken too, for a phone whose clock is a little off (RFC 6238 §5.2)."""
RECOVERY_CODES = 10
FORGOTTEN = "accounts.second_factor_forgotten"
"""What the audit calls that one was taken away."""
EVERYONE, NO_ONE = "everyone", "no one"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read for another


def roles() -> frozenset[str]:
    """Roles that sign in with one (`THROUGHLINE_SECOND_FACTOR`); raises `words.UnknownWord` for one that is none."""
    asked: str = settings.SECOND_FACTOR
    if asked in (EVERYONE, NO_ONE):
        return frozenset(words.roles()) if asked == EVERYONE else frozenset()
    named = frozenset(role.strip() for role in asked.split(","))
    if unknown := named - set(words.roles()):
        raise words.UnknownWord(", ".join(sorted(unknown)), "role")
    return named


def required_of(user: User) -> bool:
    """Whether this person may come in by password only with a second factor."""
    return user.role in roles()


def has(user: User) -> bool:
    """Whether this person has set one up: then it is asked for."""
    return SecondFactor.objects.filter(user=user).exists()


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def new_secret() -> str:
    """A secret for somebody's phone; it counts once `enrol` has seen a code made with it."""
    return pyotp.random_base32()


def drawing(user: User, secret: str) -> Markup:
    """What the phone's camera reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.sign_in, issuer_name="Throughline")
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=4, light="#ffffff", svgclass=None, lineclass=None)
    return Markup(drawn)


@transaction.atomic
def enrol(*, user: User, by: User | None, secret: str, code: str) -> list[str] | None:
    """Set up somebody's second factor, in place of one they had; their new recovery codes. None: a wrong code.

    `by` None: themselves, before they are in.
    """
    step = _step_of(secret, code, clock.now(), after=-1)
    if step is None:
        return None
    SecondFactor.objects.update_or_create(
        user=user, defaults={"sealed": seal(secret), "made_at": clock.now(), "last_step": step}
    )
    _record(by, user, "accounts.second_factor_set_up", "Setting up a second factor")
    return new_codes(user=user, by=by)


@transaction.atomic
def new_codes(*, user: User, by: User | None) -> list[str]:
    """New recovery codes, shown once; those before are void."""
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in "ab") for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(code)) for code in codes)
    _record(by, user, "accounts.new_recovery_codes", "New recovery codes")
    return codes


@transaction.atomic
def accepts(*, user: User, code: str) -> bool:
    """Whether this code proves that it is them. A code works once, whether from the phone or from paper."""
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None:
        return False
    step = _step_of(unseal(factor.sealed), code, clock.now(), after=factor.last_step)
    if step is not None:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return True
    used = RecoveryCode.objects.filter(user=user, code_hash=_hash(code), used_at__isnull=True)
    if not used.update(used_at=clock.now()):
        return False
    _record(None, user, "accounts.recovery_code_used", "Coming in without the phone")
    return True


@transaction.atomic
def forget(*, user: User, by: User | None, purpose: str) -> None:
    """Take somebody's second factor away: their phone is lost, or they do not want it. `by` None: a command."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    _record(by, user, FORGOTTEN, purpose)


def seal(secret: str) -> str:
    """A secret, encrypted with a key that only this installation can make."""
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What `seal` was given; raises `cryptography.fernet.InvalidToken` under another installation's key."""
    return _fernet().decrypt(sealed.encode()).decode()


def _fernet() -> Fernet:
    key = salted_hmac("throughline.second_factor", "seal", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _step_of(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """In which half-minute, later than `after` and about now, this was the code; None: in none."""
    try:
        totp = pyotp.TOTP(secret, interval=STEP)
        step = totp.verify_and_get_timecode(code.replace(" ", ""), for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None
    return step if step > after else None


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return keyed_hash(f"recovery code {plain}")


def _record(by: User | None, user: User, action: str, purpose: str) -> None:
    changed(
        user_id=by.pk if by else None, purpose=purpose, action=action, subject_kind="user", subject_id=user.pk
    )  # fmt: skip
