"""The lists of every role's Monday and of the boards, as `worklists.yaml` and `quick.yaml` say them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from throughline import duties, sharing, words

HERE = Path(__file__).parent.parent
ME, OTHERS, ANYONE, WORKER, NOBODY = "me", "others", "anyone", "worker", "nobody"
LATE, TODAY, WEEK, OPEN, UNKNOWN = "late", "today", "week", "open", "unknown"
COMING, PUT_OFF, PUT_OFF_LATE = "coming", "put off", "put off late"
PUT_OFF_LIST = "put_off"
ORDERS = ("late", "soonest", "longest", "newest", "eighteen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """Duties not yet met: whose, due when, of which rules (none named: all)."""

    by: str
    due: str
    rules: tuple[str, ...] = ()
    ahead: int = 0
    """Days: of `coming`, due from today until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """A state that holds today."""

    states: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    also: str = ""
    without: str = ""
    longer: tuple[tuple[int, str], ...] = ()
    """It has lasted at least so many `days`, `months` or `school_days`: each of these."""
    shorter: tuple[tuple[int, str], ...] = ()
    """It has lasted less than each of these."""
    unallocated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Kinds in the last `days`, or for the next `ahead`, that nothing in `unless` has answered since."""

    kinds: tuple[str, ...]
    days: int
    ahead: int = 0
    marks: tuple[str, ...] = ()
    times: int = 1
    unless: tuple[str, ...] = ()
    answer: int = 0
    """Working days in which it is to be answered; 0: no such rule."""
    also: str = ""
    without: str = ""
    seat: bool = False
    """Only what is said of the viewer's own seat."""
    duties: tuple[str, ...] = ()
    """Rules whose open line about the child says the same: then it stands there, and not here too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """Children in one of the states of whom none of the kinds was told for `days`."""

    states: tuple[str, ...]
    kinds: tuple[str, ...]
    days: int
    duties: tuple[str, ...] = ()
    """As on `Happened`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """One list: what stands on it, why, what its being empty means, and what can be done from a row."""

    id: str
    title: str
    short: str
    what: Owing | Now | Happened | Unheard
    why: str
    order: str
    empty: str
    rests_on: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    timer: bool = False
    """Rows are drawn with their hours first, as a board needs them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One board: lists side by side, for those roles."""

    id: str
    title: str
    roles: tuple[str, ...]
    lists: tuple[Worklist, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """A short form of one kind."""

    id: str
    kind: str
    title: str
    short: str
    fields: tuple[str, ...]
    marks: tuple[str, ...]
    said_by: str = ""
    know: Mapping[str, str]
    episode: str = ""
    now: bool = False


@cache
def as_written() -> Mapping[str, Any]:
    """The file, as it stands."""
    file: Mapping[str, Any] = yaml.safe_load((HERE / "worklists.yaml").read_text(encoding="utf-8"))
    return file


@cache
def lists() -> Mapping[str, Worklist]:
    """Every list, by id."""
    return {id: _worklist(id, one) for id, one in as_written()["lists"].items()}


@cache
def monday(role: str) -> tuple[Worklist, ...]:
    """The lists of a role's Monday, in their order, what they put off last; a role without any has none."""
    mine = as_written()["mondays"].get(role, ())
    return tuple(lists()[id] for id in (*mine, *([PUT_OFF_LIST] if mine else [])))


@cache
def boards() -> Mapping[str, Board]:
    """Every board, by id, in the order of the file."""
    return {
        id: Board(
            id=id,
            title=one["title"],
            roles=tuple(one["for"]),
            lists=tuple(lists()[name] for name in one["lists"]),
            rests_on=tuple(one["rests_on"]),
        )
        for id, one in as_written()["boards"].items()
    }


def meetings(role: str) -> tuple[Worklist, ...]:
    """What stands under the word Meetings for a role; nothing: it has no such word."""
    return tuple(lists()[id] for id in as_written()["meetings"].get(role, ()))


def calendar() -> tuple[Worklist, ...]:
    """What stands in a calendar of what is coming."""
    return tuple(lists()[id] for id in as_written()["calendar"]["lists"])


def days_ahead() -> int:
    """How many days a calendar shows."""
    days: int = as_written()["calendar"]["days"]
    return days


def put_off() -> Mapping[str, Any]:
    """What holds of lines somebody puts off: `longest` days, and roles `never_for` whom an overdue MUST is."""
    given: Mapping[str, Any] = as_written()["put_off"]
    return given


def pupils(role: str) -> tuple[Worklist, ...]:
    """What stands under the word My pupils."""
    return tuple(lists()[id] for id in as_written()["pupils"].get(role, ()))


def boards_of(role: str) -> tuple[Board, ...]:
    """The boards that are there for a role, with only the lists whose facts it may see: an empty one would lie."""
    return tuple(
        replace(board, lists=tuple(one for one in board.lists if told(role, one)))
        for board in boards().values()
        if role in board.roles
    )


def told(role: str, one: Worklist) -> bool:
    """Whether this role's policy shows it what the list is made of, and all that would answer it."""
    what = one.what
    asked = getattr(what, "states", ()) if not isinstance(what, Happened) else what.kinds
    unless = what.unless if isinstance(what, Happened) else ()
    return (not asked or any(_seen(role, name) for name in asked)) and all(_seen(role, name) for name in unless)


@cache
def _seen(role: str, name: str) -> bool:
    kind = words.kinds().get(name)
    item = sharing.Item(kind.level, frozenset(kind.tags), name) if kind else sharing.Item("SL2", frozenset(), name)
    return sharing.decide(role, sharing.policy_for(role).relations, item).sight == sharing.FULL


@cache
def quick() -> Mapping[str, Quick]:
    """Every short form, by id."""
    given = yaml.safe_load((HERE / "quick.yaml").read_text(encoding="utf-8"))["forms"]
    made = {}
    for id, one in given.items():
        plain: dict[str, Any] = {"know": {}, **{name: _frozen(value) for name, value in one.items()}}
        made[id] = Quick(id=id, **plain)
    return made


def _worklist(id: str, given: Mapping[str, Any]) -> Worklist:
    plain: dict[str, Any] = {name: _frozen(value) for name, value in given.items() if name not in _SORTS}
    [sort] = set(given) & set(_SORTS)
    return Worklist(id=id, what=_SORTS[sort](given[sort]), **{"why": "", **plain})


def _now(given: Mapping[str, Any]) -> Now:
    rest = {name: _frozen(value) for name, value in given.items() if name not in ("state", "any", "with")}
    attributes = {name: tuple(values) for name, values in given.get("with", {}).items()}
    return Now(states=tuple(given.get("any", ())) or (given["state"],), attributes=attributes, **rest)


def _happened(given: Mapping[str, Any]) -> Happened:
    areas = frozenset(given.get("areas", ()))
    kinds = (*given.get("kinds", ()), *(kind.id for kind in words.kinds().values() if kind.area in areas))
    rest = {name: _frozen(value) for name, value in given.items() if name not in ("kinds", "areas")}
    return Happened(kinds=kinds, **rest)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_SORTS: Mapping[str, Callable[[Mapping[str, Any]], Owing | Now | Happened | Unheard]] = {
    "owed": lambda given: Owing(**{name: _frozen(value) for name, value in given.items()}),
    "now": _now,
    "happened": _happened,
    "unheard": lambda given: Unheard(**{name: _frozen(value) for name, value in given.items()}),
}


def complaints() -> Iterator[str]:
    """Words of the lists and forms that nothing else here knows, each with where it stands."""
    kinds, states, marks = words.kinds(), words.states(), words.marks()
    for id, one in lists().items():
        what = one.what
        yield from _unknown(f"{id}: rests_on", one.rests_on, kinds)
        yield from _unknown(f"{id}: acts", one.acts, quick())
        yield from _unknown(f"{id}: order", [one.order], ORDERS)
        known = {"kinds": kinds, "unless": kinds, "marks": marks, "states": states}
        known |= {"rules": duties.rulebook(), "duties": duties.rulebook()}
        for field in fields(what):
            if field.name in known:
                yield from _unknown(f"{id}: {field.name}", getattr(what, field.name), known[field.name])
            elif field.name in ("also", "without") and getattr(what, field.name):
                yield from _unknown(f"{id}: {field.name}", [getattr(what, field.name)], states)
    for id, form in quick().items():
        kind = kinds.get(form.kind)
        if kind is None:
            yield f"quick form {id}: there is no kind {form.kind}"
            continue
        yield from _unknown(f"quick form {id}: fields", (*form.fields, *form.know), {f.id for f in kind.fields})
        yield from _unknown(f"quick form {id}: marks", form.marks, kind.marks)
        yield from _unknown(f"quick form {id}: episode", [form.episode] if form.episode else (), kinds)
    for role, way in as_written()["owners"].items():
        yield from _unknown("owners", [role], words.roles())
        yield from _unknown(f"owners: {role}", [way], sharing.policy_for(role).relations)
    for role in (*as_written()["mondays"], *(role for board in boards().values() for role in board.roles)):
        yield from _unknown("mondays and boards", [role], words.roles())


def _unknown(where: str, named: Any, known: Any) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{where}: nothing is called {name}"
