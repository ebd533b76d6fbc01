"""What pages about sharing read: one child's sharing page, what may be quoted, requests between agencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.http import Http404

from throughline import words
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import rules_here, whose
from throughline.web.casework import shares_holding as holding
from throughline.web.casework.models import Event, Instance
from throughline.web.casework.reading import held_back, naming, owing
from throughline.web.casework.shapes import Owed, Who
from throughline.web.casework.shares import AGREED, ANSWERED, ASKED, DECIDED
from throughline.web.casework.shares_gate import NOT_SHARE, SHARE
from throughline.web.design import formats
from throughline.web.linkage.models import Child

LOOK_AGAIN = "restriction-90d"
CLOCKS = ("r26-request-unanswered", "r26-urgent-request")
MOST_TO_QUOTE = 15
"""Happenings offered to quote, the newest; any other is quoted from its place on the line."""
MOST_REQUESTS = 200
_TITLES: Mapping[str, Mapping[str, str]] = {
    DECIDED: {SHARE: "Decided to share", NOT_SHARE: "Decided not to share"},
    AGREED: {SHARE: "May be shared", NOT_SHARE: "May not be shared"},
    ANSWERED: {NOT_SHARE: "Said no"},
}
"""What a fact is called by which of two answers it is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about sharing, as a page shows it."""

    key: str
    title: str
    at: date | datetime
    said_by: str
    """Title."""
    details: tuple[tuple[str, str], ...]
    """Label and value, in the order of its form; what it quotes by name, where this viewer sees it."""
    owed: Owed | None = None
    """The clock it set going, and how that stands."""
    answers: tuple[Fact, ...] = ()
    """Of a request: what was answered. Of a restriction: when it was looked at again."""


@dataclass(frozen=True, slots=True)
class BySender:
    """What one agency sent and holds more closely than this viewer sees."""

    agency: str
    """Id."""
    text: str
    """Who holds it, whom to ask, when they were last involved."""
    look_again: bool
    """Nothing of it is newer than the time after which a restriction is looked at again (`LOOK_AGAIN`)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Everything about sharing on one child's line that this viewer sees."""

    who: Who
    waiting: tuple[Fact, ...]
    """Requests without an answer, the oldest first."""
    answered: tuple[Fact, ...]
    shared: tuple[Fact, ...]
    """Decisions to share that hold today."""
    over: tuple[Fact, ...]
    """Decisions to share whose day has passed."""
    not_shared: tuple[Fact, ...]
    agreements: tuple[Fact, ...]
    held: tuple[Fact, ...]
    """What is held more closely, and not lifted."""
    lifted: tuple[Fact, ...]
    by_senders: tuple[BySender, ...]
    """What came here held closely: its sender says whether it still has to be."""


@dataclass(frozen=True, slots=True)
class Quotable:
    """One happening of the line that a decision may quote."""

    key: str
    title: str
    on: date
    said_by: tuple[str, ...]
    """Titles of all who tell of it."""
    note: str
    """What is special about handling it; blank: nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request between agencies, on a page of many."""

    child: Who
    fact: Fact
    asked: str
    """Title of the agency that is asked; blank: nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests without an answer about children with a page for this viewer, the longest overdue first."""

    of_mine: tuple[Request, ...]
    """The viewer's own agency is asked."""
    by_mine: tuple[Request, ...]
    others: tuple[Request, ...]
    more: bool


def page(viewer: Viewer, child_id: UUID) -> Shares:
    """One child's sharing page; refused as their own page would be, and the look recorded."""
    child = whose.child(viewer, child_id, "sharing")
    facts = _facts(child, viewer.today)
    asked = [_request(event, facts) for event in facts.of(ASKED)]
    decided = [(event, facts.fact(event)) for event in facts.of(DECIDED)]
    lifted = {event.ref for event in facts.of(holding.LIFTED)}
    held = [(event.ref in lifted, _hold(event, facts)) for event in facts.of(holding.HELD)]
    return Shares(
        who=naming.who(child),
        waiting=tuple(fact for fact in reversed(asked) if not fact.answers),
        answered=tuple(fact for fact in asked if fact.answers),
        shared=tuple(f for e, f in decided if SHARE in e.marks and _until(e) >= viewer.today),
        over=tuple(f for e, f in decided if SHARE in e.marks and _until(e) < viewer.today),
        not_shared=tuple(f for e, f in decided if SHARE not in e.marks),
        agreements=tuple(facts.fact(event) for event in facts.of(AGREED)),
        held=tuple(fact for gone, fact in held if not gone),
        lifted=tuple(fact for gone, fact in held if gone),
        by_senders=_by_senders(child, viewer.today),
    )


def _by_senders(child: Child, day: date) -> tuple[BySender, ...]:
    book = rules_here.book()
    after = int(book[LOOK_AGAIN].settings["time"].value) if LOOK_AGAIN in book else None
    return tuple(
        BySender(held.agency, held.stub.text, after is not None and (day - held.last_on).days >= after)
        for held in held_back.by_agency(child.pk, day)
    )


def quotable(viewer: Viewer, child_id: UUID, chosen: Sequence[str] = ()) -> tuple[Quotable, ...]:
    """What of the line a decision may quote: what is `chosen` by its key, then the newest; nothing about sharing."""
    child = whose.child(viewer, child_id, "sharing")
    mine = Event.objects.filter(child=child, happened_on__lte=viewer.today)
    sharing = [kind.id for kind in words.kinds().values() if kind.area == "sharing"]
    newest = mine.exclude(kind__in=sharing).order_by("-happened_on", "-happening").values_list("happening", flat=True)
    wanted = list(mine.filter(key__in=chosen).values_list("happening", flat=True))
    wanted += list(dict.fromkeys(newest[: MOST_TO_QUOTE * 4]))[:MOST_TO_QUOTE]
    told = mine.filter(happening__in=wanted).order_by("happening", "telling")
    found = {number: _quotable(list(several)) for number, several in groupby(told, key=lambda e: e.happening)}
    return tuple(found[number] for number in dict.fromkeys(wanted))


def fact(viewer: Viewer, child_id: UUID, key: str, kind: str) -> Fact:
    """One fact of a kind about sharing; 404 where this viewer does not see it."""
    facts = _facts(whose.child(viewer, child_id, "sharing"), viewer.today)
    found = next((event for event in facts.of(kind) if event.key == key), None)
    if found is None:
        raise Http404
    return facts.fact(found)


def requests(viewer: Viewer) -> Requests:
    """Requests that nobody has answered; the look is recorded."""
    unmet = Instance.objects.filter(duty_id__in=CLOCKS, met_on__isnull=True, ended_on__isnull=True)
    rows = list(unmet.select_related("child").order_by("due_on", "pk")[: MOST_REQUESTS + 1])
    more, rows = len(rows) > MOST_REQUESTS, rows[:MOST_REQUESTS]
    who = {row.child_id: naming.who(row.child) for row in rows}
    owed = {(row.child_id, row.trigger_key): owing.from_rows([row], who, None) for row in rows}
    told = Event.objects.filter(kind=ASKED, child_id__in=who, key__in=[row.trigger_key for row in rows])
    events = {(event.child_id, event.key): event for event in told}
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="requests", children=who)
    sorts: dict[str, list[Request]] = defaultdict(list)
    for place, event in ((place, events[place]) for place in owed if place in events):
        agency = event.details.get("with_agency", "")
        sort = "of_mine" if _same(agency, viewer.agency) else "by_mine" if event.said_by == viewer.agency else "others"
        clock = next(iter(owed[place]), None)
        asked = words.agency_title(agency) if agency else event.details.get("with", "")
        sorts[sort].append(Request(who[event.child_id], _fact(event, {}, clock), asked))
    return Requests(tuple(sorts["of_mine"]), tuple(sorts["by_mine"]), tuple(sorts["others"]), more)


def _same(asked: str, own: str) -> bool:
    """Whether an agency that is asked, a body or a whole type of them, is one's own."""
    return asked in (own, own.partition(":")[0])


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one child's line has about sharing, newest first, with the clocks it set going."""

    events: Mapping[str, Sequence[Event]]
    clocks: Mapping[str, Owed]
    """By the key of what set it going."""
    met: Mapping[str, str]
    """The same, and the key of what met it."""
    titles: Mapping[str, str]

    def of(self, kind: str) -> Sequence[Event]:
        return self.events.get(kind, ())

    def fact(self, event: Event) -> Fact:
        return _fact(event, self.titles, self.clocks.get(event.key))


def _facts(child: Child, day: date) -> _Facts:
    kinds = (ASKED, ANSWERED, DECIDED, AGREED, holding.HELD, holding.KEPT, holding.LIFTED)
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(child=child, kind__in=kinds).order_by("-happening"):
        events[event.kind].append(event)
    quoted = {
        key for several in events.values() for e in several for key in holding.keys_in(e.details.get("quotes", ""))
    }
    titles = {event.key: _called(event) for event in Event.objects.filter(child=child, key__in=quoted)}
    rows = list(Instance.objects.filter(child=child, duty_id__in=(*CLOCKS, LOOK_AGAIN)).order_by("opened_on", "pk"))
    who = {child.pk: naming.who(child)}
    clocks = {row.trigger_key: owed for row in rows for owed in owing.from_rows([row], who, None)}
    return _Facts(events, clocks, {row.trigger_key: row.met_key for row in rows if row.met_key}, titles)


def _request(event: Event, facts: _Facts) -> Fact:
    """A request with its answers: those that name it, and the one that met its clock."""
    own = facts.fact(event)
    met = facts.met.get(event.key)
    answers = [a for a in facts.of(ANSWERED) if (event.ref and a.ref == event.ref) or a.key == met]
    return _with(own, [facts.fact(answer) for answer in answers])


def _hold(event: Event, facts: _Facts) -> Fact:
    """A restriction, when it was looked at again, and when it next has to be."""
    own = facts.fact(event)
    again = [e for kind in (holding.KEPT, holding.LIFTED) for e in facts.of(kind) if e.ref == event.ref]
    newest = max((event, *again), key=lambda e: (e.happened_on, e.statement_id))
    return _with(own, [facts.fact(e) for e in again], facts.clocks.get(newest.key))


def _with(own: Fact, answers: Sequence[Fact], owed: Owed | None = None) -> Fact:
    return replace(own, owed=owed or own.owed, answers=tuple(answers))


def _fact(event: Event, titles: Mapping[str, str], owed: Owed | None) -> Fact:
    """`titles` are of records on the line, by their key."""
    kind = words.kinds()[event.kind]
    own = {field.id: field for field in kind.fields}
    names = [name for name in (*own, *event.details) if event.details.get(name)]
    shown = tuple(_detail(event, name, own.get(name), titles) for name in dict.fromkeys(names))
    title = next((said for mark, said in _TITLES.get(event.kind, {}).items() if mark in event.marks), kind.title)
    urgent = ", and it cannot wait" if "urgent" in event.marks else ""
    at = event.happened_at or event.happened_on
    return Fact(event.key, f"{title}{urgent}", at, words.agency_title(event.said_by), shown, owed)


def _detail(event: Event, name: str, field: words.Field | None, titles: Mapping[str, str]) -> tuple[str, str]:
    label, value = naming.detail(event.kind, name, event.details[name])
    if field and field.type == "date":
        value = formats.day(date.fromisoformat(value[:10]))
    if field and field.type == "keys":
        seen = dict.fromkeys(titles[key] for key in holding.keys_in(event.details[name]) if key in titles)
        value = "; ".join(seen) or value
    return label, value


def _until(event: Event) -> date:
    """The day a decision holds until; one without a day holds until it is decided anew."""
    text = event.details.get("until", "")
    return date.fromisoformat(text[:10]) if text else date.max


def _called(event: Event) -> str:
    return f"{words.kinds()[event.kind].title}, {formats.day(event.happened_on)}"


def _quotable(told: Sequence[Event]) -> Quotable:
    tags = frozenset[str]().union(*(event.tags for event in told))
    notes = [words.tags()[tag].title for tag in words.tags() if tag in tags]
    said_by = dict.fromkeys(words.agency_title(event.said_by) for event in told)
    title = words.kinds()[told[0].kind].title
    return Quotable(told[0].key, title, told[0].happened_on, tuple(said_by), ", ".join(notes))
