"""An unknown file is shown beside the layout it is nearest to, tried, saved for its sender, and read."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cast import deliver
from stores import NOW, POLICE, events_of, hand_in, load, load_dated, person
from throughline.feeds.base import Named
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import loading
from throughline.web.intake import actions, mapping, scorecards
from throughline.web.intake.models import Delivery, FileRead, SavedMapping

pytestmark = pytest.mark.django_db

HEADER = "Case No,LA Person ID,Last Name,First Name,Date of Birth,Missing Since,Date Returned,Initial Risk Level"
ROW = "77,4411,Vale,Rowan,20/10/2008,2026-03-01T20:00,2026-03-02T06:40,medium"
COLUMNS = {
    "case_no": "source_record_id",
    "la_person_id": "la_person_id",
    "last_name": "surname",
    "first_name": "forename",
    "date_of_birth": "dob",
    "missing_since": "missing_since",
    "date_returned": "returned_at",
    "initial_risk_level": "initial_risk",
}

NAMED = Named("missing_police", "missing_police", COLUMNS)


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)


@pytest.fixture
def unknown(tmp_path) -> FileRead:
    """A list of the police's own make, received and not known for anything."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "list.csv").write_text(f"{HEADER},Beat\n{ROW},K4\n")
    delivery = load(folder, received=date(2026, 4, 20), sender=POLICE)
    return FileRead.objects.get(delivery=delivery)


def test_the_receipt_says_what_it_comes_closest_to(unknown: FileRead) -> None:
    assert unknown.feed == ""
    assert "comes closest to Missing children, from the police" in unknown.note


def test_the_page_proposes_which_column_is_which(unknown: FileRead) -> None:
    with viewing(person("analyst")) as viewer:
        page = mapping.proposal(viewer, unknown.delivery_id, unknown.pk)
    assert page.chosen is not None
    assert page.chosen.feed == "missing_police"
    assert page.chosen.columns["date_returned"] == "returned_at"
    assert "beat" in page.chosen.unknown


def test_a_trial_says_what_would_come_of_it_and_keeps_nothing(unknown: FileRead) -> None:
    before = events_of("rowan", "missing_start")
    with viewing(person("analyst")) as viewer:
        trial = mapping.try_out(viewer, unknown.delivery_id, unknown.pk, NAMED)
    assert (trial.rows, trial.people, trial.whole, trial.outcomes) == (1, 1, True, {"used": 1})
    assert events_of("rowan", "missing_start") == before
    assert not SavedMapping.objects.exists()


def test_a_trial_shows_that_rows_without_their_telling_column_would_be_refused(unknown: FileRead) -> None:
    few = Named("missing_police", "missing_police", {"last_name": "surname", "missing_since": "", "date_returned": ""})
    with viewing(person("analyst")) as viewer:
        trial = mapping.try_out(viewer, unknown.delivery_id, unknown.pk, few)
    assert trial.outcomes == {"refused": 1}
    assert trial.examples


def save(read: FileRead) -> None:
    user = person("analyst")
    with viewing(user) as viewer:
        mapping.save(number=read.delivery_id, file=read.pk, named=NAMED, by=viewer, purpose="test")


def test_once_saved_the_same_file_is_read_and_stands_on_the_childs_line(unknown: FileRead) -> None:
    before = events_of("rowan", "missing_start")
    save(unknown)
    again = actions.receive_again(delivery=unknown.delivery_id, by=person("analyst").pk, purpose="test")
    delivery = loading.load(again)
    assert delivery.status == Delivery.Status.LOADED
    read = delivery.reads.get()
    assert (read.feed, read.rows, read.used + read.used_with_faults) == ("missing_police", 1, 1)
    assert events_of("rowan", "missing_start") == sorted([*before, "2026-03-01"])


def test_and_so_is_the_next_one_of_the_same_make_in_whatever_order_its_columns_stand(unknown, tmp_path) -> None:
    save(unknown)
    folder = tmp_path / "next"
    folder.mkdir()
    (folder / "april.csv").write_text(f"Beat,{HEADER}\nK4,{ROW.replace('77,', '78,').replace('2026-03', '2026-04')}\n")
    delivery = load(folder, received=date(2026, 4, 21), sender=POLICE)
    assert delivery.reads.get().feed == "missing_police"


def test_another_senders_file_is_not_read_by_it(unknown, tmp_path) -> None:
    save(unknown)
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "list.csv").write_text(f"{HEADER},Beat\n{ROW.replace('77,', '79,')},K4\n")
    delivery = load(folder, received=date(2026, 4, 21), sender="police:elsewhere")
    assert delivery.reads.get().feed == ""


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "dsl", "police_desk", "business_manager"])
def test_nobody_maps_who_does_not_bring_extracts_in(unknown: FileRead, role: str) -> None:
    with viewing(person(role)) as viewer:
        with pytest.raises(PermissionDenied):
            mapping.proposal(viewer, unknown.delivery_id, unknown.pk)
        with pytest.raises(PermissionDenied):
            scorecards.senders(viewer)
        with pytest.raises(PermissionDenied):
            scorecards.scorecard(viewer, POLICE)


def test_two_columns_cannot_be_one_of_ours(unknown: FileRead) -> None:
    client = Client()
    client.force_login(person("analyst"))
    answer = client.post(
        reverse("mapping", args=[unknown.delivery_id, unknown.pk]),
        {"layout": "missing_police/missing_police", "column.case_no": "upn", "column.beat": "upn", "act": "save"},
    )
    assert answer.status_code == 422
    assert not SavedMapping.objects.exists()


# --- scorecards ----------------------------------------------------------------------------------------


def test_a_sender_is_late_by_its_own_usual_gap(tmp_path) -> None:
    for day in (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)):
        folder = tmp_path / f"weekly-{day}"
        folder.mkdir()
        (folder / "list.csv").write_text(
            "source_record_id,la_person_id,dob,missing_since,returned_at,initial_risk,final_risk,extract_date\n"
            f"w{day},4411,2008-10-20,{day}T01:00,{day}T05:00,low,low,{day}\n"
        )
        load(folder, received=day, sender="police:weekly")
    with viewing(person("analyst")) as viewer:
        row = next(r for r in scorecards.senders(viewer) if r.agency == "police:weekly")
        card = scorecards.scorecard(viewer, "police:weekly")
    # Every seven days; the last 92 days before 21 April: 85 later than usual.
    assert (row.deliveries, row.usual, row.last, row.late) == (3, 7, date(2026, 1, 19), 85)
    assert [sent.days_after for sent in card.sent] == [0, 0, 0]


def test_it_says_what_a_sender_never_fills(tmp_path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "list.csv").write_text(
        "source_record_id,la_person_id,dob,missing_since,returned_at,initial_risk,found_place,extract_date\n"
        "b1,4411,2008-10-20,2026-04-01T01:00,2026-04-01T05:00,low,,2026-04-19\n"
    )
    load(folder, received=date(2026, 4, 20), sender="police:bare")
    with viewing(person("analyst")) as viewer:
        (never,) = scorecards.scorecard(viewer, "police:bare").never
    assert "found_place" in never.columns
    assert "initial_risk" not in never.columns
    assert never.rows == 1


def test_the_same_files_again_change_nothing_where_nothing_was_named_since(unknown: FileRead, tmp_path) -> None:
    folder = tmp_path / "own"
    delivery = loading.load(hand_in(folder, received=date(2026, 4, 21), sender=POLICE).pk)
    assert delivery.status == Delivery.Status.REPEATED
    save(unknown)
    delivery = loading.load(hand_in(folder, received=date(2026, 4, 21), sender=POLICE).pk)
    assert delivery.status == Delivery.Status.LOADED
