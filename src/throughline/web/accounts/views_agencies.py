"""What somebody is shown whose agency has not signed the partnership's terms, or no longer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from throughline import words
from throughline.web import clock
from throughline.web.accounts import agencies


def no_terms(request: HttpRequest, agency: str) -> HttpResponse:
    """Say why nobody of this agency comes in today, and whom they can ask."""
    terms = agencies.terms_of(agency)
    context = {
        "agency": words.agency_title(agency),
        "ended_on": terms.until if terms and terms.until < clock.today() else None,
        "begins_on": terms.signed_on if terms and terms.signed_on > clock.today() else None,
    }
    return render(request, "accounts/no_terms.html", context, status=403)
