"""Opened in an emergency: for whom, what it opens and what it does not, until when, who is told, who checks it."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cast import deliver
from stores import NOW, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts import again
from throughline.web.accounts.models import BreakGlass, BreakGlassCheck, User
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework import glass, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Message, SubjectEvent, SubjectInstance
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

WHY = "A neighbour rang: she was seen on the bridge. Who can reach her?"
POLICE = "police:castlereach"
HELD = {
    "V-1": ("SL4", ""),
    "V-2": ("SL4", "PROT-ADDR"),
    "V-3": ("SL4", "ORIG"),
    "V-4": ("SL4", "LIVE-INV"),
    "V-5": ("SL5", ""),
    "V-6": ("SL3", "SEXH"),
    "V-7": ("SL3", "PROT-PERSON"),
    "V-8": ("SL4", "ADOPT"),
}
"""Records held closely about Rowan: level and tags."""
CONTENT, ROUTE = {"V-1", "V-2", "V-6"}, {"V-3", "V-4", "V-8"}
"""Which of them an emergency opens, and of which it says whom to ask."""


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    rows = [
        event_row("rowan", "arrest", "2026-04-03", record, agency=POLICE, level=level, tags=tags)
        for record, (level, tags) in HELD.items()
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


@pytest.fixture
def night() -> User:
    return person("duty_team", "Noor Night", agency="la:971", area="971")


@pytest.fixture
def lead() -> User:
    worker = person("social_worker", "Ana Lead")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


@pytest.fixture
def governs() -> User:
    return person("information_governance_lead", "Ines Governs", agency="la:971")


def break_it(by: User, hours: str = "4", **given: str) -> UUID:
    asked = {"reason": "immediate_safety", "purpose": WHY} | given
    with viewing(by) as viewer:
        return glass.open_record(child=the_child("rowan").public_id, hours=hours, by=viewer, **asked)


def seen_in_sql(by: User) -> set[str]:
    """Which of the closely held records the database gives somebody who asks for every row."""
    with viewing(by), connection.cursor() as cursor:
        cursor.execute("select s.record_id from casework_event e join intake_statement s on s.id = e.statement_id")
        return {record for (record,) in cursor.fetchall()} & set(HELD)


def shown_by_sharing(by: User, sight: str) -> set[str]:
    """Which of them the decision function shows so."""
    rowan = the_child("rowan")
    with viewing(by) as viewer:
        ways = viewer.relations_to(rowan.pk)[rowan.pk]
    return {
        record
        for record, (level, tags) in HELD.items()
        if sharing.decide(by.role, ways, sharing.Item(level, frozenset(filter(None, [tags])), "arrest")).sight == sight
    }


def run(statement: str, as_role: str) -> None:
    """One statement in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local role {as_role}")
        cursor.execute(statement)


def messages(to: User, sort: str = glass.OPENED) -> list[Message]:
    with transaction.atomic(), as_engine():
        return list(Message.objects.filter(user_id=to.pk, sort=sort))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- what it opens -------------------------------------------------------------------------------------------


def test_both_walls_open_what_the_policy_says_and_nothing_sealed(night) -> None:
    assert seen_in_sql(night) == shown_by_sharing(night, sharing.FULL) == set()
    break_it(night)
    assert seen_in_sql(night) == shown_by_sharing(night, sharing.FULL) == CONTENT
    assert shown_by_sharing(night, sharing.STUB) == ROUTE


def test_what_somebody_else_decides_about_opens_the_route_to_them_and_not_the_content(night) -> None:
    break_it(night)
    with viewing(night) as viewer:
        page = selectors.child_page(viewer, the_child("rowan").public_id)
        assert sum(stub.count for stub in page.stubs) >= len(ROUTE)
        assert not Event.objects.filter(tags__overlap=["ORIG", "LIVE-INV", "ADOPT", "PROT-PERSON"]).exists()


def test_it_opens_one_child_to_one_person(night) -> None:
    break_it(night)
    other, second = person("duty_team", "Olu Other", area="971"), the_child("briar")
    with viewing(night):
        assert not Event.objects.filter(child=second, level__gt="SL2").exists()
    assert seen_in_sql(other) == set()


@pytest.mark.parametrize(("hours", "last", "after"), [("4", 239, 240), ("24", 1439, 1440), ("1", 59, 60)])
def test_it_closes_by_itself_to_the_minute(settings, night, hours: str, last: int, after: int) -> None:
    break_it(night, hours=hours)
    settings.THROUGHLINE_NOW = NOW + timedelta(minutes=last)
    assert seen_in_sql(night) == shown_by_sharing(night, sharing.FULL) == CONTENT
    settings.THROUGHLINE_NOW = NOW + timedelta(minutes=after)
    assert seen_in_sql(night) == shown_by_sharing(night, sharing.FULL) == set()


def test_the_database_takes_no_longer_window_and_no_blank_purpose(night) -> None:
    given = {"user": night, "child_id": the_child("rowan").pk, "reason": "x", "agency": "la:971", "opened_at": NOW}
    for wrong in ({"until": NOW + timedelta(hours=25), "purpose": "x"}, {"until": NOW, "purpose": "x"},
                  {"until": NOW + timedelta(hours=1), "purpose": ""}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), as_engine():
            BreakGlass.objects.create(**given, **wrong)


def test_nobody_opens_a_record_whose_role_the_policy_does_not_name() -> None:
    for role in set(words.roles()) - sharing.glass().roles:
        with pytest.raises(PermissionDenied):
            break_it(person(role, area="971"))
    with transaction.atomic(), as_engine():
        assert not BreakGlass.objects.exists()


def test_a_child_whose_very_presence_is_sealed_is_not_there_to_be_opened(night) -> None:
    with transaction.atomic(), as_engine():
        Child.objects.filter(pk=the_child("rowan").pk).update(level="SL5")
    with pytest.raises(Http404):
        break_it(night)


def test_every_answer_is_asked_for(night) -> None:
    for name, answers in {
        "reason": ("", "curious"),
        "purpose": (" ",),
        "hours": ("0", "25", "-1", "all", "9999"),
    }.items():
        for answer in answers:
            with pytest.raises(glass.Refused) as refused:
                break_it(night, **{name: answer})
            assert set(refused.value.errors) == {name}, answer
    with transaction.atomic(), as_engine():
        assert not BreakGlass.objects.exists()


def test_nobody_opens_lengthens_or_takes_back_one_behind_the_page(night) -> None:
    break_it(night)
    opening = (
        "insert into accounts_breakglass (ref, user_id, child_id, reason, purpose, opened_at, until, agency, owner)"
        " select gen_random_uuid(), id, 1, 'x', 'x', now(), now() + interval '1 hour', '', '' from accounts_user"
    )
    changing = ("update accounts_breakglass set until = until + interval '1 hour'", "delete from accounts_breakglass")
    for seat, statement in (("web", opening), *itertools.product(("web", "engine"), changing)):
        with viewing(night), pytest.raises(DatabaseError):
            run(statement, as_role=f"throughline_{seat}")


# --- who is told ---------------------------------------------------------------------------------------------


def test_the_lead_and_who_answers_for_access_are_told_at_once_and_without_a_name(night, lead, governs) -> None:
    elsewhere = person("information_governance_lead", "Far Governs", agency="la:975")
    ref = break_it(night)
    for told in (lead, governs):
        [message] = messages(told)
        assert "Rowan" not in message.subject + message.text
        assert "Vale" not in message.subject + message.text
        assert signed_in(told).get(reverse("message", args=[message.pk]))["Location"] == f"/emergency/{ref}"
        page = signed_in(told).get(f"/emergency/{ref}").content.decode()
        assert "Noor Night" in page
        assert "A neighbour rang" in page
    assert messages(night) == messages(elsewhere) == []


def test_where_nobody_leads_the_manager_of_the_area_is_told(night) -> None:
    near, far = (person("team_manager", f"{area} Manager", area=area) for area in ("971", "975"))
    ref = break_it(night)
    assert len(messages(near)) == 1
    assert messages(far) == []
    assert signed_in(near).get(f"/emergency/{ref}").status_code == 200
    assert signed_in(far).get(f"/emergency/{ref}").status_code == 404


def test_the_page_of_it_is_there_for_those_with_a_part_in_it_alone(night, lead, governs) -> None:
    ref = break_it(night)
    for other in (person("social_worker", "Sam Other"), person("information_governance_lead", "Far", agency="la:975"),
                  person("police_desk", "Pat Desk", agency=POLICE), person("business_manager")):  # fmt: skip
        assert signed_in(other).get(f"/emergency/{ref}").status_code == 404
        assert "Noor Night" not in signed_in(other).get("/emergency").content.decode()
        with viewing(other), connection.cursor() as cursor:
            cursor.execute("select count(*) from accounts_breakglass where true or true")
            assert cursor.fetchone() == (0,)
    assert "Noor Night" in signed_in(lead).get("/emergency").content.decode()


def test_the_act_is_a_change_on_record_and_a_fact_with_nobody_in_it(night, governs) -> None:
    ref = break_it(night)
    with transaction.atomic(), as_engine():
        assert Change.objects.filter(action="casework.open_in_emergency", user_id=night.pk).count() == 1
        [fact] = SubjectEvent.objects.filter(kind="break_glass")
        assert fact.details == {"reason": sharing.glass().reasons["immediate_safety"], "until": "2026-04-21T14:30"}
        assert fact.about.key == f"access:{ref}"


# --- the banner ------------------------------------------------------------------------------------------------


def test_a_banner_says_so_on_every_page_while_it_stands_open(settings, night) -> None:
    break_it(night)
    rowan = the_child("rowan").public_id
    banner = "Opened in an emergency"
    for tab in ("", "owed", "team", "plans", "voice", "chapters", "sources"):
        assert banner in signed_in(night).get(f"/children/{rowan}/{tab}").content.decode(), tab
    for address in (f"/children/{rowan}/record", f"/children/{rowan}/looks", "/work"):
        assert "A record stands open to you in an emergency" in signed_in(night).get(address).content.decode(), address
    settings.THROUGHLINE_NOW = NOW + timedelta(hours=5)
    assert banner not in signed_in(night).get(f"/children/{rowan}/").content.decode()


def test_the_form_says_what_will_happen_and_opens_the_page(night) -> None:
    rowan, client = the_child("rowan").public_id, signed_in(night)
    asked = client.get(reverse("glass_open", args=[rowan])).content.decode()
    assert "is told at once" in asked
    refused = client.post(reverse("glass_open", args=[rowan]), {"reason": "immediate_safety", "hours": "4"})
    assert "Say what you need to find out" in refused.content.decode()
    answers = {"reason": "immediate_safety", "purpose": WHY, "hours": "2"}
    assert client.post(reverse("glass_open", args=[rowan]), answers)["Location"] == f"/children/{rowan}/"
    with transaction.atomic(), as_engine():
        assert BreakGlass.objects.get().until == NOW + timedelta(hours=2)


def test_who_signed_in_a_while_ago_is_asked_once_more_who_they_are(settings, night) -> None:
    client = signed_in(night)
    settings.THROUGHLINE_NOW = NOW + again.FRESH + timedelta(seconds=1)
    rowan = the_child("rowan").public_id
    answers = {"reason": "immediate_safety", "purpose": WHY, "hours": "4"}
    assert client.post(reverse("glass_open", args=[rowan]), answers).status_code == 403
    with transaction.atomic(), as_engine():
        assert not BreakGlass.objects.exists()


# --- the check ---------------------------------------------------------------------------------------------------


def owed() -> list[tuple[str, str, str]]:
    with transaction.atomic(), as_engine():
        found = SubjectInstance.objects.filter(duty_id="r37-break-glass")
        return [(str(i.opened_on), str(i.due_on), str(i.met_on or "")) for i in found]


def check(by: User, ref: UUID, **given: str) -> None:
    asked = {"outcome": "needed", "why": "She was found within the hour", "taken_to": ""} | given
    with viewing(by) as viewer:
        glass.check(ref=ref, by=viewer, **asked)


def test_it_is_to_be_checked_by_the_next_working_day(settings, night, governs) -> None:
    settings.THROUGHLINE_NOW = datetime(2026, 4, 2, 21, 0, tzinfo=UTC)  # Maundy Thursday, ten at night in London
    ref = break_it(night)
    assert owed() == [("2026-04-02", "2026-04-07", "")]
    settings.THROUGHLINE_NOW = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)
    assert "working day past local target" in signed_in(governs).get("/emergency").content.decode()
    check(governs, ref)
    assert owed() == [("2026-04-02", "2026-04-07", "2026-04-08")]


def test_whoever_checks_sees_what_was_looked_at_while_it_stood_open(night, governs) -> None:
    ref = break_it(night)
    signed_in(night).get(f"/children/{the_child('rowan').public_id}/owed")
    with transaction.atomic(), as_engine():
        purposes = set(Look.objects.filter(user_id=night.pk, path_kind="child page").values_list("purpose", flat=True))
    assert purposes == {"In an emergency: A child, or somebody else, may be in danger now"}
    page = signed_in(governs).get(f"/emergency/{ref}").content.decode()
    assert "Child page" in page
    assert "Record what you found" in page
    assert signed_in(governs).get(f"/children/{the_child('rowan').public_id}/").status_code == 403


def test_only_somebody_who_had_no_part_in_it_checks_it(night, lead, governs) -> None:
    ref = break_it(night)
    related = person("information_governance_lead", "Rae Related", agency="la:971")
    relate(related, the_child("rowan"), sharing.TEAM)
    for not_independent in (night, lead, related):
        with pytest.raises(PermissionDenied):
            check(not_independent, ref)
    with pytest.raises(Http404):
        check(person("information_governance_lead", "Far", agency="la:975"), ref)
    check(governs, ref)
    with pytest.raises(glass.Refused, match="already"):
        check(governs, ref)


def test_what_was_found_is_told_to_who_opened_it_and_to_the_lead(night, lead, governs) -> None:
    ref = break_it(night)
    check(governs, ref)
    for told in (night, lead):
        assert len(messages(told, glass.CHECKED)) == 1
        assert "She was found within the hour" in signed_in(told).get(f"/emergency/{ref}").content.decode()
    assert messages(governs, glass.CHECKED) == []


@pytest.mark.parametrize("outcome", ["wider", "not_needed"])
def test_what_was_not_needed_is_taken_to_their_agency_by_name(night, governs, outcome: str) -> None:
    officer = person("police_desk", "Pat Desk", agency=POLICE)
    theirs = person("information_governance_lead", "Gill Governs", agency=POLICE)
    ref = break_it(officer)
    with pytest.raises(glass.Refused, match="Name who"):
        check(governs, ref, outcome=outcome)
    check(governs, ref, outcome=outcome, taken_to="D. Hale, professional standards")
    assert len(messages(theirs, glass.CHECKED)) == 1, "it goes to the agency of whoever opened it"
    assert "D. Hale" in signed_in(theirs).get(f"/emergency/{ref}").content.decode()
    with transaction.atomic(), as_engine():
        [fact] = SubjectEvent.objects.filter(kind="access_reviewed")
        assert fact.details == {"decision": BreakGlassCheck.Outcome(outcome).label}
