"""One request, one transaction, one viewer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from throughline.web.accounts import viewing

Answer = Callable[[HttpRequest], HttpResponse]


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
    """Enters the database's walls as whoever has signed in: ``request.viewer``, None before sign-in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        request.viewer = viewing.enter(request.user) if signed_in else None  # type: ignore[attr-defined,arg-type]
        return self.get_response(request)
