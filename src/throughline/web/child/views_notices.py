"""The privacy notices, which anyone may read without signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline import sharing
from throughline.web.child.notices import notices


@login_not_required
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Whom there is a notice for, what holds for all, and for those who answer requests where these wait."""
    role = sharing.policy_for(getattr(request.user, "role", ""))
    answers = role.audits or not sharing.whole_record().decided_by.isdisjoint(role.relations)
    return render(request, "child/privacy.html", {"notices": notices().values(), "answers": answers})


@login_not_required
@require_GET
def notice(request: HttpRequest, audience: str) -> HttpResponse:
    """The notice of one audience; 404 for any other word."""
    found = notices().get(audience.replace("-", "_"))
    if found is None:
        raise Http404
    return render(request, "child/notice.html", {"notice": found})
