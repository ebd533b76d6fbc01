"""A delivery into the store: whole or not at all, told once, corrected, gone, and taken back."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from cast import columns, deliver, row, row_903, write_csv
from stores import (
    HUB,
    NOW,
    POLICE,
    TODAY,
    episode,
    event_row,
    events_of,
    load,
    load_dated,
    load_rows,
    person,
    the_child,
)
from throughline import duties, invent
from throughline.check import pipeline
from throughline.feeds.base import OUTCOMES
from throughline.invent.returns903 import TABLES
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, rows
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, SubjectInstance
from throughline.web.intake.models import Delivery, Fault, Statement
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def engine():
    with transaction.atomic(), as_engine():
        yield


# --- every row ---------------------------------------------------------------------------------------


def test_every_row_of_the_cast_is_exactly_one_of_five_things(tmp_path) -> None:
    for folder in deliver(tmp_path):
        delivery = load_dated(folder)
        assert delivery.status == Delivery.Status.LOADED, delivery.message
        for read in delivery.reads.all():
            five = read.used + read.used_with_faults + read.refused + read.no_event + read.repeated
            assert read.feed, f"{read.name} was not recognised: {read.note}"
            assert five == read.rows > 0, read.name
    assert len(OUTCOMES) == 5


def test_a_file_that_is_none_of_ours_is_said_to_be_and_stops_nothing(tmp_path) -> None:
    folder = tmp_path / "mixed"
    write_csv(folder / "missing.csv", columns("missing_police"), [episode()])
    (folder / "minutes.docx").write_bytes(b"not a table at all")
    delivery = load(folder, received=TODAY, sender=POLICE)
    assert {read.name: read.feed for read in delivery.reads.all()} == {
        "minutes.docx": "", "missing.csv": "missing_police",
    }  # fmt: skip
    assert delivery.reads.get(name="minutes.docx").note
    assert events_of("rowan", "missing_start") == ["2026-03-01"]


def test_statements_keep_what_stood_beside_what_it_was_taken_for(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode(returned_at=" 2026-03-02 06:00 ")], received=TODAY, sender=POLICE)
    held = Statement.objects.get()
    place = columns("missing_police").index("returned_at")
    assert held.cells[place] == "2026-03-02T06:00Z"
    assert held.given is not None
    assert held.given[place] == " 2026-03-02 06:00 "


def test_faults_name_the_child_they_stand_beside(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode(returned_at="32/03/2026")], received=TODAY, sender=POLICE)
    fault = Fault.objects.get(column="returned_at")
    assert fault.value == "32/03/2026"
    assert fault.child_id == the_child("rowan").pk


# --- the same, corrected, gone ------------------------------------------------------------------------


def test_the_same_bytes_twice_change_nothing_and_say_so(tmp_path, engine) -> None:
    folder = deliver(tmp_path)[0]
    load_dated(folder)
    before = list(Statement.objects.values()), list(Event.objects.order_by("key").values_list("key", "marks"))
    again = load_dated(folder)
    assert again.status == Delivery.Status.REPEATED
    assert "Nothing has changed" in again.message
    assert all(read.repeated == read.rows > 0 for read in again.reads.all())
    assert before == (
        list(Statement.objects.values()), list(Event.objects.order_by("key").values_list("key", "marks")),
    )  # fmt: skip


def test_the_same_rows_in_another_file_are_repeated(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    again = load_rows(tmp_path, "missing_police", [episode(), episode()], received=TODAY, sender=POLICE)
    assert [(read.rows, read.repeated, read.used) for read in again.reads.all()] == [(2, 2, 0)]
    assert Statement.objects.count() == 1
    assert events_of("rowan", "missing_start") == ["2026-03-01"]


def test_a_list_made_again_next_month_says_nothing_new_by_its_date_alone(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode() | {"extract_date": "2026-03-02"}], received=date(2026, 3, 3),
              sender=POLICE)  # fmt: skip
    again = load_rows(tmp_path, "missing_police", [episode() | {"extract_date": "2026-04-02"}], received=TODAY,
                      sender=POLICE)  # fmt: skip
    assert [(read.used, read.repeated) for read in again.reads.all()] == [(0, 1)]
    assert Statement.objects.count() == 1


def test_a_corrected_row_supersedes_and_the_first_telling_is_kept(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    corrected = episode(returned_at="2026-03-04T07:15")
    second = load_rows(tmp_path, "missing_police", [corrected], received=TODAY, sender=POLICE)
    assert [read.used for read in second.reads.all()] == [1]
    assert sorted(Statement.objects.values_list("received_on", "live")) == [(date(2026, 3, 3), False), (TODAY, True)]
    assert set(Statement.objects.values_list("first_received_on", flat=True)) == {date(2026, 3, 3)}
    assert events_of("rowan", "missing_end") == ["2026-03-04"]


def test_of_two_tellings_in_one_delivery_the_later_extract_stands(tmp_path, engine) -> None:
    newer = episode(returned_at="2026-03-04T07:15") | {"extract_date": "2026-04-10"}
    older = episode() | {"extract_date": "2026-03-10"}
    delivery = load_rows(tmp_path, "missing_police", [newer, older], received=TODAY, sender=POLICE)
    assert [(read.rows, read.used, read.repeated) for read in delivery.reads.all()] == [(2, 1, 1)]
    assert events_of("rowan", "missing_end") == ["2026-03-04"]


def test_an_old_delivery_loaded_late_takes_nothing_from_a_newer_one(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode(returned_at="2026-03-04T07:15")], received=TODAY, sender=POLICE)
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    assert list(Statement.objects.filter(live=True).values_list("received_on", flat=True)) == [TODAY]
    assert events_of("rowan", "missing_end") == ["2026-03-04"]


def care_return(folder: Path, *, reviews: list[str]) -> Path:
    spell = {
        "DECOM": "14/05/2025", "RNE": "S", "LS": "V2", "CIN": "N1", "PLACE": "U6", "PLACE_PROVIDER": "PR1",
        "HOME_POST": "ZH4 7QD", "PL_POST": "ZH2 1AB", "URN": "2100101",
    }  # fmt: skip
    write_csv(folder / "header.csv", TABLES["header"], [row_903("header", "rowan", ETHNIC="WBRI")])
    write_csv(folder / "episodes.csv", TABLES["episodes"], [row_903("episodes", "rowan", **spell)])
    held = [row_903("reviews", "rowan", REVIEW=day, REVIEW_CODE="PN1") for day in reviews]
    write_csv(folder / "reviews.csv", TABLES["reviews"], held)
    return folder


def test_a_row_gone_from_a_corrected_return_is_withdrawn_by_its_agency_not_dropped(tmp_path, engine) -> None:
    first = care_return(tmp_path / "first", reviews=["09/06/2025", "01/09/2025"])
    load(first, received=date(2026, 4, 15), sender="la:971")
    assert events_of("rowan", "care_review_held") == ["2025-06-09", "2025-09-01"]
    second = care_return(tmp_path / "second", reviews=["09/06/2025"])
    delivery = load(second, received=TODAY, sender="la:971")
    assert events_of("rowan", "care_review_held") == ["2025-06-09"]
    gone = Statement.objects.get(table="reviews", live=False)
    assert list(gone.tellings.values_list("what", "delivery_id")) == [("gone", delivery.pk)]


def test_a_list_of_what_is_new_takes_nothing_away(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    other = episode() | {"source_record_id": "MP-2", "episode_ref": "MP-2", "missing_since": "2026-04-01T20:00"}
    load_rows(tmp_path, "missing_police", [other], received=TODAY, sender=POLICE)
    assert events_of("rowan", "missing_start") == ["2026-03-01", "2026-04-01"]


# --- taken back ---------------------------------------------------------------------------------------


def take_back(delivery: Delivery) -> None:
    with viewing(person("analyst")) as analyst:
        actions.withdraw(delivery=delivery.pk, by=analyst, why="the wrong month")


def test_what_a_withdrawn_delivery_had_corrected_stands_again(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    corrected = load_rows(
        tmp_path, "missing_police", [episode(returned_at="2026-03-04T07:15")], received=TODAY, sender=POLICE
    )
    take_back(corrected)
    assert events_of("rowan", "missing_end") == []
    assert events_of("rowan", "missing_start") == ["2026-03-01"]


def test_what_a_later_delivery_told_again_outlives_the_first(tmp_path) -> None:
    first = load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    other = episode() | {"source_record_id": "MP-2", "episode_ref": "MP-2", "missing_since": "2026-04-01T20:00"}
    load_rows(tmp_path, "missing_police", [episode(), other], received=TODAY, sender=POLICE)
    take_back(first)
    assert events_of("rowan", "missing_start") == ["2026-03-01", "2026-04-01"]
    assert the_child("rowan").surname == "Vale"


def test_a_delivery_taken_back_leaves_no_name_that_only_it_gave(tmp_path) -> None:
    take_back(load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE))
    with transaction.atomic(), as_engine():
        assert not Event.objects.exists()
        assert not Child.objects.exclude(surname="").exists()


def test_only_those_who_bring_extracts_in_take_them_back_and_they_say_why(tmp_path) -> None:
    delivery = load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    with viewing(person("analyst")) as analyst, pytest.raises(actions.Refused):
        actions.withdraw(delivery=delivery.pk, by=analyst, why=" ")
    with viewing(person("social_worker")) as worker, pytest.raises(Exception, match="take them back"):
        actions.withdraw(delivery=delivery.pk, by=worker, why="because")


# --- what is owed changes with what is known -----------------------------------------------------------


def test_an_interview_is_owed_from_the_return_and_met_by_the_hubs_own_file(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode(safe_return_at="2026-03-02T06:40")], received=date(2026, 3, 3),
              sender=POLICE)  # fmt: skip
    owed = Instance.objects.get(duty_id="rhi-72h", child=the_child("rowan"))
    assert owed.met_on is None
    assert owed.due_at.isoformat() == "2026-03-05T06:40:00+00:00"
    assert owed.learnt_on == date(2026, 3, 3)
    held = row(
        "return_interview", "rowan", agency=HUB, source_record_id="RI-1", episode_ref="MP-1",
        returned_at="2026-03-02T06:40", offered="Y", accepted="Y", offered_at="2026-03-02T15:00",
        held_at="2026-03-04T16:00", interviewer_role="charity", independent="Y",
    )  # fmt: skip
    load_rows(tmp_path, "return_interview", [held], received=date(2026, 3, 6), sender=HUB)
    assert Instance.objects.get(duty_id="rhi-72h", child=the_child("rowan")).met_on == date(2026, 3, 4)


def test_a_longer_cover_turns_cannot_tell_into_an_answer_for_a_child_it_does_not_name(tmp_path, engine) -> None:
    load_rows(tmp_path, "missing_police", [episode(safe_return_at="2026-03-02T06:40")], received=date(2026, 3, 3),
              sender=POLICE)  # fmt: skip
    assert Instance.objects.get(duty_id="rhi-72h").cannot_tell
    about_another = row(
        "return_interview", "other_rowan", agency=HUB, source_record_id="RI-7", episode_ref="MP-9",
        returned_at="2026-01-05T06:40", offered="Y", accepted="Y", held_at="2026-01-06T16:00",
    ) | {"extract_date": "2026-04-20"}  # fmt: skip
    load_rows(tmp_path, "return_interview", [about_another], received=TODAY, sender=HUB)
    owed = Instance.objects.get(duty_id="rhi-72h", child=the_child("rowan"))
    assert owed.covered_to is not None
    assert not owed.cannot_tell


def test_the_hub_of_the_childs_area_sees_them_while_it_has_something_to_do(tmp_path) -> None:
    here, everywhere = person("missing_hub", "Here", area="971"), person("missing_hub", "Everywhere")
    elsewhere = person("missing_hub", "Elsewhere", area="972")
    load_rows(tmp_path, "missing_police", [episode()], received=date(2026, 3, 3), sender=POLICE)
    for hub in (here, everywhere, elsewhere):
        with viewing(hub) as viewer:
            assert viewer.children, "until somebody says which area the child is of"
    load_rows(tmp_path, "events", [event_row("rowan", "visit", "2026-03-01", "E-1")], received=TODAY, sender="la:971")
    for hub, seen in ((here, True), (everywhere, True), (elsewhere, False)):
        with viewing(hub) as viewer:
            assert bool(viewer.children) is seen, hub.name
    long_back = episode(safe_return_at="2026-03-02T06:40") | {"missing_since": "2025-03-01T20:00"}
    load_rows(
        tmp_path, "missing_police", [long_back | {"safe_return_at": "2025-03-02T06:40"}], received=TODAY, sender=POLICE
    )
    with viewing(here) as viewer:
        assert viewer.children, "a year ago, and the interview is still owed"
    held = row(
        "return_interview", "rowan", agency=HUB, source_record_id="RI-1", episode_ref="MP-1",
        returned_at="2025-03-02T06:40", offered="Y", accepted="Y", held_at="2025-03-04T16:00",
    )  # fmt: skip
    load_rows(tmp_path, "return_interview", [held], received=TODAY, sender=HUB)
    with viewing(here) as viewer:
        assert not viewer.children


# --- one meaning, two homes --------------------------------------------------------------------------------


def test_the_site_and_the_command_come_to_the_same_duties(tmp_path, engine) -> None:
    """The same dated folders, loaded here one by one and checked there all at once."""
    folders = tmp_path / "partnership"
    invent.write(folders, children=12, seed=3, until=TODAY)
    for folder in sorted(folders.glob("20*")):
        if any(folder.iterdir()):
            load_dated(folder)
    pipeline.run(folders, tmp_path / "answer", TODAY, lambda stage, done, total: None)
    with (tmp_path / "answer" / "owed.csv").open(newline="") as answer:
        owed_there = list(csv.DictReader(answer))
    there = Counter(map(_as_told, owed_there))
    here = Counter(
        (
            owed.duty_id,
            owed.version,
            str(owed.opened_on),
            str(owed.due_on or ""),
            duties.status(rows.instance(owed), TODAY).state,
        )
        for table in (Instance, SubjectInstance)
        # Time alone will open the others; and the same duty without its reasons is no second one.
        for owed in table.objects.filter(opened_on__lte=TODAY, told_to=[])
    )
    assert here - there == Counter()
    # Only the command answers for children of whom there is no page here: rows of a school roll are kept apart.
    apart = there - here
    assert {owed["trigger_kind"] for owed in owed_there if _as_told(owed) in apart} <= {"school_joined", "school_left"}
    assert len(here) > 5


def _as_told(owed: dict[str, str]) -> tuple[str, ...]:
    return owed["duty_id"], owed["version"], owed["opened_at"][:10], owed["due_at"][:10], owed["state"]
