"""Where things stand on the drawn line (LOOK, "The line")."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.web.casework.line import draw, window
from throughline.web.casework.line.draw import MOST_MARKS
from throughline.web.casework.line.listing import by_month
from throughline.web.casework.shapes import Chapter, Gap, Line, LineRow, Owed, Told, Who

TODAY = date(2026, 11, 22)
ROWAN = Who(UUID(int=1), "Rowan Vale", "Rowan Vale", date(2008, 10, 20), "LA 4411", "Port Halden")


def told(by: str, day: date) -> Told:
    return Told(f"k/{by}", "Came back", by, day, None, None, day, "police.csv, row 2", (), 1)


def row(n: int, day: date, lane: str = "police", shape: str = "circle", **more: object) -> LineRow:
    facts: dict[str, object] = {
        "happening": n,
        "key": f"k{n}",
        "kind": "missing_start",
        "title": "Went missing",
        "lane": lane,
        "shape": shape,
        "happened_on": day,
        "happened_at": None,
        "precision": "day",
        "latest_on": day,
        "words": "",
        "marks": (),
        "learnt_on": day,
        "in_question": False,
        "tellings": (told("police", day),),
    }
    return LineRow(**(facts | more))  # type: ignore[arg-type]


def line(*rows: LineRow, chapters: tuple[Chapter, ...] = (), gaps: tuple[Gap, ...] = ()) -> Line:
    ordered = tuple(sorted(rows, key=lambda row: row.happened_on))
    return Line(ROWAN, TODAY, "", ordered, chapters, (), gaps, 0, ())


def year(end: date = TODAY):  # type: ignore[no-untyped-def]
    return window("year", end, date(2008, 10, 20))


def lane_of(drawing, lane: str):  # type: ignore[no-untyped-def]
    return next(found for found in drawing.lanes if found.id == lane)


def test_the_year_ends_today_and_is_a_year_long() -> None:
    assert (year().start, year().end, year().days) == (date(2025, 11, 23), TODAY, 365)


def test_more_than_three_in_a_week_are_folded_into_one_bin() -> None:
    monday = date(2026, 3, 2)
    drawing = draw(line(*(row(n, monday + timedelta(days=n)) for n in range(4))), year())

    police = lane_of(drawing, "police")
    assert (len(police.marks), [box.count for box in police.bins]) == (0, [4])
    assert (drawing.shown, drawing.binned) == (0, 4)
    assert "4 × Went missing" in police.bins[0].title


def test_three_in_a_week_stand_alone_and_none_hides_another() -> None:
    monday = date(2026, 3, 2)
    drawing = draw(line(*(row(n, monday) for n in range(3))), year())

    marks = lane_of(drawing, "police").marks
    assert len({(mark.x, mark.y) for mark in marks}) == 3


def test_a_life_keeps_own_words_apart_from_its_bins() -> None:
    words = row(1, date(2020, 5, 5), lane="voice", shape="bubble")
    other = row(2, date(2020, 5, 5), lane="voice")

    drawing = draw(line(words, other), window("life", TODAY, date(2008, 10, 20)))

    voice = lane_of(drawing, "voice")
    assert [mark.item for mark in voice.marks] == [1]
    assert [box.count for box in voice.bins] == [1]


def test_what_was_told_by_two_is_one_mark_with_a_two() -> None:
    day = date(2026, 3, 2)
    drawing = draw(line(row(1, day, tellings=(told("police", day), told("home", day)))), year())

    (mark,) = lane_of(drawing, "police").marks
    assert mark.told == 2
    assert "told by 2" in mark.title


def test_an_uncertain_day_is_hollow_with_a_bar_as_wide_as_the_doubt() -> None:
    day = date(2026, 3, 2)
    drawing = draw(line(row(1, day, latest_on=day + timedelta(days=9))), year())

    (mark,) = lane_of(drawing, "police").marks
    assert mark.hollow
    assert mark.doubt == (year().x(day), year().x(day + timedelta(days=9), 1.0))


@pytest.mark.parametrize(("days", "has_tail"), [(30, False), (31, True)])
def test_what_was_learnt_over_thirty_days_later_has_a_tail_to_that_day(days: int, has_tail: bool) -> None:
    day = date(2026, 3, 2)
    drawing = draw(line(row(1, day, learnt_on=day + timedelta(days=days))), year())

    (mark,) = lane_of(drawing, "police").marks
    assert (mark.tail is not None) is has_tail


def test_an_empty_lane_says_whether_nothing_was_recorded_or_nothing_supplied() -> None:
    silent = Gap("Isle of Torrin police", "police", date(2024, 4, 1), date(2026, 9, 30))

    drawing = draw(line(gaps=(silent,)), year())

    assert lane_of(drawing, "police").empty == "nothing supplied"
    assert lane_of(drawing, "health").empty == "nothing supplied", "no health agency sends anything"
    assert lane_of(drawing, "decisions").empty == "nothing recorded"
    (hatch,) = lane_of(drawing, "police").hatches
    assert hatch.title == "nothing received from Isle of Torrin police since 30 Sep 2026"


def test_a_chapter_that_began_before_the_window_fills_it_from_the_left() -> None:
    home = Chapter("home", "Foster carer", date(2019, 1, 1), None)

    drawing = draw(line(chapters=(home,)), year())

    title, _, bars = drawing.chapter_rows[0]
    assert title == "Home"
    assert (bars[0].x, bars[0].label) == (drawing.left, "Foster carer")


def test_an_opened_duty_shows_how_long_it_has_been_late() -> None:
    review = Owed(
        1, ROWAN, "lac-review-subsequent-6m", "Later reviews", "overdue", "MUST", "IRO", date(2026, 2, 4),
        date(2026, 8, 4), None, "day", None, None, 110, "days", "care_review_held", (), "", "", "", "", (),
    )  # fmt: skip

    drawing = draw(line(), year(), review)

    assert drawing.duty is not None
    assert drawing.duty.late == (year().x(date(2026, 8, 4), 1.0), year().x(TODAY, 0.5))


days = st.dates(date(2011, 1, 1), TODAY)
lives = st.lists(
    st.tuples(days, st.sampled_from(["police", "school", "voice"]), st.sampled_from(["circle", "bubble", "square"])),
    max_size=400,
)


@given(lives, st.sampled_from(["life", "year", "month"]))
def test_every_happening_is_either_shown_or_in_a_bin_and_never_too_many(
    life: list[tuple[date, str, str]], scale: str
) -> None:
    rows = [row(n, day, lane, shape) for n, (day, lane, shape) in enumerate(life)]
    shown = window(scale, TODAY, date(2008, 10, 20))

    drawing = draw(line(*rows), shown)

    assert drawing.shown + drawing.binned == sum(shown.holds(r.happened_on) for r in rows)
    assert drawing.shown <= MOST_MARKS
    for lane in drawing.lanes:
        for mark in lane.marks:
            assert drawing.left <= mark.x <= drawing.width
            assert lane.top <= mark.y <= lane.top + lane.height


def test_the_list_is_newest_first_and_folds_long_runs() -> None:
    absences = [row(n, date(2026, 3, 3) + timedelta(days=n), title="Away from school") for n in range(6)]
    review = row(9, date(2026, 4, 1), kind="care_review_held", title="Care review held")

    april, march = by_month(line(*absences, review).rows, ())

    assert april.day == date(2026, 4, 1)
    (run,) = march.runs
    assert (run.folded, len(run.rows), run.first, run.last) == (True, 6, date(2026, 3, 3), date(2026, 3, 8))


def test_the_rails_change_where_a_chapter_does() -> None:
    homes = (
        Chapter("home", "Family", None, date(2026, 2, 10)),
        Chapter("home", "Foster carer", date(2026, 2, 11), None),
    )

    march, january = by_month(line(row(1, date(2026, 1, 5)), row(2, date(2026, 3, 5))).rows, homes)

    assert january.rails == ("a", "none", "none")
    assert march.rails == ("b", "none", "none")
