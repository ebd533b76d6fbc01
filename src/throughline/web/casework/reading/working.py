"""Lists as a page shows them: the rows that `asking` found, with the facts, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from throughline import words
from throughline.web.accounts.models import Relation, User
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.casework.list_shapes import Act, Row, Shown
from throughline.web.casework.models import Event, Segment
from throughline.web.casework.reading import asking, counting_out, freshness, meeting, naming, owing, putting_off
from throughline.web.casework.reading import worklists as lists
from throughline.web.casework.reading.asking import Found
from throughline.web.casework.reading.worklists import Happened, Now, Owing, Unheard, Worklist
from throughline.web.casework.rows import booked_for
from throughline.web.casework.shapes import Owed, Who
from throughline.web.design import formats
from throughline.web.linkage.models import Child
from throughline.words.calendars import working_days
from throughline.words.calendars.months import birthday

MOST = 8
_STANDING = ("missing", "in_care", "protection_plan", "child_in_need", "on_list", "placement", "out_of_school")
"""States a row names beside the child, in this order."""
_OPENED_BY = {"missing": "missing_start", "placement": "placement_started"}
"""States of which a row says more than the state does, and the event that tells it."""


@dataclass
class _Facts:
    """Everything the rows of one page are made from, read in one go."""

    at: date | datetime
    day: date
    who: dict[int, Who]
    owed: dict[int, Owed]
    segments: dict[int, Segment]
    events: dict[int, Event]
    standing: dict[int, list[Segment]]
    leads: dict[int, str]
    people: dict[int, User]
    opened: dict[tuple[int, str, date], list[Event]]
    trusted: dict[int, str]
    gaps: dict[int, str]
    out: dict[int, list[Segment]]
    """Stretches without full-time education, ended ones too, of children whose days are counted."""
    put_off: dict[int, str]
    """Instance -> until when somebody put it off, and why."""


def shown(
    viewer: Viewer, wanted: Sequence[Worklist], as_of: date | None, most: int = MOST, counted: Sequence[Worklist] = ()
) -> tuple[tuple[Shown, ...], dict[str, int]]:
    """These lists for whoever has entered, as of a day; and how many rows lists have that are only `counted`."""
    at = owing.moment(as_of)
    day = as_of or viewer.today
    answers = asking.ask(viewer, (*wanted, *counted), at, day, most)
    facts = _facts(viewer, wanted, {id: answer.rows for id, answer in answers.items()}, at, day)
    made = tuple(_shown(viewer, one, answers[one.id], facts) for one in wanted)
    return made, {one.id: answers[one.id].total for one in counted}


def _shown(viewer: Viewer, one: Worklist, answer: asking.Answer, facts: _Facts) -> Shown:
    quick = lists.quick()
    rows = tuple(row for row in (_row(one, found, facts) for found in answer.rows) if row)
    return Shown(
        one.id,
        one.title,
        one.short,
        rows,
        max(answer.total - (len(answer.rows) - len(rows)), 0),
        one.empty,
        freshness.sentences(viewer, one.rests_on) if one.rests_on and not rows else (),
        tuple(Act(id, quick[id].short, quick[id].title) for id in one.acts),
        one.timer,
    )


# --- what they are made from -----------------------------------------------------------------------------


def _facts(
    viewer: Viewer, wanted: Iterable[Worklist], rows: Mapping[str, tuple[Found, ...]], at: date | datetime, day: date
) -> _Facts:
    numbers: dict[type, set[int]] = {Owing: set(), Now: set(), Happened: set(), Unheard: set()}
    people: set[int] = set()
    children: set[int] = set()
    for one in wanted:
        of_workers = isinstance(one.what, Owing) and one.what.by == lists.WORKER
        found = {row.number for row in rows[one.id] if row.number is not None}
        (people if of_workers else numbers[type(one.what)]).update(found)
        children.update(row.child for row in rows[one.id] if row.child is not None)
    who = {child.pk: naming.who(child) for child in Child.objects.filter(pk__in=children)} if children else {}
    instances = owing.with_their_alerts(numbers[Owing]) if numbers[Owing] else []
    lines = owing.from_rows((i for i in instances if i.child_id in who), who, at)
    events = Event.objects.in_bulk(numbers[Happened]) if numbers[Happened] else {}
    holding = _standing(children, day)
    facts = _Facts(
        at=at,
        day=day,
        who=who,
        owed={id: owed for owed in lines for id in (owed.id, *(other.id for other in owed.beside))},
        segments={segment.pk: segment for several in holding.values() for segment in several},
        events=events,
        standing=holding,
        leads=_leads(viewer, children),
        people=User.objects.in_bulk(people) if people else {},
        opened={},
        trusted={},
        gaps=meeting.gaps(events.values()) if any("{gaps}" in one.why for one in wanted) else {},
        out={},
        put_off=putting_off.sentences(instances, day),
    )
    if counted := {row.child for one in wanted if "{counts}" in one.why for row in rows[one.id] if row.child}:
        facts.out = counting_out.stretches(counted)
    missing = [facts.segments[number] for number in numbers[Now] if number in facts.segments]
    facts.opened = _openings([segment for segment in missing if segment.state in _OPENED_BY])
    if any("{trusted}" in one.why and rows[one.id] for one in wanted):
        facts.trusted = _trusted(children)
    return facts


def _standing(children: Iterable[int], day: date) -> dict[int, list[Segment]]:
    found: dict[int, list[Segment]] = defaultdict(list)
    if children:
        for segment in Segment.objects.filter(child_id__in=children, end__isnull=True).order_by("start", "state", "pk"):
            found[segment.child_id].append(segment)
    return found


def _leads(viewer: Viewer, children: Iterable[int]) -> dict[int, str]:
    """Who works with each child: a person with a seat here, else whom its authority names."""
    if not children:
        return {}
    given = in_force(viewer.today).filter(child_id__in=children, kind=Relation.Kind.ALLOCATED)
    leads = {
        r.child_id: f"{r.user.name}, {r.user.phone}".rstrip(", ")
        for r in given.select_related("user").order_by("-start", "pk")
    }
    told = Event.objects.filter(child_id__in=set(children) - set(leads), kind="social_worker_started")
    for event in told.order_by("happened_on", "happening", "telling"):
        named = ", ".join(filter(None, (event.details.get("worker", ""), event.details.get("phone", ""))))
        leads[event.child_id] = named or leads.get(event.child_id, "")
    return leads


def _openings(segments: Sequence[Segment]) -> dict[tuple[int, str, date], list[Event]]:
    """What was told when these states began, by child, kind and day."""
    found: dict[tuple[int, str, date], list[Event]] = defaultdict(list)
    if segments:
        told = Event.objects.filter(
            child_id__in={s.child_id for s in segments},
            kind__in=set(_OPENED_BY.values()),
            happened_on__in={s.start for s in segments},
        )
        for event in told.order_by("happening", "telling"):
            found[event.child_id, event.kind, event.happened_on].append(event)
    return found


def _trusted(children: Iterable[int]) -> dict[int, str]:
    told = Event.objects.filter(child_id__in=children, kind="trusted_adult_named")
    ordered = told.order_by("happened_on", "happening", "telling")
    return {event.child_id: event.details.get("person", "") for event in ordered}


# --- one row -----------------------------------------------------------------------------------------------


def _row(one: Worklist, found: Found, facts: _Facts) -> Row | None:
    if isinstance(one.what, Owing) and one.what.by == lists.WORKER:
        person = facts.people[found.number or 0]
        late = formats.count(found.value or 0, "late duty", "late duties")
        return Row(None, person.name, f"{late} for their children. {person.phone}".strip(), number=found.value or 0)
    who = facts.who.get(found.child or 0)
    if who is None:
        return None
    common: dict[str, Any] = {
        "standing": _held(facts.standing.get(found.child or 0, ()), facts.at, one),
        "lead": facts.leads.get(found.child or 0, ""),
    }
    if isinstance(one.what, Owing):
        return _owed_row(who, facts.owed.get(found.number or 0), facts, common)
    if isinstance(one.what, Unheard):
        days = found.value
        heard = "Nobody has written down words of theirs." if days is None else f"Last heard {_ago(days)}."
        timer = "no words yet" if days is None else formats.count(days, "day")
        return Row(who, "", _said(one, {"heard": heard}), timer=timer, **common)
    if isinstance(one.what, Now):
        segment = facts.segments.get(found.number or 0)
        return _now_row(one, who, segment, facts, common) if segment else None
    event = facts.events.get(found.number or 0)
    return _event_row(one, who, event, found, facts, common) if event else None


def _ago(days: int) -> str:
    return f"{formats.count(days, 'day')} ago"


def _owed_row(who: Who, owed: Owed | None, facts: _Facts, common: Mapping[str, Any]) -> Row | None:
    if owed is None:
        return None
    timer, part = "", None
    if owed.due_at is not None and owed.opened_at is not None and isinstance(facts.at, datetime):
        left, whole = owed.due_at - facts.at, owed.due_at - owed.opened_at
        if timedelta(0) <= left and whole:
            timer, part = f"{formats.how_long(left)} left", max(0.0, 1 - left / whole)
    put_off = facts.put_off.get(owed.id, "")
    return Row(
        who, owed.title, owed.because, owed=owed, timer=timer, part=part, acts=_answering(owed), put_off=put_off,
        runs_to=owed.due_at if timer else None, **common,
    )  # fmt: skip


def _answering(owed: Owed) -> tuple[Act, ...]:
    """Short forms that record what would meet a duty."""
    forms = lists.quick().values()
    return tuple(Act(form.id, form.short, form.title) for form in forms if form.kind in owed.met_by_kinds)


def _now_row(one: Worklist, who: Who, segment: Segment, facts: _Facts, common: Mapping[str, Any]) -> Row:
    lasted = _lasted(segment, facts)
    opening = words.states()[segment.state].opened_by[0].partition("+")[0].partition("-")[0]
    said = {name: naming.detail(opening, name, value)[1] for name, value in segment.attributes.items() if value}
    said = {name: f"{text}." if name == "status" else text for name, text in said.items()}
    since = "a day nobody has told" if segment.start is None else formats.when(segment.started_at or segment.start)
    what = words.states()[segment.state].title
    said |= {"since": since, "lasted": lasted, "what": what}
    said["counts"] = counting_out.sentence(segment, facts.out.get(segment.child_id, []), facts.day)
    said["roll"] = counting_out.roll(facts.standing.get(segment.child_id, ()))
    told = facts.opened.get((segment.child_id, _OPENED_BY.get(segment.state, ""), segment.start or date.min), [])
    said |= {
        "last_seen": _last_seen(told),
        "provider_words": f"{said['placement_type']}." if said.get("placement_type") else "",
        "away": _away(segment),
    }
    on, runs_from = segment.started_at or segment.start, segment.started_at if isinstance(facts.at, datetime) else None
    return Row(who, what, _said(one, said), on=on, timer=lasted, runs_from=runs_from, **common)


def _lasted(segment: Segment, facts: _Facts) -> str:
    if segment.started_at is not None and isinstance(facts.at, datetime):
        return formats.how_long(facts.at - segment.started_at)
    return formats.count((facts.day - segment.start).days, "day") if segment.start else ""


def _last_seen(told: Iterable[Event]) -> str:
    """What each agency said of a child going missing: where from, and its own grade, as its own."""
    parts = []
    for event in told:
        agency = words.agency_title(event.said_by)
        for name in ("from", "risk"):
            if value := event.details.get(name):
                title, text = naming.detail(event.kind, name, value)
                parts.append(f"{agency}: {title.lower()} {text.lower()}.")
    return " ".join(dict.fromkeys(parts))


def _away(segment: Segment) -> str:
    """How far, and in whose area, where the placement says so."""
    host, miles = segment.attributes.get("host_la", ""), segment.attributes.get("distance_miles", "")
    parts = [f"In {words.agency_title(host)}." if host else "", f"{miles} miles from home." if miles else ""]
    return " ".join(filter(None, parts))


def _event_row(one: Worklist, who: Who, event: Event, found: Found, facts: _Facts, common: Mapping[str, Any]) -> Row:
    what = one.what
    assert isinstance(what, Happened)
    on = booked_for(event) or event.happened_at or event.happened_on
    said = {name: naming.detail(event.kind, name, value)[1] for name, value in event.details.items() if value}
    said["what_asked"] = said.pop("what", "")
    if "status" in said:
        said["status"] = f"{said['status']}."
    trusted = facts.trusted.get(event.child_id, "")
    said |= {
        "what": words.kinds()[event.kind].title,
        "when": formats.when(on, near=facts.day),
        "by": words.agency_title(event.said_by),
        "times": str(found.value or 1),
        "gaps": facts.gaps.get(event.pk, ""),
        "trusted": f"They trust {trusted}." if trusted else "No adult they trust is named yet.",
    }
    adult = birthday(who.dob, 18) if who.dob else None
    said["eighteen"] = f"18 on {formats.day(adult)}." if adult else "When they are 18 is not known."
    due = working_days().add(event.happened_on, what.answer) if what.answer else None
    days = max((adult - facts.day).days, 0) if adult else None
    timer = f"{'?' if days is None else formats.count(days, 'day')} to 18" if one.order == "eighteen" else ""
    return Row(who, words.kinds()[event.kind].title, _said(one, said), on=on, due=due, timer=timer, **common)


def _said(one: Worklist, said: Mapping[str, str]) -> str:
    """The list's sentence with this row's facts; what nobody told leaves no gap and no hanging stop."""
    text = " ".join(one.why.format_map(defaultdict(str, said)).split())
    for hanging in (": .", "Kinds: .", "Level: ."):
        text = text.replace(hanging, ".")
    return text.removesuffix(":").strip()


def _held(segments: Iterable[Segment], at: date | datetime, one: Worklist) -> tuple[str, ...]:
    """What holds for the child now, apart from what the list is about anyway."""
    said = one.what.states if isinstance(one.what, Now) and len(one.what.states) == 1 else ()
    by_state = {segment.state: segment for segment in segments}
    return tuple(
        words.states()[state].title for state in _STANDING if state in by_state and state not in (*said, "placement")
    )
