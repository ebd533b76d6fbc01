"""The policy of who sees what, as its page shows it: roles in sentences, and why one item is shown or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from throughline import sharing, words
from throughline.sharing import Item, RolePolicy, Rule
from throughline.web.accounts.models import Relation

_MAY = {
    "searches": "Finds any child by name: that we know them, and who leads.",
    "locates": "Asks whom to ring about one child, by exact name and date of birth, and looks around in nothing.",
    "desk": "Judges whose an item is: reads the item in question, and no page.",
    "counts": "Reads numbers of the whole partnership; small ones are held back.",
    "discreet": "That one of them works with a child is named to whoever leads or reviews the work alone.",
    "audits": "Reads who looked at whom, and nothing of what they were shown.",
    "administers": "Keeps the list of its own agency’s people; no child through that.",
    "keeps": "Signs, with a second keeper, for what is destroyed when its time is over.",
    "glass": "May open one child’s record in an emergency, for hours, with a reason that is checked.",
    "intake": "Brings deliveries in and reads what they said, up to its level.",
}
_RELATIONS: Mapping[str, str] = {
    **{kind.value: str(kind.label) for kind in Relation.Kind},
    sharing.GLASS: "having opened the record in an emergency",
    sharing.OWN: "of their own field, where they are in the team around the child",
}
_SIGHTS = {
    sharing.FULL: "Shown in full",
    sharing.STUB: "Only that something is there, and whom to ask",
    sharing.HIDDEN: "Nothing, nor that it is there",
}


@dataclass(frozen=True, slots=True)
class Sees:
    """One line of the policy, in words."""

    how: str
    level: str
    stub: str
    """Highest level whose existence is said; blank: no more than is shown."""
    full: tuple[str, ...]
    stubs: tuple[str, ...]
    needs: tuple[str, ...]
    kinds: tuple[str, ...] | None
    """Titles, in order of the alphabet; None: every kind."""


@dataclass(frozen=True, slots=True)
class RoleShown:
    """One role of the policy."""

    id: str
    title: str
    sentence: str
    purpose: str
    may: tuple[str, ...]
    sees: tuple[Sees, ...]


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What one line of the policy says to the item asked about."""

    how: str
    sight: str
    why: str
    line: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a role sees an item, and why."""

    sight: str
    reason: str
    said: tuple[SaidLine, ...]


def roles() -> tuple[RoleShown, ...]:
    """Every role that may sign in, in the order of `words`."""
    return tuple(_role(sharing.policy_for(role.id)) for role in words.roles().values())


def relations() -> Mapping[str, str]:
    """Every way of being related, to a child or to a subject that is none, with its words."""
    about = {f"{sharing.ABOUT}{kind}": title for kind, title in words.subjects().items() if kind != words.CHILD}
    return {name: words_of[:1].upper() + words_of[1:] for name, words_of in {**_RELATIONS, **about}.items()}


def kinds() -> Mapping[str, str]:
    """Kinds of event and states, by title."""
    titles = {state.id: f"{state.title} (state)" for state in words.states().values()}
    titles |= {kind.id: kind.title for kind in words.kinds().values()}
    return dict(sorted(titles.items(), key=lambda pair: pair[1].lower()))


def answer(role: str, relation: str, item: Item) -> Answer:
    """Why somebody in this role, related so, sees this item or does not; no relation: as a stranger to the child."""
    if relation.startswith(sharing.ABOUT):
        explained = sharing.explain_about(role, relation.removeprefix(sharing.ABOUT), item)
    else:
        explained = sharing.explain(role, [relation] if relation else [], item)
    said = tuple(SaidLine(relations()[s.relation], _SIGHTS[s.sight], s.why, s.line) for s in explained.said)
    return Answer(_SIGHTS[explained.decision.sight], explained.decision.reason, said)


def _role(policy: RolePolicy) -> RoleShown:
    known = words.roles()[policy.role]
    lines = (*policy.relations.values(), policy.own, *policy.subjects.values(), policy.intake, policy.glass)
    return RoleShown(
        policy.role,
        known.title,
        known.sentence,
        policy.purpose,
        tuple(sentence for what, sentence in _MAY.items() if getattr(policy, what)),
        tuple(_sees(rule) for rule in lines if rule),
    )


def _sees(rule: Rule) -> Sees:
    how = {**relations(), "intake": "In the deliveries they bring in"}[rule.relation]
    shown = None if rule.kinds is None else tuple(title for id, title in kinds().items() if id in rule.kinds)
    stub = _level(rule.stub) if rule.stub > rule.level or rule.stubs else ""
    return Sees(how, _level(rule.level), stub, _tags(rule.full), _tags(rule.stubs), _tags(rule.needs), shown)


def _level(level: str) -> str:
    return f"{level} {words.levels()[level].title.lower()}"


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(words.tags()[tag].title.lower() for tag in sorted(tags))
