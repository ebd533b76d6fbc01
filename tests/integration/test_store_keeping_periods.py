"""What holds a record back from destruction, and when its time is over."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.http import Http404

from cast import CHILDREN, row
from kept import PURPOSE, as_site, keepers, propose, rowans_record, sign
from stores import NOW, TODAY, events_of, hand_in, load_rows, the_child
from throughline.web.accounts.models import Conflict
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, keeping, keeping_due
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import DestructionStep, Event, Hold, Tombstone
from throughline.web.child.models import AccessRequest
from throughline.web.intake.models import Statement
from throughline.web.linkage.models import Child


@pytest.fixture
def held(own_database, settings, tmp_path) -> Child:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    return rowans_record(tmp_path / "sent")


# --- what holds it back ---------------------------------------------------------------------------


def test_what_is_held_may_not_go_and_the_database_says_so_too(held) -> None:
    first, second = keepers()
    number = propose()
    with viewing(first) as me:
        holding = keeping.hold(
            ground="inquiry", asked_by="Clerk to the inquiry, INQ 7", until=date(2027, 1, 1), records=["care"], by=me,
            purpose=PURPOSE,
        )  # fmt: skip
    with pytest.raises(actions.Refused, match="held"):
        sign(number)
    with viewing(second):
        DestructionStep.objects.create(destruction_id=number, what="signed", by_id=second.pk, at=NOW)
        with pytest.raises(DatabaseError, match="it is held"):
            as_site(f"select app_destroy({number}, now())")
        transaction.set_rollback(True)
    with viewing(first) as me:
        keeping.end_hold(number=holding, why="The inquiry has reported", by=me, purpose=PURPOSE)
    sign(number)
    assert not Child.objects.filter(pk=held.pk).exists()


def test_nothing_goes_while_somebody_waits_to_see_it(held) -> None:
    number = propose()
    with transaction.atomic(), as_engine():
        AccessRequest.objects.update(closed_at=None)
    with pytest.raises(actions.Refused, match="has no answer yet"):
        sign(number)
    assert events_of("rowan")


def test_nobody_signs_for_a_record_they_are_too_close_to(held) -> None:
    number = propose()
    first, second = keepers()
    with transaction.atomic(), as_engine():
        Conflict.objects.create(user=second, child_id=held.pk, sort="family", by=first, at=NOW)
    with pytest.raises(actions.Refused, match="too close"):
        sign(number)
    assert events_of("rowan")


def test_a_hold_on_somebody_else_or_one_that_is_over_holds_nothing(held, settings) -> None:
    first, _ = keepers()
    fern = CHILDREN["fern"]
    with viewing(first) as me:
        keeping.hold(
            ground="request", asked_by="A. Nother", until=None, records=(), by=me, purpose=PURPOSE,
            forename=fern.forename, surname=fern.surname, born=fern.dob,
        )  # fmt: skip
        assert Hold.objects.get().child_id == the_child("fern").pk
    sign(propose())


def test_a_law_that_keeps_it_outweighs_the_wish_that_it_go(held) -> None:
    with pytest.raises(actions.Refused, match=r"A law keeps this record to 20\sOct\s2083"):
        propose(ground="erasure")
    assert propose(ground="order")


def test_nobody_or_more_than_one_of_that_name_is_proposed(held) -> None:
    with pytest.raises(actions.Refused, match="Nobody here"):
        propose(surname="Vail")
    with pytest.raises(actions.Refused, match="Nobody here"):
        propose(born=None)


def test_nothing_goes_while_a_delivery_waits(held, tmp_path) -> None:
    number = propose()
    rows = tmp_path / "later"
    rows.mkdir()
    (rows / "note.csv").write_text("a,b\n1,2\n")
    hand_in(rows, received=TODAY, sender="la:971")
    with pytest.raises(actions.Refused, match="delivery"):
        sign(number)


def test_a_proposal_taken_back_is_signed_for_no_more(held) -> None:
    number = propose()
    _, second = keepers()
    with viewing(second) as me:
        keeping.take_back(number=number, by=me, purpose=PURPOSE)
    with pytest.raises(Http404), viewing(second) as me:
        keeping.sign(number=number, by=me, purpose=PURPOSE)
    assert events_of("rowan")


# --- what is due ----------------------------------------------------------------------------------


def on(settings, day: date) -> None:
    settings.THROUGHLINE_NOW = NOW.replace(year=day.year, month=day.month, day=day.day)


def due_on(settings, day: date) -> dict[str, str]:
    on(settings, day)
    with viewing(keepers()[0]) as me:
        due = keeping_due.due(me)
    with transaction.atomic(), as_engine():
        named = dict(Child.objects.values_list("public_id", "forename"))
    return {named[record.id]: record.record.id for record in due.records}


def test_a_record_of_care_is_due_on_the_75th_birthday_and_not_the_day_before(held, settings) -> None:
    assert due_on(settings, TODAY) == {}
    before, after = due_on(settings, date(2083, 10, 19)), due_on(settings, date(2083, 10, 20))
    assert "Rowan" not in {name for name, kind in before.items() if kind == "care"}
    assert after["Rowan"] == "care"
    assert before["Teal"] == "help"


def test_due_records_are_proposed_in_one_go_for_each_kind_and_leave_the_list(held, settings) -> None:
    due_on(settings, date(2083, 10, 20))
    first, second = keepers()
    with viewing(first) as me:
        due = keeping_due.due(me)
        numbers = keeping.propose_due(children=[record.id for record in due.records], by=me, purpose=PURPOSE)
        assert not keeping_due.due(me).records
    assert len(numbers) == 2, "one for those in care, one for all others"
    for number in numbers:
        with viewing(second) as me:
            keeping.sign(number=number, by=me, purpose=PURPOSE)
    with transaction.atomic(), as_engine():
        left = Child.objects.filter(pk__in=[record.number for record in due.records])
        assert not left.exists()
        assert Event.objects.filter(child=the_child("fern")).exists(), "in care too, and born a year later"


def test_register_marks_go_after_six_years_and_the_rest_of_the_record_stays(held, settings, tmp_path) -> None:
    marks = [
        row(
            "attendance_daily", "bryony", agency="school:900001", source_record_id=f"B-{half}", session=half, code="O",
            session_date="2026-04-13", school_urn="900001",
        )
        for half in ("AM", "PM")
    ]  # fmt: skip
    load_rows(tmp_path, "attendance_daily", marks, received=TODAY, sender="school:900001")
    first, second = keepers()
    for day, some in ((date(2032, 4, 20), 0), (date(2032, 4, 21), 1)):
        on(settings, day)
        with viewing(first) as me:
            assert len(keeping_due.due(me).rows) == some, day
    with viewing(first) as me:
        number = keeping.propose_rows(kind="register", by=me, purpose=PURPOSE)
    rest = set(events_of("bryony")) - {"2026-04-13"}
    with viewing(second) as me:
        keeping.sign(number=number, by=me, purpose=PURPOSE)
    assert set(events_of("bryony")) == rest
    with transaction.atomic(), as_engine():
        assert not Statement.objects.filter(feed="attendance_daily").exists()
        assert Tombstone.objects.filter(destruction_id=number, what="statement").exists()
