"""The walls, role by role: what a duty rests on, whom to ring, what is sealed, who is named, the policy's own page."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.urls import reverse

from rounds import SCHOOL, signed_in, someone, told
from stores import NOW, POLICE, event_row, person, relate, the_child
from throughline import sharing, words
from throughline.web import conditions
from throughline.web.accounts.models import Concern, Relation
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Look
from throughline.web.casework import telling
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Message
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def asked(statement: str, *given: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def as_the_engine(statement: str, *given: object) -> list[tuple]:
    with transaction.atomic(), as_engine():
        return asked(statement, *given)


# --- what a duty rests on -------------------------------------------------------------------------


def signs_of_several_kinds(tmp_path) -> int:
    """A flag for the hub's eyes by its trigger, which rests on what the child told somebody in confidence too."""
    told(
        tmp_path,
        event_row("rowan", "missing_start", "2026-04-10T20:00", "M-1", agency=POLICE, marks="regularly_missing"),
        event_row("rowan", "missing_end", "2026-04-11T20:00", "M-2", agency=POLICE),
        event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"),
    )
    child = the_child("rowan").pk
    [(owed,)] = as_the_engine(
        "select min(id) from casework_instance where child_id = %s and duty_id = 'rhi-72h'", child
    )
    as_the_engine(
        "update casework_instance set kinds = kinds || array['arrest']::varchar(80)[],"
        " story = jsonb_set(story, '{told}', story->'told' || '[[\"arrest\", \"2026-04-12\", null, \"k\"]]')"
        " where id = %s returning id",
        owed,
    )
    return owed


def test_a_duty_that_rests_on_a_kind_a_role_does_not_see_is_not_there_for_it(tmp_path) -> None:
    owed = signs_of_several_kinds(tmp_path)
    hub, worker = someone("missing_hub"), someone("social_worker")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with viewing(hub):
        assert Instance.objects.exists(), "what rests on missing alone stays"
        assert not Instance.objects.filter(pk=owed).exists()
        assert asked("select count(*) from casework_instance where 'arrest' = any(kinds)") == [(0,)]
        assert asked("select count(*) from casework_instance where story::text like '%%arrest%%'") == [(0,)]
    assert signed_in(hub).get(reverse("owed_line", args=[owed])).status_code == 404
    with viewing(worker):
        assert Instance.objects.filter(pk=owed).exists(), "who sees every kind sees the duty"
    page = signed_in(hub).get(reverse("child_tab", args=[the_child("rowan").public_id, "owed"])).content.decode()
    assert "Arrest" not in page


def test_every_stored_duty_names_the_kinds_of_all_its_facts(tmp_path) -> None:
    signs_of_several_kinds(tmp_path)
    told(tmp_path, event_row("rowan", "cp_plan_started", "2026-04-02", "P-1", details="category=N"), name="plan")
    rows = as_the_engine("select trigger_kind, kinds, story from casework_instance")
    assert rows
    for trigger, kinds, story in rows:
        assert trigger in kinds
        assert {kind for kind, *_ in json.loads(story)["told"]} <= set(kinds)


def test_nobody_is_told_of_a_duty_that_rests_on_what_they_may_not_see(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "information_requested", "2026-04-17", "Q-1", details="what_asked=x"))
    as_the_engine("update casework_instance set kinds = kinds || array['direct_voice']::varchar(80)[] returning id")
    police = someone("police_desk")
    as_the_engine(
        "insert into accounts_concern (child_id, kind, post, start, source) values (%s, 'police', '971', %s, '')"
        " returning id",
        the_child("rowan").pk,
        date(2026, 1, 1),
    )
    telling.tell()
    assert not Message.objects.filter(user_id=police.pk, sort="waiting").exists()


def test_a_school_records_an_absence_and_a_duty_on_what_the_police_told_stays_right_and_hidden(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "school_joined", "2025-09-03", "S-1", agency=SCHOOL, details="school_urn=971001"),
        event_row("rowan", "cp_plan_started", "2026-03-01", "S-2", details="category=N"),
        event_row("rowan", "investigation_opened", "2026-03-02", "S-3", agency=POLICE),
    )
    child = the_child("rowan").pk
    by_police = (
        "select duty_id, due_on, met_on, kinds from casework_instance where child_id = %s and 'POL-P' = any(tags)"
    )
    before = as_the_engine(by_police, child)
    assert before
    told(tmp_path, event_row("rowan", "absence_run", "2026-04-13", "S-4", agency=SCHOOL), sender=SCHOOL, name="away")
    assert as_the_engine(by_police, child) == before, "worked out again from every fact, whoever wrote"
    with viewing(someone("dsl")) as viewer:
        assert child in viewer.children
        assert Event.objects.filter(kind="absence_run").exists()
        assert asked(by_police, child) == []
        assert not Event.objects.filter(kind="investigation_opened").exists()


# --- posts and fields of the other roles ----------------------------------------------------------


def test_the_virtual_school_and_the_nurse_follow_children_in_care_of_their_area(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "care_started", "2026-03-01", "C-1", details="legal_status=C2"),
        event_row("rowan", "health_assessment", "2026-03-10", "H-1"),
        event_row("rowan", "suspension", "2026-03-12", "H-2"),
    )
    child = the_child("rowan").pk
    with viewing(someone("virtual_school_head")) as viewer:
        assert viewer.children == {child}
        assert {"suspension", "care_started"} <= set(Event.objects.values_list("kind", flat=True))
        assert not Event.objects.filter(kind="health_assessment").exists()
    with viewing(someone("looked_after_nurse")):
        kinds = set(Event.objects.values_list("kind", flat=True))
        assert "health_assessment" in kinds
        assert "suspension" not in kinds
    with viewing(someone("looked_after_nurse", "972")) as viewer:
        assert not viewer.children


def test_a_clinic_sees_the_plan_and_its_own_field_and_no_other_services_detail(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "cp_plan_started", "2026-03-01", "C-1", details="category=N"),
        event_row("rowan", "camhs_seen", "2026-03-02", "C-2"),
        event_row("rowan", "substance_use_help", "2026-03-03", "C-3"),
        event_row("rowan", "ed_attendance", "2026-03-04", "C-4"),
    )
    clinic = someone("camhs_worker")
    relate(clinic, the_child("rowan"), sharing.TEAM)
    with viewing(clinic):
        kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"cp_plan_started", "camhs_seen"} <= kinds
    assert not kinds & {"substance_use_help", "ed_attendance"}


def test_a_child_placed_by_another_authority_is_known_to_the_host_and_a_protected_address_is_not(tmp_path) -> None:
    placed = {"marks": "out_of_area", "details": "host_la=la:972;placement_type=U1"}
    told(tmp_path, event_row("rowan", "care_started", "2026-03-01", "C-0", details="legal_status=C2"))
    with viewing(someone("host_authority", "972")) as viewer:
        assert not viewer.children
    told(tmp_path, event_row("rowan", "placement_started", "2026-03-01", "C-1", **placed), name="placed")
    hosts = as_the_engine("select post from accounts_concern where kind = 'host'")
    if hosts:  # where a file says which authority hosts, without a postcode directory
        assert hosts == [("972",)]
    told(
        tmp_path,
        event_row("rowan", "placement_started", "2026-03-20", "C-2", tags="PROT-ADDR", level="SL4", **placed),
        name="protected",
    )
    assert not Concern.objects.filter(kind="host", end__isnull=True).exists()


def test_a_warrant_opens_the_records_it_names_until_it_ends(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "cp_plan_started", "2026-03-01", "C-1", details="category=N"))
    auditor = person("qa_auditor")
    with viewing(auditor):
        assert not Event.objects.exists()
    relate(auditor, the_child("rowan"), sharing.WARRANT)
    with viewing(auditor):
        assert Event.objects.exists()
    with transaction.atomic(), as_engine():
        Relation.objects.filter(user=auditor).update(end=date(2026, 4, 20))
    with viewing(auditor):
        assert not Event.objects.exists()


def test_who_works_with_a_child_in_confidence_is_named_to_who_leads_alone(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"))
    rowan = the_child("rowan")
    clinic = person("sexual_health_worker", "Clinic Nurse", agency="community_health:four_shores")
    lead, other = someone("social_worker"), someone("social_worker", name="Another worker")
    relate(clinic, rowan, sharing.TEAM)
    relate(lead, rowan, sharing.ALLOCATED)
    relate(other, rowan, sharing.TEAM)
    assert "Clinic Nurse" in signed_in(lead).get(reverse("child", args=[rowan.public_id])).content.decode()
    assert "Clinic Nurse" not in signed_in(other).get(reverse("child", args=[rowan.public_id])).content.decode()
    with viewing(other):
        assert asked("select count(*) from accounts_relation where user_id = %s", clinic.pk) == [(0,)]


# --- stubs, and what is sealed --------------------------------------------------------------------


def test_a_stub_says_whom_to_ask_with_a_number_and_when_they_were_last_involved(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"),
        event_row("rowan", "arrest", "2026-04-03", "R-2", agency=POLICE, level="SL4", tags="POL-C"),
    )
    person("police_desk", "Sian Pryce", agency=POLICE, phone="01632 960010", area="971")
    lead, rowan = someone("social_worker"), the_child("rowan")
    relate(lead, rowan, sharing.ALLOCATED)
    told_to_lead = signed_in(lead).get(reverse("child", args=[rowan.public_id])).content.decode()
    assert "holds something restricted here. Ask Sian Pryce, 01632 960010. Last involved 3\u00a0Apr" in told_to_lead
    for role in ("iro", "duty_team", "missing_hub", "mace_coordinator", "dsl"):
        for relation in sharing.policy_for(role).relations:
            assert sharing.decide(role, [relation], sharing.Item("SL4", frozenset({"POL-C"}), "arrest")).sight != (
                sharing.STUB
            ), role


def test_a_sealed_child_is_there_for_whoever_leads_and_on_no_page_and_in_no_row_for_anyone_else(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"))
    rowan = the_child("rowan")
    lead, manager = someone("social_worker"), someone("team_manager")
    relate(lead, rowan, sharing.ALLOCATED)
    with transaction.atomic(), as_engine():
        Child.objects.filter(pk=rowan.pk).update(level="SL5", tags=["PROT-PERSON"])
    assert signed_in(manager).get(reverse("child", args=[rowan.public_id])).status_code == 404
    with viewing(manager):
        for table in ("linkage_child", "linkage_page", "linkage_searchkey", "casework_event", "casework_instance"):
            column = "id" if table == "linkage_child" else "child_id"
            assert asked(f"select count(*) from {table} where {column} = %s", rowan.pk) == [(0,)], table
    assert signed_in(lead).get(reverse("child", args=[rowan.public_id])).status_code == 200


def test_who_is_sealed_is_found_by_an_index_as_everybody_comes_in() -> None:
    with transaction.atomic(), as_engine():
        asked("select set_config('enable_seqscan', 'off', true)")
        plan = asked(f"explain select c.id from linkage_child c where {conditions.SEALED}")
    assert "child_sealed" in str(plan)


def test_why_somebody_looked_follows_from_how_they_are_related(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"))
    lead, other, rowan = someone("social_worker"), someone("social_worker", name="Another worker"), the_child("rowan")
    relate(lead, rowan, sharing.ALLOCATED)
    relate(other, rowan, sharing.TEAM)
    for user in (lead, other):
        signed_in(user).get(reverse("child", args=[rowan.public_id]))
    with transaction.atomic(), as_engine():
        purposes = dict(Look.objects.filter(path_kind="child page").values_list("user_id", "purpose"))
    assert purposes == {
        lead.pk: "Direct work with a child I am responsible for",
        other.pk: "My part in the team around a child",
    }


# --- whom do I ring? ------------------------------------------------------------------------------


def test_custody_asks_by_exact_name_and_birthday_and_learns_whom_to_ring_and_it_is_recorded(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"),
        event_row("rowan", "arrest", "2026-04-03", "R-2", agency=POLICE),
    )
    rowan = the_child("rowan")
    lead = person("social_worker", "Ana Reyes", phone="01632 960120", area="971")
    relate(lead, rowan, sharing.ALLOCATED)
    custody = person("custody_officer", agency=POLICE, area="971")
    client = signed_in(custody)
    exact = f"{rowan.forename} {rowan.surname} {rowan.dob:%d/%m/%Y}"
    found = client.post(reverse("ring"), {"query": exact}, follow=True).content.decode()
    assert 'Ana Reyes, <a class="tl-nowrap" href="tel:01632960120">01632 960120</a>' in found
    assert "Arrest" not in found
    with transaction.atomic(), as_engine():
        look = Look.objects.filter(user_id=custody.pk, path_kind="who do I ring").latest("pk")
    assert (look.child_ids, bool(look.asked_hash)) == ([rowan.pk], True)
    for browsing in (rowan.surname, f"{rowan.forename} {rowan.surname}", f"{rowan.dob:%d/%m/%Y}"):
        assert "Ana Reyes" not in client.post(reverse("ring"), {"query": browsing}, follow=True).content.decode()
    near = f"{rowan.forename} {rowan.surname[:-1]}x {rowan.dob:%d/%m/%Y}"
    assert "Ana Reyes" not in client.post(reverse("ring"), {"query": near}, follow=True).content.decode()
    assert client.get(reverse("find")).status_code == 403
    assert client.get(reverse("child", args=[rowan.public_id])).status_code == 404
    with viewing(custody):
        assert not Child.objects.exists()
        assert asked("select count(*) from app_located(%s, %s)", [rowan.surname.lower()], rowan.dob) == [(0,)]
    with viewing(someone("dsl")):
        words_of = [rowan.forename.lower(), rowan.surname.lower()]
        assert asked("select count(*) from app_located(%s, %s)", words_of, rowan.dob) == [(0,)], "the role may not"


# --- the policy's own page ------------------------------------------------------------------------


def test_anyone_reads_the_whole_policy_role_by_role() -> None:
    page = signed_in(someone("dsl")).get(reverse("sharing_policy")).content.decode()
    for role in words.roles().values():
        assert role.sentence.replace("'", "&#39;") in page, role.id


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("role=social_worker&relation=allocated&level=SL4&kind=arrest", "SL4 is above SL3"),
        ("role=police_desk&relation=police&level=SL2&kind=visit", "only some kinds of event"),
        ("role=dsl&relation=&level=SL1&kind=", "has no line for this role"),
        ("role=dsl&relation=school&level=SL2&kind=visit&tags=MH", "it carries MH (mental health)"),
        ("role=guardian&relation=about_context&level=SL2&kind=safe_place_action", "It shows everything up to SL2"),
    ],
)
def test_the_page_says_why_a_role_sees_something_or_not(asked_for: str, said: str) -> None:
    page = signed_in(someone("iro")).get(f"{reverse('sharing_why')}?{asked_for}").content.decode()
    assert said in page


def test_a_question_the_policy_has_no_words_for_is_only_a_form() -> None:
    page = signed_in(someone("iro")).get(f"{reverse('sharing_why')}?role=king&level=SL9").content.decode()
    assert "Say why" in page
