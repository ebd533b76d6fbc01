"""A page needs a reason (DESIGN §2.11): rows of a child without one are seen by no one, counted, and go."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from django.http import Http404

from cast import CHILDREN, columns, write_csv
from cast import row as cast_row
from stores import NOW, TODAY, event_row, load, load_rows, person, relate, the_child
from throughline import feeds, sharing, timeline
from throughline.feeds.attendance.columns import GIVEN
from throughline.web import walls
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change
from throughline.web.casework import actions, selectors, tidying
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Segment
from throughline.web.intake import selectors as intake
from throughline.web.intake.models import Apart, Delivery, Fault, FileRead, Statement, StoredFile
from throughline.web.linkage.models import ApartKey, ApartPerson, Child, Claim, Page, SearchKey, SourcePerson

pytestmark = pytest.mark.django_db

CLOVER = CHILDREN["clover"]
SCHOOL = "school:900001"
EVERY_ROLE = sorted(sharing.policy())
SEEN_TABLES = (Child, Page, SearchKey, SourcePerson, Claim, Statement, Event, Segment, Instance)


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def engine():
    with transaction.atomic(), as_engine():
        yield


def registers(tmp_path, *children: str, day: str = "2026-04-13", received: date = date(2026, 4, 17), code: str = "O"):
    """One school's marks of one day for these children, as a delivery."""
    marks = []
    for child in children:
        who = {name: cell for name, cell in cast_row("events", child, agency=SCHOOL).items() if name in GIVEN}
        for half in ("AM", "PM"):
            mine = {"session_date": day, "session": half, "code": code, "school_urn": "900001"}
            marks.append({**who, **mine, "source_record_id": f"{child}-{day}-{half}", "extract_date": str(received)})
    folder = tmp_path / f"marks-{received}-{day}-{len(marks)}"
    write_csv(folder / "marks.csv", GIVEN, marks)
    return load(folder, received=received, sender=SCHOOL)


def opens_case(tmp_path, child: str = "clover", day: str = "2026-04-18", record: str = "R-1", **cells: str) -> None:
    rows = [event_row(child, cells.pop("kind", "referral"), day, record, **cells)]
    load_rows(tmp_path, "events", rows, received=TODAY, sender="la:971", name=record)


def on_day(settings, day: date) -> None:
    settings.THROUGHLINE_NOW = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


# --- nobody sees them ---------------------------------------------------------------------------------------


def test_marks_of_a_child_without_a_reason_make_no_child_and_no_line(tmp_path, engine) -> None:
    delivery = registers(tmp_path, "clover")
    for table in SEEN_TABLES:
        assert not table.objects.exists(), table
    (kept,) = Apart.objects.all()
    assert (kept.rows, kept.said_by, kept.goes_on) == (2, SCHOOL, date(2027, 4, 17))
    read = FileRead.objects.get(delivery=delivery)
    assert (read.rows, read.used, read.apart) == (2, 2, 2), "counted as what they are, and as kept apart"


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_no_role_sees_them_through_the_site_or_past_it(tmp_path, role: str) -> None:
    registers(tmp_path, "clover")
    with viewing(person(role)) as viewer:
        for table in SEEN_TABLES:
            assert not table.objects.exists(), table
        assert not Fault.objects.filter(person__contains=CLOVER.la_id).exists()
        if viewer.policy.searches:
            assert not selectors.search(viewer, f"{CLOVER.forename} {CLOVER.surname}").hits
            assert not selectors.search(viewer, CLOVER.upn).hits


@pytest.mark.parametrize("table", [Apart, ApartPerson, ApartKey])
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_the_database_itself_refuses_every_role(role: str, table) -> None:
    name = table._meta.db_table
    assert name in walls.ENGINE_ONLY
    with viewing(person(role)), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        table.objects.exists()
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with viewing(person(role)), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"select 1 from {name}")


def test_they_are_counted_by_agency_and_few_children_are_held_back(tmp_path) -> None:
    registers(tmp_path, "clover", "aspen")
    with viewing(person("analyst")) as analyst:
        (few,) = intake.kept_apart(analyst)
        assert (few.rows, few.children) == (None, None)
    registers(tmp_path, "clover", "aspen", "briar", "heath", "ash", day="2026-04-14")
    with viewing(person("analyst")) as analyst:
        (counted,) = intake.kept_apart(analyst)
        assert (counted.rows, counted.children) == (14, 5)


def test_roles_that_see_no_numbers_are_given_none(tmp_path) -> None:
    registers(tmp_path, "clover", "aspen", "briar", "heath", "ash")
    for role, policy in sharing.policy().items():
        with viewing(person(role)), connection.cursor() as cursor:
            cursor.execute("select count(*) from app_apart()")
            assert bool(cursor.fetchone()[0]) == bool(policy.counts or policy.intake), role


# --- a reason begins ------------------------------------------------------------------------------------------


def test_when_a_reason_begins_what_was_kept_apart_joins_the_line(tmp_path, engine) -> None:
    registers(tmp_path, "clover", "aspen")
    opens_case(tmp_path)
    clover = Child.objects.get(upn=CLOVER.upn)
    assert clover.reasons == ["child_in_need"]
    assert set(Event.objects.filter(child=clover).values_list("kind", flat=True)) == {"referral", "absence_run"}
    assert {kept.person for kept in Apart.objects.all()} == {key for (key,) in ApartPerson.objects.values_list("key")}
    assert Apart.objects.count() == 1, "only the other child's are still apart"


def test_marks_about_a_child_with_a_page_go_straight_to_the_line(tmp_path, engine) -> None:
    opens_case(tmp_path)
    delivery = registers(tmp_path, "clover", "aspen")
    assert Event.objects.filter(kind="absence_run").count() == 1
    assert FileRead.objects.get(delivery=delivery).apart == 2


def test_what_is_older_than_twelve_months_when_the_reason_begins_does_not_join(tmp_path, engine) -> None:
    registers(tmp_path, "clover", day="2025-03-03", received=date(2025, 4, 1))
    opens_case(tmp_path)
    assert not Event.objects.filter(kind="absence_run").exists()


def test_told_again_the_same_they_count_as_repeated_and_are_kept_longer(tmp_path, engine) -> None:
    registers(tmp_path, "clover")
    again = registers(tmp_path, "clover", received=date(2026, 4, 20))
    (kept,) = Apart.objects.all()
    assert kept.goes_on == date(2027, 4, 20)
    assert FileRead.objects.get(delivery=again).repeated == 2


def test_a_person_may_open_a_page_with_a_purpose_after_a_search(tmp_path) -> None:
    registers(tmp_path, "clover")
    with viewing(person("social_worker")) as worker:
        token = selectors.search(worker, "Clover").token
        opened = actions.create_child(
            forename=CLOVER.forename, surname=CLOVER.surname, dob=CLOVER.dob, sex="F", upn=CLOVER.upn,
            token=token, why="A neighbour rang", by=worker, purpose="duty",
        )  # fmt: skip
        assert Event.objects.filter(child__public_id=opened, kind="absence_run").exists()
        assert selectors.child_for(worker, opened).reasons == ["opened"]


# --- the last reason ends ---------------------------------------------------------------------------------------


def test_a_closed_page_is_gone_its_facts_are_not(tmp_path, settings) -> None:
    registers(tmp_path, "clover")
    opens_case(tmp_path)
    opens_case(tmp_path, day="2026-04-20", record="R-2", kind="case_closed")
    clover = the_child("clover")
    worker = person("social_worker")
    relate(worker, clover, sharing.ALLOCATED)
    on_day(settings, date(2026, 4, 22))
    with viewing(worker) as viewer:
        with pytest.raises(Http404):
            selectors.child_for(viewer, clover.public_id)
        assert not selectors.search(viewer, "Clover").hits
        assert not viewer.may_open(clover.pk)
        for table in (Child, Event, Statement, Instance, Segment):
            assert not table.objects.exists(), table
    with transaction.atomic(), as_engine():
        assert Event.objects.filter(child=clover, kind="referral").exists()


# --- they go ----------------------------------------------------------------------------------------------------


def test_after_twelve_months_they_are_gone_and_so_is_the_file(tmp_path, settings, engine) -> None:
    registers(tmp_path, "clover")
    assert tidying.tidy(day=date(2027, 4, 16)).apart == 0
    gone = tidying.tidy(day=date(2027, 4, 17))
    assert (gone.apart, gone.files) == (2, 1)
    for table in (Apart, ApartPerson, ApartKey):
        assert not table.objects.exists(), table
    stored = StoredFile.objects.get()
    assert stored.removed_on == date(2027, 4, 17)
    assert not [path for path in (settings.DATA_FOLDER / "files").rglob("*") if path.is_file()]
    assert Change.objects.filter(action="intake.tidy", subject_id__contains="2 apart").exists()


def test_rows_of_such_feeds_go_from_a_closed_page_and_what_gave_the_reason_stays(tmp_path, settings) -> None:
    registers(tmp_path, "clover")
    opens_case(tmp_path)
    opens_case(tmp_path, day="2026-04-20", record="R-2", kind="case_closed")
    day = date(2027, 4, 21)
    on_day(settings, day)
    assert tidying.tidy(day=day).closed == 2
    with transaction.atomic(), as_engine():
        clover = Child.objects.get(upn=CLOVER.upn)
        assert set(Event.objects.filter(child=clover).values_list("kind", flat=True)) == {"referral", "case_closed"}
        assert clover.closed_on == date(2026, 4, 21)


def test_a_delivery_taken_back_takes_back_what_was_apart(tmp_path) -> None:
    delivery = registers(tmp_path, "clover")
    with viewing(person("analyst")) as analyst:
        actions.withdraw(delivery=delivery.pk, by=analyst, why="The wrong school")
    with transaction.atomic(), as_engine():
        assert not Apart.objects.exists()
    assert Delivery.objects.get(pk=delivery.pk).status == Delivery.Status.WITHDRAWN


# --- A&E by name only where there is a concern ---------------------------------------------------------------------


@pytest.mark.parametrize(("concern", "named"), [("", False), ("child at risk", True)])
def test_ae_rows_keep_a_name_only_where_the_hospital_raised_a_concern(tmp_path, engine, concern, named) -> None:
    came = cast_row("ae_attendance", "clover", agency="hospital:shores", source_record_id="A-1",
                    attendance_id="A-1", arrival_at="2026-04-10T22:00", safeguarding_concern=concern)  # fmt: skip
    load_rows(tmp_path, "ae_attendance", [came], received=TODAY, sender="hospital:shores")
    (kept,) = Apart.objects.all()
    place = columns("ae_attendance").index("surname")
    assert bool(kept.cells[place]) is named
    (claims,) = ApartPerson.objects.values_list("claims", flat=True)
    assert any("surname" in claim for claim in claims) is named


# --- the list itself ----------------------------------------------------------------------------------------------


def test_the_list_names_feeds_and_columns_that_exist() -> None:
    known = {feed.id: feed for feed in feeds.registry()}
    rules = timeline.reasons()
    assert rules.apart <= set(known)
    for feed, column in rules.by_name.items():
        assert any(column in own for own in known[feed].tables.values()), feed
