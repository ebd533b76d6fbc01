"""Silence means something only where a delivery says that it would have spoken."""

from __future__ import annotations

from datetime import date

from throughline.feeds.base import Coverage
from throughline.timeline import CoverageIndex

REVIEWS = frozenset({"care_review_held"})
CARE = frozenset({"care_review_held", "care_ended"})
LA = frozenset({"la:301"})


def index(*spans: tuple[str, str, str, str]) -> CoverageIndex:
    """(kinds, from, to, authority)."""
    return CoverageIndex(
        Coverage("la:301", frozenset(kinds.split()), date.fromisoformat(a), date.fromisoformat(b), la)
        for kinds, a, b, la in spans
    )


def test_both_ends_of_a_stretch_are_covered():
    cover = index(("care_review_held", "2015-04-01", "2016-03-31", ""))
    days = [date(2015, 3, 31), date(2015, 4, 1), date(2016, 3, 31), date(2016, 4, 1)]
    assert [cover.covered("care_review_held", day) for day in days] == [False, True, True, False]


def test_years_that_touch_are_one_stretch_and_a_missing_year_is_a_gap():
    cover = index(
        ("care_review_held", "2015-04-01", "2016-03-31", ""),
        ("care_review_held", "2016-04-01", "2017-03-31", ""),
        ("care_review_held", "2018-04-01", "2019-03-31", ""),
    )
    assert cover.through(REVIEWS, date(2015, 6, 1)) == date(2017, 3, 31)
    assert cover.through(REVIEWS, date(2017, 6, 1)) is None
    assert cover.end_for(REVIEWS) == date(2019, 3, 31)


def test_several_kinds_are_covered_where_each_is():
    cover = index(("care_review_held", "2015-04-01", "2018-03-31", ""), ("care_ended", "2016-04-01", "2019-03-31", ""))
    assert cover.spans(CARE, LA) == ((date(2016, 4, 1), date(2018, 3, 31)),)
    assert index(("care_review_held", "2015-04-01", "2018-03-31", "")).spans(CARE, LA) == ()


def test_an_authoritys_cover_is_for_its_own_children():
    cover = index(("care_review_held", "2015-04-01", "2016-03-31", "la:301"))
    day = date(2015, 6, 1)
    assert cover.covered("care_review_held", day, LA)
    assert not cover.covered("care_review_held", day, frozenset({"la:302"}))
    assert not cover.covered("care_review_held", day, frozenset())


def test_an_authority_not_named_is_the_only_one_there_is():
    day = date(2015, 6, 1)
    unnamed = index(("care_review_held", "2015-04-01", "2016-03-31", "la"))
    assert unnamed.covered("care_review_held", day, LA)
    assert not unnamed.covered("care_review_held", day, frozenset({"la:301", "la:302"}))
    named = index(("care_review_held", "2015-04-01", "2016-03-31", "la:301"))
    assert named.covered("care_review_held", day, frozenset({"la"}))
    two = index(
        ("care_review_held", "2015-04-01", "2016-03-31", "la:301"),
        ("care_review_held", "2015-04-01", "2016-03-31", "la:302"),
    )
    assert not two.covered("care_review_held", day, frozenset({"la"}))


def test_what_is_missing_in_words():
    cover = index(
        ("care_review_held", "2015-04-01", "2016-03-31", ""), ("care_review_held", "2017-04-01", "2018-03-31", "")
    )

    def missing(day: date) -> str:
        return cover.since_words(REVIEWS, "care reviews", day, LA)

    assert missing(date(2014, 1, 1)) == "no source for care reviews before 1 Apr 2015"
    assert missing(date(2015, 6, 1)) == "no source for care reviews since 31 Mar 2016"
    assert missing(date(2016, 6, 1)) == "no source for care reviews before 1 Apr 2017"
    assert missing(date(2020, 6, 1)) == "no source for care reviews since 31 Mar 2018"
    assert CoverageIndex().since_words(REVIEWS, "care reviews", date(2020, 6, 1)) == "not yet receiving care reviews"
