"""One request, one transaction, one viewer."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from throughline.web import clock
from throughline.web.accounts import agencies, viewing
from throughline.web.accounts.models import User
from throughline.web.accounts.views_agencies import no_terms
from throughline.web.design import errors

Answer = Callable[[HttpRequest], HttpResponse]


class Sensible:
    """Refuses an address with a NUL in it: no database takes one, and nobody types one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return self.get_response(request)


class OneTransaction:
    """Everything a request does commits before its answer is sent, the record of the look included.

    An answer that says the page broke (500 and up) takes everything back.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class Viewing:
    """Enters the database's walls as whoever has signed in: ``request.viewer``, None before sign-in.

    Whose agency's terms have ended since they signed in is signed out, and told why.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        if user and not agencies.in_date(user.agency, clock.today()):
            logout(request)
            return no_terms(request, user.agency)
        # Every view reads it from here; Django's request has no type for what is added to it.
        request.viewer = viewing.enter(user) if user else None  # type: ignore[attr-defined]
        return self.get_response(request)
