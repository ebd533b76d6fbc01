"""Every address of the site, from its URL map, filled in as an attacker would: with what is theirs and what is not.

A page that is new joins by itself where its places are called as others' are; where nobody has said how to fill a place
(`unknown`), a test says what to add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pieces import CALENDAR_SECRET
from planted import AREA, CLOSED, FAR, FORMER, NEAR, PLACE, PLAN, SEALED, name_of
from stronghold import Stronghold

from throughline.web.casework.reading import worklists

NOBODY = "00000000-0000-4000-8000-000000000000"
NO_NUMBER = 999_999
NOT_THERE = "no-such-thing"
PROVIDER = "norbrook"
"""One that is set up and does not answer."""


SPREAD = 12
"""One in so many tries what is one more way of the same."""
ALIKE = frozenset({"rules", "rule_rows", "help", "privacy"})
"""Pages that are the same for everybody and take long to draw."""


class Page(NamedTuple):
    """One line of the URL map."""

    name: str
    places: tuple[str, ...]
    """What has to be filled in."""


Fill = Callable[[Stronghold], list[object]]


def _piece(kind: str) -> Fill:
    return lambda held: [*held.pieces[kind], NO_NUMBER]


PLACES: Mapping[str, Fill] = {
    "child_id": lambda held: [*(held.public[name] for name in (NEAR, FAR, FORMER, SEALED, CLOSED)), NOBODY],
    "subject_id": lambda held: [held.public[PLACE], held.public[PLAN], NOBODY],
    "board_id": lambda held: [*worklists.boards(), NOT_THERE],
    "form_id": lambda held: ["visited", NOT_THERE],
    "duty_id": lambda held: ["rhi-72h", NOT_THERE],
    "code": lambda held: [AREA, NOT_THERE],
    "agency": lambda held: [f"la:{AREA}", NOT_THERE],
    "secret": lambda held: ["0" * 43],
    "notice_id": _piece("notice"),
    "table": lambda held: [NOT_THERE],
    "tab": lambda held: ["owed", "plans", "team", "voice", "chapters", "sources", NOT_THERE],
    "file": lambda held: [1, NO_NUMBER],
    "provider": lambda held: [PROVIDER, NOT_THERE],
    "audience": lambda held: ["child", NOT_THERE],
}
"""What goes into a place, by what the URL map calls it."""
PLACES_OF: Mapping[str, Mapping[str, Fill]] = {
    "calendar_feed": {"secret": lambda held: [CALENDAR_SECRET, "0" * 43]},
    "areas_csv": {"table": lambda held: ["missing-months", NOT_THERE]},
    "area_csv": {"table": lambda held: ["missing-months", NOT_THERE]},
    "measures_csv": {"table": lambda held: ["theme-missing", NOT_THERE]},
    "measure_csv": {"table": lambda held: ["months", NOT_THERE]},
    "fairness_csv": {"table": lambda held: ["raised", NOT_THERE]},
    "rule_decide": {
        "duty_id": lambda held: ["r01-exploitation-signs", NOT_THERE],
        "what": lambda held: ["off", NOT_THERE],
    },
    "owed_line": {"number": _piece("owed")},
    "message": {"number": _piece("message")},
    "desk_question": {"number": _piece("question")},
    "desk_pair": {"number": _piece("pair")},
    "join_again": {"number": _piece("parting")},
    "glass_opened": {"ref": lambda held: [*held.pieces["opened"], NOBODY]},
    "looks_finding": {"ref": lambda held: [*held.pieces["finding"], NOBODY]},
    "around_end": {"number": _piece("seat")},
    "keeping_end_hold": {"number": _piece("hold")},
    **{name: {"number": _piece("destruction")} for name in ("keeping_proposed", "keeping_sign", "keeping_take_back")},
    "mapping": {"number": _piece("odd_in"), "file": _piece("odd")},
    "own_session_end": {"number": lambda held: [1, NO_NUMBER]},
    **{
        name: {"number": _piece("person")}
        for name in ("looks_person", "person", "person_leave", "person_link", "person_second_factor")
    },
    **{
        f"access{each}": {"number": _piece("request")}
        for each in ("", "_close", "_collect", "_copy", "_hand_over", "_items", "_make", "_step")
    },
    **{name: {"number": _piece("text")} for name in ("own_rule", "own_rule_try", "own_rule_trial", "own_rule_on")},
    **{
        name: {"number": _piece("delivery")}
        for name in ("delivery", "delivery_progress", "delivery_again", "delivery_withdraw", "faults", "faults_csv")
    },
}
"""The same where what goes there depends on the page."""
QUERIES: Mapping[str, Callable[[Stronghold], tuple[str, ...]]] = {
    "record": lambda held: ("?kind=visit", "?q=zq", *(f"?answers={n}" for n in held.pieces["owed"])),
    "child": lambda held: (
        *("?q=zq", "?lane=police", "?scale=life", "?known=2026-03-01&lens=received", "?known=2026-03-01&lens=recorded"),
        *(f"?duty={n}" for n in held.pieces["owed"]),
    ),
    "question": lambda held: tuple(f"?item={quote(key)}" for key in held.keys),
    "dispute": lambda held: tuple(f"?item={quote(key)}" for key in held.keys),
    "part": lambda held: tuple(f"?item={quote(key)}" for key in held.keys),
    "subject_named": lambda held: (f"?kind={PLACE}&name={quote(name_of(PLACE))}",),
    "faults": lambda held: ("?text=zq",),
    "dispute_answer": lambda held: tuple(f"?item={quote(key)}" for key in held.keys),
    "share_answer": lambda held: tuple(f"?request={quote(key)}" for key in held.pieces["asked"]),
    "share_look_again": lambda held: tuple(f"?held={quote(key)}" for key in held.pieces["held"]),
    "record_about": lambda held: ("?kind=context_screening",),
    "measure_names": lambda held: ("?part=overdue&side=area&slot=la:971",),
}
"""What else an address may ask for."""

QUERIES_ONLY = frozenset({"dispute_answer", "share_answer", "share_look_again", "record_about"})
"""Pages of what the query names."""


def pages() -> list[Page]:
    """The URL map, flat."""
    return sorted(_under(get_resolver().url_patterns, ()))


def _under(patterns: list[URLPattern | URLResolver], outer: tuple[str, ...]) -> Iterator[Page]:
    for each in patterns:
        places = (*outer, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from _under(each.url_patterns, places)
        else:
            assert each.name, f"{each.pattern} has no name: name it, so that it can be attacked"
            yield Page(each.name, places)


def of(page: Page, held: Stronghold) -> list[str]:
    """Addresses of a page: each place filled in every way, the others as they come first."""
    own = PLACES_OF.get(page.name, {})
    ways = [(own.get(place) or _fill(page, place))(held) for place in page.places]
    filled = dict.fromkeys(
        tuple(other if n == m else first[0] for m, first in enumerate(ways))
        for n, each in enumerate(ways)
        for other in each
    ) or {(): None}
    found = [reverse(page.name, kwargs=dict(zip(page.places, each, strict=True))) for each in filled]
    return [*found, *(found[0] + query for query in QUERIES.get(page.name, lambda held: ())(held))]


def for_seat(page: Page, held: Stronghold, n: int) -> list[str]:
    """Which of a page's addresses the `n`-th person tries: the first two (what is shown, what is somebody else's), and
    of the others a part, so that every address is tried by some and everybody tries every page."""
    every = of(page, held)
    if page.name in QUERIES_ONLY:  # without what is asked for there is no such page
        first = len(every) - len(QUERIES[page.name](held))
        every = [*every[first:], *every[:first]]
    if page.name in ALIKE and n % SPREAD:
        return []
    return every[:2] + [address for m, address in enumerate(every[2:]) if (n + m) % SPREAD == 0]


def unknown() -> list[str]:
    """Places that nobody has said how to fill, each with its page."""
    return [
        f"<{place}> of {page.name}"
        for page in pages()
        for place in page.places
        if place not in PLACES_OF.get(page.name, PLACES) and place not in PLACES
    ]


def _fill(page: Page, place: str) -> Fill:
    return PLACES.get(place, lambda held: [NO_NUMBER])
