"""The database refuses by itself: whoever forgets to ask sees nothing, and whoever asks sees their own."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from cast import deliver
from stores import NOW, event_row, load_dated, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web import walls
from throughline.web.accounts.models import SharingRule
from throughline.web.accounts.viewing import viewing
from throughline.web.audit.actions import looked
from throughline.web.audit.models import Look
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Segment
from throughline.web.intake.models import Fault, Statement
from throughline.web.linkage.models import Child, Claim, SearchKey, SourcePerson

pytestmark = pytest.mark.django_db

OF_CHILDREN = (Child, SearchKey, SourcePerson, Claim, Statement, Fault, Event, Segment, Instance)


@pytest.fixture(autouse=True)
def partnership(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    for folder in deliver(tmp_path):
        load_dated(folder)
    special = [
        event_row(
            "rowan", "direct_voice", "2026-04-02", "V-1", tags="CHILD-CONF", details="words=Do not tell the home"
        ),
        event_row("rowan", "arrest", "2026-04-03", "V-2", level="SL4", tags="POL-C"),
        event_row("rowan", "safety_plan", "2026-04-04", "V-3"),
    ]
    load_rows(tmp_path, "events", special, received=date(2026, 4, 20), sender="la:971")


def count(table, **only) -> int:
    return table.objects.filter(**only).count()


def run(statement: str, as_role: str = "throughline_web") -> None:
    """One statement in a transaction of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local role {as_role}")
        cursor.execute(statement)


# --- nothing entered ---------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [name for name, allowed in walls.WALLED.items() if "select" in allowed])
def test_who_has_not_entered_sees_no_row_of_any_child(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table} where true or true")
        assert cursor.fetchone() == (0,)


def test_someone_shut_out_enters_to_nothing() -> None:
    worker = person("social_worker")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    worker.is_active = False
    worker.save()
    with viewing(worker):
        assert not Event.objects.exists()
        assert not Child.objects.exists()


# --- what each role sees -------------------------------------------------------------------------------


def test_a_social_worker_finds_any_child_and_reads_only_their_own() -> None:
    worker, rowan = person("social_worker"), the_child("rowan")
    relate(worker, rowan, sharing.ALLOCATED)
    with viewing(worker):
        assert count(Child) > 3, "the locator of every child, for the search"
        for table in (Event, Segment, Instance, Fault):
            assert not table.objects.exclude(child_id=rowan.pk).exists(), table
        assert Event.objects.filter(kind="direct_voice").exists()
        assert not Event.objects.filter(level="SL4").exists()


def test_asking_in_raw_sql_for_everything_gives_no_more() -> None:
    worker, rowan = person("social_worker"), the_child("rowan")
    relate(worker, rowan, sharing.ALLOCATED)
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select distinct child_id from casework_event where child_id = %s or true", [0])
        assert cursor.fetchall() == [(rowan.pk,)]
        cursor.execute("select count(*) from casework_event where 'POL-C' = any(tags)")
        assert cursor.fetchone() == (0,)


def test_a_relation_that_has_ended_opens_nothing() -> None:
    worker, rowan = person("social_worker"), the_child("rowan")
    relate(worker, rowan, sharing.ALLOCATED)
    with transaction.atomic(), as_engine():
        worker.relations.update(end=date(2026, 4, 20))
    with viewing(worker) as viewer:
        assert not Event.objects.exists()
        assert not viewer.may_open(rowan.pk)


def test_the_missing_hub_sees_the_episode_and_not_what_the_child_asked_to_keep() -> None:
    hub, rowan = person("missing_hub", agency="missing_hub:971"), the_child("rowan")
    relate(hub, rowan, sharing.HUB)
    with viewing(hub):
        kinds = set(Event.objects.values_list("kind", flat=True))
        assert {"missing_start", "missing_end", "safety_plan"} <= kinds
        assert not kinds & {"direct_voice", "arrest", "care_review_held", "initial_conference"}
        owed = set(Instance.objects.filter(told_to=[]).values_list("duty_id", flat=True))
        from_missing = {"r01-exploitation-signs", "r04-missing-pattern"}
        assert owed == {"rhi-72h", "missing-prevention-interview"} | from_missing, "and nothing of care or conferences"
        [theirs] = Instance.objects.exclude(told_to=[])
        assert theirs.duty_id == "r05-declined-other-route", "the hub answers for it"
        assert (theirs.trigger_kind, theirs.kinds, theirs.evidence) == ("", [], []), "and hears no reason"


def test_the_analyst_sees_rows_of_deliveries_and_no_child() -> None:
    with viewing(person("analyst")):
        assert Statement.objects.exists()
        assert not Statement.objects.filter(level__gt="SL2").exists()
        assert not Statement.objects.exclude(tags=[]).exists()
        for table in (Child, SearchKey, SourcePerson, Claim, Event, Segment, Instance):
            assert not table.objects.exists(), table


def test_the_data_desk_sees_locators_and_no_line() -> None:
    with viewing(person("data_desk")):
        assert Child.objects.exists()
        for table in (Event, Segment, Instance):
            assert not table.objects.exists(), table


def test_what_is_there_and_not_shown_can_be_counted_only_for_ones_own() -> None:
    worker, rowan = person("social_worker"), the_child("rowan")
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select * from app_present(%s)", [rowan.pk])
        assert cursor.fetchall() == []
    relate(worker, rowan, sharing.ALLOCATED)
    with viewing(worker), connection.cursor() as cursor:
        cursor.execute("select said_by, items, last_on from app_present(%s)", [rowan.pk])
        assert cursor.fetchall() == [("la:971", 1, date(2026, 4, 3))], "that it is there, and nothing of what it is"
    team = person("social_worker", "Another social worker")
    relate(team, rowan, sharing.TEAM)
    with viewing(team), connection.cursor() as cursor:
        cursor.execute("select * from app_present(%s)", [rowan.pk])
        assert cursor.fetchall() == [], "that something is at SL4 is for whoever leads"


# --- writing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "insert into casework_event (child_id) values (1)",
        "update casework_event set kind = 'visit'",
        "delete from casework_event",
        "truncate casework_event",
        "update linkage_child set surname = 'x'",
        "update intake_statement set live = false",
        "insert into accounts_relation (user_id, child_id, kind, start, source) values (1, 1, 'allocated', now(), '')",
        "update accounts_sharingrule set level = 'SL5'",
        "select * from intake_stage",
        "select * from auth_permission",
    ],
)
def test_the_site_itself_may_not(statement: str) -> None:
    worker = person("social_worker")
    with viewing(worker), pytest.raises(ProgrammingError, match="permission denied"):
        run(statement)


@pytest.mark.parametrize(
    "what", ["update audit_look set purpose = ''", "delete from audit_look", "truncate audit_look"]
)
@pytest.mark.parametrize("seat", ["web", "engine"])
def test_who_looked_is_only_ever_added_to(what: str, seat: str) -> None:
    worker = person("social_worker")
    with viewing(worker):
        looked(user_id=worker.pk, role=worker.role, purpose="test", path_kind="child page", children=[1])
        with pytest.raises(DatabaseError):
            run(what, as_role=f"throughline_{seat}")
        assert Look.objects.get().purpose == "test"


def test_nobody_looks_in_someone_elses_name() -> None:
    with viewing(person("social_worker")), pytest.raises(ProgrammingError), transaction.atomic():
        looked(user_id=12345, role="iro", purpose="test", path_kind="child page")


def test_the_engine_is_left_again_even_when_its_work_fails() -> None:
    with viewing(person("social_worker")):
        with pytest.raises(DatabaseError), transaction.atomic(), as_engine(), connection.cursor() as cursor:
            cursor.execute("select no_such_column from casework_event")
        with pytest.raises(ValueError, match="ours"), as_engine():
            raise ValueError("ours")
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == ("throughline_web",)
        assert not Event.objects.exists()


# --- the walls themselves ----------------------------------------------------------------------------------


def test_every_table_with_rows_of_people_is_walled_and_forced() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity and relforcerowsecurity from pg_class"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
        forced = dict(cursor.fetchall())
        cursor.execute(
            "select distinct relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and attname in ('child_id', 'child_ids', 'person', 'person_id', 'dob', 'surname')"
        )
        about_children = {name for (name,) in cursor.fetchall()}
    assert {name for name, yes in forced.items() if yes} == set(walls.WALLED)
    only_the_engine = {"intake_stage", "intake_apart", "linkage_apartkey"}
    assert about_children - set(walls.WALLED) == only_the_engine


def test_the_policy_in_the_database_is_the_policy_in_the_file() -> None:
    held = {
        (r.role, r.relation): (r.level, set(r.tags), r.stub, set(r.stubs), r.kinds and set(r.kinds), set(r.needs))
        for r in SharingRule.objects.all()
    }
    told = {
        (role, rule.relation): (
            rule.level, set(rule.full), rule.stub, rule.full | rule.stubs, rule.kinds and set(rule.kinds), rule.needs,
        )
        for role, policy in sharing.policy().items()
        for rule in (*policy.relations.values(), *policy.subjects.values(), policy.own, policy.intake, policy.glass)
        if rule
    }  # fmt: skip
    may = {"searches", "locates", "desk", "discreet", "audits", "keeps", "counts", "measures", "groups"}
    assert {key: value for key, value in held.items() if key[1] not in may} == told
    for flag in may - {"measures", "groups"}:
        assert {key[0] for key in held if key[1] == flag} == {
            r for r, p in sharing.policy().items() if getattr(p, flag)
        }
    for relation, sort in (("measures", sharing.DUTIES), ("groups", sharing.GROUPS)):
        may_see = {role for role, policy in sharing.policy().items() if sort in policy.measures}
        assert {key[0] for key in held if key[1] == relation} == may_see
