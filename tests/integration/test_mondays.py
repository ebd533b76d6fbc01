"""Each role's Monday and boards: what stands there, what is not shown, and one press to record."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from rounds import SCHOOL, names, signed_in, someone, told
from stores import HUB, NOW, POLICE, TODAY, episode, event_row, load_rows, person, relate, the_child
from throughline import sharing, words
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Look
from throughline.web.casework import worklists
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance
from throughline.web.design import navigation

pytestmark = pytest.mark.django_db

OTHER_SCHOOL = "school:971002"
ROLES = [role for role in words.roles() if role not in ("analyst", "data_desk")]


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


# --- who is concerned, and who is not ------------------------------------------------------------------------


def test_an_open_child_concerns_the_manager_and_the_duty_team_of_the_area_and_nobody_elses(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"))
    for role in ("team_manager", "duty_team"):
        with viewing(someone(role)) as viewer:
            assert viewer.children == {the_child("rowan").pk}, role
        with viewing(someone(role, "972")) as viewer:
            assert not viewer.children, role
            assert not Event.objects.exists(), role
    told(tmp_path, event_row("rowan", "case_closed", "2026-02-01", "R-0"), name="long-past")
    told(tmp_path, event_row("rowan", "case_closed", "2026-04-10", "R-2"), name="closed")
    with viewing(someone("duty_team")) as viewer:
        assert not viewer.children, "closed, so the duty team has no page of this child any more"


def test_a_school_sees_its_own_roll_and_not_a_pupil_who_has_left(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "school_joined", "2025-09-03", "S-1", agency=SCHOOL, details="school_urn=971001"),
        event_row("rowan", "cp_plan_started", "2026-03-01", "S-2", details="category=N"),
        event_row("rowan", "arrest", "2026-03-02", "S-3"),
        event_row("rowan", "rhi_held", "2026-03-03", "S-4"),
    )
    with viewing(someone("dsl")) as viewer:
        assert viewer.children
        kinds = set(Event.objects.values_list("kind", flat=True))
        assert "cp_plan_started" in kinds
        assert not kinds & {"arrest", "rhi_held"}, "the police's word and the child's interview stay with them"
    with viewing(someone("senco")):
        seen = set(Event.objects.values_list("kind", flat=True))
        assert "cp_plan_started" not in seen, "what harmed them is not needed"
    other = person("dsl", "Another DSL", agency=OTHER_SCHOOL, area="971")
    with viewing(other) as viewer:
        assert not viewer.children
    there = "school_urn=971002"
    joined = event_row("rowan", "school_joined", "2026-04-13", "S-5", agency=OTHER_SCHOOL, details=there)
    told(tmp_path, joined, name="moved")
    with viewing(other) as viewer:
        assert viewer.children
    with viewing(someone("dsl")) as viewer:
        assert not viewer.children
        assert not Event.objects.exists()


def test_the_police_the_panel_and_the_hospital_see_whom_their_facts_concern(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "list_added", "2026-03-01", "P-1", details="list_name=MACE"),
        event_row("other_rowan", "referral", "2026-03-01", "P-0", details="need=N1"),
        event_row("other_rowan", "police_occurrence", "2026-03-02", "P-2", agency=POLICE),
        event_row("other_rowan", "ed_attendance", "2026-04-20", "P-3", agency="hospital:royal"),
    )
    rowan, other = the_child("rowan").pk, the_child("other_rowan").pk
    with viewing(someone("mace_coordinator")) as viewer:
        assert viewer.children == {rowan}
    with viewing(someone("police_desk")) as viewer:
        assert viewer.children == {other}
        assert set(Event.objects.values_list("kind", flat=True)) == {"police_occurrence"}
    with viewing(someone("hospital_youth_worker")) as viewer:
        assert viewer.children == {other}
        assert set(Event.objects.values_list("kind", flat=True)) == {"ed_attendance"}
    with viewing(person("hospital_youth_worker", "Elsewhere", agency="hospital:other", area="971")) as viewer:
        assert not viewer.children


def test_the_business_manager_sees_numbers_and_no_child(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    manager = someone("business_manager", "")
    with viewing(manager) as viewer:
        assert not Event.objects.exists()
        assert not viewer.children
    assert signed_in(manager).get("/", follow=True).status_code == 200
    for name in ("home", "monday", "find", "boards", "meetings", "ring"):
        assert "Vale" not in signed_in(manager).get(reverse(name), follow=True).content.decode(), name


# --- the twelve ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_word_of_the_bar_leads_to_a_page_that_opens(role: str, tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    client = signed_in(someone(role))
    bar = navigation.bar(role, "/")
    assert bar
    for entry in bar:
        answer = client.get(entry.href, follow=True)
        assert answer.status_code == 200, (role, entry.word)
        assert "<h1" in answer.content.decode()
    first = client.get("/", follow=True)
    assert (first.redirect_chain[-1][0] if first.redirect_chain else "/").startswith(
        bar[0].href if bar[0].word != "My work" else "/"
    )


@pytest.mark.parametrize("role", ["social_worker", "dsl", "business_manager", "conference_chair"])
def test_a_stranger_to_the_child_sees_it_on_no_page(role: str, tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    client = signed_in(someone(role))
    for name in ("monday", "boards", "meetings", "pupils"):
        assert "Vale" not in client.get(reverse(name), follow=True).content.decode(), (role, name)


# --- the board of missing children ------------------------------------------------------------------------------


def test_the_board_shows_who_is_missing_by_hours_and_whose_interview_is_owed_by_time_left(tmp_path) -> None:
    back = episode(safe_return_at="2026-04-20T06:40") | {"missing_since": "2026-04-19T20:00"}
    other = {**episode(), "source_record_id": "MP-2", "episode_ref": "MP-2", "missing_since": "2026-04-20T20:00"}
    their = ("source_person_id", "la_person_id", "upn", "nhs_number", "forename", "surname", "dob")
    other |= {key: event_row("other_rowan", "visit", "2026-04-01", "x")[key] for key in their}
    load_rows(tmp_path, "missing_police", [back, other], received=TODAY, sender=POLICE)
    with viewing(someone("missing_hub", "")) as viewer:
        board = worklists.board(viewer, "missing")
        now, owed = board.lists[0], board.lists[1]
        assert now.rows[0].timer.replace("\N{NO-BREAK SPACE}", " ") == "14 h 30"
        assert [row.owed.duty_id for row in owed.rows] == ["rhi-72h"]
        assert owed.rows[0].timer.endswith("left")
        assert 0 < owed.rows[0].part < 1
        assert any(sentence.startswith("Castlereach police: received") for sentence in board.came)
        seen = {row.child.id for one in board.lists for row in one.rows}
        with transaction.atomic(), as_engine():
            look = Look.objects.filter(path_kind="board Missing").latest("pk")
        assert len(look.child_ids) == len(seen), "the look names exactly those who were shown"


def test_an_empty_board_says_what_that_means_and_who_is_silent(tmp_path) -> None:
    long_ago = episode(safe_return_at="2025-03-02T06:40") | {"missing_since": "2025-03-01T20:00"}
    load_rows(tmp_path, "missing_police", [long_ago], received=date(2025, 4, 3), sender=POLICE)
    page = signed_in(someone("police_desk", "")).get(reverse("board", args=["missing"])).content.decode()
    assert "Nobody is recorded missing." in page
    assert "nothing since" in page
    assert "we cannot tell there" in page


def test_a_board_a_role_does_not_have_is_not_there(tmp_path) -> None:
    assert signed_in(someone("dsl")).get(reverse("board", args=["missing"])).status_code == 404
    assert signed_in(someone("missing_hub")).get(reverse("board", args=["no-such"])).status_code == 404


# --- whom to ring -------------------------------------------------------------------------------------------------


def test_the_duty_team_finds_whom_to_ring_and_the_safety_plan_and_nothing_more(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-04-01", "D-1", details="need=N1"),
        event_row("rowan", "safety_plan", "2026-04-02", "D-2", details="plan=Ring Nan first"),
        event_row("rowan", "assessment_completed", "2026-04-03", "D-3"),
        event_row("rowan", "direct_voice", "2026-04-03", "D-4", details="words=Do not tell"),
    )
    duty = someone("duty_team")
    relate(person("social_worker", "Ana Reyes", phone="01632 960120"), the_child("rowan"), sharing.ALLOCATED)
    client = signed_in(duty)
    page = client.post(reverse("ring"), {"query": "rowan vale"}, follow=True).content.decode()
    assert 'Ana Reyes, <a class="tl-nowrap" href="tel:01632960120">01632 960120</a>' in page, "pressed, it rings"
    assert "Ring Nan first" in page
    assert "Do not tell" not in page
    with viewing(duty):
        assert set(Event.objects.values_list("kind", flat=True)) == {"safety_plan"}
    closed = signed_in(someone("hospital_youth_worker"))
    page = closed.post(reverse("ring"), {"query": "rowan vale"}, follow=True).content.decode()
    assert "Ana Reyes" in page, "whom to ring is said to everyone who may search"
    assert "Ring Nan first" not in page


def test_a_school_has_no_search_over_the_area() -> None:
    for role in ("dsl", "senco"):
        assert signed_in(someone(role)).post(reverse("ring"), {"query": "vale"}, follow=True).status_code == 403
        assert signed_in(someone(role)).get(reverse("find")).status_code == 403


# --- one press ------------------------------------------------------------------------------------------------------


def form_of(page: str) -> dict[str, str]:
    """What a form sends if nothing in it is touched."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") not in ("radio", "checkbox") or " checked" in tag:
            found[given.get("name", "")] = html.unescape(given.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found


def test_an_offer_is_recorded_with_one_press_and_answers_nothing_it_should_not(tmp_path) -> None:
    back = episode(safe_return_at="2026-04-20T06:40") | {"missing_since": "2026-04-19T20:00"}
    load_rows(tmp_path, "missing_police", [back], received=TODAY, sender=POLICE)
    hub = person("missing_hub", "Sian Pryce", agency=HUB, area="971")
    rowan, client = the_child("rowan"), signed_in(hub)
    board = reverse("board", args=["missing"])
    address = reverse("quick", args=[rowan.public_id, "interview_offered"])
    page = client.get(address, {"back": board}).content.decode()
    filled = form_of(page)
    assert filled["happened_on-day"] == "21", "today is offered"
    assert filled["happened_time"] == "10:30", "and now"
    assert filled["said_by"] == HUB, "who I am is not asked"
    assert filled["independent"] == "Y"
    assert "Went missing" in page, "the episode it belongs to is shown"
    done = client.post(address, filled | {"act": "record"}, follow=True)
    assert "Back to the list" in done.content.decode()
    with transaction.atomic(), as_engine():
        offer = Event.objects.get(kind="rhi_offer")
        assert offer.ref == Event.objects.get(kind="missing_start").ref, "it belongs to the episode"
        assert offer.details["interviewer_role"] == "Sian Pryce"
        assert Instance.objects.get(duty_id="rhi-72h").met_on is None, "an offer is not an interview"
    held = reverse("quick", args=[rowan.public_id, "interview_held"])
    filled = form_of(client.get(held).content.decode()) | {"happened_time": "10:00", "act": "record"}
    assert client.post(held, filled).status_code == 302
    with transaction.atomic(), as_engine():
        assert Instance.objects.get(duty_id="rhi-72h").met_on == TODAY
    assert "Sian Pryce" in str(form_of(client.get(held).content.decode())), "the next one is filled in again"


def test_a_mistake_keeps_every_word_and_the_long_form_has_them_too(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    client, rowan = signed_in(person("missing_hub", "Sian Pryce", agency=HUB, area="971")), the_child("rowan")
    address = reverse("quick", args=[rowan.public_id, "returned"])
    wrong = form_of(client.get(address).content.decode())
    wrong |= {"found_place": "At Nan's", "happened_time": "late", "act": "record"}
    page = client.post(address, wrong).content.decode()
    assert "is not a time" in page
    assert "At Nan&#39;s" in page
    long = client.get(reverse("record", args=[rowan.public_id]), {"kind": "missing_end"}).content.decode()
    assert "At Nan&#39;s" in long


def test_a_return_typed_here_ends_the_episode_at_once(tmp_path) -> None:
    load_rows(tmp_path, "missing_police", [episode()], received=TODAY, sender=POLICE)
    hub, rowan = person("missing_hub", "Sian Pryce", agency=HUB, area="971"), the_child("rowan")
    with viewing(hub) as viewer:
        assert names(worklists.board(viewer, "missing").lists[0]) == ["Rowan Vale"]
    client = signed_in(hub)
    address = reverse("quick", args=[rowan.public_id, "returned"])
    filled = form_of(client.get(address).content.decode()) | {"happened_time": "09:00", "act": "record"}
    assert client.post(address, filled).status_code == 302
    with viewing(hub) as viewer:
        board = worklists.board(viewer, "missing")
        assert names(board.lists[0]) == []
        assert names(board.lists[1]) == ["Rowan Vale"], "the interview is owed from that moment"


def test_a_form_of_a_child_who_is_not_ours_is_refused(tmp_path) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-04-01", "R-1", details="need=N1"))
    address = reverse("quick", args=[the_child("rowan").public_id, "returned"])
    assert signed_in(someone("missing_hub")).get(address).status_code == 403
    assert signed_in(someone("social_worker")).post(address, {"act": "record"}).status_code == 403
