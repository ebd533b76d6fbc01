"""What holding something more closely does: it only adds, only to what it names, and ends when it is lifted."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from throughline import words
from throughline.feeds.base import Event, Statement
from throughline.web.casework import shares_holding as holding

GROUNDS = st.sampled_from(list(words.codes("holding_ground")))
AUDIENCES = st.lists(st.sampled_from(list(words.codes("audience"))), unique=True)


def event(record: str, kind: str, details: dict[str, str] | None = None, ref: str = "", level: str = "SL2") -> Event:
    said = Statement("events", "events", "", 1, record, "", (), said_by="la:971", received_on=date(2026, 4, 1))
    return Event(kind, date(2026, 4, 1), None, "day", "la:971", said, frozenset(), details or {}, ref, level)


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """Some records of a line and some restrictions on them."""
    records = [
        event(f"R{n}", "safety_plan", level=draw(st.sampled_from(["SL1", "SL2", "SL3", "SL4"])))
        for n in range(draw(st.integers(1, 6)))
    ]
    holds = []
    for n in range(draw(st.integers(0, 4))):
        named = draw(st.lists(st.sampled_from(records), unique_by=lambda e: e.key))
        said = {
            "holding_ground": draw(GROUNDS),
            "not_to": ";".join(draw(AUDIENCES)),
            "quotes": holding.as_quotes(e.key for e in named),
        }
        holds.append(event(f"H{n}", holding.HELD, said, f"hold {n}"))
    return records, holds


@given(lines(), st.sets(st.integers(0, 3)))
def test_it_adds_to_what_it_names_until_it_is_lifted_and_to_nothing_else(
    line: tuple[list[Event], list[Event]], lifted: set[int]
) -> None:
    records, holds = line
    lifts = [event(f"L{n}", holding.LIFTED, {}, f"hold {n}") for n in lifted]
    told = [*records, *holds, *lifts]
    after = holding.hold(told, holding.in_force(told))
    standing = [h for n, h in enumerate(holds) if n not in lifted]
    assert [e.key for e in after] == [e.key for e in told]
    for before, now in zip(told, after, strict=True):
        naming = [h for h in standing if before.key in holding.keys_in(h.details["quotes"])]
        assert now.level == max([before.level, *(_level(h) for h in naming)])
        assert now.tags == before.tags.union(*(_tags(h) for h in naming))


def _level(hold: Event) -> str:
    return holding.policy().grounds[hold.details["holding_ground"]].level


def _tags(hold: Event) -> frozenset[str]:
    audiences = holding.policy().audiences
    named = [audiences[id].tags for id in hold.details["not_to"].split(";") if id]
    return holding.policy().grounds[hold.details["holding_ground"]].tags.union(*named)


def test_what_quotes_a_record_is_held_like_it() -> None:
    plan = event("R1", "safety_plan")
    decided = event("D1", "sharing_decided", {"quotes": plan.key})
    held = event("H1", holding.HELD, {"holding_ground": "staff_link", "quotes": plan.key}, "hold 1")
    told = [decided, plan, held]
    after = {e.key: (e.level, e.tags) for e in holding.hold(told, holding.in_force(told))}
    assert after[decided.key] == after[plan.key] == ("SL4", frozenset({"STAFF-LINK"}))
    assert after[held.key] == ("SL2", frozenset()), "that something is held may be known"
