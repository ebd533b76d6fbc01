"""A rule's examples: small tables of events in, instances out, beside it as `<id>.spec.yaml`.

They are its tests, on the live engine and on the set-wise one, and what its page shows. One says ``kind when``
for each event, then in any order ``+mark``, ``field=value``, ``ref:E1``, ``by:police:west``; `when` is a London day
or a day and time. With ``about: context`` (or another subject) the line is of one such; ``child:Rowan`` then says that
an event is that child's and mentions it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from throughline import words
from throughline.duties.engine import evaluate
from throughline.duties.instance import Instance, Status, status
from throughline.duties.loading import SPEC, RuleFault
from throughline.duties.rulebook import Rulebook
from throughline.duties.saying import because
from throughline.feeds.base import Coverage, Event, Statement
from throughline.feeds.subjects import Subject
from throughline.timeline import CoverageIndex, Line, Mention, build
from throughline.timeline.happenings import single
from throughline.words.calendars import london_date, london_to_utc, to_london

BORN = date(2012, 3, 4)
"""Of the child of an example that does not say."""
AUTHORITY = "la:301"
"""Who tells an example's events, where it does not say, and whose child it is."""
_FIRST = date(2000, 1, 1)
_FIELDS = {"says", "about", "born", "events", "as_of", "cover", "owed"}
_NAME = "example"
"""What the place, plan or other subject of an example is called."""

Moment = date | datetime
Columns = Mapping[str, Callable[[Instance, Status], str]]


class Example(NamedTuple):
    """One example of a rule."""

    rule: str
    says: str
    about: str
    """Whose line it is: an id of `words.subjects`."""
    born: date | None
    """None: nobody knows."""
    events: tuple[Event, ...]
    mentions: tuple[Mention, ...]
    """What befell children and mentions the subject."""
    as_of: Moment
    cover: CoverageIndex | None
    """None: all that any rule asks for is supplied to the day asked about."""
    owed: tuple[Mapping[str, str], ...]
    """Each instance of the rule, in order: column of `COLUMNS` -> how it reads."""
    where: str


def read(path: Path) -> list[Example]:
    """The examples in one file. Raises `RuleFault` naming file, example and what is wrong with it."""
    rule = path.name.removesuffix(SPEC)
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleFault([f"{path.name}:{line}: this is no YAML ({error.problem}); mend the line"]) from None
    if not isinstance(found, list) or not found:
        raise RuleFault([f"{path.name}:1: examples are a list; write - says: ... for each"])
    examples, faults = [], []
    for number, given in enumerate(found, start=1):
        where = f"{path.name}: example {number}"
        try:
            examples.append(_example(rule, given, where))
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"{where}: {error}")
    if faults:
        raise RuleFault(faults)
    return examples


def line_of(example: Example, rules: Rulebook) -> Line:
    """The line that an example's events make."""
    cover = example.cover or _all_covered(rules, moment_day(example.as_of))
    las = frozenset({AUTHORITY})
    told, as_of = list(example.events), example.as_of
    if example.about == words.CHILD:
        return build(told, dob=example.born, las=las, coverage=cover, as_of=as_of)
    whose = Subject(example.about, _NAME)
    return build(told, las=las, coverage=cover, subject=whose, mentions=example.mentions, as_of=as_of)


def instances(example: Example, rules: Rulebook) -> list[Instance]:
    """What the rule opens in an example, by the live engine."""
    found = evaluate(line_of(example, rules), rules, example.as_of)
    return [instance for instance in found if instance.duty == example.rule]


def differences(example: Example, found: Sequence[Instance], rules: Rulebook) -> list[str]:
    """How what was found differs from what the example says; nothing: not at all."""
    names = list(dict.fromkeys(name for row in example.owed for name in row))
    actual = [shown(instance, example, rules, names or ("opened", "due", "state")) for instance in found]
    if len(actual) != len(example.owed):
        return [f"{example.where} ({example.says}): {len(actual)} owed, {len(example.owed)} said: {actual}"]
    return [
        f"{example.where} ({example.says}): {name} is {row[name]!r}, the example says {said!r}"
        for row, wanted in zip(actual, example.owed, strict=True)
        for name, said in wanted.items()
        if row[name] != said
    ]


def shown(instance: Instance, example: Example, rules: Rulebook, names: Sequence[str]) -> dict[str, str]:
    """An instance by these columns of `COLUMNS` (and ``because``), as they read in London."""
    at = status(instance, example.as_of)
    say = dict(COLUMNS) | {"because": lambda i, _: because(i, rules[i.duty], example.as_of)}
    return {name: say[name](instance, at) for name in names}


def moment(text: str) -> tuple[date, datetime | None]:
    """The London day of a day, a London time or a UTC instant (``2026-11-20T23:30Z``); the instant where given."""
    if len(text) == 10:
        return date.fromisoformat(text), None
    clock = datetime.fromisoformat(text.replace("Z", "+00:00"))
    instant = clock.astimezone(UTC) if clock.tzinfo else london_to_utc(clock)
    return london_date(instant), instant


def moment_day(as_of: Moment) -> date:
    """The London day of a moment."""
    return london_date(as_of) if isinstance(as_of, datetime) else as_of


def event(text: str, number: int = 1, where: str = "examples") -> Event:
    """One event as an example writes it. Raises ValueError naming what is wrong."""
    kind, when, *rest = shlex.split(text)
    if words.resolve(kind)[0].id != kind:
        raise ValueError(f"{kind!r} is another name of {words.resolve(kind)[0].id!r}; write that")
    day, instant = moment(when)
    marks, details, ref, by = set(), {}, "", AUTHORITY
    for part in rest:
        if part.startswith("+"):
            marks.add(part[1:])
        elif part.startswith("ref:"):
            ref = part[4:]
        elif part.startswith("by:"):
            by = part[3:]
        elif "=" in part:
            name, _, value = part.partition("=")
            details[name] = value
        else:
            raise ValueError(f"{part!r} in {text!r}: write +mark, field=value, ref:E1 or by:agency")
    allowed = words.kinds()[kind]
    if wrong := sorted(marks - allowed.marks):
        raise ValueError(f"{text!r}: {kind} carries no mark {', '.join(wrong)}")
    if wrong := sorted(set(details) - {field.id for field in allowed.fields}):
        raise ValueError(f"{text!r}: {kind} has no field {', '.join(wrong)}")
    statement = Statement(
        "events", "events", f"{by}.csv", number, f"r{number}", f"{by}|events|1", (), said_by=by, received_on=None
    )
    precision = "time" if instant else "day"
    return Event(kind, day, instant, precision, by, statement, frozenset(marks), details, ref)


def coverage(text: str) -> CoverageIndex:
    """``care_review_held care_ended 2015-04-01..2018-03-31; referral 2020-01-01..2020-12-31``; blank: nothing."""
    items = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        *kinds, span = part.split()
        start, end = map(date.fromisoformat, span.split(".."))
        items.append(Coverage(AUTHORITY, frozenset(kinds), start, end))
    return CoverageIndex(items)


def _example(rule: str, given: Any, where: str) -> Example:
    if not isinstance(given, dict) or not {"says", "events", "as_of", "owed"} <= set(given):
        raise ValueError("an example says: says, events, as_of and owed")
    if unknown := sorted(set(given) - _FIELDS):
        raise ValueError(f"no example has {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}")
    day, instant = moment(_text(given["as_of"]))
    about = given.get("about", words.CHILD)
    told, mentions = _told(given["events"], about)
    owed = tuple({name: _text(value) for name, value in row.items()} for row in given["owed"])
    if wrong := sorted({name for row in owed for name in row} - set(COLUMNS) - {"because"}):
        raise ValueError(f"owed has no column {', '.join(wrong)}; there are {', '.join(COLUMNS)}, because")
    cover = coverage(given["cover"]) if "cover" in given else None
    said = _text(given.get("born", BORN))
    born = date.fromisoformat(said) if said else None
    return Example(rule, given["says"], about, born, told, mentions, instant or day, cover, owed, where)


def _told(given: Sequence[object], about: str) -> tuple[tuple[Event, ...], tuple[Mention, ...]]:
    """The line's own events, and what children's events that mention its subject tell."""
    told, mentions = [], []
    for number, text in enumerate(map(_text, given), start=2):
        parts = text.split(" ")
        child = next((part[6:] for part in parts if part.startswith("child:")), "")
        said = event(" ".join(part for part in parts if not part.startswith("child:")), number)
        subject = words.CHILD if child else about
        if subject not in words.kinds()[said.kind].about:
            raise ValueError(f"{text!r}: {said.kind} is not about a {subject.replace('_', ' ')}")
        if child:
            mentions.append(Mention(child, single(said)))
        else:
            told.append(said)
    return tuple(told), tuple(mentions)


def _text(value: object) -> str:
    """What YAML read as a date or number, as it is written here."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else ""


def _all_covered(rules: Rulebook, to: date) -> CoverageIndex:
    kinds: set[str] = set(_CLOSING)
    for duty in rules:
        plan = rules.plan(duty)
        kinds |= plan.needed | plan.needs_feed
    return CoverageIndex([Coverage(AUTHORITY, frozenset(kinds), _FIRST, to)])


_CLOSING = frozenset(
    spec.partition("+")[0].partition("-")[0] for state in words.states().values() for spec in state.closed_by
)


def _when(value: Moment | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return to_london(value).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat()


COLUMNS: Columns = {
    "duty": lambda i, _: i.duty,
    "stage": lambda i, _: i.stage,
    "version": lambda i, _: i.version,
    "trigger": lambda i, _: i.trigger.kind,
    "opened": lambda i, _: _when(i.opened),
    "due": lambda i, _: _when(i.due),
    "latest": lambda i, _: _when(i.due_latest),
    "warn": lambda i, _: _when(i.warn_from),
    "precision": lambda i, _: i.precision,
    "state": lambda _, s: s.state,
    "met": lambda i, _: _when(i.met_at),
    "by": lambda i, _: i.met_by.kind if i.met_by else "",
    "late": lambda _, s: "" if s.late is None else f"{s.late} {s.late_unit}",
    "route": lambda i, _: i.met_route,
    "why": lambda i, _: i.ended_why,
    "missing": lambda i, _: i.cannot_tell,
    "evidence": lambda i, _: " ".join(h.kind for h in i.evidence),
    "subject": lambda i, _: i.subject_kind,
}
"""Column of an example's *owed* -> how an instance reads in it. Times are London's."""
