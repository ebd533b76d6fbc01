"""Pages for when a page cannot be shown: what happened, and what to do next, in plain words."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request made no sense to us."""
    return render(request, "design/errors/400.html", status=400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not shown to this person. Why is said only when whoever refused said it in plain words."""
    return render(request, "design/errors/403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing that may be said to be here."""
    return render(request, "design/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without the person or the database, either of which may be the trouble."""
    context = {
        "bare": True,
        "demonstration": settings.DEMONSTRATION,
        "nonce": getattr(request, "csp_nonce", ""),
        "urgent_phone": settings.URGENT_PHONE,
        "support_phone": settings.SUPPORT_PHONE,
    }
    return HttpResponse(render_to_string("design/errors/500.html", context), status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose secret did not match: almost always a page left open across a sign-out."""
    return render(request, "design/errors/form_expired.html", status=403)
