"""The texts that must not get out, each one its own: whose it is, how closely it is held, the rows that bring it in.

A leak is found by looking for these texts in whatever comes back. The names hold what does harm where it is run
instead of shown.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import cast
from stores import TODAY
from throughline import feeds, sharing, words

NEAR, FAR, FORMER, SEALED, CLOSED, APART = "near", "far", "former", "sealed", "closed", "apart"
"""Known to everyone; of another area; known until yesterday and from tomorrow on; sealed (SL5); whose page has
closed; and of whom there never was one."""
STRANGERS = (FAR, FORMER, SEALED, CLOSED)
"""Children with a line whom nobody is related to today."""
CHILDREN = (NEAR, *STRANGERS, APART)
PLACE, PLAN = "context", "police_plan"
"""The subjects that are no child, by their kind; one of each."""
AREA, ELSEWHERE = "971", "972"
COLUMNS = feeds.get("events").tables["events"]
"""Of the layout for any event."""

SECRET = re.compile(r"zqvzq(?:near|far|former|sealed|closed|apart|context|policeplan|own)[a-z0-9]*", re.IGNORECASE)
"""How a planted text begins: so long that no token drawn at random has it (with `zq` alone, one in some runs had)."""
SCRIPT = "<img src=x onerror=alert(7)>"
FORMULA = "=HYPERLINK(A1)"
HARM = {
    "role": "team_manager", "agency": "la:971", "area": "", "is_active": "on", "user": "1", "user_id": "1",
    "child": "1",
    "child_id": "1", "level": "SL0", "tags": "", "said_by": "la:971", "kind": "visit", "act": "save", "verdict": "same",
    "what": "all of it", "why": "because", "reason": "because", "purpose": "because", "note": SCRIPT, "text": FORMULA,
    "query": "zq", "q": "zq", "with": "all", "until-day": "30", "until-month": "4", "until-year": "2026",
    "happened_on-day": "20", "happened_on-month": "4", "happened_on-year": "2026", "time_unknown": "on",
}  # fmt: skip
"""What a form is sent with: what many of them ask, and what none should take."""


class Secret(NamedTuple):
    """One planted text, and what it is a part of."""

    text: str
    whose: str
    """A child, or the kind of the subject that is none."""
    item: sharing.Item | None = None
    """What it is held as; None: the name or number, which is the locator."""
    only: str = ""
    """It is one person's own (their message, their draft), and whose."""
    through: frozenset[str] = frozenset()
    """Only for those related to the child in one of these ways, because of what they do with it."""
    in_question: bool = False
    """Somebody doubts whose it is, so the data desk reads it too."""


BORN = "01/01/2010"
"""The near child's birthday, as somebody types it who searches (`_child`)."""


def secrets() -> dict[str, Secret]:
    """Every text: of the near child one for each kind and one for each level and tag, of the others some."""
    made = [*_names(), *_of_every_kind(), *_of_every_level_and_tag(), DOUBTED, THERE, *NOT_IN_ROWS]
    for name in (*STRANGERS, APART):
        made += [_of_child(name, "visit", level, tag, n) for n, (level, tag) in enumerate(_some())]
    for kind, told in ((PLACE, "context_screening"), (PLAN, "disruption_plan")):
        made += [_of_subject(kind, told, level, tag, n) for n, (level, tag) in enumerate(_some())]
    return {secret.text: secret for secret in made}


def rows(planted: Iterable[Secret]) -> Iterator[dict[str, str]]:
    """One row of the layout for any event for each text, no two of one child on a day; and why each has a page."""
    days = {name: itertools.count(1) for name in (*CHILDREN, PLACE, PLAN)}
    for secret in planted:
        if secret.item is not None and secret.whose != APART and secret not in NOT_IN_ROWS:
            day = TODAY - timedelta(next(days[secret.whose]))
            place = {"context": name_of(PLACE)} if secret == THERE else {}
            yield _row(secret.whose, secret.item, day, secret.text, {"note": secret.text} | place)
    for name in (NEAR, *STRANGERS):
        yield _row(name, sharing.Item("SL2", frozenset(), "referral"), TODAY - timedelta(700), f"{name}-open", {})


def later_rows() -> Iterator[dict[str, str]]:
    """What the next delivery holds: a row told again, and one with a cell that cannot be read."""
    again = Secret(THERE.text, THERE.whose, THERE.item)
    yield from rows([again])
    yield _row(FAULTY.whose, FAULTY.item, TODAY, FAULTY.text, {}) | {"recorded": FAULTY.text}


def number(child: str) -> str:
    """What their authority calls a child."""
    return f"LA-{child.upper()}"


def name_of(subject: str) -> str:
    """What a subject that is no child is called."""
    return f"zqvzq{_plain(subject)}name {SCRIPT}"


_ORIGINATORS = sharing.Item("SL3", frozenset({"ORIG"}), "arrest")
DOUBTED = Secret("zqvzqneardoubted", NEAR, _ORIGINATORS, in_question=True)
DOUBT = Secret("zqvzqneardoubt", NEAR, _ORIGINATORS, in_question=True)
"""An item that its sender decides about, and why somebody doubts that it is about this child."""
MESSAGE = Secret("zqvzqownmessage", NEAR, only="social_worker")
DRAFT = Secret("zqvzqowndraft", NEAR, only="social_worker")
ASKER = Secret("zqvzqnearasker", NEAR, through=sharing.whole_record().decided_by)
COPY = Secret("zqvzqnearcopy", NEAR, through=sharing.whole_record().made_by)
THERE = Secret("zqvzqnearthere", NEAR, sharing.Item("SL2", frozenset({"POL-P"}), "robbery"))
"""What befell the near child at the place, which it names."""
PUT_OFF = Secret("zqvzqnearputoff", NEAR, sharing.Item("SL3", frozenset({"HLTH"}), "ed_attendance"))


FAULTY = Secret("zqvzqnearfaulty", NEAR, sharing.Item("SL4", frozenset({"POL-C"}), "arrest"))
"""What stands in a cell that could not be read, of a row that is held closely."""
NOT_IN_ROWS = (DOUBT, MESSAGE, DRAFT, PUT_OFF, ASKER, COPY, FAULTY)
"""Texts that no row of the first delivery brings in: they stand in a later one, or in what people did (`pieces`)."""


def _names() -> Iterator[Secret]:
    for name in CHILDREN:
        yield from (Secret(f"zqvzq{name}{part}", name) for part in ("first", "family"))
    yield from (Secret(f"zqvzq{_plain(kind)}name", kind) for kind in (PLACE, PLAN))


def _of_every_kind() -> Iterator[Secret]:
    kinds = [kind for kind in words.kinds().values() if words.CHILD in kind.about]
    for n, kind in enumerate(kinds):
        yield Secret(f"zqvzqnearkind{n:03}", NEAR, sharing.Item(kind.level, kind.tags, kind.id))


def _of_every_level_and_tag() -> Iterator[Secret]:
    kinds = itertools.cycle(("visit", "safety_plan", "rhi_held", "ed_attendance", "arrest", "suspension"))
    for n, (level, tag) in enumerate(itertools.product(sorted(words.levels()), ("", *sorted(words.tags())))):
        yield _of_child(NEAR, next(kinds), level, tag, n)


def _some() -> Iterator[tuple[str, str]]:
    return itertools.product(("SL1", "SL2", "SL3", "SL4", "SL5"), ("", "POL-C", "CHILD-CONF", "PROT-PERSON"))


def _of_child(child: str, kind: str, level: str, tag: str, n: int) -> Secret:
    return Secret(_text(child, level, tag, n), child, _held(kind, level, tag))


def _of_subject(subject: str, kind: str, level: str, tag: str, n: int) -> Secret:
    return Secret(_text(_plain(subject), level, tag, n), subject, _held(kind, level, tag))


def _held(kind: str, level: str, tag: str) -> sharing.Item:
    return sharing.Item(level, words.kinds()[kind].tags | (frozenset({tag}) if tag else frozenset()), kind)


def _text(whose: str, level: str, tag: str, n: int) -> str:
    return f"zqvzq{whose}{level}{_plain(tag)}{n:03}".lower()


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "")


def _row(whose: str, item: sharing.Item, day: date, record: str, details: Mapping[str, str]) -> dict[str, str]:
    said = {
        "source_system": f"la:{AREA}", "extract_date": str(TODAY), "source_record_id": record, "kind": item.kind,
        "level": item.level, "tags": ";".join(sorted(item.tags)), "happened": str(day),
        "details": json.dumps(details) if details else "",
    }  # fmt: skip
    about = _child(whose) if whose in CHILDREN else {"subject_kind": whose, "subject_id": name_of(whose)}
    return dict.fromkeys(COLUMNS, "") | about | said


def _child(name: str) -> dict[str, str]:
    """Who a child is; born on a day of their own, their first name one that does harm."""
    n = CHILDREN.index(name)
    who = cast.Child(
        forename=f"zqvzq{name}first {FORMULA if n % 2 else SCRIPT}", surname=f"zqvzq{name}family", sex="F",
        dob=date(2010, 1 + n, 1 + n), la=ELSEWHERE if name == FAR else AREA, la_id=number(name), upn="",
        nhs_number="", postcode="",
    )  # fmt: skip
    return who.identity(f"la:{AREA}", str(TODAY))
