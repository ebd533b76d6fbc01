"""Conditions on rows, in SQL, of which the walls are made: whose relation, up to which level, past which tags.

Each compares a row with the settings of the transaction that `entering.ENTER` has set down for the viewer, so that one
policy serves everybody. All of it comes from code, nothing from data.
"""

from __future__ import annotations

from throughline import sharing

WAYS = (*sharing.PERSONAL, sharing.GLASS, "post")
"""How somebody comes to have a child: relations of their own, each by its kind, a record opened in an emergency, and
the one relation their post gives them."""
ARMS = (*WAYS, sharing.OWN)
"""Ways through the walls. Of one's own field the team sees more of the same children."""


def setting(name: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')"


def listed(name: str, kind: str) -> str:
    """A list among the transaction's settings; the inner select makes it worked out once a query, not a row."""
    return f"(select {setting(name)}::{kind}[])::{kind}[]"


TODAY = f"(select {setting('day')}::date)"
TOO_CLOSE = listed("conflicts", "bigint")
"""Children with whom the viewer has a conflict: through no arm do they see any of these."""
USER = f"(select {setting('user')}::bigint)"
SEARCHES = f"(select {setting('searches_level')} is not null)"
DESK = f"(select {setting('desk_level')} is not null)"
BRINGS_IN = f"(select {setting('intake_level')} is not null)"


TOLD = "told"
"""In place of a column: the kinds of every event that was read from a statement."""
SEALED = "(c.level >= 'SL5' or c.tags @> array['PROT-PERSON']::varchar(20)[])"
"""The very presence here of a child `c` is sealed; worded as the index `child_sealed` is."""


def page(child: str, day: str = TODAY) -> str:
    """A reason holds for a page of the child on this day."""
    return (
        f"exists (select from linkage_page p where p.child_id = {child} and p.since <= {day}"
        f" and (p.until is null or p.until >= {day}))"
    )


def related(child: str, arms: tuple[str, ...] = WAYS) -> str:
    """`child`, a column with its table's name, is related to the viewer in one of these ways."""
    ways = [f"{child} = any({listed(f'{arm}_children', 'bigint')})" for arm in arms]
    if "post" in arms:
        ways.append(at_post(child))
    return "(" + " or ".join(ways) + ")"


def at_post(child: str) -> str:
    """Something about the child concerns the viewer's post on the day they entered."""
    return (
        f"((select {setting('post_kind')}) is not null and exists (select from accounts_concern c"
        f" where c.child_id = {child} and {my_post('c')} and {not_too_close(child)}"
        f' and c.start <= {TODAY} and (c."end" is null or c."end" >= {TODAY})))'
    )


def not_too_close(child: str) -> str:
    return f"coalesce({child} <> all({TOO_CLOSE}), true)"


def my_post(concern: str) -> str:
    return (
        f"{concern}.kind = (select {setting('post_kind')})"
        f" and ((select {setting('posts')}) is null or {concern}.post = any({listed('posts', 'text')}))"
    )


TODAY_AT_POST = (
    f"accounts_concern.start <= (select {setting('day')}::date)"
    f' and (accounts_concern."end" is null or accounts_concern."end" >= (select {setting("day")}::date))'
)
"""A concern that has begun and not ended: what once brought a child to a post opens nothing any more."""


def seen(table: str, kind: str) -> str:
    """`sharing.decide` says full: by level, tags and kind, through any one relation."""
    return "(" + " or ".join(_through(arm, table, kind) for arm in ARMS) + ")"


def owed(table: str) -> str:
    """A duty whose every reason the viewer may see; or one without its reasons, which stands for somebody like them."""
    ways = " or ".join(
        f"(select {setting('role')} || ':{arm}') = any({table}.told_to) and {related(f'{table}.child_id', (arm,))}"
        for arm in (*sharing.PERSONAL, "post")
    )
    return f"({table}.told_to = '{{}}' and {seen(table, 'kinds')} or {table}.told_to <> '{{}}' and ({ways}))"


def hinted(table: str, kind: str) -> str:
    """`sharing.decide` says stub: that it is there may be said, and nothing of what it is."""
    told = " or ".join(_through(arm, table, kind, level="stub", tags="stub_tags") for arm in ARMS)
    # A way to no child at all asks an empty list, and that is unknown, not no.
    return f"(({told}) and not coalesce({seen(table, kind)}, false))"


def _through(arm: str, table: str, kind: str, *, level: str = "level", tags: str = "tags") -> str:
    # What costs least stands first: PostgreSQL keeps the order it is given, and asks this of every row. A way one does
    # not have ends at its level, no tags need no comparing, a kind is looked up among hundreds.
    kinds = f"(select {setting(f'{arm}_kinds')}::jsonb)"
    limited = f" or {_among(kinds, f'{table}.{kind}')}" if kind else ""
    needs = listed("own_needs", "text")
    field = f" and (array_length({needs}, 1) is null or {table}.tags::text[] && {needs})" if arm == sharing.OWN else ""
    return (
        f"({table}.level <= (select coalesce({setting(f'{arm}_{level}')}, ''))"
        f" and ({table}.tags = '{{}}' or {table}.tags::text[] <@ {listed(f'{arm}_{tags}', 'text')})"
        f" and ({kinds} is null{limited}){field}"
        f" and {related(f'{table}.child_id', (sharing.TEAM if arm == sharing.OWN else arm,))})"
    )


def _among(kinds: str, column: str) -> str:
    """What `column` names is among the kinds a role sees: one kind, or every one of several (never none)."""
    if column.endswith(f".{TOLD}"):  # a row is read whole: all that it tells of must be seen
        return f"{kinds} ?& app_kinds_told({column.removesuffix(TOLD)}id)"
    if column.endswith(".kinds"):
        return f"{column} <> '{{}}' and {kinds} ?& {column}::text[]"
    return f"{kinds} ? {column}"


def about(table: str) -> str:
    """`sharing.decide_about` says full: by level, tags and kind, as the role sees subjects of this kind."""
    return f"exists ({_as_the_role_sees(table)} and {_within(table, 'level', 'tags')})"


def hinted_about(table: str) -> str:
    """`sharing.decide_about` says stub."""
    stub, full = _within(table, "stub", "stubs"), _within(table, "level", "tags")
    return f"exists ({_as_the_role_sees(table)} and {stub} and not coalesce({full}, false))"


def _as_the_role_sees(table: str) -> str:
    kinds = f"{table}.kinds::text[]" if table == "casework_subjectinstance" else f"array[{table}.kind::text]"
    return (
        "select from linkage_subject s join accounts_sharingrule r on r.relation = 'about_' || s.kind"
        f" join accounts_user u on u.role = r.role where s.id = {table}.about_id and u.id = {USER} and u.is_active"
        f" and (r.kinds is null or {kinds} <> '{{}}' and {kinds} <@ r.kinds::text[])"
    )


def _within(table: str, level: str, tags: str) -> str:
    return f"{table}.level <= r.{level} and {table}.tags::text[] <@ r.{tags}::text[]"


SUBJECT = (
    "exists (select from accounts_sharingrule r join accounts_user u on u.role = r.role"
    f" where r.relation = 'about_' || linkage_subject.kind and u.id = {USER} and u.is_active)"
)


KEEPS = (
    "exists (select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'keeps'"
    f" where u.id = {USER} and u.is_active)"
)
"""The viewer is one of those who sign for what is destroyed."""


def answers_for(agencies: str) -> str:
    """The viewer answers for how records are opened, at one of these agencies or for the whole partnership."""
    return (
        "exists (select from accounts_user u join accounts_sharingrule r on r.role = u.role and r.relation = 'audits'"
        f" where u.id = {USER} and u.is_active and (split_part(u.agency, ':', 1) = 'partnership'"
        f" or u.agency in ({agencies})))"
    )
