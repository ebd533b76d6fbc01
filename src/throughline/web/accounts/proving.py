"""Proving who somebody is: a password, a code; each wrong one counted (`guesses`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.http import HttpRequest

from throughline.web.accounts import guesses, second_factor
from throughline.web.accounts.models import User

# Which of the two was wrong is not said: that would tell a stranger who works here.
_NOT_TOGETHER = "This address and password do not go together. Check both and try again"
_NOT_YOURS = "This is not what we know you by. Check it and try again"
_NO_SUCH_CODE = "This code does not fit, or was used already. Wait for the next one and try again"


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether somebody is who they say, and if not the sentence for them. True where it holds."""

    user: User | None
    why: str = ""

    def __bool__(self) -> bool:
        return self.user is not None


def by_password(request: HttpRequest, *, sign_in: str, password: str) -> Proof:
    """Somebody with this name and password, who may come in at all."""
    if guesses.held(request, sign_in):
        return Proof(None, guesses.HELD)
    user = authenticate(request, username=sign_in, password=password)
    if user is None:
        guesses.missed(request, sign_in)
        return Proof(None, _NOT_TOGETHER)
    return Proof(user)


def by_code(request: HttpRequest, *, user: User, code: str) -> Proof:
    """That it is `user`, by a code from their phone or one of their recovery codes."""
    if guesses.held(request, user.sign_in):
        return Proof(None, guesses.HELD)
    if not second_factor.accepts(user=user, code=code):
        guesses.missed(request, user.sign_in)
        return Proof(None, _NO_SUCH_CODE)
    return Proof(user)


def again(request: HttpRequest, *, user: User, password: str, code: str) -> Proof:
    """Once more that whoever is signed in is `user`, by everything they sign in with."""
    proof = by_password(request, sign_in=user.sign_in, password=password)
    if proof and second_factor.has(user):
        proof = by_code(request, user=user, code=code)
    if proof:
        guesses.forgiven(request, user.sign_in)
        return proof
    return proof if proof.why == guesses.HELD else Proof(None, _NOT_YOURS)
