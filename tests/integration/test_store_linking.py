"""Which sources' people are one child: judged by rule, settled by people, never merged."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cast import CHILDREN, deliver, row
from stores import NOW, event_row, load_dated, load_rows, person, the_child
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake.models import Statement
from throughline.web.linkage import selectors
from throughline.web.linkage.models import Child, Judgement, SourcePerson

pytestmark = pytest.mark.django_db

POLICE, HUB = "police:castlereach", "missing_hub:971"
RECEIVED = date(2026, 4, 20)


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def engine():
    with transaction.atomic(), as_engine():
        yield


def about(source: str, *, record: str = "E-1", agency: str = "la:971", **who: str) -> dict[str, str]:
    """An event about somebody a source knows as `source`."""
    blank = dict.fromkeys(("la_person_id", "upn", "nhs_number", "forename", "surname", "dob", "sex", "postcode"), "")
    made = event_row("rowan", "visit", "2026-03-01", record, agency=agency)
    return made | blank | {"source_person_id": source} | who


def test_the_cast_is_one_child_each_however_many_agencies_tell_of_them(tmp_path, engine) -> None:
    for folder in deliver(tmp_path):
        load_dated(folder)
    assert set(Event.objects.filter(child=the_child("rowan")).values_list("said_by", flat=True)) == {
        "la:971", POLICE, HUB,
    }  # fmt: skip
    known = {name for name in CHILDREN if Child.objects.filter(dob=CHILDREN[name].dob, joined_into=None).count() == 1}
    assert {"rowan", "bryony", "heath", "fern", "ash"} <= known
    for judgement in Judgement.objects.all():
        assert judgement.by.startswith("rule:")
        assert judgement.why
        assert judgement.made_on <= RECEIVED


def test_a_judgement_is_dated_by_the_delivery_that_made_it_possible(tmp_path, engine) -> None:
    upn = CHILDREN["rowan"].upn
    load_rows(tmp_path, "events", [about("A", upn=upn)], received=date(2026, 3, 5), sender="la:971")
    load_rows(tmp_path, "events", [about("B", upn=upn, agency=HUB)], received=RECEIVED, sender=HUB)
    assert list(Judgement.objects.values_list("verdict", "by", "made_on")) == [("same", "rule:upn", RECEIVED)]
    assert Child.objects.filter(joined_into=None).count() == 1


def test_two_identifiers_in_conflict_go_to_a_person_and_stay_apart_meanwhile(tmp_path) -> None:
    rowan, fern = CHILDREN["rowan"], CHILDREN["fern"]
    load_rows(tmp_path, "events", [about("A", upn=rowan.upn, nhs_number=rowan.nhs_number)],
              received=date(2026, 3, 5), sender="la:971")  # fmt: skip
    load_rows(tmp_path, "events", [about("B", upn=rowan.upn, nhs_number=fern.nhs_number, agency=HUB)],
              received=RECEIVED, sender=HUB)  # fmt: skip
    with transaction.atomic(), as_engine():
        assert Child.objects.filter(joined_into=None).count() == 2
    with viewing(person("data_desk")) as desk:
        [pair] = selectors.unsure_pairs(desk)
        assert "NHS numbers differ" in pair.why
        assert {claim.nhs_number for claim in (*pair.left, *pair.right)} == {rowan.nhs_number, fern.nhs_number}
        actions.judge_pair(
            judgement_id=pair.id, verdict="same", why="one NHS number was mistyped", by=desk, purpose="t"
        )
        assert selectors.unsure_pairs(desk) == []
    with transaction.atomic(), as_engine():
        assert Child.objects.filter(joined_into=None).count() == 1
        kept = Child.objects.get(joined_into=None)
        assert set(Statement.objects.values_list("child_id", flat=True)) == {kept.pk}
        assert Event.objects.filter(child=kept).count() == 2
        assert Judgement.objects.get(verdict="unsure").reversed_by == f"user:{desk.id}"


def test_a_rule_does_not_judge_again_what_a_person_has_settled(tmp_path) -> None:
    rowan, fern = CHILDREN["rowan"], CHILDREN["fern"]
    load_rows(tmp_path, "events", [about("A", upn=rowan.upn, nhs_number=rowan.nhs_number)],
              received=date(2026, 3, 5), sender="la:971")  # fmt: skip
    load_rows(tmp_path, "events", [about("B", upn=rowan.upn, nhs_number=fern.nhs_number, agency=HUB)],
              received=date(2026, 4, 1), sender=HUB)  # fmt: skip
    with viewing(person("data_desk")) as desk:
        [pair] = selectors.unsure_pairs(desk)
        actions.judge_pair(judgement_id=pair.id, verdict="not same", why="two girls", by=desk, purpose="t")
    more = about("B", upn=rowan.upn, nhs_number=fern.nhs_number, agency=HUB, record="E-2", forename="Bo")
    load_rows(tmp_path, "events", [more], received=RECEIVED, sender=HUB)
    with transaction.atomic(), as_engine():
        assert Child.objects.filter(joined_into=None).count() == 2
        assert Judgement.objects.filter(reversed_at=None).values_list("verdict", flat=True).get() == "not same"


def test_two_children_who_turn_out_to_be_one_are_joined_and_the_old_address_still_leads_there(tmp_path) -> None:
    rowan = CHILDREN["rowan"]
    load_rows(tmp_path, "events", [about("A", upn=rowan.upn)], received=date(2026, 3, 1), sender="la:971")
    load_rows(tmp_path, "events", [about("B", nhs_number=rowan.nhs_number, agency=HUB)], received=date(2026, 3, 2),
              sender=HUB)  # fmt: skip
    with transaction.atomic(), as_engine():
        first, second = Child.objects.order_by("pk")
    both = about("C", upn=rowan.upn, nhs_number=rowan.nhs_number, agency=POLICE)
    load_rows(tmp_path, "events", [both], received=RECEIVED, sender=POLICE)
    with transaction.atomic(), as_engine():
        second.refresh_from_db()
        assert second.joined_into_id == first.pk
        assert Event.objects.filter(child=first).count() == 3
        assert not Event.objects.filter(child=second).exists()
        assert not second.search_keys.exists()


def test_only_the_data_desk_judges() -> None:
    with viewing(person("analyst")) as analyst:
        with pytest.raises(PermissionDenied):
            selectors.unsure_pairs(analyst)
        with pytest.raises(PermissionDenied):
            actions.judge_pair(judgement_id=1, verdict="same", why="x", by=analyst, purpose="t")


def test_the_newest_name_is_shown_and_every_name_is_found(tmp_path) -> None:
    rowan = CHILDREN["rowan"]
    load_rows(tmp_path, "events", [about("A", upn=rowan.upn, forename="Rowan", surname="Vale")],
              received=date(2026, 3, 1), sender="la:971")  # fmt: skip
    load_rows(tmp_path, "events", [about("A", upn=rowan.upn, forename="Rowan", surname="Okoye", record="E-2")],
              received=RECEIVED, sender="la:971")  # fmt: skip
    with viewing(person("social_worker")) as worker:
        for query in ("Rowan Vale", "okoye", rowan.upn):
            found, more = selectors.find(worker, query)
            assert [child.surname for child in found] == ["Okoye"], query
            assert not more


def test_children_easily_taken_for_each_other_are_named_beside_each_other(tmp_path) -> None:
    two = [
        about("A", forename="Rowan", surname="Vale", dob="2008-10-20", la_person_id="1"),
        about("B", forename="Rowen", surname="Vail", dob="2011-06-14", la_person_id="2", record="E-2"),
        about("C", forename="Bryony", surname="Vale", dob="2012-06-14", la_person_id="3", record="E-3"),
    ]
    load_rows(tmp_path, "events", two, received=RECEIVED, sender="la:971")
    with viewing(person("social_worker")):
        [other] = selectors.alike(Child.objects.get(surname="Vale", forename="Rowan"))
        assert other.forename == "Rowen"


def test_people_of_whom_only_rows_tell_are_children_too(tmp_path, engine) -> None:
    load_rows(tmp_path, "events", [row("events", "rowan", agency="la:971", kind="visit", happened="2026-03-01",
                                       source_record_id="E-1")], received=RECEIVED, sender="la:971")  # fmt: skip
    assert SourcePerson.objects.count() == Child.objects.count() == 1
