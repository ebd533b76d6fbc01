"""YAML into words. Read once a process; `lint` says what is wrong with the files, this trusts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from throughline.words.model import Agency, Code, Field, Kind, Level, Mark, Role, State, Tag

DATA = Path(__file__).parent / "data"
SIGNS = "signs"
"""Stands for every sign of practice §7.1 in a kind's list of marks."""
CHILD = "child"
"""The subject of nearly every event; the others have lines of their own."""
ROLES_IN_EVENT = "role"
"""Stands for the child's role in the event: harmed, alleged to have caused harm, both, present, not known."""


def document(path: Path) -> dict[str, Any]:
    """One file of ours, as plain data."""
    with path.open("rb") as stream:
        loaded: dict[str, Any] = yaml.load(stream, Loader=yaml.CSafeLoader)
    return loaded


@lru_cache
def titles(name: str) -> Mapping[str, str]:
    """The subjects or areas or lanes or shapes: id -> title, in the order they are shown."""
    return MappingProxyType(document(DATA / "shared.yaml")[name])


@lru_cache
def marks() -> Mapping[str, Mark]:
    """Every mark by id."""
    found: dict[str, Mark] = {}
    content = document(DATA / "marks.yaml")
    for sign_type, signs in content["signs"].items():
        for id, given in signs.items():
            critical = isinstance(given, dict)
            found[id] = Mark(id, given["critical"] if critical else given, sign_type, critical)
    for group in content["marks"].values():
        for id, title in group.items():
            found[id] = Mark(id, title)
    return MappingProxyType(found)


@lru_cache
def mark_groups() -> Mapping[str, frozenset[str]]:
    """Names that stand for several marks in a kind's list."""
    content = document(DATA / "marks.yaml")
    groups = {name: frozenset(group) for name, group in content["marks"].items()}
    groups[SIGNS] = frozenset(id for signs in content["signs"].values() for id in signs)
    return MappingProxyType(groups)


@lru_cache
def fields() -> Mapping[str, Field]:
    """Every field by id; a kind may give one its own title, list or help, never another type."""
    found = {}
    for id, given in document(DATA / "fields.yaml").items():
        given = {"title": given} if isinstance(given, str) else given
        found[id] = _field(id, given)
    return MappingProxyType(found)


def _field(id: str, given: Mapping[str, str], base: Field | None = None) -> Field:
    base = base or Field(id, "", given.get("type", "text"))
    codes = given.get("codes", base.codes)
    return Field(
        id=id,
        title=given.get("title", base.title),
        type="code" if codes else base.type,
        codes=codes,
        help=given.get("help", base.help),
        names=given.get("names", base.names),
    )


@lru_cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of event by id."""
    found: dict[str, Kind] = {}
    for path in sorted((DATA / "kinds").glob("*.yaml")):
        content = document(path)
        for id, given in content["kinds"].items():
            found[id] = _kind(id, {**content.get("all", {}), **given})
    return MappingProxyType(found)


def _kind(id: str, given: Mapping[str, Any]) -> Kind:
    join = given.get("join") or {}
    critical = given.get("critical", False)
    return Kind(
        id=id,
        title=given["title"],
        area=given["area"],
        lane=given["lane"],
        shape=given.get("shape", "diamond" if critical else "circle"),
        about=tuple(given.get("about", (CHILD,))),
        critical=critical,
        family=join.get("family", id) if join else "",
        tolerance_hours=join.get("hours"),
        tolerance_days=join.get("days"),
        joins_with=_expand(join.get("with", ())),
        joins_overlapping=join.get("overlap", False),
        said_by=tuple(given.get("said_by", ())),
        born=given.get("born", "read"),
        level=given.get("level", "SL2"),
        tags=frozenset(given.get("tags", ())),
        marks=_expand(given.get("marks", ())),
        fields=tuple(_fields_of(given.get("fields", ()))),
        hours=given.get("hours", False),
        future=given.get("future", False),
        aliases=MappingProxyType({a: frozenset(m or ()) for a, m in given.get("aliases", {}).items()}),
        help=given.get("help", ""),
    )


def _expand(names: list[str] | tuple[str, ...]) -> frozenset[str]:
    groups = mark_groups()
    return frozenset().union(*(groups.get(name, frozenset((name,))) for name in names))


def _fields_of(given: list[str | dict[str, dict[str, str]]] | tuple[()]) -> list[Field]:
    shared = fields()
    found = []
    for entry in given:
        if isinstance(entry, str):
            found.append(shared[entry])
        else:
            found.extend(_field(id, own, shared[id]) for id, own in entry.items())
    return found


@lru_cache
def names() -> Mapping[str, tuple[Kind, frozenset[str]]]:
    """Every id and alias -> its kind and the marks the name implies."""
    found: dict[str, tuple[Kind, frozenset[str]]] = {}
    for kind in kinds().values():
        found[kind.id] = (kind, frozenset())
        for alias, implied in kind.aliases.items():
            found[alias] = (kind, implied)
    return MappingProxyType(found)


@lru_cache
def naming() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Kind that may be about a child -> its fields that name another subject, each with the kind of subject."""
    found = {
        kind.id: tuple((field.id, field.names) for field in kind.fields if field.names) for kind in kinds().values()
    }
    return MappingProxyType({id: fields for id, fields in found.items() if fields and CHILD in kinds()[id].about})


@lru_cache
def states() -> Mapping[str, State]:
    """Every derived state by id."""
    return MappingProxyType(
        {
            id: State(
                id=id,
                title=given["title"],
                opened_by=tuple(given["opened_by"]),
                closed_by=tuple(given["closed_by"]),
                attributes=tuple(given.get("attributes", ())),
                derivation=given["derivation"],
                lasts_days=given.get("lasts_days", 0),
                until_age=given.get("until_age", 0),
                note=given.get("note", ""),
            )
            for id, given in document(DATA / "states.yaml")["states"].items()
        }
    )


@lru_cache
def agencies() -> Mapping[str, Agency]:
    """Every agency type by id."""
    return MappingProxyType(
        {
            id: Agency(
                id=id,
                title=given["title"],
                lane=given["lane"],
                authority=given.get("authority", False),
                body_title=given.get("body_title", "{body}"),
            )
            for id, given in document(DATA / "agencies.yaml")["agencies"].items()
        }
    )


@lru_cache
def bodies() -> Mapping[str, str]:
    """Agency ids of particular bodies -> what they are called."""
    return MappingProxyType(document(DATA / "agencies.yaml")["bodies"])


@lru_cache
def roles() -> Mapping[str, Role]:
    """Every role by id."""
    return MappingProxyType(
        {
            id: Role(id, given["title"], given["sentence"], tuple(given["bar"]))
            for id, given in document(DATA / "roles.yaml")["roles"].items()
        }
    )


@lru_cache
def code_files() -> Mapping[str, Mapping[str, Any]]:
    """Every code list as it stands in the files."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((DATA / "codes").glob("*.yaml")):
        found.update(document(path))
    return MappingProxyType(found)


@lru_cache
def codes(list_id: str) -> Mapping[str, Code]:
    """One code list, in the order it is shown."""
    return MappingProxyType({str(code): _code(given) for code, given in code_files()[list_id].items()})


def _code(given: str | Mapping[str, Any]) -> Code:
    if isinstance(given, str):
        return Code(given)
    start: date | None = given.get("start")
    end: date | None = given.get("end")
    return Code(given["label"], start, end)


@lru_cache
def levels() -> Mapping[str, Level]:
    """Sensitivity levels, least sensitive first."""
    content = document(DATA / "levels.yaml")["levels"]
    return MappingProxyType({id: Level(id, g["title"], g["meaning"]) for id, g in content.items()})


@lru_cache
def tags() -> Mapping[str, Tag]:
    """Handling tags."""
    content = document(DATA / "levels.yaml")["tags"]
    return MappingProxyType({id: Tag(id, g["title"], g["meaning"]) for id, g in content.items()})


@lru_cache
def avoided() -> Mapping[str, str]:
    """Terms our own text never uses (practice §10) -> what to say instead."""
    return MappingProxyType(document(DATA / "avoided.yaml"))
