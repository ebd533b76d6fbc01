"""What somebody says is not right about an entry of the line: shown beside it, with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from throughline.web.casework.reading import naming

DISPUTED, ANSWERED = "record_disputed", "record_dispute_answered"


class Fact(Protocol):
    """One event of the line, as it is stored."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def happened_on(self) -> date: ...
    @property
    def details(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Objection:
    """What one person says is not right."""

    key: str
    """Of the event that says so."""
    who: str
    what: str
    instead: str
    """What should stand there, as they say; blank: they did not say."""
    on: date
    answer: str
    """What came of it; blank: nobody has answered yet."""
    answered_on: date | None


def objections(facts: Iterable[Fact]) -> dict[str, tuple[Objection, ...]]:
    """By the key of the entry they are about, of those facts that whoever is looking sees; the earliest first."""
    told = [fact for fact in facts if fact.kind in (DISPUTED, ANSWERED)]
    answers = {fact.details.get("quotes", ""): fact for fact in told if fact.kind == ANSWERED}
    found: dict[str, tuple[Objection, ...]] = {}
    for fact in sorted(told, key=lambda fact: fact.happened_on):
        if fact.kind == DISPUTED:
            about = fact.details.get("quotes", "")
            found[about] = (*found.get(about, ()), _objection(fact, answers.get(fact.key)))
    return found


def _objection(fact: Fact, answer: Fact | None) -> Objection:
    said, came = fact.details, ""
    if answer is not None:
        outcome = naming.detail(ANSWERED, "outcome", answer.details.get("outcome", ""))[1]
        came = ". ".join(filter(None, (outcome, answer.details.get("what", ""))))
    return Objection(
        fact.key, said.get("who", ""), said.get("what", ""), said.get("decision", ""), fact.happened_on, came,
        answer.happened_on if answer else None,
    )  # fmt: skip
