"""Rule documents from files. A fault names the file, the line and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from throughline.duties.model import Rule

LAW = Path(__file__).parent / "law"


class RuleFault(ValueError):
    """Rule documents that cannot be used: one line for each thing wrong, file and line first."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def load(folder: Path = LAW) -> list[Rule]:
    """Every rule under a folder, in order of id, active or not; raises `RuleFault` with all that is wrong."""
    rules: dict[str, Rule] = {}
    faults: list[str] = []
    for path in sorted(folder.rglob("*.yaml")):
        where = path.relative_to(folder).as_posix()
        try:
            rule = read(path.read_text(encoding="utf-8"), where)
        except RuleFault as fault:
            faults += fault.faults
            continue
        if rule.id != path.stem:
            faults.append(f"{where}:1: the file of rule {rule.id!r} is called {rule.id}.yaml; rename it")
        elif rule.id in rules:
            faults.append(f"{where}:1: there is a rule {rule.id!r} already; give one of them another id")
        rules[rule.id] = rule
    if faults:
        raise RuleFault(faults)
    return [rules[id] for id in sorted(rules)]


def read(text: str, where: str) -> Rule:
    """One rule document; `where` names the file in faults."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleFault([f"{where}:{line}: this is no YAML ({error.problem}); mend the line"]) from None
    if root is None or not isinstance(content, dict):
        raise RuleFault([f"{where}:1: a rule is a list of named fields (id, title, ...); write them"])
    try:
        return Rule.model_validate(content)
    except ValidationError as error:
        raise RuleFault([_fault(e, root, where) for e in _own(error.errors())]) from None


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
