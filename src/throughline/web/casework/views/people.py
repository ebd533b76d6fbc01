"""An agency's people, for its administrator: who they are and in which seat; and what agencies have signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from throughline import words
from throughline.web import clock
from throughline.web.accounts import administering, agencies, passwords, second_factor
from throughline.web.accounts.administering import Refused, Seat
from throughline.web.accounts.again import recently_confirmed
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Request, Viewer
from throughline.web.casework import people
from throughline.web.design import forms
from throughline.web.design.forms import Field

WHOLE = "whole"
"""What the form calls the whole partnership, which is a blank area in the store."""


def _seat_fields(by: Viewer) -> tuple[Field, ...]:
    roles = tuple((role, words.roles()[role].title) for role in agencies.seats(by.agency))
    areas = tuple(
        (area or WHOLE, words.agency_title(f"la:{area}") if area else "The whole partnership")
        for area in administering.areas(by)
    )
    return (
        Field("role", "Seat", forms.SELECT, options=roles, blank="Choose"),
        Field(
            "area",
            "Whose children they serve",
            forms.SELECT,
            "The area of one authority",
            options=areas,
            blank="Choose",
        ),
        Field("title", "Title, as others know it"),
        Field("phone", "Telephone at work", width=20),
    )


def _new_fields(by: Viewer) -> tuple[Field, ...]:
    return (
        Field("name", "First and family name"),
        Field("sign_in", "Work e-mail address", hint="What they will sign in with"),
        *_seat_fields(by),
        Field("home_postcode", "Postcode of their home, if they agree", forms.POSTCODE,
              "So that a look at a child of the same address is found. Only a scrambled form of it is kept.", width=10),
    )  # fmt: skip


def _seat(answers: Mapping[str, Any]) -> Seat:
    area = answers["area"]
    return Seat(answers["role"], answers["title"], answers["phone"], "" if area == WHOLE else area)


def _left_out(answers: Mapping[str, Any]) -> dict[str, str]:
    needed = {
        "name": "Enter their name",
        "sign_in": "Enter their work e-mail address",
        "role": "Choose their seat",
        "area": "Choose whose children they serve",
    }
    return {name: sentence for name, sentence in needed.items() if name in answers and not answers[name]}


@require_GET
def listed(request: Request) -> HttpResponse:
    """Everyone of the administrator's own agency."""
    by = request.viewer
    rows = [(user, words.roles()[user.role].title if user.role in words.roles() else user.role)
            for user in administering.people(by)]  # fmt: skip
    context = {
        "rows": rows,
        "agency": words.agency_title(by.agency),
        "terms": agencies.terms_of(by.agency),
        "may_sign": administering.may_sign(by),
    }
    return render(request, "casework/people.html", context)


@require_http_methods(["GET", "POST"])
@recently_confirmed
def new(request: Request) -> HttpResponse:
    """Let somebody of one's own agency in; the next page makes the link that sets their password."""
    by = request.viewer
    administering.people(by)
    fields = _new_fields(by)
    given: dict[str, str] = {}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(fields, given)
        mistakes |= _left_out(answers)
        if not mistakes:
            try:
                user = people.let_in(
                    sign_in=str(answers["sign_in"]), name=str(answers["name"]), seat=_seat(answers),
                    home_postcode=str(answers["home_postcode"]), by=by, purpose=by.purpose,
                )  # fmt: skip
                return redirect("person", user.pk)
            except Refused as refused:
                mistakes = refused.errors
    context = {
        "fields": fields, "given": given, "mistakes": mistakes, "errors": forms.summary(fields, mistakes),
    }  # fmt: skip
    return render(request, "casework/person_new.html", context)


@require_http_methods(["GET", "POST"])
@recently_confirmed
def person(request: Request, number: int) -> HttpResponse:
    """One person's seat; another seat ends what they were to children in the old one."""
    by = request.viewer
    user = administering.one(by, number)
    fields = _seat_fields(by)
    given = {"role": user.role, "area": user.area or WHOLE, "title": user.title, "phone": user.phone}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(fields, given)
        mistakes |= _left_out(answers)
        if not mistakes:
            try:
                given_up = people.move(user=user, seat=_seat(answers), by=by, purpose=by.purpose)
                return _page(request, user, fields, given, {}, moved=True, given_up=given_up)
            except Refused as refused:
                mistakes = refused.errors
    return _page(request, user, fields, given, mistakes)


def _page(
    request: Request,
    user: User,
    fields: tuple[Field, ...],
    given: dict[str, str],
    mistakes: dict[str, str],
    **more: Any,
) -> HttpResponse:
    context = {
        "whom": user,
        "role": words.roles()[user.role].title if user.role in words.roles() else user.role,
        "agency": words.agency_title(user.agency),
        "may_change": user.is_active and administering.may_change(request.viewer, user),
        "second_factor": second_factor.has(user),
        "may_make_link": administering.may_make_link(request.viewer, user),
        "may_put_away": administering.may_put_away(request.viewer, user),
        "fields": fields,
        "given": given,
        "mistakes": mistakes,
        "errors": forms.summary(fields, mistakes),
        **more,
    }
    return render(request, "casework/person.html", context)


@require_POST
@recently_confirmed
def link(request: Request, number: int) -> HttpResponse:
    """Make the link by which somebody sets their password; it is shown once."""
    by = request.viewer
    user = administering.one(by, number)
    if not user.is_active or not administering.may_make_link(by, user):
        raise PermissionDenied(
            "You make links for your own agency's people who are in, and whose second factor you did not put away."
        )
    secret = passwords.open_link(user=user, by=by.user, purpose=by.purpose)
    address = request.build_absolute_uri(reverse("first_password_link", args=[secret]))
    return render(request, "casework/person_link.html", {"whom": user, "address": address, "lasts": passwords.LASTS})


@require_POST
@recently_confirmed
def second_factor_away(request: Request, number: int) -> HttpResponse:
    """Put somebody's second factor away, whose phone is lost."""
    by = request.viewer
    people.put_second_factor_away(user=administering.one(by, number), by=by, purpose="Their phone is lost")
    return redirect("person", number)


@require_http_methods(["GET", "POST"])
@recently_confirmed
def leave(request: Request, number: int) -> HttpResponse:
    """Somebody leaves: asked once, then their seat ends today."""
    by = request.viewer
    user = administering.one(by, number)
    given_up = people.leave(user=user, by=by, purpose=by.purpose) if request.method == "POST" else None
    return render(request, "casework/person_leave.html", {"whom": user, "given_up": given_up})


_TERMS = (
    Field("agency", "Agency", hint="Its id: la:301, school:123456, police:castlereach"),
    Field("version", "Which text was signed", hint="As the partnership calls it: Sharing agreement 2026, version 2"),
    Field("signed_by", "Who signed for the agency", hint="Name and post"),
    Field("signed_on", "Signed on", forms.DAY),
    Field("until", "Last day", forms.DAY, "After it nobody of the agency can sign in"),
)


@require_http_methods(["GET", "POST"])
@recently_confirmed
def terms(request: Request) -> HttpResponse:
    """What agencies have signed, until when; and a signature to record."""
    by = request.viewer
    if not administering.may_sign(by):
        raise PermissionDenied("The partnership's own administrator keeps the terms of its agencies.")
    given: dict[str, str] = {"agency": request.GET.get("agency", "")}
    mistakes: dict[str, str] = {}
    if request.method == "POST":
        given = forms.given_of(request.POST)
        answers, mistakes = forms.read_all(_TERMS, given)
        said = {name: str(answer) for name, answer in answers.items()}
        mistakes |= {f.name: f"{f.label}: this is needed" for f in _TERMS if not said.get(f.name) and f.name in answers}
        if not mistakes:
            try:
                people.sign_terms(
                    agency=said["agency"], version=said["version"], signed_by=said["signed_by"],
                    signed_on=date.fromisoformat(said["signed_on"]), until=date.fromisoformat(said["until"]),
                    by=by, purpose=by.purpose,
                )  # fmt: skip
                return redirect("terms")
            except Refused as refused:
                mistakes = refused.errors
    context = {
        "agencies": agencies.every(clock.today()), "fields": _TERMS, "given": given, "mistakes": mistakes,
        "errors": forms.summary(_TERMS, mistakes),
    }  # fmt: skip
    return render(request, "casework/terms.html", context)
