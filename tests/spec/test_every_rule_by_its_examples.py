"""Every rule does what the examples beside it say: events in, instances out."""

from __future__ import annotations

import pytest

from throughline.duties import Rulebook, examples, load
from throughline.duties.loading import LAW, LOCAL

EXAMPLES = [e for folder in (LAW, LOCAL) for path in sorted(folder.rglob("*.spec.yaml")) for e in examples.read(path)]
RULES = load()
BOOK = Rulebook(RULES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule}: {e.says}")
def test_it_does_what_its_example_says(example: examples.Example) -> None:
    assert example.rule in {rule.id for rule in RULES}, f"{example.where}: there is no rule {example.rule}"
    book = BOOK if example.rule in BOOK else _with(example.rule)
    assert examples.differences(example, examples.instances(example, book), book) == []


def _with(rule: str) -> Rulebook:
    """The rules that are on, and one that ships off: its examples say what it will do."""
    return Rulebook(r.model_copy(update={"active": True}) if r.id == rule else r for r in RULES)
