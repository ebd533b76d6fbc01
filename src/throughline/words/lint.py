"""What is wrong with our words: every complaint names the file and the key.

Run by a test, and by anyone who has edited `data/`. Reads the files afresh, trusting nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from throughline.words import lint_authorities
from throughline.words.load import DATA, SIGNS

FIELD_TYPES = frozenset(
    ("text", "longtext", "date", "datetime", "code", "yes_no", "number", "postcode", "agency", "keys")
)
BORN = frozenset(("read", "ours"))
KIND_KEYS = frozenset(
    (
        "title",
        "about",
        "area",
        "lane",
        "shape",
        "critical",
        "join",
        "said_by",
        "born",
        "level",
        "tags",
        "marks",
        "fields",
        "hours",
        "future",
        "aliases",
        "help",
    )
)
JOIN_KEYS = frozenset(("family", "hours", "days", "with", "overlap"))
# What a kind may say anew about a shared field; never its type.
NARROWING_KEYS = frozenset(("title", "codes", "help"))
TITLE_LENGTH = 60
_ID = re.compile(r"[a-z][a-z0-9_]*")


def check(folder: Path = DATA) -> list[str]:
    """Everything wrong with the vocabulary in `folder`; an empty list means it may be used."""
    files: dict[str, Any] = {}
    complaints: list[str] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        text = path.read_text(encoding="utf-8")
        try:
            complaints.extend(f"{name}: {fault}" for fault in _repeated_keys(text))
            files[name] = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as fault:
            return [f"{name}: not YAML: {' '.join(str(fault).split())}"]
    return complaints + list(_Linter(files).complaints())


def _repeated_keys(text: str) -> Iterator[str]:
    """A key given twice in one mapping: YAML would let the later one win without a word."""

    def walk(node: yaml.Node) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    yield f"{key.value}: given twice, again in line {key.start_mark.line + 1}"
                seen.add(key.value)
                yield from walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                yield from walk(value)

    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    return walk(root) if root is not None else iter(())


class _Linter:
    """The files of one vocabulary, and the words each of them may refer to."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        shared, marks, levels = files["shared.yaml"], files["marks.yaml"], files["levels.yaml"]
        self.areas, self.lanes, self.shapes = shared["areas"], shared["lanes"], shared["shapes"]
        self.subjects = shared["subjects"]
        self.signs: dict[str, Any] = {id: g for signs in marks["signs"].values() for id, g in signs.items()}
        self.groups: dict[str, set[str]] = {name: set(group) for name, group in marks["marks"].items()}
        self.groups[SIGNS] = set(self.signs)
        self.marks = set().union(*self.groups.values())
        self.levels, self.tags = levels["levels"], levels["tags"]
        self.agencies = files["agencies.yaml"]["agencies"]
        self.fields: dict[str, Any] = files["fields.yaml"]
        self.lists = {id: (n, g) for n, f in files.items() if n.startswith("codes/") for id, g in f.items()}
        self.kinds: dict[str, tuple[str, dict[str, Any]]] = {}
        avoided = "|".join(re.escape(term) for term in files["avoided.yaml"])
        self.avoided = re.compile(rf"\b({avoided})\b", re.IGNORECASE)

    def complaints(self) -> Iterator[str]:
        yield from self._kinds()
        yield from self._fields()
        yield from self._marks()
        yield from self._states()
        yield from self._agencies()
        yield from lint_authorities.complaints(self.files["authorities.yaml"])
        yield from self._codes()
        yield from self._terms()
        yield from self._wording()

    # -- kinds ---------------------------------------------------------------------------------------

    def _kinds(self) -> Iterator[str]:
        for name, content in self.files.items():
            if not name.startswith("kinds/"):
                continue
            for id, given in content["kinds"].items():
                if id in self.kinds:
                    yield f"{name}: {id}: also in {self.kinds[id][0]}"
                self.kinds[id] = (name, {**content.get("all", {}), **given})
        for id, (name, kind) in self.kinds.items():
            yield from (f"{name}: {id}: {fault}" for fault in self._kind(id, kind))
        yield from self._aliases()

    def _kind(self, id: str, kind: Mapping[str, Any]) -> Iterator[str]:
        if not _ID.fullmatch(id):
            yield "an id is lower case words joined by _"
        yield from (f"{key} is no key of a kind" for key in sorted(kind.keys() - KIND_KEYS))
        yield from (f"has no {key}" for key in ("title", "area", "lane", "said_by") if not kind.get(key))
        if len(kind.get("title", "")) > TITLE_LENGTH:
            yield f"title longer than {TITLE_LENGTH} letters"
        yield from _unknown("subject", kind.get("about", ()), self.subjects)
        yield from _unknown("area", [kind.get("area")], self.areas)
        yield from _unknown("lane", [kind.get("lane")], self.lanes)
        yield from _unknown("shape", [kind.get("shape", "circle")], self.shapes)
        yield from _unknown("birth", [kind.get("born", "read")], BORN)
        yield from _unknown("level", [kind.get("level", "SL2")], self.levels)
        yield from _unknown("tag", kind.get("tags", ()), self.tags)
        yield from _unknown("mark", kind.get("marks", ()), self.marks | self.groups.keys())
        yield from _unknown("type of agency", kind.get("said_by", ()), self.agencies)
        if kind.get("shape") == "diamond" and not kind.get("critical"):
            yield "a diamond is a critical moment: say critical"
        yield from self._join(kind)
        yield from self._kind_fields(kind)

    def _join(self, kind: Mapping[str, Any]) -> Iterator[str]:
        join = kind.get("join")
        if join is None:
            return
        yield from _unknown("key of join", join, JOIN_KEYS)
        if "days" not in join:
            yield "join needs days, for tellings that know only the day"
        if "hours" in join and not kind.get("hours"):
            yield "joins by hours, but does not ask for the time of day (hours)"
        for mark in set(join.get("with", ())) - self._allowed(kind):
            yield f"joins with {mark}, a mark it does not carry"

    def _kind_fields(self, kind: Mapping[str, Any]) -> Iterator[str]:
        seen: set[str] = set()
        for entry in kind.get("fields", ()):
            narrowed = entry if isinstance(entry, dict) else {entry: {}}
            for id, own in narrowed.items():
                if id in seen:
                    yield f"field {id} twice"
                seen.add(id)
                yield from _unknown("field", [id], self.fields)
                yield from (f"field {id}: a kind may not set its {k}" for k in sorted(own.keys() - NARROWING_KEYS))
                if "codes" in own:
                    yield from _unknown(f"field {id}: code list", [own["codes"]], self.lists)
                    if _field_type(self.fields.get(id, "")) not in ("text", "code"):
                        yield f"field {id} is no text elsewhere, so it cannot have a code list here"

    def _aliases(self) -> Iterator[str]:
        taken: dict[str, str] = {id: name for id, (name, _) in self.kinds.items()}
        for id, (name, kind) in self.kinds.items():
            allowed = self._allowed(kind)
            for alias, implied in kind.get("aliases", {}).items():
                if alias in taken:
                    yield f"{name}: {id}: alias {alias} is taken in {taken[alias]}"
                taken[alias] = name
                for mark in _unknown("mark", implied or (), allowed):
                    yield f"{name}: {id}: alias {alias}: {mark} that this kind may carry"

    def _allowed(self, kind: Mapping[str, Any]) -> set[str]:
        return {m for given in kind.get("marks", ()) for m in self.groups.get(given, {given})}

    # -- what kinds refer to -------------------------------------------------------------------------

    def _fields(self) -> Iterator[str]:
        used = {
            id
            for _, kind in self.kinds.values()
            for entry in kind.get("fields", ())
            for id in (entry if isinstance(entry, dict) else [entry])
        }
        for id, given in self.fields.items():
            where = f"fields.yaml: {id}"
            if id not in used:
                yield f"{where}: no kind carries it"
            if isinstance(given, dict):
                yield from (f"{where}: {fault}" for fault in _unknown("type", [_field_type(given)], FIELD_TYPES))
                if "codes" in given:
                    yield from (f"{where}: {f}" for f in _unknown("code list", [given["codes"]], self.lists))
                yield from (f"{where}: {f}" for f in _unknown("subject", [given.get("names", "child")], self.subjects))
                if not given.get("title"):
                    yield f"{where}: has no title"

    def _marks(self) -> Iterator[str]:
        carried = {mark for _, kind in self.kinds.values() for mark in self._allowed(kind)}
        for mark in sorted(self.marks - carried):
            yield f"marks.yaml: {mark}: no kind may carry it"
        first: dict[str, str] = {}
        for group, members in self.groups.items():
            for mark in sorted(members):
                if mark in first:
                    yield f"marks.yaml: {mark}: in {first[mark]} and in {group}"
                first[mark] = group
            if group in self.marks:
                yield f"marks.yaml: {group}: a mark and a group of marks"

    def _states(self) -> Iterator[str]:
        content = self.files["states.yaml"]
        for id, state in content["states"].items():
            where = f"states.yaml: {id}"
            yield from (f"{where}: {f}" for f in _unknown("derivation", [state["derivation"]], content["derivations"]))
            carried: set[str] = set()
            for named in (*state["opened_by"], *state["closed_by"]):
                kind_id, _, mark = named.replace("-", "+").partition("+")
                if kind_id not in self.kinds:
                    yield f"{where}: {kind_id!r} is no kind"
                    continue
                kind = self.kinds[kind_id][1]
                allowed = self._allowed(kind)
                carried |= allowed
                carried |= {i for e in kind.get("fields", ()) for i in (e if isinstance(e, dict) else [e])}
                if mark and mark not in allowed:
                    yield f"{where}: {kind_id} may not carry the mark {mark!r}"
            attributes = state.get("attributes", ())
            yield from (f"{where}: {f}" for f in _unknown("field or mark of its kinds", attributes, carried))

    def _agencies(self) -> Iterator[str]:
        for id, agency in self.agencies.items():
            where = f"agencies.yaml: {id}"
            yield from (f"{where}: {fault}" for fault in _unknown("lane", [agency.get("lane")], self.lanes))
            if not agency.get("title"):
                yield f"{where}: has no title"
            if "{body}" not in agency.get("body_title", "{body}"):
                yield f"{where}: body_title needs {{body}}"
        for id in self.files["agencies.yaml"]["bodies"]:
            type_id, _, body = id.partition(":")
            yield from (f"agencies.yaml: {id}: {f}" for f in _unknown("type of agency", [type_id], self.agencies))
            if not body:
                yield f"agencies.yaml: {id}: a body is type:body"
        for id, role in self.files["roles.yaml"]["roles"].items():
            yield from (f"roles.yaml: {id}: has no {key}" for key in ("title", "sentence", "bar") if not role.get(key))

    def _codes(self) -> Iterator[str]:
        names = [name for name in self.files if name.startswith("codes/")]
        for id, (name, codes) in self.lists.items():
            where = f"{name}: {id}"
            if sum(id in self.files[other] for other in names) > 1:
                yield f"{where}: in another file too"
            if id != id.lower():
                yield f"{where}: a list's name is in lower case"
            for code, given in codes.items():
                if not isinstance(code, str):
                    yield f"{where}: {code}: quote the code, YAML reads {type(code).__name__}"
                entry = {"label": given} if isinstance(given, str) else given
                if not isinstance(entry, dict) or not isinstance(entry.get("label"), str):
                    yield f"{where}: {code}: has no label"
                elif entry.get("start", date.min) > entry.get("end", date.max):
                    yield f"{where}: {code}: ends before it starts"

    def _terms(self) -> Iterator[str]:
        for calendar in self.files["terms.yaml"]["calendars"]:
            where = f"terms.yaml: {', '.join(calendar['ids'])}"
            previous = calendar["first"]
            for term in calendar["terms"]:
                begins, ends = term["half_term"]
                if not previous <= term["from"] <= begins <= ends <= term["to"] <= calendar["last"]:
                    yield f"{where}: the term from {term['from']} is out of order"
                previous = term["to"]

    # -- wording -------------------------------------------------------------------------------------

    def _wording(self) -> Iterator[str]:
        """No term of practice §10 in anything a person reads."""
        for name, content in self.files.items():
            if name == "avoided.yaml":
                continue
            for key, text in _texts(content, ""):
                for found in self.avoided.findall(text):
                    yield f"{name}: {key}: says {found!r}; practice §10"


def _field_type(given: Any) -> str:
    if not isinstance(given, dict):
        return "text"
    return "code" if given.get("codes") else str(given.get("type", "text"))


def _unknown(what: str, named: Iterable[Any], known: Iterable[Any]) -> Iterator[str]:
    return (f"{name!r} is no {what}" for name in named if name not in known)


# What people read; everything else in the files is an id.
_READ_KEYS = frozenset(("title", "help", "label", "sentence", "meaning", "note", "critical", "body_title"))
_ID_KEYS = frozenset(
    (
        "said_by",
        "marks",
        "fields",
        "aliases",
        "tags",
        "about",
        "names",
        "bar",
        "opened_by",
        "closed_by",
        "attributes",
        "area",
        "lane",
        "shape",
        "level",
        "born",
        "codes",
        "type",
        "derivation",
        "ids",
        "terms",
        "authorities",
    )
)


def _texts(content: Any, key: str) -> Iterator[tuple[str, str]]:
    """Every text a person reads, with the key it stands under."""
    if isinstance(content, str):
        yield key, content
    elif isinstance(content, dict):
        for name, value in content.items():
            if name == "fields" and isinstance(value, list):
                for entry in value:
                    yield from _texts(entry, key) if isinstance(entry, dict) else ()
            elif name not in _ID_KEYS or isinstance(value, dict):
                yield from _texts(value, key if name in _READ_KEYS else str(name))
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value, key)
