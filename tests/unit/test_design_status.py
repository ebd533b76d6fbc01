"""Every state of a duty has its words and its sign, as LOOK's table says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from throughline.web.design import status

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def words(tag: status.Tag) -> str:
    return tag.words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("strength", ["MUST", "SG", "GD"])
def test_late_by_law_or_guidance_is_red_and_says_by_how_much(strength: str) -> None:
    tag = status.tag("overdue", late=3, late_unit="working days", strength=strength)
    assert (tag.look, words(tag)) == ("late", "3 working days late")


@pytest.mark.parametrize(("hours", "said"), [(1, "1 hour late"), (71, "71 hours late"), (401, "16 days late")])
def test_hours_that_nobody_can_picture_are_said_in_days(hours: int, said: str) -> None:
    assert words(status.tag("overdue", late=hours, late_unit="hours", strength="SG")) == said


@pytest.mark.parametrize(("strength", "aim"), [("TG", "target"), ("LO", "local target")])
def test_past_a_target_is_never_red_and_never_called_late(strength: str, aim: str) -> None:
    tag = status.tag("overdue", late=1, late_unit="days", strength=strength)
    assert (tag.look, words(tag)) == ("soon", f"1 day past {aim}")


@pytest.mark.parametrize(
    ("state", "due", "look", "said"),
    [
        ("due soon", date(2026, 11, 23), "soon", "due today"),
        ("due", date(2026, 11, 23), "soon", "due today"),
        ("due soon", date(2026, 11, 24), "soon", "due tomorrow"),
        ("upcoming", date(2026, 12, 2), "due", "due in 9 days"),
        ("upcoming", date(2027, 2, 3), "due", "due 3 Feb 2027"),
        ("due soon", datetime(2026, 11, 24, 4, 0, tzinfo=UTC), "soon", "19 h left"),
        ("due", None, "soon", "due"),
    ],
)
def test_what_is_ahead_says_when(state: str, due: date | None, look: str, said: str) -> None:
    tag = status.tag(state, due=due, as_of=NOW)
    assert (tag.look, words(tag)) == (look, said)


@pytest.mark.parametrize(
    ("state", "look", "said"),
    [
        ("met", "done", "done in time"),
        ("met late", "done-late", "done 4 days late"),
        ("met by another route", "other", "done another way"),
        ("not owed", "other", "not owed"),
        ("cannot tell", "unknown", "cannot tell"),
    ],
)
def test_what_is_over_says_how_it_went(state: str, look: str, said: str) -> None:
    tag = status.tag(state, late=4, late_unit="days")
    assert (tag.look, words(tag)) == (look, said)


def test_a_state_without_words_does_not_reach_a_page() -> None:
    with pytest.raises(KeyError):
        status.tag("forgotten")
