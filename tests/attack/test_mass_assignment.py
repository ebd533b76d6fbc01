"""Forms with more in them than they ask: a role of one's own, another's child, a lower level, another's name."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from planted import FAR, HARM, NEAR
from stronghold import Seat, Stronghold

from attempts import Attack
from throughline.web.accounts.models import User
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Message, Notice

ABOUT_ONESELF = ("monday", "find", "ring", "calendar_subscribe", "sign_in", "own_sign_in", "own_password", "boards")
"""Pages that everybody sends something to about themselves."""
SEEN_BY = ("role", "agency", "area", "is_active", "name", "sign_in")
"""What decides who somebody is."""


def test_changing_ones_own_role(own_stronghold: Stronghold, attack: Attack) -> None:
    """Roles, agencies and areas changed by oneself"""
    before = _people()
    for seat in own_stronghold.seats:
        for name in ABOUT_ONESELF:
            seat.browser.post(reverse(name), HARM | {"role": "social_worker", "agency": "partnership:971"})
            attack.attempt(f"{seat.name} {name}", _changed(before))


def _people() -> dict[int, tuple[object, ...]]:
    return {pk: tuple(rest) for pk, *rest in User.objects.values_list("pk", *SEEN_BY)}


def _changed(before: dict[int, tuple[object, ...]]) -> list[str]:
    return [f"{before.get(pk)} became {now}" for pk, now in _people().items() if before.get(pk) != now]


def test_recording_more_than_is_asked(own_stronghold: Stronghold, attack: Attack) -> None:
    """Records made with a child, a level, tags or a mark of one's own choosing"""
    seat = own_stronghold.seat("social_worker")
    far = own_stronghold.public[FAR]
    form = HARM | {
        "said_by": "la:971", "child": far, "child_id": far, "level": "SL0", "tags": "none",
        "statement_id": "1", "key": "x", "received_on": "2020-01-01", "typed_by_id": "1", "in_question": "on",
        "place": "zqvzqnearforged", "happened_on-day": "19", "happened_time": "10:00", "time_unknown": "",
    }  # fmt: skip
    known = _events()
    for kind in ("visit", "arrest", "ed_attendance", "direct_voice"):
        address = reverse("record", args=[own_stronghold.public[NEAR]]) + f"?kind={kind}"
        seat.browser.post(address, form | {"act": "record"})
    made = [event for pk, event in _events().items() if pk not in known]
    assert made, "something was recorded, or nothing is tried"
    for event in made:
        attack.attempt(event.kind, _not_as_asked(event, own_stronghold))


def _events() -> dict[int, Event]:
    with transaction.atomic(), as_engine():
        return {event.pk: event for event in Event.objects.filter(details__place="zqvzqnearforged")}


def _not_as_asked(event: Event, held: Stronghold) -> list[str]:
    from throughline import words

    kind = words.kinds()[event.kind]
    return [
        *(["about another child"] if event.child_id != held.ids[NEAR] else []),
        *([f"held at {event.level}"] if event.level < kind.level else []),
        *(["without its tags"] if not kind.tags <= set(event.tags) else []),
        *(["received long ago"] if event.received_on.year < 2026 else []),
        *(["in question"] if event.in_question else []),
    ]


def test_what_belongs_to_somebody_else(own_stronghold: Stronghold, attack: Attack) -> None:
    """Messages, notices and drafts of somebody else"""
    child = own_stronghold.public[NEAR]
    for seat in own_stronghold.seats:
        if seat.name != "police_desk":
            seat.browser.post(reverse("notice_read", args=[own_stronghold.pieces["notice"][0]]))
            attack.attempt(f"{seat.name}: a notice", _read(Notice, own_stronghold.pieces["notice"][0]))
        if seat.name != "social_worker":
            seat.browser.get(reverse("message", args=[own_stronghold.pieces["message"][0]]))
            attack.attempt(f"{seat.name}: a message", _read(Message, own_stronghold.pieces["message"][0]))
            answer = seat.browser.get(reverse("record", args=[child]) + "?kind=visit")
            attack.attempt(f"{seat.name}: a draft", seat.leaked(answer.content.decode()))


def _read(kind: type[Notice] | type[Message], number: object) -> str:
    with transaction.atomic(), as_engine():
        return "it counts as read" if kind.objects.get(pk=number).read_at else ""


def test_what_nobody_of_another_seat_may_do(own_stronghold: Stronghold, attack: Attack) -> None:
    """Deliveries, rules and duties decided by seats that may not"""
    for seat in own_stronghold.seats:
        for name, numbers in (("own_rule_on", "text"), ("own_rule_try", "text"), ("delivery_withdraw", "delivery")):
            if not _may(seat, name):
                address = reverse(name, args=[own_stronghold.pieces[numbers][0]])
                answer = seat.browser.post(address, HARM)
                attack.attempt(f"{seat.name} {address}", answer.status_code < 400 and f"answered {answer.status_code}")


def _may(seat: Seat, name: str) -> bool:
    return seat.policy.intake is not None if name == "delivery_withdraw" else seat.role == "business_manager"
