"""What people write about sharing: decisions, the originator's answer, requests and answers, what is held more closely.

All are facts on the child's line, recorded like any other (`actions.record`). What a decision quotes, it is held as
closely as; the facts that stand in its way are read from the line, never ticked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import actions, shares_gate, supply
from throughline.web.casework import shares_holding as holding
from throughline.web.casework.actions import Recorded, Refused
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.casework.selectors import child_for
from throughline.web.design import formats

DECIDED, AGREED, ASKED, ANSWERED = (
    "sharing_decided", "originator_answered", "information_requested", "information_answered",
)  # fmt: skip
Fields = Mapping[str, str | list[str]]


def decide(*, child: UUID, fields: Fields, items: Sequence[str], by: Viewer, purpose: str) -> Recorded:
    """Record a decision to share, or not to share, with whom, why, on what basis (gate G17).

    `items` are keys of records on the line that it quotes; the other tellings of the same happening that the writer
    sees go with them. Raises `Refused`: for what is left out; where whoever sent a record decides and has not agreed;
    where the child asked that these should not be told.
    """
    quoted = _quoted(child, items, by)
    wrong = shares_gate.left_out(DECIDED, fields, by.today)
    if shares_gate.SHARE in fields.get("marks", ()):
        wrong |= {name: says for name, says in in_the_way(quoted, fields, by, child=child).items() if name not in wrong}
    return _quoting(DECIDED, child, fields, quoted, wrong, by, purpose)


def originator_answered(*, child: UUID, fields: Fields, items: Sequence[str], by: Viewer, purpose: str) -> Recorded:
    """Record what whoever sent some records said about sharing them on: yes, on what terms and until when; or no.

    Raises `Refused` for what is left out, or where the records are not all of one sender.
    """
    quoted = _quoted(child, items, by)
    senders = {event.said_by for event in quoted}
    wrong = shares_gate.left_out(AGREED, fields, by.today)
    if len(senders) != 1:
        wrong["records"] = "Tick the records they answered about: all of one sender"
    else:
        fields = {**fields, "said_by": senders.pop()}
    return _quoting(AGREED, child, fields, quoted, wrong, by, purpose)


def ask(*, child: UUID, fields: Fields, by: Viewer, purpose: str) -> Recorded:
    """Ask another agency for information: its clock (R26) starts now."""
    with transaction.atomic():
        _recorded_here(child, (ANSWERED,), by)
        return _now(ASKED, child, {**fields, "ref": str(uuid4())}, by, purpose)


def answer(*, child: UUID, request: str, fields: Fields, by: Viewer, purpose: str) -> Recorded:
    """Answer a request, or say no to it with who decided so and why. 404 for a request the writer does not see."""
    asked = Event.objects.filter(child=child_for(by, child), key=request, kind=ASKED).first()
    if asked is None:
        raise Http404
    agency = asked.details.get("with_agency", "")
    said = {**fields, "with_agency": agency, "ref": asked.ref, "said_by": agency or by.agency}
    level = max(asked.level, words.kinds()[ANSWERED].level)
    return _now(ANSWERED, child, said, by, purpose, level, asked.tags)


def hold(*, child: UUID, fields: Fields, items: Sequence[str], by: Viewer, purpose: str) -> Recorded:
    """Hold records more closely than their source does, for a reason, until it is lifted; looked at again in time.

    Raises `Refused` for what is left out.
    """
    quoted = _quoted(child, items, by)
    wrong = shares_gate.left_out(holding.HELD, fields, by.today)
    if not quoted:
        wrong["records"] = "Tick what is to be held more closely"
    if wrong:
        raise Refused(wrong)
    asked = fields.get("not_to") or []
    # It says of the records nothing but how many: whoever leads is to know that something is held closely.
    own = frozenset({"CHILD-CONF"}) if fields["holding_ground"] == holding.CHILD_ASKED else frozenset()
    said = {**fields, "not_to": ";".join(asked), "quotes": holding.as_quotes(e.key for e in quoted)}
    with transaction.atomic():
        _recorded_here(child, (holding.KEPT, holding.LIFTED), by)
        return _now(holding.HELD, child, {**said, "ref": str(uuid4())}, by, purpose, tags=own)


def look_again(*, child: UUID, held: str, keep: bool, fields: Fields, by: Viewer, purpose: str) -> Recorded:
    """Look again at what is held more closely: keep it so, or lift it. 404 for what the writer does not see."""
    found = Event.objects.filter(child=child_for(by, child), key=held, kind=holding.HELD).first()
    if found is None:
        raise Http404
    kind = holding.KEPT if keep else holding.LIFTED
    return _now(kind, child, {**fields, "ref": found.ref}, by, purpose, tags=found.tags)


def in_the_way(quoted: Iterable[Event], fields: Fields, by: Viewer, *, child: UUID) -> dict[str, str]:
    """What facts on the line stand in the way of sharing these records so, by field; empty: nothing does."""
    quoted = list(quoted)
    kinds = (AGREED, holding.HELD, holding.LIFTED)
    facts = list(Event.objects.filter(child=child_for(by, child), kind__in=kinds))
    agency = str(fields.get("with_agency", ""))
    wrong = {}
    if waiting := [e for e in quoted if _theirs(e, by) and not _agreed(e, agency, facts, by)]:
        senders = " and ".join(sorted({words.agency_title(event.said_by) for event in waiting}))
        wrong["records"] = (
            "Whoever sent a record like this decides on sharing it on. Ask first, and record what was answered:"
            f" {senders} ({_called(waiting)})."
        )
    if fields.get("lawful_basis") not in holding.policy().over_a_childs_wish:
        asked = [e for e in quoted if _told_by(agency) & _not_to(e, facts)]
        if asked:
            wrong["with_agency"] = (
                f"The child asked that they should not be told this ({_called(asked)}). Talk with the child first."
            )
    return wrong


def _theirs(event: Event, by: Viewer) -> bool:
    """Whether somebody else sent it, and decides on sharing it on."""
    own = by.agency in (event.said_by, event.said_by.partition(":")[0]) or by.agency.partition(":")[0] == event.said_by
    return not own and not holding.policy().originator_decides.isdisjoint(event.tags)


def _agreed(event: Event, agency: str, facts: Iterable[Event], by: Viewer) -> bool:
    """Whether its sender's last answer about it and this agency is a yes that still holds."""
    answers = [
        fact
        for fact in facts
        if fact.kind == AGREED
        and fact.said_by == event.said_by
        and event.key in holding.keys_in(fact.details.get("quotes", ""))
        and fact.details.get("with_agency") in (agency, agency.partition(":")[0])
    ]
    last = max(answers, key=lambda fact: (fact.happened_on, fact.statement_id), default=None)
    return last is not None and shares_gate.SHARE in last.marks and last.details["until"] >= by.today.isoformat()


def _told_by(agency: str) -> frozenset[str]:
    """Whom one tells by telling an agency, as a child would name them."""
    type = agency.partition(":")[0]
    return frozenset(id for id, audience in holding.policy().audiences.items() if type in audience.agencies)


def _not_to(event: Event, facts: Iterable[Event]) -> frozenset[str]:
    """Whom the child asked not to tell this; where only that it was in confidence is known, family and home."""
    if "CHILD-CONF" not in event.tags:
        return frozenset()
    lifted = {fact.ref for fact in facts if fact.kind == holding.LIFTED}
    asked = [event.details.get("not_to", "")]
    asked += [
        fact.details.get("not_to", "")
        for fact in facts
        if fact.kind == holding.HELD
        and fact.ref not in lifted
        and event.key in holding.keys_in(fact.details.get("quotes", ""))
    ]
    return frozenset(filter(None, ";".join(asked).split(";"))) or frozenset({"parent", "carer"})


def _called(events: Iterable[Event]) -> str:
    titles = words.kinds()
    return "; ".join(f"{titles[event.kind].title}, {formats.day(event.happened_on)}" for event in events)


def _quoted(child: UUID, items: Sequence[str], by: Viewer) -> list[Event]:
    """The records with these keys and the other tellings of the same happenings, as far as the writer sees them."""
    row = child_for(by, child)
    chosen = Event.objects.filter(child=row, key__in=items)
    if len(set(chosen.values_list("key", flat=True))) != len(set(items)):
        raise Http404
    same = Event.objects.filter(child=row, happening__in=chosen.values("happening"))
    return list(same.order_by("happening", "telling"))


def _quoting(
    kind: str, child: UUID, fields: Fields, quoted: list[Event], wrong: Mapping[str, str], by: Viewer, purpose: str
) -> Recorded:
    """Record a fact that quotes others, held as closely as the closest of them."""
    if wrong:
        raise Refused(wrong)
    level = max([words.kinds()[kind].level, *(event.level for event in quoted)])
    tags = frozenset().union(*(event.tags for event in quoted))
    said = {**fields, "quotes": holding.as_quotes(event.key for event in quoted)}
    return _now(kind, child, said, by, purpose, level, tags)


def _recorded_here(child: UUID, kinds: Iterable[str], by: Viewer) -> None:
    """Note that what will answer is recorded by form here: from now on, that nobody has recorded it says something."""
    row = child_for(by, child)
    with as_engine():
        for kind in kinds:
            supply.first_typed(words.kinds()[kind], actions.authorities_of(by, row), by.today)


def _now(
    kind: str, child: UUID, fields: Fields, by: Viewer, purpose: str, level: str = "", tags: Iterable[str] = ()
) -> Recorded:
    """Record what happens as it is recorded."""
    now = clock.now().astimezone(clock.LONDON)
    when = {"happened_on": now.date().isoformat(), "happened_time": f"{now:%H:%M}"}
    own = {"said_by": by.agency, **when, **fields}
    return actions.record(kind=kind, child=child, fields=own, by=by, purpose=purpose, level=level, tags=tags)
