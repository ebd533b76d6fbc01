"""In SQL: whether a line that is owed stands on this person's list, because only one person has it (`owners`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from throughline.web.casework.reading import owners
from throughline.web.casework.reading import worklists as lists
from throughline.web.casework.reading.asked import Query
from throughline.web.casework.reading.worklists import Happened, Owing, Unheard


def rules(what: Owing, query: Query) -> list[str]:
    """Rules whose duties the list may take: by whose list they stand on, then by name. An alert is its duty."""
    role, seats = query.viewer.role, query.roles
    owed_by = {duty: by for duty, by in query.owed_by.items() if not query.book[duty].view_of}
    takes: Mapping[str, Callable[[str], bool]] = {
        lists.ME: lambda duty: owed_by[duty] in seats,
        lists.OTHERS: lambda duty: role not in query.book[duty].informed,
        lists.WORKER: lambda duty: owed_by[duty] == "social_worker",
        lists.NOBODY: lambda duty: owed_by[duty] in owners.ways(),
        lists.ANYONE: lambda duty: True,
    }
    whose = {duty for duty in owed_by if takes[what.by](duty)}
    if what.rules:
        return sorted(whose & set(what.rules))
    return sorted(whose - query.named if what.by in (lists.ME, lists.OTHERS) and what.due != lists.PUT_OFF else whose)


def whose(what: Owing, query: Query) -> str:
    """Whether a line of those rules stands on this person's list: only one person has it."""
    if what.by in (lists.ANYONE, lists.WORKER):
        return "true"
    owed_by = query.owed_by
    if what.by == lists.NOBODY:
        return _nobodys(query, owed_by)
    seats = query.among("o.duty_id", (duty for duty, role in owed_by.items() if role in query.roles))
    # Who holds the very seat has the line, before whoever answers for it too.
    lent = [duty for duty, role in owed_by.items() if role in query.roles - {query.viewer.role}]
    held = query.name([role for role in query.roles if role != query.viewer.role])
    elsewhere = (
        f"({query.among('o.duty_id', lent)} and exists (select from accounts_relation r join accounts_user u"
        f" on u.id = r.user_id where r.child_id = o.child_id and u.role = any({held}) and {holds(query)}))"
    )
    my_own = f"(o.own and {seats}{f' and not {elsewhere}' if lent else ''})"
    if what.by == lists.ME:
        return my_own
    return f"not {my_own} and not {_nobodys(query, owed_by)}" if query.has(lists.NOBODY) else f"not {my_own}"


def put_off(what: Owing, query: Query, taken: Iterable[str]) -> str:
    """A line that is put off leaves its owner's lists and nobody else's; a manager's list keeps an overdue MUST."""
    must = query.among("o.duty_id", (duty for duty in taken if query.book[duty].strength == "MUST"))
    if what.due == lists.PUT_OFF_LATE:
        return f"o.put_off and {must}"
    if what.by != lists.ME or what.due == lists.COMING:
        return "true"
    said = "o.put_off"
    if query.viewer.role in lists.put_off()["never_for"]:
        said = f"(o.put_off and not (o.state = 'late' and {must}))"
    return said if what.due == lists.PUT_OFF else f"not {said}"


def _nobodys(query: Query, owed_by: Mapping[str, str]) -> str:
    """Nobody has the relation that would make it theirs, or nobody stands at the post."""
    empty = owners.nobody_there(query.viewer)
    said = [query.among("o.duty_id", (duty for duty, role in owed_by.items() if role in empty))]
    for way in sorted({way for role, way in owners.ways().items() if owners.personal(role)}):
        theirs = query.among("o.duty_id", (duty for duty, role in owed_by.items() if owners.ways().get(role) == way))
        said.append(
            f"({theirs} and not exists (select from accounts_relation r where"
            f" r.child_id = o.child_id and r.kind = {query.name(way)} and {holds(query)}))"
        )
    return f"({' or '.join(said)})"


def spoken_for(what: Happened | Unheard, child: str, query: Query) -> str:
    """A condition: no duty on the viewer's own lists says the same of this child. Blank where none could."""
    mine = [duty for duty in what.duties if query.owed_by.get(duty) in query.roles] if query.has(lists.ME) else []
    if not mine:
        return ""
    return (
        f"not exists (select from casework_instance i where i.child_id = {child}"
        f" and i.looms_on <= {query.name(query.day)} and i.duty_id = any({query.name(mine)}))"
    )


def holds(query: Query) -> str:
    """A condition: the relation `r` holds on the day."""
    day = query.name(query.day)
    return f'r.start <= {day} and (r."end" is null or r."end" >= {day})'
