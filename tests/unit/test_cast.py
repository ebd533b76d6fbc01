"""The cast that all tests share: sound identities, rows the readers know."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import cast
from throughline import feeds
from throughline.feeds import Context, FileRead, Statement
from throughline.feeds.cells import nhs_number_is_sound, upn_is_sound


def test_the_cast_has_sound_numbers_that_are_nobody_s() -> None:
    for child in cast.CHILDREN.values():
        assert upn_is_sound(child.upn), child
        assert nhs_number_is_sound(child.nhs_number), child
        assert child.nhs_number.startswith("999"), child
    assert len({child.upn for child in cast.CHILDREN.values()}) == len(cast.CHILDREN)


def test_the_cast_agrees_with_the_stories() -> None:
    assert cast.CHILDREN["rowan"].dob == date(2008, 10, 20)
    assert cast.CHILDREN["ash"].dob == date(2015, 3, 9)
    assert cast.CHILDREN["teal"].dob == date(2010, 6, 2)


def test_every_delivery_of_the_cast_is_read_without_a_fault(tmp_path: Path) -> None:
    tables = set()
    for folder in cast.deliver(tmp_path):
        received, _, sender = folder.name.partition("_")
        context = Context(date.fromisoformat(received), sender.replace(".", ":"))
        for item in feeds.read(feeds.open_sources(folder), context):
            assert not isinstance(item, feeds.Fault), item
            if isinstance(item, FileRead):
                assert item.feed, item
            if isinstance(item, Statement):
                assert item.outcome in (feeds.USED, feeds.NO_EVENT), item
                tables.add(item.feed)
    assert tables >= {"ssda903", "cin_census", "events", "missing_police", "return_interview", "suspensions"}


def test_a_row_about_one_of_the_cast_carries_who_they_are() -> None:
    row = cast.row("suspensions", "ash", agency="la_education:975", category="SUSP", sessions=2)
    assert (row["forename"], row["dob"], row["category"], row["sessions"]) == ("Ash", "2015-03-09", "SUSP", "2")
    assert list(row) == list(cast.columns("suspensions"))


def test_a_column_that_is_not_there_cannot_be_filled() -> None:
    with pytest.raises(AssertionError, match="no column colour"):
        cast.row("suspensions", "ash", agency="school:975002", colour="red")
    with pytest.raises(AssertionError, match="no column COLOUR"):
        cast.row_903("reviews", "rowan", COLOUR="red")
