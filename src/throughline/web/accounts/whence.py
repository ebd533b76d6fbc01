"""From where a request comes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The network address that asked. With proxies before the site, what the outermost of ours saw.

    Each proxy adds to ``X-Forwarded-For`` whom it heard from; anything further left was written by the asker.
    """
    heard = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    proxies: int = settings.PROXIES
    return heard[-proxies] if 0 < proxies <= len(heard) else request.META.get("REMOTE_ADDR", "")
