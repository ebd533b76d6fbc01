"""Typing: read by the same reader as any file, duties right in the same transaction, nothing half-typed lost."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from cast import row
from stores import NOW, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.models import Change, Look
from throughline.web.casework import actions, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Draft
from throughline.web.intake.models import Statement
from throughline.web.linkage.models import Child

pytestmark = pytest.mark.django_db

POLICE = "police:castlereach"


@pytest.fixture(autouse=True)
def back_since_yesterday(settings, tmp_path):
    """Rowan came back safely on 20 April at 06:40 (05:40 UTC); it is 10:30 on the 21st."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    episode = row(
        "missing_police", "rowan", agency=POLICE, source_record_id="MP-1", episode_ref="MP-1", category="M",
        missing_since="2026-04-18T20:00", safe_return_at="2026-04-20T06:40",
    )  # fmt: skip
    load_rows(tmp_path, "missing_police", [episode], received=date(2026, 4, 20), sender=POLICE)


@pytest.fixture
def hub():
    worker = person("missing_hub", agency="missing_hub:971")
    relate(worker, the_child("rowan"), sharing.HUB)
    return worker


@pytest.fixture
def lead():
    worker = person("social_worker", "Ana Reyes", phone="01632 960120")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def interview(**fields: str) -> dict[str, object]:
    given = {"happened_on": "2026-04-20", "happened_time": "16:00", "said_by": "missing_hub:971", "marks": []}
    return given | {"interviewer_role": "charity", "independent": "Y"} | fields


def test_an_interview_typed_here_answers_the_interview_owed_before_the_page_is_back(hub) -> None:
    with viewing(hub) as viewer:
        rowan = the_child("rowan").public_id
        [owed] = [o for o in selectors.owed(viewer, rowan) if o.duty_id == "rhi-72h"]
        assert (owed.duty_id, owed.state) == ("rhi-72h", "due soon")
        done = actions.record(kind="rhi_held", child=rowan, fields=interview(), by=viewer, purpose="interview")
        [owed] = [o for o in selectors.owed(viewer, rowan) if o.duty_id == "rhi-72h"]
        assert owed.state == "met"
        assert owed.met_at.isoformat() == "2026-04-20T15:00:00+00:00", "16:00 in London in April"
        assert done.owed == (owed.id,)
        assert done.event_key in owed.evidence
        assert "held" in owed.because


def test_what_is_typed_is_a_statement_of_the_agency_that_said_it(hub) -> None:
    with viewing(hub) as viewer:
        actions.record(kind="rhi_held", child=the_child("rowan").public_id, fields=interview(), by=viewer, purpose="p")
    with transaction.atomic(), as_engine():
        said = Statement.objects.get(feed="events")
        assert said.said_by == "missing_hub:971"
        assert said.typed_by_id == hub.pk
        assert said.delivery_id is None
        assert (said.received_on, said.recorded_on) == (date(2026, 4, 21), date(2026, 4, 21))
        assert Change.objects.filter(action="casework.record", user_id=hub.pk).count() == 1
        assert not [word for word in Change.objects.values_list("content_hash", flat=True) if "charity" in word]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"happened_on": "2026-04-31"}, "happened_on"),
        ({"happened_on": "2027-04-20"}, "happened_on"),
        ({"happened_time": "25:00"}, "happened_on"),
    ],
)
def test_what_no_file_could_say_cannot_be_typed(hub, fields, field) -> None:
    with viewing(hub) as viewer:
        with pytest.raises(actions.Refused) as refused:
            actions.record(
                kind="rhi_held", child=the_child("rowan").public_id, fields=interview(**fields), by=viewer, purpose="p"
            )
        assert field in refused.value.errors
        owed = {owed.duty_id: owed.state for owed in selectors.owed(viewer, the_child("rowan").public_id)}
        assert owed["rhi-72h"] == "due soon"


def test_nobody_records_about_a_child_who_is_not_theirs_and_the_try_is_kept(lead) -> None:
    stranger = person("social_worker", "Some One")
    with viewing(stranger) as viewer:
        rowan = the_child("rowan").public_id
        with pytest.raises(PermissionDenied, match="not in the team"):
            actions.record(kind="visit", child=rowan, fields=interview(), by=viewer, purpose="p")
        with pytest.raises(PermissionDenied):
            selectors.child_page(viewer, rowan)
        assert list(Look.objects.filter(refused=True).values_list("user_id", flat=True)) == [stranger.pk] * 2
        with pytest.raises(Http404):
            selectors.child_page(viewer, UUID(int=7))


def test_half_typed_words_are_kept_for_their_writer_alone(hub, lead) -> None:
    rowan = the_child("rowan").public_id
    with viewing(hub) as viewer:
        actions.save_draft(child=rowan, kind="rhi_held", fields={"actions": "ring the ho"}, by=viewer)
        actions.save_draft(child=rowan, kind="rhi_held", fields={"actions": "ring the home"}, by=viewer)
        assert selectors.draft(viewer, rowan, "rhi_held") == {"actions": "ring the home"}
        assert [draft.kind for draft in selectors.my_monday(viewer).drafts] == ["rhi_held"]
    with viewing(lead) as viewer:
        assert selectors.draft(viewer, rowan, "rhi_held") == {}
        assert not Draft.objects.exists()
    with viewing(hub) as viewer:
        actions.discard_draft(child=rowan, kind="rhi_held", by=viewer)
        assert selectors.draft(viewer, rowan, "rhi_held") == {}


def test_the_name_a_child_uses_is_shown_and_found(lead) -> None:
    with viewing(lead) as viewer:
        rowan = the_child("rowan").public_id
        said = {"happened_on": "2026-04-20", "said_by": "la:971", "name": "Robin", "marks": []}
        actions.record(kind="name_used", child=rowan, fields=said, by=viewer, purpose="p")
    with viewing(lead) as viewer:
        page = selectors.child_page(viewer, rowan)
        assert (page.who.name, page.who.legal_name) == ("Robin Vale", "Rowan Vale")
        assert [hit.who.id for hit in selectors.search(viewer, "robin").hits] == [rowan]


# --- a child nobody holds ----------------------------------------------------------------------------


def new_child(**given: str) -> dict[str, str]:
    return {"forename": "Bo", "surname": "Tern", "dob": "2012-05-01", "sex": "F", "why": "An open worry"} | given


def test_a_child_is_opened_only_after_a_search(lead, settings) -> None:
    with viewing(lead) as viewer:
        with pytest.raises(actions.Refused, match="Search for the child first"):
            actions.create_child(**new_child(), token="", by=viewer, purpose="worry")
        token = selectors.search(viewer, "Bo Tern").token
        child = actions.create_child(**new_child(), token=token, by=viewer, purpose="worry")
        page = selectors.child_page(viewer, child)
        assert (page.who.name, page.relation) == ("Bo Tern", "allocated")
        assert [hit.who.id for hit in selectors.search(viewer, "tern 01/05/2012").hits] == [child]


def test_somebody_elses_search_does_not_count(lead, hub) -> None:
    with viewing(hub) as viewer:
        token = selectors.search(viewer, "Bo Tern").token
    with viewing(lead) as viewer, pytest.raises(actions.Refused, match="yourself"):
        actions.create_child(**new_child(), token=token, by=viewer, purpose="worry")


def test_a_child_the_sources_know_already_is_not_opened_twice(lead) -> None:
    with viewing(lead) as viewer:
        token = selectors.search(viewer, "nobody").token
        rowan = the_child("rowan")
        again = actions.create_child(
            **new_child(forename="Rowan", surname="Vale", dob="2008-10-20", upn="A971200113203"), token=token,
            by=viewer, purpose="worry",
        )  # fmt: skip
        assert again == rowan.public_id
    with transaction.atomic(), as_engine():
        assert Child.objects.filter(joined_into=None).count() == 1


def test_those_without_children_of_their_own_open_none() -> None:
    with viewing(person("data_desk")) as viewer:
        token = selectors.search(viewer, "Bo").token
        with pytest.raises(PermissionDenied):
            actions.create_child(**new_child(), token=token, by=viewer, purpose="worry")
    with viewing(person("analyst")) as viewer, pytest.raises(PermissionDenied):
        selectors.search(viewer, "Bo")


# --- the pages' answers --------------------------------------------------------------------------------


def test_my_monday_tells_what_is_mine_from_what_others_owe_my_children(hub, lead) -> None:
    with viewing(hub) as viewer:
        monday = selectors.my_monday(viewer)
        owed = [row.owed for one in monday.lists for row in one.rows if row.owed]
        assert {(o.duty_id, o.state) for o in owed} == {("rhi-72h", "due soon"), ("r04-missing-pattern", "due")}
        assert monday.list("waiting").rows == ()
    with viewing(lead) as viewer:
        monday = selectors.my_monday(viewer)
        assert monday.list("week").rows == ()
        assert monday.list("waiting").rows == (), "whoever is informed of it sees it on the child's page"
        assert "rhi-72h" in {o.duty_id for o in selectors.child_page(viewer, the_child("rowan").public_id).owed}
        assert {c.title for c in monday.changed} == {"Went missing", "Came back"}


def test_a_search_says_whom_to_ring_and_who_may_open_what(lead) -> None:
    with viewing(person("iro", "Jo Hale")) as viewer:
        [hit] = selectors.search(viewer, "rowan vale").hits
        assert not hit.may_open
        assert hit.lead == "Ana Reyes, 01632 960120"
        look = Look.objects.get(path_kind="search")
        assert look.child_ids == [the_child("rowan").pk]
        assert len(look.asked_hash) == 64


def test_the_page_tells_of_restricted_items_without_their_content(lead, tmp_path) -> None:
    from stores import event_row

    secret = event_row("rowan", "arrest", "2026-04-03", "V-2", level="SL4", details="what=the covert detail")
    load_rows(tmp_path, "events", [secret], received=date(2026, 4, 20), sender="la:971")
    with viewing(lead) as viewer:
        page = selectors.child_page(viewer, the_child("rowan").public_id)
        assert [(stub.count, "Ask Ana Reyes, 01632 960120." in stub.text) for stub in page.stubs] == [(1, True)]
        line = selectors.line(viewer, the_child("rowan").public_id)
        assert "arrest" not in {r.kind for r in line.rows}
        assert "covert" not in repr(page) + repr(line)
