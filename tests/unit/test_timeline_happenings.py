"""Several tellings of one thing are one happening: by reference, or by time, never within one source."""

from __future__ import annotations

from datetime import date

from spec.line_tables import events
from throughline.timeline import build

AS_OF = date(2026, 12, 31)


def happenings(table: str, parted: frozenset[frozenset[str]] = frozenset()) -> list[tuple[str, ...]]:
    """Each happening as the agencies that tell of it, the best telling first."""
    line = build(events(table), as_of=AS_OF, parted=parted)
    return [(h.kind, *(e.said_by for e in h.events)) for h in line.happenings]


def test_one_source_tells_of_as_many_things_as_it_has_records():
    assert happenings("""
        kind        | when             | by
        missing_end | 2026-03-02 08:00 | police
        missing_end | 2026-03-02 08:10 | police
    """) == [("missing_end", "police"), ("missing_end", "police")]


def test_unless_two_records_of_it_name_the_same_episode():
    line = build(
        events("""
        kind        | when             | by     | ref
        missing_end | 2026-03-02 08:00 | police | missing:E1
        missing_end | 2026-03-04 09:00 | police | missing:E1
    """),
        as_of=AS_OF,
    )
    assert len(line.happenings) == 1
    assert line.happenings[0].reason == "both carry the reference missing:E1"


def test_two_sources_join_by_reference_however_far_apart_their_times():
    line = build(
        events("""
        kind        | when             | by          | feed             | ref
        missing_end | 2026-03-02 08:00 | police      | missing_police   | missing:E1
        missing_end | 2026-03-03 19:00 | missing_hub | return_interview | missing:E1
    """),
        as_of=AS_OF,
    )
    (happening,) = line.happenings
    assert len(happening.events) == 2


def test_a_reference_that_is_only_what_it_is_about_joins_nothing():
    """Two offers of an interview about one episode are two offers."""
    assert (
        len(
            happenings("""
        kind      | when             | by          | feed             | ref
        rhi_offer | 2026-03-02 08:00 | missing_hub | return_interview | missing:E1
        rhi_offer | 2026-03-09 08:00 | charity     | events           | missing:E1
        rhi_offer | 2026-03-16 08:00 | missing_hub | return_interview | missing:E1
    """)
        )
        == 3
    )


def test_two_sources_join_within_the_hours_of_the_kind_and_not_beyond():
    table = """
        kind        | when             | by          | feed
        missing_end | 2026-03-02 08:00 | police      | missing_police
        missing_end | 2026-03-02 {at}  | missing_hub | return_interview
    """
    assert len(happenings(table.format(at="14:00"))) == 1
    assert len(happenings(table.format(at="14:01"))) == 2


def test_a_day_without_a_time_joins_the_same_day_only_where_the_kind_allows_no_more():
    table = """
        kind        | when             | by     | feed
        missing_end | 2026-03-02 23:00 | police | missing_police
        missing_end | {day}            | la:301 | ssda903
    """
    assert happenings(table.format(day="2026-03-02")) == [("missing_end", "police", "la:301")]
    assert len(happenings(table.format(day="2026-03-03"))) == 2


def test_a_review_may_be_some_days_apart_between_two_systems():
    assert (
        len(
            happenings("""
        kind             | when       | by                 | feed
        care_review_held | 2026-03-02 | la:301             | ssda903
        care_review_held | 2026-03-04 | conference_service | events
    """)
        )
        == 1
    )


def test_the_nearest_joins_and_each_source_tells_of_one_thing_once():
    line = build(
        events("""
        kind        | when             | by          | feed
        missing_end | 2026-03-02 08:00 | police      | missing_police
        missing_end | 2026-03-02 12:00 | police      | missing_police
        missing_end | 2026-03-02 11:30 | missing_hub | return_interview
    """),
        as_of=AS_OF,
    )
    told_by = [sorted(e.said_by for e in h.events) for h in line.happenings]
    assert told_by == [["police"], ["missing_hub", "police"]]
    assert line.happenings[1].reason == "30 minutes apart, from different sources"


def test_a_start_and_an_end_travel_together():
    """903 knows only days, and has the return a day later; that it is the same absence follows from its start."""
    assert happenings("""
        kind          | when             | by     | feed           | record | ref
        missing_start | 2026-03-01 20:00 | police | missing_police | p1     | missing:E1
        missing_end   | 2026-03-02 23:50 | police | missing_police | p1     | missing:E1
        missing_start | 2026-03-01       | la:301 | ssda903        | m1     |
        missing_end   | 2026-03-03       | la:301 | ssda903        | m1     |
    """) == [("missing_start", "police", "la:301"), ("missing_end", "police", "la:301")]


def test_what_somebody_has_parted_stays_apart():
    table = """
        kind        | when             | by     | feed           | record
        missing_end | 2026-03-02 08:00 | police | missing_police | p1
        missing_end | 2026-03-02       | la:301 | ssda903        | m1
    """
    both = [e.key for e in events(table)]
    assert len(happenings(table)) == 1
    assert len(happenings(table, frozenset({frozenset(both)}))) == 2


def test_parting_two_of_three_keeps_the_third_with_one_of_them():
    table = """
        kind        | when             | by          | feed             | record | ref
        missing_end | 2026-03-02 08:00 | police      | missing_police   | p1     | missing:E1
        missing_end | 2026-03-02 08:20 | missing_hub | return_interview | r1     | missing:E1
        missing_end | 2026-03-02       | la:301      | ssda903          | m1     |
    """
    first, second, third = (e.key for e in events(table))
    apart = frozenset({frozenset({first, third}), frozenset({second, third})})
    assert sorted(len(h) for h in happenings(table, apart)) == [2, 3]


def test_kinds_without_a_family_are_never_joined():
    assert (
        len(
            happenings("""
        kind           | when       | by          | feed
        iro_appointed  | 2026-03-02 | la:301      | events
        iro_appointed  | 2026-03-02 | la:302      | ssd
    """)
        )
        == 2
    )


def test_a_time_of_day_goes_before_a_day_and_then_who_wrote_first():
    line = build(
        events("""
        kind        | when             | by          | feed             | ref        | recorded
        missing_end | 2026-03-02       | la:301      | ssda903          | missing:E1 | 2026-03-02
        missing_end | 2026-03-02 09:00 | missing_hub | return_interview | missing:E1 | 2026-03-05
        missing_end | 2026-03-02 08:00 | police      | missing_police   | missing:E1 | 2026-03-03
    """),
        as_of=AS_OF,
    )
    (happening,) = line.happenings
    assert [e.said_by for e in happening.events] == ["police", "missing_hub", "la:301"]
    assert happening.happened_at == happening.events[0].happened_at


def test_a_happening_takes_details_marks_level_and_tags_from_all_who_tell():
    line = build(
        events("""
        kind        | when             | by     | feed           | ref        | marks                       | details
        missing_end | 2026-03-02       | la:301 | ssda903        | missing:E1 | away_without_authorisation  | category=A
        missing_end | 2026-03-02 08:00 | police | missing_police | missing:E1 | high_risk                   | risk=high
    """),
        as_of=AS_OF,
    )
    (happening,) = line.happenings
    assert happening.details == {"category": "A", "risk": "high"}
    assert happening.marks == {"away_without_authorisation", "high_risk"}
    assert happening.sure_marks == frozenset()
    assert happening.level == "SL2"


def test_an_unknown_time_has_two_bounds():
    (happening,) = build(events("kind | when\nmissing_end | 2026-07-02"), as_of=AS_OF).happenings
    assert happening.earliest.isoformat() == "2026-07-01T23:00:00+00:00"  # London is an hour ahead in summer
    assert happening.latest.isoformat() == "2026-07-02T22:59:00+00:00"


def test_events_after_the_day_asked_about_are_left_aside_and_counted_but_what_is_booked_stays():
    line = build(
        events("""
        kind              | when
        referral          | 2026-03-02
        case_closed       | 2026-06-02
        conference_booked | 2026-06-09
    """),
        as_of=date(2026, 4, 1),
    )
    assert [h.kind for h in line.happenings] == ["referral", "conference_booked"]
    assert line.aside == 1
