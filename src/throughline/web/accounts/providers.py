"""Signing in through one's own organisation (OpenID Connect, authorization code with PKCE).

Each provider is named in the file of `THROUGHLINE_PROVIDERS` with the agencies it may speak for: a council's provider
cannot vouch for anybody of the police. Nobody comes in who is not written down here already. Who comes for the first
time is known by an e-mail address that the provider has checked; from then on by the provider's own name for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import requests
import yaml
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from throughline.web import clock
from throughline.web.accounts.models import ProviderName, User
from throughline.web.audit.actions import changed

_PATIENCE = 10
"""Seconds to wait for an answer of a provider: somebody stands before the page."""
_CLOCKS = timedelta(minutes=2)
"""How far a provider's clock may be off ours."""
_CHECKED = ("email_verified", "xms_edov")
"""Claims that say that the address is really theirs: the standard's, and Microsoft Entra's."""


class Misconfigured(Exception):
    """The file of providers cannot be used; the message says why."""


class Refused(Exception):
    """This sign-in does not hold; the message is for whoever tried."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One organisation that vouches for its people."""

    id: str
    """Stands in addresses: letters, digits, dashes."""
    title: str
    issuer: str
    client_id: str
    client_secret: str
    agencies: tuple[str, ...]
    """Agency ids whose people it may vouch for."""


def read(path: str) -> tuple[Provider, ...]:
    """The providers of a file; none where no file is named. Raises `Misconfigured`."""
    if not path:
        return ()
    try:
        listed = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        found = tuple(Provider(**{**one, "agencies": tuple(one["agencies"])}) for one in listed)
    except (OSError, yaml.YAMLError, TypeError, KeyError) as fault:
        raise Misconfigured(f"THROUGHLINE_PROVIDERS: {path} cannot be used ({fault})") from fault
    for one in found:
        where = urlsplit(one.issuer)
        if where.scheme != "https" and where.hostname not in ("127.0.0.1", "localhost"):
            raise Misconfigured(f"THROUGHLINE_PROVIDERS: the issuer of {one.id} is not an https address")
    return found


def every() -> tuple[Provider, ...]:
    """The providers of this installation, as the file has them."""
    return _every(settings.PROVIDERS)


_every = cache(read)


def named(id: str) -> Provider | None:
    """The provider with this id."""
    return next((one for one in every() if one.id == id), None)


def for_user(user: User) -> tuple[Provider, ...]:
    """The providers that may vouch for this person."""
    return tuple(one for one in every() if user.agency in one.agencies)


def go(request: HttpRequest, provider: Provider, *, back: str, anew: bool) -> HttpResponse:
    """Send somebody to their provider, to come back at `back`; `anew`: to prove there once more who they are."""
    asked = {"prompt": "login", "max_age": 0} if anew else {}
    try:
        return cast(HttpResponse, _client(provider).authorize_redirect(request, back, **asked))
    except requests.RequestException as fault:
        raise Refused(f"{provider.title} does not answer. Try again, or use your password") from fault


def returned(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """What the provider says of whoever comes back: claims whose signature, issuer, audience and nonce hold.

    Raises `Refused`.
    """
    must = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    client = _client(provider)
    try:
        token = client.authorize_access_token(request, claims_options=must)
        claims = token.get("userinfo")
        if not claims:
            raise Refused(f"{provider.title} did not say who you are")
        if "email" not in claims:  # some say it only when asked once more
            more = client.userinfo(token=token)
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    except (OAuthError, JoseError, ValueError, requests.RequestException) as fault:
        raise Refused(f"Signing in through {provider.title} did not work. Try again") from fault
    return dict(claims)


def proved_since(claims: dict[str, Any], since: datetime) -> bool:
    """Whether they proved to the provider who they are after `since`; a provider that does not say: no."""
    at = claims.get("auth_time")
    return isinstance(at, int) and datetime.fromtimestamp(at, UTC) >= since - _CLOCKS


@transaction.atomic
def who_is(provider: Provider, claims: dict[str, Any]) -> User:
    """Who of those written down here this is. Raises `Refused`, alike for everybody who is not."""
    known = ProviderName.objects.select_related("user").filter(issuer=provider.issuer, subject=claims["sub"]).first()
    user = known.user if known else _by_address(claims)
    if user is None or not user.is_active or user.agency not in provider.agencies:
        raise Refused(f"{provider.title} knows you, but nobody has let you in here under that name")
    if known is None:
        if ProviderName.objects.filter(issuer=provider.issuer, user=user).exists():
            raise Refused(f"{provider.title} knows you, but nobody has let you in here under that name")
        ProviderName.objects.create(user=user, issuer=provider.issuer, subject=claims["sub"], since=clock.now())
        changed(
            user_id=None, purpose=f"Coming in through {provider.title} for the first time"[:200],
            action="accounts.known_by_provider", subject_kind="user", subject_id=user.pk,
        )  # fmt: skip
    return user


def _by_address(claims: dict[str, Any]) -> User | None:
    address = str(claims.get("email", "")).strip().lower()
    if not address or not any(claims.get(name) in (True, 1, "1", "true") for name in _CHECKED):
        return None
    return User.objects.filter(sign_in=address).first()


@cache
def _client(provider: Provider) -> Any:
    return OAuth().register(
        provider.id,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": _PATIENCE},
    )
