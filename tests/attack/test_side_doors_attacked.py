"""Side doors: what a search, a count, a status, an address or a line of the log gives away by itself."""

from __future__ import annotations

import io
import logging
import re

import addresses
from django.test import Client as Browser
from django.urls import reverse
from planted import CLOSED, FAR, FORMER, NEAR, SEALED, SECRET
from probing import wrong_with
from stronghold import Seat, Stronghold

from attempts import Attack
from throughline.web import logs
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, pace, selectors

INJECTED = (
    "' or 1=1 --", "'; drop table linkage_child; --", "%", "_", "%%zq%%", "*", ".*", "\x00", "\x00zq", "zq" * 4000,
    "{{7*7}}", "${7*7}", "../../etc/passwd", "\r\nSet-Cookie: zq=1", "<script>alert(7)</script>", "\u202ezq", "1e309",
    "-1", "9" * 40, "null", "[]", "٣", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
)  # fmt: skip
"""What is typed into boxes and put into addresses by those who try."""


def some(held: Stronghold) -> list[Seat]:
    """One of each sort: who works with children, who answers for numbers, who keeps the desks, who keeps the lists."""
    return [held.seat(role) for role in ("social_worker", "dsl", "police_desk", "analyst", "data_desk", "partner")]


def test_searches(stronghold: Stronghold, attack: Attack) -> None:
    """Searches for what is hidden, by name and by content"""
    words = [f"zqvzq{name}family" for name in (SEALED, CLOSED, FAR)]
    words += [text for text, secret in stronghold.secrets.items() if secret.item is not None][::60]
    for seat in stronghold.seats:
        if not seat.policy.searches:
            attack.attempt(f"{seat.name} searches", _searched(seat, f"zqvzq{FAR}family", locates=seat.policy.locates))
            continue
        for word in (words[0], words[1], words[3 + len(seat.name) % (len(words) - 3)]):
            attack.attempt(f"{seat.name} searches {word}", _searched(seat, word))


def _searched(seat: Seat, word: str, *, locates: bool = False) -> list[str]:
    found = []
    browser = seat.signed_in()
    for name in ("find", "ring"):
        answer = browser.post(reverse(name), {"query": word}, follow=True)
        # What was typed stands in its own box again: that is no find.
        said = answer.content.decode().replace(f'value="{word}"', "").replace(f"“{word}”", "").replace(f"‘{word}’", "")
        found += [text for text in seat.leaked(said) if text != word]
        found += [f"{name}: a link to a child"] if re.search(r'href="/children/[0-9a-f]{8}-', said) and locates else []
    return found


def test_searching_very_fast(stronghold: Stronghold, attack: Attack) -> None:
    """Searches one after the other, faster than a person"""
    seat = stronghold.seat("early_help_worker" if stronghold.seat("early_help_worker").policy.searches else "iro")
    answered = []
    for n in range(pace.MOST + 5):
        seat.browser.post(reverse("find"), {"query": f"zqvzqnobody{n}"})
        answered.append(seat.browser.get(reverse("found")).status_code)
    assert 200 in answered
    for code in answered[pace.MOST :]:
        attack.attempt("one more", code == 200 and "it searched")


def test_what_is_put_into_addresses_and_boxes(stronghold: Stronghold, attack: Attack) -> None:
    """SQL, markup, headers, paths and nonsense in addresses and boxes"""
    asked = (
        "q",
        "text",
        "name",
        "kind",
        "item",
        "known",
        "to",
        "lane",
        "duty",
        "page",
        "answers",
        "area",
        "month",
        "scale",
    )
    places = [
        p for p in addresses.pages() if p.name in ("child", "faults", "subject_named", "record", "measures", "rules")
    ]
    seats = some(stronghold)
    for n, text in enumerate(INJECTED):
        seat = seats[n % len(seats)]
        for page in places:
            address = addresses.of(page, stronghold)[0].partition("?")[0]
            answer = seat.browser.get(address, dict.fromkeys(asked, text))
            attack.attempt(f"{seat.name} {address} with {text[:30]!r}", wrong_with(seat, address, answer))
        for name, field in (("find", "query"), ("ring", "query"), ("sign_in", "next")):
            answer = seat.browser.post(reverse(name), {field: text}, follow=True)
            wrong = list(wrong_with(seat, name, answer))
            wrong += ["it leads away"] if answer.headers.get("Location", "/")[:2] in ("//", "ht") else []
            attack.attempt(f"{seat.name} {name} with {text[:30]!r}", wrong)


def test_where_signing_in_leads(stronghold: Stronghold, attack: Attack) -> None:
    """Ways on after signing in that lead to another site"""
    browser = stronghold.seat("social_worker").browser
    for onward in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(7)",
        "\t//evil.example",
    ):
        answer = browser.get(reverse("sign_in"), {"next": onward})
        attack.attempt(onward, "evil" in answer.headers.get("Location", "") and answer.headers["Location"])
    answer = Browser(raise_request_exception=False).get(reverse("sign_in"), headers={"host": "evil.example"})
    attack.attempt("another host's name", answer.status_code < 400 and "answered")


def test_what_is_not_there_and_what_is_hidden(stronghold: Stronghold, attack: Attack) -> None:
    """Answers that tell hidden from not there"""
    for seat in stronghold.seats:
        if not seat.policy.searches:
            same = (stronghold.public[FAR], stronghold.public[SEALED], stronghold.public[FORMER], addresses.NOBODY)
        else:
            same = (stronghold.public[SEALED], stronghold.public[CLOSED], addresses.NOBODY)
        codes = {seat.browser.get(reverse("child", args=[child])).status_code for child in same}
        attack.attempt(f"{seat.name}: pages", len(codes) > 1 and f"answers {codes}")
        items = {
            seat.browser.get(reverse("owed_line", args=[number])).content.count(b"\n")
            for number in (stronghold.pieces["owed"][-1], addresses.NO_NUMBER)
        }
        attack.attempt(f"{seat.name}: duties", len(items) > 1 and "the pages are not the same")


def test_something_sealed_changes_nothing(own_stronghold: Stronghold, attack: Attack) -> None:
    """Counts, charts, lists and marks before and after something sealed (SL5) is recorded"""
    names = (
        "home",
        "monday",
        "meetings",
        "calendar",
        "measures",
        "areas",
        "pupils",
        "child",
        "child_tab",
        "measure",
        "area",
    )
    pages = [page for page in addresses.pages() if page.name in names]
    asked = [
        (seat, a) for seat in own_stronghold.seats[::3] for p in pages for a in addresses.of(p, own_stronghold)[:1]
    ]
    before = {(seat.name, address): _body(seat, address) for seat, address in asked}
    worker = own_stronghold.seat("social_worker")
    with viewing(worker.user) as viewer:
        fields = {"happened_on": "2026-04-20", "said_by": "la:971", "place": "zqvzqnearsealed"}
        child = own_stronghold.public[NEAR]
        for kind in ("missing_start", "serious_incident", "arrest"):
            actions.record(kind=kind, child=child, fields=fields, by=viewer, purpose="test", level="SL5")
    for seat, address in asked:
        after = _body(seat, address)
        attack.attempt(f"{seat.name} {address}", after != before[seat.name, address] and "it is not what it was")


def _body(seat: Seat, address: str) -> str:
    """A page without what differs each time it is drawn."""
    said = seat.browser.get(address).content.decode()
    said = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|nonce-[\w-]+', "", said)
    return re.sub(r'hx-headers="[^"]*"|"X-CSRFToken": ?"[^"]*"|/owed/\d+|duty=\d+|answers=\d+|id="[^"]*\d+"', "", said)


def test_lines_of_the_log(stronghold: Stronghold, attack: Attack) -> None:
    """Lines of the log while pages are shown, refused and broken"""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Line("%(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    secret = "s" * 43
    try:
        for seat in some(stronghold):
            for child in (NEAR, FAR, SEALED):
                seat.browser.get(reverse("child", args=[stronghold.public[child]]))
            seat.browser.post(reverse("find"), {"query": f"zqvzq{FAR}family"}, follow=True)
            Browser().get(reverse("calendar_feed", args=[secret]))
            Browser().post(reverse("sign_in"), {"sign_in": seat.user.sign_in, "password": "zqvzqownpassword"})
        _breaks(some(stronghold)[0], stronghold)
    finally:
        logging.getLogger().removeHandler(handler)
    lines = written.getvalue().splitlines()
    assert any("ZeroDivisionError" in line for line in lines), "what broke is in the log, or nothing is tried"
    for line in lines:
        told = SECRET.findall(line) + [w for w in (secret, "@example.org", *stronghold.public.values()) if w in line]
        attack.attempt(line[:60], told)


def _breaks(seat: Seat, held: Stronghold) -> None:
    import pytest

    def broken(viewer, child, *rest):
        name = selectors.who(viewer, child).name
        raise ZeroDivisionError(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selectors, "page_and_line", broken)
        assert seat.browser.get(reverse("child", args=[held.public[NEAR]])).status_code == 500
