"""Boards with clocks, the calendar and its subscription, lines put off, what came of a flag."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from stores import HUB, NOW, POLICE, TODAY, episode, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework import actions, coming, selectors, worklists
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, PutOff
from throughline.web.casework.reading import asking

pytestmark = pytest.mark.django_db

CHAIR, SCHOOL = "conference_service:971", "school:971001"
BACK = episode(safe_return_at="2026-04-20T06:40") | {"missing_since": "2026-04-19T20:00"}


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def told(tmp_path, *rows, sender: str = "la:971", name: str = "") -> None:
    load_rows(tmp_path, "events", rows, received=TODAY, sender=sender, name=name)


def in_care(tmp_path) -> None:
    """Rowan, in care since March, whose first review is booked for next week."""
    told(
        tmp_path,
        event_row("rowan", "care_started", "2026-03-30", "C-1", details="legal_status=C2"),
        event_row("rowan", "care_review_booked", "2026-04-10", "C-2", agency=CHAIR, details="due=2026-04-29"),
    )


def reviewer(name: str = "Jo Hartley"):
    iro = person("iro", name, agency=CHAIR, area="971")
    relate(iro, the_child("rowan"), sharing.REVIEWER)
    return iro


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


# --- boards --------------------------------------------------------------------------------------------------


def test_the_hours_of_a_board_carry_the_moment_they_count_to_and_say_when_they_were_made(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [BACK], received=TODAY, sender=POLICE)
    page = signed_in(person("missing_hub", agency=HUB, area="971")).get(reverse("board", args=["missing"]))
    text = page.content.decode()
    assert 'data-until="2026-04-23T05:40:00+00:00"' in text, "72 hours after the return, in UTC"
    assert "As things stand Tue" in text
    assert "casework/clocks" in text
    assert "Also see it" in text


def test_days_out_of_school_fall_where_the_practice_counts_them(tmp_path) -> None:
    """Fifteen school days are not fifteen days: Easter holidays are no school days."""
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-01-05", "E-1", details="need=N1"),
        event_row("rowan", "education_status_started", "2026-03-16", "E-2", agency=SCHOOL, details="status=NOPLACE"),
        event_row("other_rowan", "referral", "2026-01-05", "E-3", details="need=N1"),
        event_row(
            "other_rowan", "education_status_started", "2026-03-27", "E-4", agency=SCHOOL, details="status=NOPLACE"
        ),
    )
    with viewing(person("team_manager", area="971")) as viewer:
        shown = {one.id: one for one in worklists.board(viewer, "out-of-education").lists}
        assert [shown[id].count for id in ("out_4_months", "out_42_days", "out_15_days", "out_new")] == [0, 0, 1, 1]
        assert plain(shown["out_15_days"].rows[0].why).count("school days") == 1


def test_four_months_go_by_the_corresponding_date() -> None:
    assert asking.since(date(2026, 6, 30), 4, "months") == date(2026, 2, 28)
    assert asking.since(date(2026, 4, 21), 42, "days") == date(2026, 3, 10)


def test_stretches_out_of_school_are_added_up_and_roll_elsewhere_is_no_reason_to_be_left_out(tmp_path) -> None:
    elsewhere = "school:972005"
    out = "status=PTT"
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-01-05", "A-1", details="need=N1"),
        event_row("rowan", "school_joined", "2025-09-03", "A-2", agency=elsewhere, details="school_urn=972005"),
        event_row("rowan", "education_status_started", "2025-11-03", "A-3", agency=elsewhere, details=out, ref="x1"),
        event_row("rowan", "education_status_ended", "2025-12-01", "A-4", agency=elsewhere, ref="x1"),
        event_row("rowan", "education_status_started", "2026-03-02", "A-5", agency=elsewhere, details=out, ref="x2"),
    )
    with viewing(person("team_manager", area="971")) as viewer:
        shown = {one.id: one for one in worklists.board(viewer, "out-of-education").lists}
        [row] = shown["out_42_days"].rows
        assert "in 12 months, 2 times added up." in plain(row.why)
        assert "On roll: " in row.why


def test_an_open_investigation_says_the_days_to_the_18th_birthday(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-01-05", "I-0", details="need=N1"),
        event_row("rowan", "investigation_opened", "2026-03-02", "I-1", agency=POLICE, details="occurrence_no=1"),
    )
    with viewing(person("police_desk", agency=POLICE, area="971")) as viewer:
        board = worklists.board(viewer, "investigations")
        [row] = board.lists[0].rows
        dob = the_child("rowan").dob
        left = (date(dob.year + 18, dob.month, dob.day) - TODAY).days
        assert plain(row.timer) == f"{left:,} days to 18"
        assert row.runs_from is None, "days to a birthday are no stopwatch"


def test_a_stranger_sees_no_child_on_any_board(tmp_path) -> None:
    in_care(tmp_path)
    load_rows(tmp_path, "missing_police", [BACK], received=TODAY, sender=POLICE)
    for role in ("social_worker", "conference_chair", "iro", "team_manager", "mace_coordinator"):
        client = signed_in(person(role, f"Far {role}", agency="la:975", area="975"))
        for id, _ in worklists.boards_of(role):
            assert "Vale" not in client.get(reverse("board", args=[id])).content.decode(), (role, id)


# --- the calendar ----------------------------------------------------------------------------------------------


def test_what_falls_due_with_me_and_meetings_of_my_children_stand_by_day(tmp_path) -> None:
    in_care(tmp_path)
    with viewing(reviewer()) as viewer:
        days = {day.day: [row.what for row in day.rows] for day in coming.calendar(viewer).days}
        assert "Care review booked" in days[date(2026, 4, 29)]
        assert "First looked after review" in [what for several in days.values() for what in several]
        assert all(TODAY <= day < TODAY + timedelta(28) for day in days)
    worker = person("social_worker", "Ana Reyes", area="971")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with viewing(worker) as viewer:
        whats = [row.what for day in coming.calendar(viewer).days for row in day.rows]
        assert "Care review booked" in whats, "their child's meeting"
        assert "First looked after review" not in whats, "the reviewer's line, not theirs"


def test_a_stranger_has_nothing_in_the_calendar(tmp_path) -> None:
    in_care(tmp_path)
    reviewer()
    for role in ("iro", "social_worker", "duty_team", "business_manager", "analyst"):
        answer = signed_in(person(role, f"Far {role}", agency="la:975", area="975")).get(reverse("calendar"))
        assert answer.status_code == 200, role
        assert "Vale" not in answer.content.decode(), role


def subscribed(user) -> str:
    """Open the secret address as that person would; the address as it is shown."""
    client = signed_in(user)
    page = client.post(reverse("calendar_subscribe"), {"act": "open"}, follow=True).content.decode()
    [address] = [part for part in page.split('"') if part.endswith(".ics")]
    again = client.get(reverse("calendar")).content.decode()
    assert address not in again, "it is shown once"
    return urlsplit(address).path


def test_a_calendar_program_reads_titles_and_days_and_nothing_of_whom(tmp_path) -> None:
    in_care(tmp_path)
    iro, rowan = reviewer(), the_child("rowan")
    path = subscribed(iro)
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    for private in (rowan.forename, rowan.surname, str(rowan.public_id), rowan.la_id, rowan.upn or "none such"):
        assert private not in text
    events = Calendar.from_ical(text).walk("VEVENT")
    assert "Care review" in {str(event["SUMMARY"]) for event in events}
    review = next(event for event in events if event["SUMMARY"] == "Care review")
    assert review.decoded("DTSTART") == date(2026, 4, 29)
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert Client().get(path).content == answer.content, "the same things have the same ids"
    with transaction.atomic(), as_engine():
        look = Look.objects.filter(path_kind="calendar subscription").latest("pk")
        assert (look.user_id, look.child_ids) == (iro.pk, [rowan.pk])


def test_a_subscription_is_closed_until_opened_and_ends_when_closed_renewed_or_the_person_leaves(tmp_path) -> None:
    in_care(tmp_path)
    iro = reviewer()
    assert Client().get(reverse("calendar_feed", args=["guessed"])).status_code == 404
    first = subscribed(iro)
    second = subscribed(iro)
    assert Client().get(first).status_code == 404, "a new address ends the old one"
    assert Client().get(second).status_code == 200
    signed_in(iro).post(reverse("calendar_subscribe"), {"act": "close"})
    assert Client().get(second).status_code == 404
    third = subscribed(iro)
    iro.is_active = False
    iro.save()
    assert Client().get(third).status_code == 404
    done = Change.objects.filter(subject_kind="calendar_key").values_list("action", flat=True)
    with transaction.atomic(), as_engine():
        assert sorted(done) == ["accounts.close_calendar"] * 2 + ["accounts.open_calendar"] * 3


# --- put off ----------------------------------------------------------------------------------------------------


def overdue_worry(tmp_path) -> int:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-04-01", "W-1", details="need=N1"),
        event_row("rowan", "worry", "2026-04-16T10:00", "W-2", agency=SCHOOL, details="what=New phone"),
    )
    with transaction.atomic(), as_engine():
        return Instance.objects.get(duty_id="r36-worry-answered", told_to=[]).pk


def put_off(user, line: int, until: date, reason: str = "Seeing her on Friday") -> None:
    with viewing(user) as viewer:
        actions.put_off(line=line, until=until, reason=reason, by=viewer, purpose="test")


def test_a_line_put_off_leaves_its_owners_list_for_a_reason_and_comes_back_by_itself(tmp_path, settings) -> None:
    line = overdue_worry(tmp_path)
    manager = person("team_manager", "Priya Desai", area="971")
    put_off(manager, line, date(2026, 4, 24))
    with viewing(manager) as viewer:
        monday = selectors.my_monday(viewer)
        assert monday.list("worries").count == 0
        [row] = monday.list("put_off").rows
        assert plain(row.put_off) == "Put off until Fri 24 Apr by Priya Desai: Seeing her on Friday"
        assert row.owed.due_on == date(2026, 4, 17), "its date has not changed"
    settings.THROUGHLINE_NOW = NOW + timedelta(days=3)
    with viewing(manager) as viewer:
        assert selectors.my_monday(viewer).list("worries").count == 1
    with transaction.atomic(), as_engine():
        assert PutOff.objects.count() == 1
        assert Change.objects.filter(action="casework.put_off", user_id=manager.pk).count() == 1


@pytest.mark.parametrize(
    ("until", "reason", "wrong"),
    [
        (date(2026, 4, 24), " ", "reason"),
        (TODAY, "Later", "until"),
        (date(2026, 6, 1), "Later", "until"),
        (None, "Later", "until"),
    ],
)
def test_putting_off_needs_a_reason_and_a_day_that_is_not_far(tmp_path, until, reason, wrong) -> None:
    line = overdue_worry(tmp_path)
    with pytest.raises(actions.Refused) as refused:
        put_off(person("team_manager", area="971"), line, until, reason)
    assert set(refused.value.errors) == {wrong}


def test_only_whoever_it_stands_with_puts_a_line_off_and_who_does_not_see_it_finds_nothing(tmp_path) -> None:
    line = overdue_worry(tmp_path)
    worker = person("social_worker", "Ana Reyes", area="971")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with pytest.raises(PermissionDenied):
        put_off(worker, line, date(2026, 4, 24))
    stranger = person("team_manager", "Far Manager", agency="la:975", area="975")
    with pytest.raises(Http404):
        put_off(stranger, line, date(2026, 4, 24))
    assert signed_in(stranger).get(reverse("owed_line", args=[line])).status_code == 404


def test_an_overdue_must_never_leaves_a_managers_list(tmp_path) -> None:
    """A reviewer may put their own late review off; the manager's lists of late work keep it, with the reason."""
    told(
        tmp_path,
        event_row("rowan", "care_started", "2026-02-02", "C-1", details="legal_status=C2"),
        event_row("rowan", "care_review_held", "2026-01-02", "C-0", agency=CHAIR),
    )
    with transaction.atomic(), as_engine():
        line = Instance.objects.get(duty_id="lac-review-first-20wd", met_on=None)
        Instance.objects.filter(pk=line.pk).update(cannot_tell="", covered_to=TODAY)
    iro, manager = reviewer(), person("team_manager", "Priya Desai", area="971")
    put_off(iro, line.pk, date(2026, 5, 5), "The new home is being found first")
    with viewing(iro) as viewer:
        reviews = selectors.my_monday(viewer).list("reviews")
        assert line.pk not in [row.owed.id for row in reviews.rows]
    with viewing(manager) as viewer:
        [row] = [row for row in selectors.my_monday(viewer).list("put_off_late").rows if row.owed.id == line.pk]
        assert row.put_off.endswith("Jo Hartley: The new home is being found first")


# --- what came of a flag ----------------------------------------------------------------------------------------


def test_what_came_of_a_flag_is_a_fact_on_the_line_held_as_closely_as_the_flag(tmp_path) -> None:
    line = overdue_worry(tmp_path)
    with transaction.atomic(), as_engine():
        Instance.objects.filter(pk=line).update(level="SL3", tags=["HLTH"])
    manager = person("team_manager", "Priya Desai", area="971")
    client = signed_in(manager)
    address = reverse("owed_line", args=[line])
    assert "What came of this flag" in client.get(address).content.decode()
    left_out = client.post(address, {"act": "said", "verdict": "", "said": ""}).content.decode()
    assert "Choose what came of it" in left_out
    done = client.post(address, {"act": "said", "verdict": "relevant", "said": "The phone was a gift"}, follow=True)
    assert "is on the line" in done.content.decode()
    with transaction.atomic(), as_engine():
        [event] = Event.objects.filter(kind="flag_feedback")
        flag = Instance.objects.get(duty_id="r36-worry-answered", told_to=[])
    assert (event.level, event.tags) == ("SL3", ["HLTH"])
    assert event.details == {
        "duty": flag.duty_id,
        "trigger": flag.trigger_key,
        "verdict": "relevant",
        "reason": "The phone was a gift",
    }
    with viewing(person("dsl", agency=SCHOOL, area="971")):
        assert not Event.objects.filter(kind="flag_feedback").exists()
