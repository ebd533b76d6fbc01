"""The walls: who the database itself lets see which rows, written from `sharing`'s policy.

`migrate` puts them up after every run, whole, so that tables, policy file and database cannot drift apart:
a table that is neither walled nor named open here is refused to the site altogether.

A request is *entered* once (`app_enter`, a transaction-local matter): the viewer's own relations, the post they
stand at and what their role sees through each are set down as settings of the transaction, and the policies
compare rows with them. A post's children are not listed there, a duty team may have tens of thousands: each
row's child is looked up in `accounts_concern`. Nothing entered, nothing seen. The engine's role reads everything
and can only be taken on by `casework/engine_role.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from throughline import sharing
from throughline.web import asked_for, counted, counted_apart, destroying, entering, measured
from throughline.web import conditions as on

# Tables that hold no child: the site may read and write them.
OPEN = (
    "accounts_user",
    "accounts_installation",
    "accounts_calendarkey",
    "accounts_signedin",
    "accounts_guess",
    "accounts_secondfactor",
    "accounts_recoverycode",
    "accounts_passwordlink",
    "accounts_providername",
    "django_session",
    "intake_delivery",
    "intake_progress",
    "intake_storedfile",
    "intake_deliveredfile",
    "intake_fileread",
    "intake_coverage",
    "intake_savedmapping",
    "casework_rulework",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
DECIDED = ("casework_ruletext", "casework_ruledecision")
"""What the partnership decided about rules, no child in it: read by everyone, added to, never changed or removed."""
READ_ONLY = ("accounts_sharingrule", "django_content_type", "django_migrations")
REFERENCE = ("intake_postcode", "intake_postcodeedition", "intake_typedhere")
"""Where postcodes lie and which kinds are recorded by form, with no person in it: read by everyone, written only as the
engine."""
UNUSED = ("auth_group", "auth_group_permissions", "auth_permission")
"""Made by Django's own sign-in, used by nothing here: nobody gets in."""
ENGINE_ONLY = (
    "intake_stage",
    "intake_told",
    "intake_postcodestage",
    "intake_apart",
    "linkage_apartperson",
    "linkage_apartkey",
)
"""Where a delivery or a directory stands while it is sorted, for the length of one transaction; and rows of children
without a page, which no one sees (DESIGN §2.11)."""
ADDED_TO_ONLY = (
    "audit_look",
    "audit_change",
    "audit_seal",
    "audit_finding",
    "audit_findingcheck",
    "accounts_agencyterms",
    "accounts_breakglass",
    "accounts_breakglasscheck",
    "casework_destruction",
    "casework_destructionstep",
    "casework_tombstone",
)
"""Rows may be added and read, by the engine too, and never changed or removed."""

_DELIVERED = (
    f"(delivery_id is not null and level <= (select {on.setting('intake_level')})"
    f" and tags::text[] <@ {on.listed('intake_tags', 'text')})"
)
_IN_QUESTION = (
    f"({on.DESK} and exists (select from linkage_question q"
    " where q.statement_id = intake_statement.id and q.judged_at is null))"
)
# Each looked up by itself: a plan that reads all pages to show eight children is slow.
_ITS_PAGE = on.page("coalesce(linkage_child.joined_into_id, linkage_child.id)").removesuffix(")") + " limit 1)"
_LOCATOR = f"(level <= 'SL1' and tags = '{{}}' and ({on.DESK} or {on.SEARCHES} and {_ITS_PAGE}))"
# Whoever has still to read that an item was doubted or moved reads about whom, though the page may have closed by it.
_TOLD_OF = (
    f"(level <= 'SL1' and exists (select from casework_notice n where n.child_id = linkage_child.id"
    f" and n.user_id = {on.USER} and n.read_at is null))"
)
_TOLD_HOW = (
    "exists (select from casework_notice n where n.question_id = linkage_question.id"
    f" and n.user_id = {on.USER} and n.read_at is null)"
)
_LEADS_OR_REVIEWS = on.related("intake_fault.child_id", ("allocated", "reviewer"))
_ROW_SEEN = "(child_id is null or app_row_seen(person, file_id, row_no))"
# What is doubted, and why, is read by those who may see the item itself.
_DOUBTED_SEEN = (
    "exists (select from casework_event e where e.statement_id = linkage_question.statement_id"
    " and e.key = linkage_question.event_key)"
)
_BOTH_TELLINGS_SEEN = " and ".join(
    f"exists (select from casework_event e where e.key = casework_parting.{key} and e.child_id in"
    " (casework_parting.child_id,"
    " (select c.joined_into_id from linkage_child c where c.id = casework_parting.child_id)))"
    for key in ("key_a", "key_b")
)
# Why somebody put a line off is read by those who may see the line.
_LINE_SEEN = (
    "exists (select from casework_instance i where i.child_id = casework_putoff.child_id"
    " and i.duty_id = casework_putoff.duty_id and i.trigger_key = casework_putoff.trigger_key)"
)
# Two keepers name whom they sign for: of a record proposed and neither gone nor taken back, or held.
_SIGNED_FOR = (
    f"({on.KEEPS} and (exists (select from casework_hold h where h.child_id = linkage_child.id and h.ended_at is null)"
    " or exists (select from casework_destruction d where linkage_child.id = any(d.child_ids)"
    " and not exists (select from casework_destructionstep s where s.destruction_id = d.id))))"
)
_SECOND = (
    "(what <> 'signed' or not exists (select from casework_destruction d"
    f" where d.id = destruction_id and d.proposed_by_id = {on.USER}))"
)
_OWN = f"(user_id = {on.USER})"
# Who works with a child is named to whoever may search; of a discreet seat to whoever leads or reviews the work alone.
_NAMED = (
    f"({on.related('accounts_relation.child_id', ('allocated', 'reviewer'))} or {on.SEARCHES} and not exists ("
    "select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'discreet'"
    " where u.id = accounts_relation.user_id))"
)


_CHECKS = on.answers_for("accounts_breakglass.owner, accounts_breakglass.agency")
_OF_THEIRS = on.answers_for("select m.agency from accounts_user m where m.id = accounts_conflict.user_id")
_OPENED_SEEN = "exists (select from accounts_breakglass g where g.id = accounts_breakglasscheck.opened_id)"
# What was looked at while a record stood open, for whoever may know that it did.
_WHILE_OPEN = (
    "exists (select from accounts_breakglass g where g.user_id = audit_look.user_id"
    " and g.child_id = any(audit_look.child_ids) and audit_look.at >= g.opened_at and audit_look.at < g.until)"
)
_LOOKERS = on.answers_for("select m.agency from accounts_user m where m.id = audit_look.user_id")
# Nobody checks what they did themselves.
_TO_CHECK = (
    f"(audit_finding.user_id <> {on.USER}"
    f" and {on.answers_for('select m.agency from accounts_user m where m.id = audit_finding.user_id')})"
)
_OWN_OR_LEADS = f"({_OWN} or child_ids && {on.listed('allocated_children', 'bigint')})"


def _in_these_ways(table: str, ways: frozenset[str]) -> str:
    """Whoever is related so to the child whose the row is: by relations of their own, or by their post."""
    own = on.related(f"{table}.child_id", tuple(way for way in sharing.PERSONAL if way in ways))
    posts = ", ".join(f"'{way}'" for way in sharing.POSTS if way in ways)
    return f"({own} or (select {on.setting('post_kind')}) in ({posts}) and {on.at_post(f'{table}.child_id')})"


_LEADS = _in_these_ways("accounts_breakglass", frozenset({sharing.ALLOCATED, sharing.MANAGER}))
_WHOLE = sharing.whole_record()

WALLED: dict[str, dict[str, str]] = {
    "accounts_relation": {"select": f"(({_OWN} or {_NAMED}) and {on.page('accounts_relation.child_id')})"},
    "accounts_breakglass": {"select": f"({_OWN} or {_LEADS} or {_CHECKS})"},
    "accounts_breakglasscheck": {"select": _OPENED_SEEN},
    "accounts_conflict": {"select": f"({_OWN} or {_OF_THEIRS} or {on.related('child_id', ('allocated', 'reviewer'))})"},
    "accounts_concern": {"select": f"({on.my_post('accounts_concern')} and {on.TODAY_AT_POST})"},
    "accounts_agencyterms": {"select": "true"},
    "audit_look": {"select": f"({_OWN_OR_LEADS} or {_LOOKERS} or {_WHILE_OPEN})", "insert": _OWN},
    "audit_finding": {"select": _TO_CHECK},
    "audit_findingcheck": {"select": "exists (select from audit_finding f where f.id = audit_findingcheck.finding_id)"},
    "audit_seal": {},
    "audit_change": {"select": _OWN_OR_LEADS, "insert": f"(user_id is null or {_OWN})"},
    "intake_statement": {"select": f"({on.seen('intake_statement', on.TOLD)} or {_DELIVERED} or {_IN_QUESTION})"},
    "intake_telling": {"select": on.BRINGS_IN},
    "intake_fault": {"select": f"(({on.BRINGS_IN} or {_LEADS_OR_REVIEWS}) and {_ROW_SEEN})"},
    "linkage_child": {"select": f"({on.related('linkage_child.id')} or {_LOCATOR} or {_TOLD_OF} or {_SIGNED_FOR})"},
    "linkage_page": {"select": f"({on.USER} is not null)"},
    "linkage_searchkey": {"select": "exists (select from linkage_child c where c.id = child_id)"},
    "linkage_sourceperson": {"select": f"({on.related('linkage_sourceperson.child_id')} or {on.DESK})"},
    "linkage_claim": {"select": "exists (select from linkage_sourceperson p where p.id = person_id)"},
    "linkage_lookupkey": {},
    "linkage_judgement": {
        "select": f'({on.DESK} or exists (select from linkage_sourceperson p where p.key in ("left", "right")))'
    },
    "linkage_question": {"select": f"({_DOUBTED_SEEN} or {on.DESK} or {_TOLD_HOW})"},
    "linkage_moved": {"select": on.DESK},
    "casework_event": {"select": on.seen("casework_event", "kind")},
    "casework_segment": {"select": on.seen("casework_segment", "state")},
    "casework_instance": {"select": on.owed("casework_instance")},
    "casework_mention": {"select": on.seen("casework_mention", "kind")},
    "linkage_subject": {"select": on.SUBJECT},
    "casework_subjectevent": {"select": on.about("casework_subjectevent")},
    "casework_subjectinstance": {"select": on.about("casework_subjectinstance")},
    "casework_subjectmention": {"select": on.about("casework_subjectmention")},
    "casework_parting": {"select": _BOTH_TELLINGS_SEEN},
    "casework_putoff": {"select": _LINE_SEEN, "insert": f"(by_id = {on.USER} and {_LINE_SEEN})"},
    "casework_message": {"select": _OWN, "update": _OWN},
    "casework_draft": {"select": _OWN, "insert": _OWN, "update": _OWN, "delete": _OWN},
    "casework_notice": {"select": _OWN, "update": _OWN},
    "casework_hold": {"select": on.KEEPS, "insert": f"(by_id = {on.USER} and {on.KEEPS})", "update": on.KEEPS},
    "casework_destruction": {"select": on.KEEPS, "insert": f"(proposed_by_id = {on.USER} and {on.KEEPS})"},
    "casework_destructionstep": {
        "select": on.KEEPS,
        "insert": f"(by_id = {on.USER} and {on.KEEPS} and what <> 'done' and {_SECOND})",
    },
    "casework_tombstone": {"select": on.KEEPS},
    "child_accessrequest": {"select": _in_these_ways("child_accessrequest", _WHOLE.decided_by)},
    "child_accessitem": {
        "select": f"({_in_these_ways('child_accessitem', _WHOLE.decided_by)} and {on.seen('child_accessitem', '')})"
    },
    "child_verdict": {"select": "exists (select from child_accessitem i where i.id = child_verdict.item_id)"},
    "child_accesscopy": {"select": _in_these_ways("child_accesscopy", _WHOLE.made_by)},
}
"""Table -> what the site's own role may do there, and to which rows. All else is done as the engine."""

# How much stands in the stage changes from nothing to millions within one transaction, where autovacuum does not
# see it: a plan made for an empty table then runs for hours. Only their owner may look tables over.
_STAGE_LOOKED_OVER = """
create or replace function app_stage_looked_over() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  analyze intake_stage;
  analyze intake_told;
end $$;
"""

# Rows get their numbers before they commit. Held still for a moment, there is none that somebody may yet add
# below the highest; nobody but the tables' owner may hold them.
_AUDIT_SETTLED = """
create or replace function app_audit_settled() returns table (looks bigint, changes bigint)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '200ms' as $$
begin
  lock table audit_look, audit_change in share mode;
  return query select coalesce((select max(id) from audit_look), 0), coalesce((select max(id) from audit_change), 0);
exception when lock_not_available then
  return;
end $$;
"""


_TABLES_OF_CHILDREN = """
select c.relname, c.relname || '.child_id' from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'child_id' and not a.attisdropped
"""


# What somebody who has been shut out was to any child ends the day before: by command nobody is entered, and the site's
# own role writes no relation. It does nothing to whoever may still sign in.
_LET_GO = """
create or replace function app_let_go(leaver bigint, day date) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from accounts_user u where u.id = leaver and not u.is_active) then
    delete from accounts_relation r where r.user_id = leaver and r.start >= day;
    update accounts_relation r set "end" = greatest(r.start, day - 1)
     where r.user_id = leaver and (r."end" is null or r."end" >= day);
  end if;
end $$;
"""


class NoWall(Exception):
    """A table nobody decided about: it must be named in this module before the site may run."""


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Write every wall, grant and sharing rule, whole; `connection` signs in as the owner of the tables."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall()]
        decided = {*OPEN, *DECIDED, *READ_ONLY, *REFERENCE, *UNUSED, *ENGINE_ONLY, *WALLED}
        if missing := [name for name in tables if name not in decided]:
            raise NoWall(f"web/walls.py does not say who may see {', '.join(missing)}")
        cursor.execute(_TABLES_OF_CHILDREN)
        children = dict(cursor.fetchall()) | {"linkage_child": "linkage_child.id"}
        del children["accounts_conflict"]  # they say who is kept out, and `sharing` reads one's own
        cursor.execute("\n".join(_statements(tables, children)))
        cursor.execute("\n".join(destroying.functions(cursor)))
        _write_rules(cursor)


def _statements(tables: list[str], children: dict[str, str]) -> Iterator[str]:
    web, engine = settings.WEB_ROLE, settings.ENGINE_ROLE
    yield f"grant usage on schema public to {web}, {engine};"
    yield f"revoke all on all tables in schema public from {web}, {engine};"
    yield f"grant usage, select on all sequences in schema public to {web}, {engine};"
    yield from entering.FUNCTIONS  # before the walls, some of which ask them
    for table in tables:
        if table in OPEN:
            yield f"grant select, insert, update, delete on {table} to {web}, {engine};"
        elif table in DECIDED:
            yield f"grant select, insert on {table} to {web}, {engine};"
        elif table in READ_ONLY:
            yield f"grant select on {table} to {web}, {engine};"
        elif table in REFERENCE:
            yield f"grant select on {table} to {web};"
            yield f"grant select, insert, delete on {table} to {engine};"
        elif table in ENGINE_ONLY:
            yield f"grant select, insert, update, delete on {table} to {engine};"
        elif table in WALLED:
            yield from _wall(table, WALLED[table], children.get(table, ""))
    yield _STAGE_LOOKED_OVER
    yield _AUDIT_SETTLED
    yield _LET_GO
    yield counted.FUNCTION
    yield asked_for.FUNCTION
    yield counted_apart.FUNCTION
    yield from measured.FUNCTIONS


def _wall(table: str, allowed: dict[str, str], child: str) -> Iterator[str]:
    """`child`: the column that says whose the row is; blank: none does."""
    web, engine = settings.WEB_ROLE, settings.ENGINE_ROLE
    yield f"alter table {table} enable row level security;"
    yield f"alter table {table} force row level security;"
    everything = "select, insert" if table in ADDED_TO_ONLY else "select, insert, update, delete"
    yield f"grant {everything} on {table} to {engine};"
    # The owner migrates rows and stands behind the two functions below; it never serves a page.
    yield f"drop policy if exists wall_engine on {table};"
    yield f"create policy wall_engine on {table} to {engine}, current_user using (true) with check (true);"
    yield f"drop policy if exists wall_conflict on {table};"
    if child:
        yield f"create policy wall_conflict on {table} as restrictive to {web} using ({on.not_too_close(child)});"
    for verb in ("select", "insert", "update", "delete"):
        yield f"drop policy if exists wall_{verb} on {table};"
        if rule := allowed.get(verb):
            yield f"grant {verb} on {table} to {web};"
            clause = "with check" if verb == "insert" else "using"
            yield f"create policy wall_{verb} on {table} for {verb} to {web} {clause} ({rule});"


_RuleRow = tuple[str, str, str, list[str], str, list[str], list[str] | None, list[str]]


def _write_rules(cursor: CursorWrapper) -> None:
    cursor.execute("delete from accounts_sharingrule")
    cursor.executemany(
        "insert into accounts_sharingrule (role, relation, level, tags, stub, stubs, kinds, needs)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [row for role, policy in sharing.policy().items() for row in _rules(role, policy)],
    )


def _rules(role: str, policy: sharing.RolePolicy) -> Iterator[_RuleRow]:
    may = {
        "searches": policy.searches,
        "locates": policy.locates,
        "desk": policy.desk,
        "discreet": policy.discreet,
        "audits": policy.audits,
        "keeps": policy.keeps,
        "counts": policy.counts,
        "measures": sharing.DUTIES in policy.measures,
        "groups": sharing.GROUPS in policy.measures,
    }
    for what, yes in may.items():
        if yes:
            level = "SL1" if what in ("searches", "locates", "desk") else "SL0"
            yield role, what, level, [], level, [], None, []
    others = [rule for rule in (policy.own, policy.intake, policy.glass) if rule]
    for rule in (*policy.relations.values(), *policy.subjects.values(), *others):
        kinds = None if rule.kinds is None else sorted(rule.kinds)
        stubs = sorted(rule.full | rule.stubs)
        yield role, rule.relation, rule.level, sorted(rule.full), rule.stub, stubs, kinds, sorted(rule.needs)
