"""A place where children are harmed has a line of its own: right in the same transaction, shown with no child on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from cast import deliver, write_csv
from stores import NOW, event_row, load, load_dated, person, relate, the_child
from throughline import feeds, sharing, words
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Mention, SubjectEvent, SubjectInstance, SubjectMention
from throughline.web.intake.models import Delivery, Statement
from throughline.web.linkage.models import Subject

pytestmark = pytest.mark.django_db

POLICE, PANEL = "police:castlereach", "exploitation_panel:971"
TABLES = (Subject, SubjectEvent, SubjectInstance, SubjectMention)
NAMES = ("rowan", "briar", "fern")
"""Three children of the cast who have a page."""


def about(kind: str, happened: str, record: str, *, agency: str = PANEL, **cells: str) -> dict[str, str]:
    """A row about the interchange, and about no child."""
    given = {"subject_kind": "context", "subject_id": "The interchange", **cells}
    return {"source_system": agency, "source_record_id": record, "kind": kind, "happened": happened, **given}


def robbed(child: str, happened: str, record: str, **cells: str) -> dict[str, str]:
    """A row about a child, robbed at the interchange."""
    return event_row(child, "robbery", happened, record, agency=POLICE, details="context=the  Interchange", **cells)


def send(tmp_path: Path, *rows: dict[str, str], name: str, sender: str = POLICE) -> Delivery:
    """Load rows of the layout of any events as a delivery of their own."""
    write_csv(tmp_path / name / "events.csv", feeds.get("events").tables["events"], rows)
    return load(tmp_path / name, received=NOW.date(), sender=sender)


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path: Path) -> None:
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)


def three_robbed(tmp_path: Path) -> Delivery:
    """What makes R22: three children within 60 days, and cover for looks at places."""
    rows = [robbed(name, f"2026-04-0{n}", f"C-{n}") for n, name in enumerate(NAMES, start=1)]
    rows.append(about("context_conference", "2025-01-10", "C-9"))
    return send(tmp_path, *rows, name="three")


def owed() -> list[tuple[str, str, str]]:
    """Duty, day it opened and day it was met, of every duty about a subject."""
    with transaction.atomic(), as_engine():
        found = SubjectInstance.objects.order_by("opened_on", "pk")
        return [(i.duty_id, str(i.opened_on), str(i.met_on or "")) for i in found]


def test_three_children_linked_to_one_place_open_a_look_at_the_place(tmp_path: Path) -> None:
    delivery = three_robbed(tmp_path)
    assert owed() == [("r22-place-looked-at", "2026-04-03", "")]
    (read,) = delivery.reads.all()
    assert (read.rows, read.used, read.refused) == (4, 4, 0)


def test_a_row_about_the_place_that_comes_later_answers_it(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    send(tmp_path, about("context_screening", "2026-04-10", "C-10"), name="panel", sender=PANEL)
    assert owed() == [("r22-place-looked-at", "2026-04-03", "2026-04-10")]


def test_taking_the_delivery_back_takes_it_back(tmp_path: Path) -> None:
    delivery = three_robbed(tmp_path)
    with viewing(person("analyst")) as by:
        actions.withdraw(delivery=delivery.pk, by=by, why="Another partnership's")
    assert owed() == []
    with transaction.atomic(), as_engine():
        assert not Mention.objects.exists()
        assert not SubjectEvent.objects.exists()


def test_a_row_corrected_to_name_another_place_moves_the_mention(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    corrected = {**robbed("fern", "2026-04-03", "C-3"), "details": "context=the park"}
    send(tmp_path, corrected, name="corrected")
    assert owed() == []
    with transaction.atomic(), as_engine():
        assert {s.key: s.mentions.count() for s in Subject.objects.all()} == {
            "context:the interchange": 2,
            "context:the park": 1,
        }


def test_what_is_typed_about_a_child_is_mentioned_in_the_same_transaction(tmp_path: Path) -> None:
    worker, rowan = person("social_worker", "Sam Worker"), the_child("rowan")
    relate(worker, rowan, "allocated")
    three_robbed(tmp_path)
    fields = {"happened_on": "2026-04-12", "said_by": "la:971", "context": "The Interchange", "what": "Afraid there"}
    with viewing(worker) as by:
        actions.record(kind="worry", child=rowan.public_id, fields=fields, by=by, purpose="test")
    with transaction.atomic(), as_engine():
        assert SubjectMention.objects.filter(kind="worry").count() == 1


def test_a_row_about_a_place_opens_no_child(tmp_path: Path) -> None:
    with transaction.atomic(), as_engine():
        before = Statement.objects.exclude(child_id=None).values("child_id").distinct().count()
    send(tmp_path, about("disruption_plan", "2026-04-02", "P-1", agency=POLICE), name="plan")
    with transaction.atomic(), as_engine():
        assert Statement.objects.exclude(child_id=None).values("child_id").distinct().count() == before
        assert Statement.objects.get(record_id="P-1").level == "SL4", "held as closely as what it tells"


# --- who may see -----------------------------------------------------------------------------------------------


def seen_by(role: str, **given: str) -> tuple[int, ...]:
    """How many rows of each table somebody of this role sees, who is related to no child."""
    with viewing(person(role, **given)):
        return tuple(model.objects.count() for model in TABLES)


def test_each_role_sees_of_a_place_what_the_policy_says(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    send(tmp_path, about("disruption_plan", "2026-04-02", "P-1", agency=POLICE), name="plan")
    assert seen_by("mace_coordinator") == (1, 1, 1, 3), "not the police's own plan, nor that it has to be shared"
    assert seen_by("police_desk") == (1, 2, 2, 3)
    assert seen_by("social_worker") == (1, 1, 0, 0), "the meeting about it, and not what befell whom"
    for role in ("senco", "hospital_youth_worker", "business_manager", "analyst", "data_desk"):
        assert seen_by(role) == (0, 0, 0, 0), role


@pytest.mark.parametrize("role", sorted(words.roles()))
def test_the_database_and_the_policy_agree_about_every_sort_of_fact(role: str) -> None:
    tags = [[], ["POL-P"], ["POL-C"], ["ORIG"], ["HLTH"], ["NO-PARENT", "POL-P"], ["LIVE-INV", "PEER"], ["LEGAL"]]
    with transaction.atomic(), as_engine():
        for kind in set(words.subjects()) - {words.CHILD}:
            row = Subject.objects.create(kind=kind, key=f"{kind}:one", name="One")
            SubjectMention.objects.bulk_create(
                SubjectMention(about=row, kind="robbery", happened_on=NOW.date(), level=level, tags=some)
                for level in words.levels()
                for some in tags
            )
        facts = list(SubjectMention.objects.select_related("about"))
    wanted = {
        fact.pk
        for fact in facts
        if sharing.decide_about(role, fact.about.kind, sharing.Item(fact.level, frozenset(fact.tags), fact.kind)).sight
        == sharing.FULL
    }
    with viewing(person(role)):
        assert set(SubjectMention.objects.values_list("pk", flat=True)) == wanted


def test_nobody_entered_sees_nothing_and_nobody_writes(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    for model in (*TABLES, Mention):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {model._meta.db_table}")
            assert cursor.fetchone() == (0,), model
    for model in (*TABLES, Mention):
        for statement in (f"delete from {model._meta.db_table}", f"update {model._meta.db_table} set id = id"):
            with pytest.raises(ProgrammingError, match="permission denied"), viewing(person("mace_coordinator")):
                connection.cursor().execute(statement)


def test_what_is_held_back_is_said_to_those_who_may_know_that_it_is_there(tmp_path: Path) -> None:
    send(tmp_path, about("disruption_plan", "2026-04-02", "P-1", agency=POLICE), name="plan")
    with transaction.atomic(), as_engine():
        place = Subject.objects.get().pk
    for role, told in (("mace_coordinator", 1), ("senco", 0), ("business_manager", 0)):
        with viewing(person(role)), connection.cursor() as cursor:
            assert not SubjectEvent.objects.exists()
            cursor.execute("select count(*) from app_present_about(%s)", [place])
            assert cursor.fetchone() == (told,), role


def test_which_child_it_was_is_seen_through_the_child_alone(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    worker = person("social_worker", "Sam Worker")
    relate(worker, the_child("rowan"), "allocated")
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select child_id from casework_mention")
        assert cursor.fetchall() == [(the_child("rowan").pk,)]
    with viewing(person("police_desk", "Pat Desk", area="000")), connection.cursor() as cursor:
        cursor.execute("select count(*) from casework_mention")
        assert cursor.fetchone() == (0,), "sees the place, and whose harm it was of no child that is not theirs"


def test_nothing_on_the_line_of_a_place_leads_to_a_child(tmp_path: Path) -> None:
    three_robbed(tmp_path)
    with viewing(person("mace_coordinator")), connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"select to_jsonb(t)::text from {model._meta.db_table} t")
            text = " ".join(row for (row,) in cursor.fetchall())
            for name in NAMES:
                child = the_child(name)
                for word in (name, child.surname.lower(), child.la_id, "c-1", "child_id"):
                    assert word not in text.lower(), (model, word)
