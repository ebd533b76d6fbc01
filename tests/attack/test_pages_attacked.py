"""Every page, file, download and calendar, asked for and sent to as every role: what is not theirs is not in
the answer, and whoever is not shown a page changes nothing by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import addresses
import two_at_once
from django.db import connection, transaction
from django.test import Client as Browser
from planted import BORN, HARM, NEAR
from probing import wrong_with
from stronghold import Seat, Stronghold

from attempts import Attack
from throughline import sharing
from throughline.web.casework.engine_role import as_engine

OK, MOVED, DENIED, NOT_FOUND, BY_POST = 200, 302, 403, 404, 405
SEEN_AFTER: Mapping[str, str] = {
    "sign_in_with": "a provider that answers",
    "sign_in_from": "a provider that answers",
    "sign_in_code": "a password, by somebody who is not in",
    "sign_in_second": "a password, by somebody who is not in",
}
"""Pages that are shown only after something, and lead away from here without it; their own tests see them."""
AFTER: Mapping[str, Callable[[Stronghold], Mapping[str, object]]] = {
    "found": lambda held: {"find": BORN},
    "ring_found": lambda held: {"ring": BORN},
    "recorded": lambda held: {
        "recorded": {"child": held.public[NEAR], "title": "Visit", "owed": held.pieces["owed"][:1], "back": ""}
    },
    "first_password": lambda held: {"password_link": held.pieces["link"][0]},
}
"""Pages that are shown only after something, and what the session keeps of it."""
LEADS_ON = frozenset({"boards", "first_password_link", "home", "message", "sign_in", "subject_named"})
"""Pages that only ever lead on to another."""
OPEN_TO_ALL = frozenset({"sign_in", "sign_out", "privacy", "privacy_notice", "help"})
SENT_ONLY: Mapping[str, Callable[[Seat], bool]] = {
    "child_new": lambda seat: False,  # only after a search: test_side_doors
    "calendar_subscribe": lambda seat: True,
    **dict.fromkeys(
        ("own_recovery_codes", "own_second_factor_remove", "own_session_end", "own_sessions_end"), lambda seat: True
    ),
    **dict.fromkeys(("keeping_propose", "keeping_sign", "keeping_take_back"), lambda seat: seat.policy.keeps),
    **dict.fromkeys(("person_link", "person_second_factor"), lambda seat: seat.policy.administers),
    "around_end": lambda seat: bool(seat.gives()),
    "notice_read": lambda seat: True,  # one's own: else nothing changes
    "record_draft": lambda seat: True,  # what their own child's page allows: `STRANGERS` are tried by the page's form
    **{
        name: lambda seat: not sharing.whole_record().made_by.isdisjoint(seat.relations)
        for name in ("access_collect", "access_make")
    },
    "join_again": lambda seat: seat.opens("near"),
    "own_rule_try": lambda seat: seat.role == "business_manager",
    "own_rule_on": lambda seat: seat.role == "business_manager",
    "delivery_again": lambda seat: seat.policy.intake is not None,
    "desk_pair": lambda seat: seat.policy.desk,
}
"""Pages that are only ever sent to, and who may: there is no form of theirs to be refused first."""


ANSWERED: dict[tuple[str, str], int] = {}
"""How each was answered at each address, where they have been asked for before their forms are sent."""


class Tried(NamedTuple):
    """What one person tried, and how it was answered."""

    page: str
    who: str
    address: str
    code: int
    wrong: tuple[str, ...]


def test_every_page_as_every_role(stronghold: Stronghold, attack: Attack) -> None:
    """Pages, files, downloads, calendars: asked for as each role"""
    tried = two_at_once.done(partial(_ask_for_everything, stronghold), list(enumerate(stronghold.seats)))
    codes: dict[str, set[int]] = defaultdict(set)
    for one in chain(*tried):
        codes[one.page].add(one.code)
        ANSWERED[one.who, one.address] = one.code
        attack.attempt(f"{one.who} {one.address}", one.wrong)
    unseen = sorted(page for page, found in codes.items() if not found & {OK, BY_POST} and page not in LEADS_ON)
    assert unseen == sorted(SEEN_AFTER), (
        f"nobody was shown {', '.join(unseen)}: plant what stands there (tests/attack/pieces.py) and say how it is "
        "addressed (tests/attack/addresses.py), else nothing is tried"
    )


def _after(browser: Browser, kept: Mapping[str, object]) -> None:
    """Have done before what leaves this in the session."""
    if kept:
        session = browser.session
        session.update(kept)
        session.save()


def _ask_for_everything(held: Stronghold, seats: Sequence[tuple[int, Seat]]) -> list[Tried]:
    found = []
    for n, seat in seats:
        browser = seat.signed_in()
        for page in addresses.pages():
            for address in addresses.for_seat(page, held, n):
                _after(browser, AFTER.get(page.name, lambda _: {})(held))
                answer = browser.get(address)
                wrong = tuple(wrong_with(seat, address, answer))
                found.append(Tried(page.name, seat.name, address, answer.status_code, wrong))
    return found


def test_every_form_as_whoever_is_not_shown_it(stronghold: Stronghold, attack: Attack) -> None:
    """Forms sent as each role that is not shown them"""
    before = written()
    tried = list(chain(*two_at_once.done(partial(_send_everything, stronghold), stronghold.seats)))
    for one in tried:
        attack.attempt(f"{one.who} {one.address}", one.wrong)
    new = sorted(_sent_only(stronghold) - set(SENT_ONLY) - OPEN_TO_ALL)
    assert not new, f"{', '.join(new)}: only ever sent to; say in {__file__}, SENT_ONLY, who may"
    changed = sorted(name for name, rows in written().items() if rows != before.get(name))
    attack.attempt("all of it together", [f"{name} has changed" for name in changed])


def _send_everything(held: Stronghold, seats: Sequence[Seat]) -> list[Tried]:
    """Each form of which the first thing that is not there for somebody is refused them, with harm in it."""
    found = []
    for seat in seats:
        browser = seat.signed_in()
        for page in addresses.pages():
            for address in addresses.of(page, held)[:2]:
                code = ANSWERED.get((seat.name, address)) or browser.get(address).status_code
                if code in (DENIED, NOT_FOUND) or (code == BY_POST and not _may_send(seat, page.name)):
                    answer = browser.post(address, HARM)
                    wrong = tuple(wrong_with(seat, address, answer))
                    found.append(Tried(page.name, seat.name, address, answer.status_code, wrong))
                    break
    return found


def _sent_only(held: Stronghold) -> set[str]:
    """Pages that answer nobody who only asks for them."""
    browser = held.seat("social_worker").signed_in()
    first = {page.name: addresses.of(page, held)[0] for page in addresses.pages()}
    return {name for name, address in first.items() if browser.get(address).status_code == BY_POST}


def _may_send(seat: Seat, name: str) -> bool:
    return SENT_ONLY[name](seat) if name in SENT_ONLY else True


def written() -> dict[str, object]:
    """Of each walled table how many rows there are and the last change to any; of people who they are. Signing in,
    looking and following one's own messages are written down, so what records that is left out."""
    with transaction.atomic(), as_engine(), connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relrowsecurity"
            " and relnamespace = 'public'::regnamespace"
            " and relname not in ('audit_look', 'audit_change', 'casework_message')"
        )
        one = "select '{0}', count(*), coalesce(max(xmin::text::bigint), 0) from {0}"
        cursor.execute(" union all ".join(one.format(name) for (name,) in cursor.fetchall()))
        found: dict[str, object] = {name: rest for name, *rest in cursor.fetchall()}
        cursor.execute(
            "select id, sign_in, name, role, agency, area, is_active, password from accounts_user order by id"
        )
        return found | {"accounts_user": cursor.fetchall()}


def test_every_form_without_its_secret(stronghold: Stronghold, attack: Attack) -> None:
    """Forms sent from another site's page (CSRF)"""
    for seat in (stronghold.seat("social_worker"), stronghold.seat("data_desk"), stronghold.seat("business_manager")):
        browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
        browser.force_login(seat.user)
        for page in addresses.pages():
            for address in addresses.of(page, stronghold)[:1]:
                answer = browser.post(address, HARM, headers={"origin": "https://evil.example"})
                got_in = answer.status_code != DENIED and f"answered {answer.status_code}"
                attack.attempt(f"{seat.name} {address}", got_in)


def test_every_page_can_be_filled_in() -> None:
    missing = addresses.unknown()
    assert not missing, (
        f"tests/attack does not know what to put for {', '.join(missing)}. Say so in tests/attack/addresses.py "
        "(PLACES, or PLACES_OF for one page): what there is, what is somebody else's, what is not there. What it shows "
        "is planted in tests/attack/pieces.py"
    )
