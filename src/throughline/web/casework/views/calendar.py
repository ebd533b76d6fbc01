"""What is coming, by day; and the same for a calendar program, at a secret address."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from throughline.web import clock
from throughline.web.accounts import actions, people, viewing
from throughline.web.accounts.viewing import Request
from throughline.web.casework import calendar_file, coming

_SECRET = "calendar_secret"
"""Where a new secret waits in the session for the one time it is shown."""


@require_GET
def calendar(request: Request) -> HttpResponse:
    """The next four weeks."""
    secret = request.session.pop(_SECRET, "")
    address = request.build_absolute_uri(reverse("calendar_feed", args=[secret])) if secret else ""
    context = {
        "calendar": coming.calendar(request.viewer),
        "key": people.calendar_key(request.user),
        "address": address,
        "today": clock.today(),
        "now": clock.now(),
        "here": request.path,
    }
    return render(request, "casework/calendar.html", context)


@require_POST
def subscribe(request: Request) -> HttpResponse:
    """Open a secret address, or close the one there is."""
    if request.POST.get("act") == "open":
        request.session[_SECRET] = actions.open_calendar(by=request.viewer, purpose=request.viewer.purpose)
    else:
        actions.close_calendar(by=request.viewer, purpose=request.viewer.purpose)
    return redirect(reverse("calendar") + "#subscribe")


@sensitive_variables("secret")
@login_not_required
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever this secret is of; 404 for any other, and once it is closed."""
    user = actions.calendar_read(secret=secret)
    if user is None:
        raise Http404
    page = request.build_absolute_uri(reverse("calendar"))
    file = calendar_file.written(coming.entries(viewing.enter(user)), at=clock.now(), address=page)
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
