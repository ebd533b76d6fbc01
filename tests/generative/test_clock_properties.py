"""What must hold of every clock, on lives nobody thought of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from throughline.duties import STATES, Instance, because, evaluate, rulebook, status
from throughline.feeds.base import Coverage, Event, Statement
from throughline.timeline import CoverageIndex, build, recorded_by

FIRST, LAST = date(2023, 9, 1), date(2026, 8, 31)
LAS = frozenset({"la:301"})
REFS = ["", "missing:1", "missing:2", "exclusion:1", "exclusion:2"]
ANSWERS = {
    "care_review_held",
    "assessment_completed",
    "initial_conference",
    "review_conference",
    "rhi_held",
    "rhi_declined",
    "education_provided",
    "governors_met",
}
KINDS = sorted(
    ANSWERS
    | {
        "care_started",
        "in_care_at",
        "care_ended",
        "referral",
        "case_closed",
        "strategy_discussion",
        "s47_started",
        "s47_ended",
        "cp_plan_started",
        "cp_plan_ended",
        "missing_start",
        "missing_found",
        "missing_end",
        "rhi_offer",
        "suspension",
        "permanent_exclusion",
        "exclusion_cancelled",
        *("direct_voice", "advocate_offered", "list_added", "list_removed", "education_status_started"),
        *("education_status_ended", "education_review", "placement_started", "placement_approved", "stability_meeting"),
        *("health_assessment", "missing_meeting", "social_worker_started", "social_worker_ended", "watch_review"),
        *("ehcp_issued", "ehcp_review_booked", "meeting_invitation", "police_protection", "police_protection_ended"),
        *("released_pending", "bail_extended", "worry", "exploitation_assessment", "nrm_reasonable_grounds"),
    }
)
MARKS = {
    "care_started": ["short_break"],
    "referral": ["nfa"],
    "s47_started": ["conference_not_required"],
    "initial_conference": ["plan_made"],
    "cp_plan_ended": ["outcomes_outstanding"],
    "education_status_started": ["no_school_place"],
    "placement_started": ["out_of_area", "unplanned"],
    "placement_approved": ["out_of_area"],
    "direct_voice": ["via_parent", "own_voice"],
    "worry": ["drug_debt", "late_back"],
    "exploitation_assessment": ["trafficking"],
    "nrm_reasonable_grounds": ["positive"],
    "missing_end": ["away_without_authorisation", "found_not_returned"],
}
UNRELATED = "good_thing"
"""A kind that no rule asks about."""


BEFORE_IT_OPENS = {"by", "before", "lasting", "silence"}
"""Shapes that an answer may meet before they would have opened."""


@dataclass(frozen=True)
class Life:
    events: tuple[Event, ...]
    dob: date | None
    coverage: CoverageIndex
    as_of: date

    def owed(self, as_of: date | None = None, events: tuple[Event, ...] | None = None) -> list[Instance]:
        day = as_of or self.as_of
        told = self.events if events is None else events
        line = build(told, dob=self.dob, las=LAS, coverage=self.coverage, as_of=day)
        return evaluate(line, rulebook(), day)


days = st.dates(FIRST, LAST)


@st.composite
def event(draw: st.DrawFn, number: int, span: int) -> Event:
    kind = draw(st.sampled_from(KINDS))
    day = FIRST + timedelta(days=draw(st.integers(0, span)))
    timed = draw(st.booleans()) and kind.startswith(("missing", "rhi"))
    at = datetime(day.year, day.month, day.day, 12, draw(st.integers(0, 59)), tzinfo=UTC) if timed else None
    by, feed = draw(st.sampled_from([("la:301", "events"), ("police", "missing_police"), ("la:301", "ssda903")]))
    recorded = day + timedelta(days=draw(st.integers(0, 40))) if draw(st.booleans()) else None
    said = Statement(feed, "t", "f.csv", number, f"r{number}", "p", (), said_by=by, recorded_at=recorded)
    marks = frozenset(draw(st.lists(st.sampled_from(MARKS[kind]), max_size=1)) if kind in MARKS else [])
    sessions = str(draw(st.integers(1, 20)))
    details = {
        "suspension": {"sessions": sessions},
        "ehcp_review_booked": {"due": (day + timedelta(days=draw(st.integers(-5, 90)))).isoformat()},
        "released_pending": {"status": draw(st.sampled_from(["bail", "rui"]))},
        "bail_extended": {"status": draw(st.sampled_from(["inspector", "superintendent", "court"]))},
    }.get(kind, {})
    ref = draw(st.sampled_from(REFS)) if kind.startswith(("missing", "rhi", "ex", "su", "pe", "ed", "go")) else ""
    return Event(kind, day, at, "time" if timed else "day", by, said, marks, details, ref)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    count = draw(st.integers(1, 14))
    span = draw(st.sampled_from([14, 200, (LAST - FIRST).days]))  # busy weeks find other faults than years do
    events = tuple(draw(event(number, span)) for number in range(count))
    plans = [rulebook().plan(duty) for duty in rulebook()]
    needed = frozenset().union(*(plan.needed | plan.needs_feed for plan in plans))
    start = draw(st.one_of(st.just(date(2020, 1, 1)), days))
    end = draw(st.one_of(st.just(date(2027, 1, 1)), days))
    coverage = CoverageIndex([Coverage("la:301", needed, start, end)])
    dob = draw(st.one_of(st.none(), st.dates(date(2006, 1, 1), date(2018, 1, 1))))
    return Life(events, dob, coverage, draw(days))


def dates_of(owed: list[Instance]) -> set[tuple[object, ...]]:
    return {(i.duty, i.stage, i.trigger.key, i.opened, i.due, i.due_latest, i.warn_from) for i in owed}


def facts_of(owed: list[Instance], as_of: date) -> set[tuple[object, ...]]:
    return {
        (
            i.duty,
            i.stage,
            i.trigger.key,
            i.due,
            i.met_by.key if i.met_by else "",
            i.ended_why,
            i.ended_on,
            *status(i, as_of),
        )
        for i in owed
    }


def _met_by(instance: Instance) -> str:
    return instance.met_by.key if instance.met_by else ""


@given(lives())
def test_every_instance_has_one_of_the_nine_states_and_a_reason(life: Life) -> None:
    for instance in life.owed():
        standing = status(instance, life.as_of)
        assert standing.state in STATES
        assert (standing.late is None) == (standing.late_unit == "") or instance.unit == "school_days"
        assert standing.late is None or standing.late >= 1
        if standing.state == "cannot tell":
            assert instance.cannot_tell or instance.estimated or instance.in_time is None
        if standing.state == "not owed":
            assert instance.ended_why
        text = because(instance, rulebook()[instance.duty], life.as_of)
        assert text.endswith(".")
        assert "{" not in text
        assert ".." not in text


@given(lives(), days)
def test_an_unrelated_event_changes_nothing(life: Life, day: date) -> None:
    said = Statement("other", "t", "f.csv", 99, "r99", "p", (), said_by="la:301")
    other = Event(UNRELATED, day, None, "day", "la:301", said)
    before = facts_of(life.owed(), life.as_of)
    assert facts_of(life.owed(events=(*life.events, other)), life.as_of) == before


@given(lives(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_changes_nothing(life: Life, random: object) -> None:
    shuffled = list(life.events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert facts_of(life.owed(events=tuple(shuffled)), life.as_of) == facts_of(life.owed(), life.as_of)


@given(lives(), st.integers(1, 400))
def test_time_passing_alone_never_moves_a_due_date(life: Life, days_on: int) -> None:
    """Nothing new is told, only read later: whatever was owed is still there, due on the same day."""
    known = tuple(e for e in life.events if e.happened_on <= life.as_of)
    before = dates_of(life.owed(events=known))
    later = life.as_of + timedelta(days=days_on)
    assert before == dates_of(life.owed(as_of=later, events=known))


@given(lives(), st.integers(1, 400))
def test_a_stored_instance_read_later_says_what_working_it_out_again_would(life: Life, days_on: int) -> None:
    """Silence and passing time need no nightly job (DESIGN §5), as long as no more is covered either."""
    known = tuple(e for e in life.events if e.happened_on <= life.as_of)
    later = life.as_of + timedelta(days=days_on)
    stored = {(i.duty, i.stage, i.trigger.key, i.opened): status(i, later) for i in life.owed(events=known)}
    again = life.owed(as_of=later, events=known)
    # A series of short breaks is only known to be over when time has passed.
    again = [i for i in again if "short-break" not in i.duty]
    for instance in again:
        assert stored[instance.duty, instance.stage, instance.trigger.key, instance.opened] == status(instance, later)


@given(lives())
def test_without_its_answer_a_duty_is_unmet(life: Life) -> None:
    for instance in life.owed():
        if instance.met_by is None:
            continue
        keys = set(instance.met_by.keys)
        rest = tuple(e for e in life.events if e.key not in keys)
        for other in life.owed(events=rest):
            if _same(other, instance):
                assert other.met_by is None or not keys & set(other.met_by.keys)
                break


def _same(a: Instance, b: Instance) -> bool:
    return (a.duty, a.stage, a.trigger.key, a.opened) == (b.duty, b.stage, b.trigger.key, b.opened)


@given(lives())
def test_no_answer_comes_before_what_it_answers_and_none_after_its_end(life: Life) -> None:
    for instance in life.owed():
        if instance.met_by is not None:
            if rulebook()[instance.duty].looks_back or rulebook()[instance.duty].shape in BEFORE_IT_OPENS:
                continue
            assert instance.met_by.happened_on >= instance.opened
            assert instance.met_by.latest >= instance.trigger.earliest or instance.opened < instance.trigger.happened_on
            assert instance.ended_on is None


@given(lives(), days)
def test_as_known_on_a_day_replays_to_the_same_answer(life: Life, day: date) -> None:
    """What had been recorded by a day, worked out then, is what is worked out now for that day."""
    known = tuple(recorded_by(life.events, day).events)
    grown = tuple(recorded_by((*life.events, *_later(life, day)), day).events)
    assert facts_of(life.owed(as_of=day, events=known), day) == facts_of(life.owed(as_of=day, events=grown), day)


def _later(life: Life, day: date) -> list[Event]:
    """The same events told again by another agency, written down only after the day."""
    return [
        e._replace(
            statement=e.statement._replace(record_id=e.statement.record_id + "b", recorded_at=day + timedelta(1))
        )
        for e in life.events
    ]


@given(lives())
def test_nothing_is_overdue_where_nobody_covers_it(life: Life) -> None:
    blind = Life(life.events, life.dob, CoverageIndex(), life.as_of)
    assert "overdue" not in {status(i, life.as_of).state for i in blind.owed()}


@given(lives())
def test_a_return_is_answered_by_an_interview_that_names_it_or_names_none(life: Life) -> None:
    known = {ref for e in life.events if e.kind.startswith("missing") for ref in [e.ref] if ref}
    for instance in life.owed():
        if instance.duty == "rhi-72h" and instance.met_by is not None:
            named = instance.met_by.refs & known
            assert not named or named & instance.trigger.refs


@given(lives())
def test_parting_two_tellings_undoes_their_join(life: Life) -> None:
    line = build(life.events, las=LAS, as_of=LAST)
    joined = [h for h in line.happenings if len(h.events) > 1]
    for happening in joined[:1]:
        first, second = happening.events[0].key, happening.events[1].key
        again = build(life.events, las=LAS, as_of=LAST, parted=frozenset({frozenset({first, second})}))
        assert not any({first, second} <= set(h.keys) for h in again.happenings)
        assert sorted(k for h in again.happenings for k in h.keys) == sorted(k for h in line.happenings for k in h.keys)
