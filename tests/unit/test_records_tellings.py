"""Which telling of a record stands on a day."""

from __future__ import annotations

from datetime import date

from throughline.records.tellings import AGAIN, GONE, TOLD, Telling, full_extracts, standing_on

MARCH, APRIL, MAY = date(2026, 3, 3), date(2026, 4, 3), date(2026, 5, 3)


def told(statement: int, day: date, order: int = 0, withdrawn: date | None = None) -> Telling:
    return Telling("r", statement, order or statement, day, TOLD, withdrawn)


def test_before_it_was_received_nothing_stands() -> None:
    assert standing_on([told(1, APRIL)], MARCH) == set()


def test_a_correction_stands_from_its_day_and_what_it_corrects_until_then() -> None:
    tellings = [told(1, MARCH), told(2, MAY)]
    assert standing_on(tellings, APRIL) == {1}
    assert standing_on(tellings, MAY) == {2}


def test_an_old_delivery_loaded_late_does_not_supersede_a_newer_one() -> None:
    assert standing_on([told(1, MAY, order=1), told(2, MARCH, order=2)], MAY) == {1}


def test_withdrawing_the_correction_brings_back_what_it_corrected() -> None:
    tellings = [told(1, MARCH), told(2, APRIL, withdrawn=MAY)]
    assert standing_on(tellings, APRIL) == {2}
    assert standing_on(tellings, MAY) == {1}


def test_what_was_told_again_outlives_the_withdrawal_of_its_first_telling() -> None:
    tellings = [told(1, MARCH, withdrawn=MAY), Telling("r", 1, 2, APRIL, AGAIN)]
    assert standing_on(tellings, MAY) == {1}


def test_what_a_full_extract_no_longer_tells_stands_no_more_until_it_is_told_again() -> None:
    tellings = [told(1, MARCH), Telling("r", 1, 2, APRIL, GONE)]
    assert standing_on(tellings, APRIL) == set()
    assert standing_on([*tellings, Telling("r", 1, 3, MAY, AGAIN)], MAY) == {1}


def test_returns_are_full_extracts_and_lists_of_news_are_not() -> None:
    assert "ssda903" in full_extracts()
    assert "missing_police" not in full_extracts()
