"""Keeping the list of an agency's people, by an administrator of that agency: letting in, moving, leaving.

What an administrator may do is asked here, whatever page or program asks: only people of their own agency, only seats
that agency may hold, nothing of their own seat and nothing of those who check on others (`seats.yaml`), no wider area
than their own. Everything here runs as the engine: the site's own role may change nobody's seat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from throughline import words
from throughline.web import clock
from throughline.web.accounts import actions, agencies, passwords, second_factor, sessions
from throughline.web.accounts.models import CalendarKey, PasswordLink, Relation, SecondFactor, User
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed, keyed_hash
from throughline.web.audit.models import Change


class Refused(Exception):
    """This cannot be done; `errors` has a sentence for each field of the form."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Seat:
    """In which seat somebody of an agency sits."""

    role: str
    """An id of `words.roles`."""
    title: str = ""
    phone: str = ""
    area: str = ""
    """Three-digit code of the authority whose children they serve; blank: the whole partnership."""


def postcode_hash(postcode: str) -> str:
    """What is kept of a home postcode: equal for equal postcodes, and nothing to anyone without this site's key."""
    return keyed_hash("home " + "".join(postcode.split()).upper())


def people(by: Viewer) -> tuple[User, ...]:
    """Everyone of the administrator's own agency, those who have left last. Raises PermissionDenied."""
    _allowed(by)
    return tuple(User.objects.filter(agency=by.agency).order_by("-is_active", "name", "pk"))


def one(by: Viewer, number: int) -> User:
    """One person of the administrator's own agency. Raises PermissionDenied, also for anybody else's."""
    _allowed(by)
    found = User.objects.filter(pk=number, agency=by.agency).first()
    if found is None:
        raise PermissionDenied("This person is not of your agency.")
    return found


def may_change(by: Viewer, user: User) -> bool:
    """Whether the administrator may move this person or end their seat."""
    return (
        by.policy.administers and user.agency == by.agency and user.pk != by.id and not agencies.by_command(user.role)
    )


def areas(by: Viewer) -> tuple[str, ...]:
    """Areas an administrator may give: their own, or their agency's; one who has neither gives any, and none (blank,
    the whole partnership)."""
    own = by.user.area or by.agency.partition(":")[2]
    if own in words.authorities():
        return (own,)
    return ("", *sorted(a for a in User.objects.exclude(area="").values_list("area", flat=True).distinct()))


def let_in(*, sign_in: str, name: str, seat: Seat, home_postcode: str = "", by: Viewer, purpose: str) -> User:
    """Let somebody of the administrator's own agency in, without a password yet: a one-time link sets it.

    Raises `Refused`, PermissionDenied. Runs as the engine.
    """
    _allowed(by)
    errors = _wrong(seat, by)
    if not agencies.in_date(by.agency, by.today):
        errors["sign_in"] = "Your agency's terms are not signed, or no longer in date"
    sign_in = sign_in.strip().lower()
    if User.objects.filter(sign_in=sign_in).exists():
        errors["sign_in"] = "Somebody signs in with this address already"
    if errors:
        raise Refused(errors)
    user = User(
        sign_in=sign_in, name=name.strip(), agency=by.agency, role=seat.role, title=seat.title, phone=seat.phone,
        area=seat.area, home_hash=postcode_hash(home_postcode) if home_postcode.strip() else "",
        demonstration=by.user.demonstration,
    )  # fmt: skip
    user.set_unusable_password()
    user.save()
    _said(user, "let_in", by, purpose)
    return user


def move(*, user: User, seat: Seat, by: Viewer, purpose: str) -> int:
    """Put somebody in another seat of the same agency; how many children they no longer have. What they were to any
    child in their old seat ends before today. Raises `Refused`, PermissionDenied. Runs as the engine."""
    _may(by, user)
    if errors := _wrong(seat, by):
        raise Refused(errors)
    other = (user.role, user.area) != (seat.role, seat.area)
    given_up = _give_up(user, by.today) if other else 0
    user.role, user.title, user.phone, user.area = seat.role, seat.title, seat.phone, seat.area
    user.save(update_fields=["role", "title", "phone", "area"])
    if other:
        sessions.end_all(user=user, by=by.user, purpose=purpose)
    _said(user, "move", by, purpose)
    return given_up


def leave(*, user: User, by: Viewer, purpose: str) -> int:
    """End somebody's seat today; how many children are nobody's by it. Raises PermissionDenied. Runs as the engine."""
    _may(by, user)
    given_up = _give_up(user, by.today)
    user.is_active, user.left_on = False, by.today
    user.save(update_fields=["is_active", "left_on"])
    CalendarKey.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
    sessions.end_all(user=user, by=by.user, purpose=purpose)
    _said(user, "leave", by, purpose)
    return given_up


def may_make_link(by: Viewer, user: User) -> bool:
    """Whether the administrator may make a link that sets this person's password: not whoever put their second factor
    away, until they have set up another, or one administrator could come in as them."""
    put_away = Change.objects.filter(user_id=by.id, action=second_factor.FORGOTTEN, subject_id=str(user.pk))
    return may_change(by, user) and (second_factor.has(user) or not put_away.exists())


def may_put_away(by: Viewer, user: User) -> bool:
    """Whether the administrator may put this person's second factor away: not whoever made a link to their password
    since it was set up."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None or not may_change(by, user):
        return False
    since = PasswordLink.objects.filter(user=user, made_at__gte=factor.made_at).values_list("pk", flat=True)
    made = Change.objects.filter(user_id=by.id, action=passwords.LINKED, subject_id__in=[str(pk) for pk in since])
    return not made.exists()


def put_second_factor_away(*, user: User, by: Viewer, purpose: str) -> None:
    """Let somebody whose phone is lost set up another when they next sign in; their sessions end. Raises
    PermissionDenied. Telling them is the caller's."""
    _may(by, user)
    if not may_put_away(by, user):
        raise PermissionDenied(
            "Another administrator has to do this: you made a link to their password since they set it up."
        )
    second_factor.forget(user=user, by=by.user, purpose=purpose)
    sessions.end_all(user=user, by=by.user, purpose=purpose)


def may_sign(by: Viewer) -> bool:
    """Whether this administrator keeps the terms of all agencies: the partnership's own."""
    return by.policy.administers and by.agency.partition(":")[0] == agencies.PARTNERSHIP


def sign_terms(
    *, agency: str, version: str, signed_by: str, signed_on: date, until: date, by: Viewer, purpose: str
) -> None:
    """Record what an agency has signed. Raises PermissionDenied, `Refused`. Runs as the engine."""
    if not may_sign(by):
        raise PermissionDenied("The partnership's own administrator keeps the terms of its agencies.")
    errors = {}
    if agency.partition(":")[0] not in words.agencies():
        errors["agency"] = "Enter an agency's id, for example school:123456"
    if until < signed_on:
        errors["until"] = "The last day is not before the day it was signed"
    if errors:
        raise Refused(errors)
    agencies.sign(
        agency=agency, version=version, signed_by=signed_by, signed_on=signed_on, until=until, by=by.id,
        purpose=purpose,
    )  # fmt: skip


def _give_up(user: User, today: date) -> int:
    """End what somebody is to children; how many children."""
    holding = Relation.objects.filter(Q(end__isnull=True) | Q(end__gte=today), user=user)
    children = holding.values("child_id").distinct().count()
    actions.unrelate(holding, today)
    return children


def _allowed(by: Viewer) -> None:
    if not by.policy.administers:
        raise PermissionDenied("An agency's administrator keeps the list of its people.")


def _may(by: Viewer, user: User) -> None:
    _allowed(by)
    if not may_change(by, user):
        raise PermissionDenied(
            "You keep the seats of your own agency's people, not your own, and not those of administrators and "
            "information governance leads."
        )


def _wrong(seat: Seat, by: Viewer) -> dict[str, str]:
    """Why this seat cannot be given, by field."""
    errors = {}
    if seat.role not in agencies.seats(by.agency):
        errors["role"] = f"{words.agency_title(by.agency)} gives no such seat"
    if seat.area not in areas(by):
        errors["area"] = "Choose your own area: a seat sees no wider than you administer"
    return errors


def _said(user: User, action: str, by: Viewer, purpose: str) -> None:
    changed(
        user_id=by.id, purpose=purpose, action=f"accounts.{action}", subject_kind="user", subject_id=user.pk,
        content="\x1f".join((user.role, user.agency, user.area, user.title)),
    )  # fmt: skip
