"""The copy of the whole record: made of what was decided, handed over by a named adult, seen by nobody else."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from requests_for_records import (
    ASKED,
    CLINIC,
    NEIGHBOUR,
    SAID,
    SEALED,
    SECRET,
    as_proposed,
    ask,
    decide,
    duty,
    hand_over,
    holding,
    make,
    read,
    rowans_record,
)
from stores import NOW, TODAY, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.typing_in import Refused
from throughline.web.child import asked, asking, handing
from throughline.web.child.models import AccessCopy, AccessRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    rowans_record(tmp_path)


@pytest.fixture
def worker():
    user = person("social_worker")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


@pytest.fixture
def second():
    user = person("team_manager")
    relate(user, the_child("rowan"), sharing.ALLOCATED)
    return user


# --- made and handed over ------------------------------------------------------------------------------


def test_there_is_no_copy_while_an_entry_waits(worker, second) -> None:
    number = ask(worker)
    some = dict(list(as_proposed(read(second, number)).items())[1:])
    decide(second, number, some)
    with pytest.raises(Refused):
        make(worker, number)


def test_the_copy_holds_what_is_given_and_says_beside_the_rest_why_not(worker, second) -> None:
    number = ask(worker, name="Rowan <script>")
    decide(second, number, as_proposed(read(second, number)))
    copy = make(worker, number)
    for given in (SAID, ASKED, handing.MARKING):
        assert given in copy
    for withheld in (NEIGHBOUR, CLINIC, SECRET, SEALED, "<script>"):
        assert withheld not in copy
    assert sharing.whole_record().reasons["health"].says in copy
    assert "Schedule 2, paragraph 16" in copy


def test_a_copy_for_a_parent_does_not_even_say_that_the_child_confided(worker, second) -> None:
    number = ask(worker, asker="parent", name="Mum", entitled_how="Parental responsibility")
    decide(second, number, as_proposed(read(second, number)))
    copy = make(worker, number)
    assert ASKED not in copy
    assert sharing.whole_record().reasons["confided"].says not in copy
    assert "2 Apr 2026" not in copy.replace("\N{NO-BREAK SPACE}", " ")


def test_what_was_decided_and_has_changed_since_waits_again(worker, second, tmp_path) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    again = event_row("rowan", "direct_voice", "2026-04-05", "W-2", details="words=I want to see my nan on Sundays")
    load_rows(tmp_path, "events", [again], received=date(2026, 4, 21), sender="la:971", name="again")
    assert holding(read(second, number), "on Sundays").changed
    with pytest.raises(Refused):
        make(worker, number)


def test_the_copy_is_kept_to_the_letter_with_its_hash(worker, second) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    copy = make(worker, number)
    with viewing(worker):
        kept = AccessCopy.objects.get(request_id=number)
        assert kept.sha256 == hashlib.sha256(copy.encode()).hexdigest()


def test_handed_over_by_a_named_adult_the_request_is_answered(worker, second) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    with pytest.raises(Refused):
        hand_over(worker, number)
    make(worker, number)
    hand_over(worker, number)
    assert duty(number).met_on == TODAY
    with viewing(worker) as viewer:
        how = asked.page(viewer, number).asked.request.closed_how
    assert "Ana Reyes" in how
    with pytest.raises(PermissionDenied):
        decide(second, number, {})


def test_every_step_and_every_look_is_recorded(worker, second) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    make(worker, number)
    hand_over(worker, number)
    with as_engine():
        actions = set(Change.objects.values_list("action", flat=True))
        assert Look.objects.filter(user_id=worker.pk, path_kind="copy of whole record").exists()
    steps = ("ask", "decide", "make", "close")
    assert {f"child.record.{step}" for step in steps} <= actions


def test_before_there_is_a_copy_there_is_none_to_read(worker) -> None:
    number = ask(worker)
    with viewing(worker) as viewer, pytest.raises(Http404):
        asked.copy(viewer, number)


def test_it_may_end_without_a_copy_and_says_why(worker) -> None:
    number = ask(worker)
    with viewing(worker) as viewer:
        with pytest.raises(Refused):
            asking.close(request=number, how="", by=viewer, purpose="test")
        asking.close(request=number, how="She took it back", by=viewer, purpose="test")
    assert duty(number).met_on == TODAY


# --- what must not be seen -----------------------------------------------------------------------------

TABLES = ("child_accessrequest", "child_accessitem", "child_verdict", "child_accesscopy")


@pytest.mark.parametrize(
    ("role", "relation"),
    [("social_worker", sharing.TEAM), ("missing_hub", sharing.HUB), ("dsl", sharing.SCHOOL), ("analyst", ""),
     ("police_desk", "police"), ("business_manager", ""), ("data_desk", "")],
)  # fmt: skip
def test_nobody_else_learns_by_sql_that_somebody_asked(worker, second, role: str, relation: str) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    make(worker, number)
    other = person(role, "Somebody Beside")
    if relation:
        relate(other, the_child("rowan"), relation)
    with viewing(other), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table


def test_the_reviewing_officer_decides_and_does_not_read_the_copy(worker, second) -> None:
    number = ask(worker)
    reviewer = person("iro")
    relate(reviewer, the_child("rowan"), sharing.REVIEWER)
    decide(second, number, as_proposed(read(second, number)))
    make(worker, number)
    with viewing(reviewer) as viewer:
        assert AccessRequest.objects.filter(pk=number).exists()
        assert not AccessCopy.objects.exists()
        with pytest.raises(PermissionDenied):
            asked.copy(viewer, number)
        assert not asked.page(viewer, number).copies


def test_the_sites_own_role_changes_nothing_of_it(worker, second) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    for statement in (
        f"update child_accessrequest set name = 'x' where id = {number}",
        "delete from child_verdict",
        "insert into child_verdict (item_id, what, reason, part, asked, seen_hash, by_id, at)"
        " select id, 'give', '', '', '', '', 1, now() from child_accessitem",
    ):
        with (
            viewing(second),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_who_answers_for_sharing_sees_that_somebody_waits_and_by_when_and_not_whose(worker, second) -> None:
    number = ask(worker)
    lead = person("information_governance_lead")
    with viewing(lead) as viewer:
        [row] = asked.waiting(viewer)
        assert (row.number, row.due_on, row.who, row.decided) == (number, date(2026, 5, 14), None, 0)
        assert not AccessRequest.objects.exists()
    with viewing(second) as viewer:
        [row] = asked.waiting(viewer)
        assert row.who is not None
    page = signed_in(lead).get(reverse("rights")).content.decode()
    assert f"Number {number}" in page
    assert "Rowan" not in page


@pytest.mark.parametrize("role", ["dsl", "police_desk", "analyst", "business_manager", "missing_hub"])
def test_the_list_of_requests_is_nobody_elses(worker, role: str) -> None:
    ask(worker)
    other = person(role)
    with viewing(other) as viewer, connection.cursor() as cursor:
        cursor.execute("select count(*) from app_asked_for()")
        assert cursor.fetchone() == (0,)
        with pytest.raises(PermissionDenied):
            asked.waiting(viewer)


# --- the pages -----------------------------------------------------------------------------------------


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["confirmed_at"] = NOW.isoformat()
    session.save()
    return client


def test_the_pages_carry_it_from_the_asking_to_the_hand(worker, second) -> None:
    first, other = signed_in(worker), signed_in(second)
    child = the_child("rowan").public_id
    asked_for = {
        "asker": "child", "name": "Rowan", "asked_on-day": "14", "asked_on-month": "4", "asked_on-year": "2026",
        "known_how": "I know her", "entitled_how": "", "route": "At school",
    }  # fmt: skip
    answer = first.post(reverse("access_ask", args=[child]), asked_for)
    assert answer.status_code == 302, answer.content.decode()
    number = int(answer["Location"].rsplit("/", 1)[-1])
    while waiting := [e for e in read(second, number) if not e.what]:
        page = other.get(reverse("access_items", args=[number])).content.decode()
        assert "Proposed to stay out: It is about somebody else" in page or NEIGHBOUR not in page
        given = {}
        for e in waiting[: asked.AT_ONCE]:
            given |= {f"what-{e.id}": "withhold" if e.fitting else "give", f"seen-{e.id}": e.seen,
                      f"reason-{e.id}": e.fitting[0].id if e.fitting else ""}  # fmt: skip
        assert other.post(reverse("access_items", args=[number]), given).status_code == 302
    assert first.post(reverse("access_make", args=[number])).status_code == 302
    copy = first.get(reverse("access_copy", args=[number]))
    assert SAID in copy.content.decode()
    assert "Rowan" not in copy["Content-Disposition"]
    handed = {"who": "Ana Reyes", "how": "Read together"}
    assert first.post(reverse("access_hand_over", args=[number]), handed).status_code == 302
    assert "Ana Reyes" in first.get(reverse("access", args=[number])).content.decode()


def test_before_the_copy_leaves_it_is_asked_once_more_who_it_is(worker, second) -> None:
    number = ask(worker)
    decide(second, number, as_proposed(read(second, number)))
    make(worker, number)
    client = Client()
    client.force_login(worker)
    session = client.session
    session.pop("confirmed_at", None)
    session.save()
    for name in ("access_copy", "access_hand_over"):
        answer = client.get(reverse(name, args=[number]))
        assert answer.status_code == 403
        assert SAID not in answer.content.decode()


def test_a_number_of_another_childs_request_is_not_there(worker) -> None:
    number = ask(worker)
    stranger = person("social_worker", "A Stranger")
    relate(stranger, the_child("teal"), sharing.ALLOCATED)
    client = signed_in(stranger)
    for name in ("access", "access_items", "access_copy", "access_hand_over", "access_step"):
        assert client.get(reverse(name, args=[number])).status_code == 404, name
