"""The one way content leaves the record for good: a database function that two keepers have to sign for.

The site's own role may delete nothing of a child. This function runs as the owner of the tables, and before it does
anything it looks for itself: proposed by one keeper, signed for by another, not done and not taken back, held by
nobody, and nobody waits to see it (docs/adr/0051). It deletes every row that is about the child or rests on what goes,
in whatever table it stands: tables are found in the catalogue when the walls are put up, so that a new one joins by its
`child_id` or by its foreign key, and `STAY` says which may not. A tombstone stands in the place of each row and file
that a source sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.backends.utils import CursorWrapper

STAY = {
    "accounts_breakglass": "that somebody opened a record in an emergency; in their own words no more",
    "accounts_breakglasscheck": "what came of the check; in their own words no more",
    "audit_finding": "looks of somebody, found out of the ordinary: numbers",
    "audit_findingcheck": "what came of the check; in their own words no more",
    "casework_destruction": "which records went, and why",
    "casework_destructionstep": "who signed",
    "casework_tombstone": "what stands in their place",
}
"""Tables with a child's number that stay, and what they hold. Who looked and who changed what has numbers too."""

_GONE = "'(gone with the record)'"
_BLANKED = {
    "accounts_breakglass": f"purpose = {_GONE} where child_id = any(children)",
    "accounts_breakglasscheck": f"why = {_GONE} where opened_id in"
    " (select g.id from accounts_breakglass g where g.child_id = any(children))",
    "audit_findingcheck": f"why = {_GONE} where finding_id in"
    " (select f.id from audit_finding f where f.child_id = any(children))",
}
"""Of what stays, words that may be about the child."""

# Beyond `child_id` and foreign keys. `keys` are those of events; `apart` people of whom rows are kept apart.
_ROOTS = {
    "linkage_child": "id = any(children)",
    "linkage_sourceperson": "child_id = any(children) or key = any(persons)",
    "linkage_judgement": '"left" = any(persons) or "right" = any(persons)',
    "linkage_moved": "child_id = any(children) or record_key = any(records)",
    "linkage_apartperson": "key = any(apart)",
    "intake_apart": "person = any(apart)",
    "intake_statement": "id = any(statements)",
    "intake_fault": "child_id = any(children) or person = any(persons || apart)"
    " or (file_id, row_no) in (select s.file_id, s.row_no from intake_statement s where s.id = any(statements))",
    "casework_event": "child_id = any(children) or statement_id = any(statements)",
    "casework_parting": "child_id = any(children) or key_a = any(keys) or key_b = any(keys)",
    "casework_putoff": "child_id = any(children) or trigger_key = any(keys)",
    "casework_message": "child_id = any(children) or about = any(keys)",
}

_FUNCTION = """
drop function if exists app_destroy(bigint, timestamptz);
create or replace function app_destroy(number bigint, moment timestamptz,
    out files text[], out touched bigint[], out subjects bigint[])
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  d casework_destruction; whole boolean; today date := nullif(current_setting('app.day', true), '')::date;
  signer bigint; children bigint[] := '{{}}'; statements bigint[]; records text[]; persons text[]; apart text[];
  keys text[]; called text[];
begin
  select * into d from casework_destruction x where x.id = number for update;
  whole := d.statement_ids = '{{}}';
  select s.by_id into signer from casework_destructionstep s
   where s.destruction_id = number and s.what = 'signed' and s.by_id <> d.proposed_by_id;
  if d.id is null or today is null or signer is null or 2 <> (
      select count(*) from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'keeps'
       where u.id in (d.proposed_by_id, signer) and u.is_active)
     or exists (select from accounts_conflict x where x.user_id in (d.proposed_by_id, signer)
       and x.child_id = any(d.child_ids) and (x.ended_at is null or x.ended_at > moment))
     or exists (select from casework_destructionstep s where s.destruction_id = number and s.what <> 'signed') then
    raise exception 'two keepers sign for what is destroyed, once, and neither is too close to it'
      using errcode = 'insufficient_privilege';
  end if;
  if exists (select from casework_hold h where h.ended_at is null and (h.until is null or h.until >= today)
      and (h.child_id is null or h.child_id = any(d.child_ids)) and (h.records = '{{}}' or d.record = any(h.records)))
     or exists (select from child_accessrequest r where r.closed_at is null and r.child_id = any(d.child_ids)) then
    raise exception 'it is held' using errcode = 'insufficient_privilege';
  end if;

  if whole then
    children := d.child_ids || array(select c.id from linkage_child c where c.joined_into_id = any(d.child_ids));
    statements := array(select s.id from intake_statement s where s.child_id = any(children));
    persons := array(select p.key from linkage_sourceperson p where p.child_id = any(children));
    apart := array(select a.key from linkage_apartperson a where a.key = any(persons) or exists (
      select from linkage_apartkey k join linkage_lookupkey l on l.key = k.key
        join linkage_sourceperson p on p.id = l.person_id where k.person_id = a.id and p.child_id = any(children)));
  else  -- every telling of these records, and who it was where nothing else is left of them
    statements := array(select s.id from intake_statement s where s.record_key in (
      select g.record_key from intake_statement g where g.id = any(d.statement_ids)));
    persons := array(select distinct s.person from intake_statement s where s.id = any(statements) and not exists (
      select from intake_statement o where o.person = s.person and o.id <> all(statements)));
    apart := '{{}}';
  end if;
  touched := array(select distinct s.child_id from intake_statement s
    where s.id = any(statements) and s.child_id <> all(children));
  records := array(select distinct s.record_key from intake_statement s where s.id = any(statements));
  keys := array(select e.key from casework_event e where e.statement_id = any(statements));
  subjects := array(select distinct m.about_id from casework_mention m where m.child_id = any(children));
  files := app_files_of(statements, persons || apart, children);
  called := array(select distinct lower(n) from linkage_claim m join linkage_sourceperson p on p.id = m.person_id,
    unnest(array[m.forename, m.surname]) n where p.child_id = any(children) and length(n) > 2);

  insert into casework_tombstone (destruction_id, what, number, kind, went_on, basis)
    select d.id, 'child', c, d.record, today, d.law from unnest(children) c
    union all
    select d.id, 'statement', s.id, s.feed || ' ' || s.table_name, today, d.law
      from intake_statement s where s.id = any(statements)
    union all
    select d.id, 'file', f.id, left(coalesce((select string_agg(distinct r.feed, ', ') from intake_fileread r
        where r.delivery_id = f.delivery_id), ''), 125), today, d.law
      from intake_deliveredfile f where f.stored_id = any(files);

  -- Records of what was decided here are only added to; what a child said in them is not kept for that.
  perform set_config('pgtrigger.ignore', '{{{past}}}', true);
  -- A record moved to another child stays there; that it was ever doubted here does not.
  update linkage_question q set child_id = m.child_id, why = '', judged_why = '' from linkage_moved m
   where m.question_id = q.id and q.child_id = any(children) and m.child_id <> all(children);
{deletions}
{blanked}
  perform set_config('pgtrigger.ignore', '{{}}', true);
  update intake_storedfile set removed_on = today where sha256 = any(files);
{renamed}
  update casework_destruction set reference = '' where id = number or (whole and child_ids && children);
  insert into casework_destructionstep (destruction_id, what, by_id, at) values (number, 'done', signer, moment);
end $$;
"""

# Delivered files in which there is, or may be, a row about them: one that could not be loaded may hold anybody.
_FILES_OF = """
create or replace function app_files_of(statements bigint[], persons text[], children bigint[])
returns text[] language sql stable security definer set search_path = public, pg_temp as $$
  with read as (
    select s.file_id from intake_statement s where s.id = any(statements)
    union select t.file_id from intake_telling t where t.statement_id = any(statements)
    union select f.file_id from intake_fault f where f.person = any(persons) or f.child_id = any(children)
    union select a.file_id from intake_apart a where a.person = any(persons)
  )
  select coalesce(array_agg(distinct f.stored_id), '{}')
    from intake_deliveredfile f join intake_delivery d on d.id = f.delivery_id
    join intake_storedfile s on s.sha256 = f.stored_id and s.removed_on is null
   where d.status = 'failed' or exists (select from read join intake_fileread r on r.id = read.file_id
     where r.delivery_id = d.id and (r.sha256 = f.stored_id or r.name = f.name or r.name like f.name || '/%'))
$$;
revoke all on function app_files_of from public;
"""

# Receipts keep the names of files, unless a file was named after somebody who is gone.
_RENAMED = """
  update {0} set {1} = '(a file that was removed)' where exists (
    select from unnest(called) n where position(n in lower({1})) > 0) and {2};"""
_NAMED = (
    ("intake_fault", "file_name", "file_id in (select r.id from intake_fileread r join intake_deliveredfile f"
     " using (delivery_id) where f.stored_id = any(files))"),
    ("intake_fileread", "name", "delivery_id in (select f.delivery_id from intake_deliveredfile f"
     " where f.stored_id = any(files))"),
    ("intake_deliveredfile", "name", "stored_id = any(files)"),
)  # fmt: skip

_CHILD_COLUMNS = """
select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'child_id' order by 1
"""
_REFERENCES = """
select t.relname, a.attname, p.relname, k.attname from pg_constraint c
  join pg_class t on t.oid = c.conrelid join pg_class p on p.oid = c.confrelid
  join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
  join pg_attribute k on k.attrelid = p.oid and k.attnum = c.confkey[1]
 where c.contype = 'f' and c.connamespace = 'public'::regnamespace and t.oid <> p.oid order by 1, 2
"""
_TRIGGERS = "select t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relname = any(%s)"


def functions(cursor: CursorWrapper) -> Iterable[str]:
    """The functions, written for the tables there are."""
    gone = deletions(cursor)
    cursor.execute(f"{_TRIGGERS} and t.tgname like 'pgtrigger%%' order by 1", [[*gone, *_BLANKED]])
    yield _FILES_OF
    yield _FUNCTION.format(
        deletions="\n".join(f"  delete from {table} where {rows};" for table, rows in gone.items()),
        blanked="\n".join(f"  update {table} set {words};" for table, words in _BLANKED.items()),
        past=",".join(name for (name,) in cursor.fetchall()),
        renamed="\n".join(map(_RENAMED.format, *zip(*_NAMED, strict=True))),
    )


def deletions(cursor: CursorWrapper) -> Mapping[str, str]:
    """Table -> condition on the rows that go, what refers to others first."""
    cursor.execute(_CHILD_COLUMNS)
    rows = {table: "child_id = any(children)" for (table,) in cursor.fetchall() if table not in STAY} | _ROOTS
    cursor.execute(_REFERENCES)
    references = [r for r in cursor.fetchall() if r[0] not in STAY]
    ordered: list[str] = []

    def after_all_that_refer(table: str) -> None:
        if table not in ordered:
            for child, *_ in (r for r in references if r[2] == table):
                after_all_that_refer(child)
            ordered.append(table)

    for table in list(rows):
        after_all_that_refer(table)
    whole: dict[str, str] = {}
    for table in reversed(ordered):  # a table's condition needs those of the tables it refers to
        ways = [
            f'"{column}" in (select p."{key}" from {parent} p where {whole[parent]})'
            for child, column, parent, key in references
            if child == table and parent in whole
        ]
        whole[table] = " or ".join([*([rows[table]] if table in rows else []), *ways])
    return {table: whole[table] for table in ordered}
