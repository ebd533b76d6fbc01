"""Rule documents from files. A fault names the file, the line and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from throughline.duties.model import HandledIn, Rule

LAW = Path(__file__).parent / "law"
LOCAL = Path(__file__).parent / "local"
SPEC = ".spec.yaml"
"""How the name of the examples ends that stand beside a rule."""
Settings = Mapping[str, Mapping[str, int]]
"""Rule -> setting -> a partnership's own figure."""
_NO_FIGURES: Mapping[str, int] = MappingProxyType({})
_NONE: Settings = MappingProxyType({})


class RuleFault(ValueError):
    """Rule documents that cannot be used: one line for each thing wrong, file and line first."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def load(*folders: Path, settings: Settings = _NONE) -> list[Rule]:
    """Every rule under the folders (none given: all that ship), in order of id, active or not.

    `settings`: rule -> a partnership's own figures. Raises `RuleFault` with all that is wrong.
    """
    found = _documents(folders or (LAW, LOCAL), settings)
    return [document for document in found if isinstance(document, Rule)]


def handled_elsewhere(*folders: Path) -> list[HandledIn]:
    """Flags of the practice table that are no clocks, each with the room that does it."""
    return [document for document in _documents(folders or (LOCAL,), _NONE) if isinstance(document, HandledIn)]


def spec_of(id: str) -> Path | None:
    """The file of examples beside a rule that ships; None where there is none."""
    return next((path for folder in (LAW, LOCAL) for path in folder.rglob(f"{id}{SPEC}")), None)


def is_spec(path: Path) -> bool:
    """Whether a file holds a rule's examples (`examples.py`), not a rule."""
    return path.name.endswith(SPEC)


def _documents(folders: Iterable[Path], settings: Settings) -> list[Rule | HandledIn]:
    found: dict[str, Rule | HandledIn] = {}
    faults: list[str] = []
    paths = [(root, path) for root in folders for path in sorted(root.rglob("*.yaml")) if not is_spec(path)]
    for root, path in paths:
        where = path.relative_to(root).as_posix()
        try:
            document = _read(path.read_text(encoding="utf-8"), where, settings.get(path.stem, {}))
        except RuleFault as fault:
            faults += fault.faults
            continue
        if document.id != path.stem:
            faults.append(_misnamed(where, document.id))
        elif document.id in found:
            faults.append(f"{where}:1: there is a rule {document.id!r} already; give one of them another id")
        found[document.id] = document
    if faults:
        raise RuleFault(faults)
    return [found[id] for id in sorted(found)]


def read(text: str, where: str, own: Mapping[str, int] = _NO_FIGURES) -> Rule:
    """One rule document; `where` names the file in faults, `own` a partnership's figures for its settings."""
    document = _read(text, where, own)
    if not isinstance(document, Rule):
        raise RuleFault([f"{where}:1: this says where a flag is handled; it is no rule that can be run"])
    return document


def read_document(text: str, where: str) -> Rule | HandledIn:
    """One document, a rule or where a flag is handled; `where` names the file in faults, and its stem is its id."""
    document = _read(text, where, _NO_FIGURES)
    if document.id != Path(where).stem:
        raise RuleFault([_misnamed(where, document.id)])
    return document


def _misnamed(where: str, id: str) -> str:
    return f"{where}:1: the file of rule {id!r} is called {id}.yaml; rename it"


def _read(text: str, where: str, own: Mapping[str, int]) -> Rule | HandledIn:
    try:
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleFault([f"{where}:{line}: this is no YAML ({error.problem}); mend the line"]) from None
    if not isinstance(content, dict):
        raise RuleFault([f"{where}:1: a rule is a list of named fields (id, title, ...); write them"])
    model: type[Rule | HandledIn] = HandledIn if "handled_in" in content else Rule
    try:
        return model.model_validate(_with_figures(content, where, text, own))
    except ValidationError as error:
        raise RuleFault([_fault(e, _nodes(text), where) for e in _own(error.errors())]) from None


def _with_figures(content: dict[str, Any], where: str, text: str, own: Mapping[str, int]) -> Any:
    """The document with the figure of its setting in place of each ``$name``."""
    given = content.get("settings")
    settings = given if isinstance(given, dict) else {}
    figures = {name: s.get("value") for name, s in settings.items() if isinstance(s, dict)} | dict(own)
    if unknown := sorted(set(own) - set(settings)):
        raise RuleFault(
            [f"{where}:{_line(_nodes(text), ('settings',))}: {', '.join(unknown)} is no setting of this rule"]
        )

    def filled(value: Any, path: tuple[int | str, ...]) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner, (*path, i)) for i, inner in enumerate(value)]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value[1:] not in figures:
            missing = f"there is no setting {value[1:]!r}; add it to settings"
            raise RuleFault([f"{where}:{_line(_nodes(text), path)}: {_path(path)}{missing}"])
        return figures[value[1:]]

    return filled(content, ())


def _own(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without those that only follow from another: a list is 'too short' when what is in it is faulty."""
    paths = [e["loc"] for e in errors]
    return [
        e
        for e in errors
        if e["type"] != "too_short" or not any(len(p) > len(e["loc"]) and p[: len(e["loc"])] == e["loc"] for p in paths)
    ]


def _fault(error: ErrorDetails, root: yaml.Node, where: str) -> str:
    path = error["loc"]
    return f"{where}:{_line(root, path)}: {_path(path)}{_cure(error['type'], error['msg'])}"


def _nodes(text: str) -> yaml.Node:
    """The document with its line numbers, read only where a fault has to name one."""
    return cast("yaml.Node", yaml.compose(text, Loader=yaml.CSafeLoader))


def _line(node: yaml.Node, path: Iterable[int | str]) -> int:
    """The line a value stands on; where it is missing, that of what it is missing from."""
    line = node.start_mark.line + 1
    for step in path:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    inner, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            inner = node.value[step]
            line = inner.start_mark.line + 1
        if inner is None:
            break
        node = inner
    return line


def _path(path: Iterable[int | str]) -> str:
    named = ".".join(str(step) for step in path)
    return f"{named}: " if named else ""


def _cure(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        return "no rule has such a field; take it out, or look for a slip in its name"
    return message.removeprefix("Value error, ")
