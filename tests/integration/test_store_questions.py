"""*Not this child*: in question for all at once, judged by the data desk, clocks running for both meanwhile."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from cast import row
from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance
from throughline.web.intake.models import Statement
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

POLICE = "police:castlereach"


def episode(child: str = "rowan", **cells: str) -> dict[str, str]:
    return row(
        "missing_police", child, agency=POLICE, source_record_id="MP-1", episode_ref="MP-1", category="M",
        missing_since="2026-04-17T20:00", safe_return_at="2026-04-18T06:40", **cells,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def two_rowans(settings, tmp_path):
    """A missing episode is on Rowan Vale's line that is about the other Rowan."""
    settings.THROUGHLINE_NOW = NOW  # a Tuesday
    settings.DATA_FOLDER = tmp_path / "data"
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 4, 20), sender=POLICE)
    load_rows(tmp_path, "events", [event_row("other_rowan", "visit", "2026-03-01", "E-1", agency="la:976")],
              received=date(2026, 4, 20), sender="la:976")  # fmt: skip


@pytest.fixture
def lead():
    worker = person("social_worker", "Ana Reyes")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


@pytest.fixture
def reviewer():
    worker = person("iro", "Jo Hale")
    relate(worker, the_child("rowan"), sharing.REVIEWER)
    return worker


def ask(worker, why: str = "she was in hospital that night"):
    with viewing(worker) as viewer:
        rowan = the_child("rowan").public_id
        [start, _] = selectors.line(viewer, rowan).rows
        return actions.question(child=rowan, event_key=start.key, why=why, by=viewer, purpose="doubt")


def judge(number: int, verdict: str, to: Child | None = None) -> None:
    with viewing(person("data_desk")) as desk:
        to_id = to.public_id if to else None
        actions.judge(question_id=number, verdict=verdict, to=to_id, why="rang the station", by=desk, purpose="desk")


def duties_of(name: str) -> list[str]:
    with transaction.atomic(), as_engine():
        return sorted(Instance.objects.filter(child=the_child(name)).values_list("duty_id", flat=True))


def test_it_is_in_question_for_everyone_at_once_and_every_item_of_the_record_with_it(lead, reviewer) -> None:
    asked = ask(lead)
    assert asked.due_on == date(2026, 4, 22), "one working day after the day it was asked"
    with viewing(reviewer) as viewer:
        rows = selectors.line(viewer, the_child("rowan").public_id).rows
        assert [r.in_question for r in rows] == [True, True], "its start and its end come from one row of the file"
        assert selectors.child_page(viewer, the_child("rowan").public_id).open_questions == 1


def test_the_clock_keeps_running_while_it_is_in_question(lead, tmp_path) -> None:
    ask(lead)
    assert duties_of("rowan") == ["missing-prevention-interview", "rhi-72h"]
    load_rows(tmp_path, "events", [event_row("rowan", "visit", "2026-04-19", "E-2")], received=date(2026, 4, 20),
              sender="la:971")  # fmt: skip
    with transaction.atomic(), as_engine():
        marked = Event.objects.filter(child=the_child("rowan"), in_question=True).values_list("kind", flat=True)
        assert set(marked) == {"missing_start", "missing_end"}, "working the line out again does not forget it"
    assert duties_of("rowan") == ["missing-prevention-interview", "rhi-72h"]


def test_moved_to_the_other_child_both_lines_and_duties_are_right(lead) -> None:
    judge(ask(lead).pk, "another", the_child("other_rowan"))
    assert duties_of("rowan") == []
    assert duties_of("other_rowan") == ["missing-prevention-interview", "rhi-72h"]
    with transaction.atomic(), as_engine():
        assert not Event.objects.filter(child=the_child("rowan")).exists()
        assert set(Event.objects.filter(child=the_child("other_rowan")).values_list("kind", flat=True)) == {
            "missing_start", "missing_end", "visit",
        }  # fmt: skip


def test_later_tellings_of_a_moved_record_follow_it(lead, tmp_path) -> None:
    judge(ask(lead).pk, "another", the_child("other_rowan"))
    load_rows(tmp_path, "missing_police", [episode(final_risk="high")], received=date(2026, 4, 21), sender=POLICE)
    with transaction.atomic(), as_engine():
        assert set(Statement.objects.filter(feed="missing_police").values_list("child_id", flat=True)) == {
            the_child("other_rowan").pk
        }
    assert duties_of("rowan") == []


def test_what_is_nobodys_gets_a_line_of_its_own(lead) -> None:
    judge(ask(lead).pk, "nobody")
    assert duties_of("rowan") == []
    with transaction.atomic(), as_engine():
        [child] = Event.objects.filter(kind="missing_start").values_list("child", flat=True)
        assert child not in {the_child("rowan").pk, the_child("other_rowan").pk}
        assert Instance.objects.get(duty_id="rhi-72h").child_id == child


def test_what_is_theirs_stays_and_is_no_longer_in_question(lead) -> None:
    judge(ask(lead).pk, "theirs")
    with viewing(lead) as viewer:
        rows = selectors.line(viewer, the_child("rowan").public_id).rows
        assert [r.in_question for r in rows] == [False, False]


def test_whoever_had_read_it_is_told_when_it_is_doubted_and_when_it_is_judged(lead, reviewer) -> None:
    stranger = person("iro", "Some One")
    with viewing(reviewer) as viewer:
        selectors.child_page(viewer, the_child("rowan").public_id)
    asked = ask(lead)
    with viewing(reviewer) as viewer:
        [notice] = selectors.my_monday(viewer).notices
        assert "may be about another child" in notice.text
        actions.notice_read(notice_id=notice.id, by=viewer)
        assert selectors.my_monday(viewer).notices == ()
    judge(asked.pk, "another", the_child("other_rowan"))
    for worker in (lead, reviewer):
        with viewing(worker) as viewer:
            [notice] = selectors.my_monday(viewer).notices
            assert "has been moved there" in notice.text
    with viewing(stranger) as viewer:
        assert selectors.my_monday(viewer).notices == ()


def test_asking_twice_is_one_question(lead, reviewer) -> None:
    assert ask(lead).pk == ask(reviewer).pk


def test_a_doubt_has_a_reason_and_is_about_something_one_sees(lead) -> None:
    with pytest.raises(actions.Refused):
        ask(lead, why="  ")
    with viewing(person("iro")) as viewer, pytest.raises(Http404):
        actions.question(child=the_child("rowan").public_id, event_key="x", why="y", by=viewer, purpose="p")


def test_only_the_data_desk_judges_and_only_once(lead) -> None:
    asked = ask(lead)
    with viewing(lead) as viewer, pytest.raises(PermissionDenied):
        actions.judge(question_id=asked.pk, verdict="theirs", to=None, why="I say so", by=viewer, purpose="p")
    judge(asked.pk, "theirs")
    with pytest.raises(actions.Refused, match="already"):
        judge(asked.pk, "nobody")


def test_the_desk_sees_the_row_in_question_and_nothing_else_of_the_child(lead) -> None:
    asked = ask(lead)
    with viewing(person("data_desk")) as desk:
        [waiting] = selectors.desk(desk).questions
        assert waiting.id == asked.pk
        assert ("missing_since", "2026-04-17T20:00+01:00") in waiting.cells or dict(waiting.cells)["missing_since"]
        assert not Event.objects.exists()
        with pytest.raises(PermissionDenied):
            selectors.child_page(desk, the_child("rowan").public_id)
