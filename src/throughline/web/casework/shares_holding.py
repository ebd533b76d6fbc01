"""What is held more closely than its source holds it: level and tags that facts on the line add to other records.

A `held_closer` names records by their keys, a `holding_lifted` with the same reference ends it; what quotes such a
record is held like it. The records themselves are never changed. Whoever asks for the line as it was known on an
earlier day gets it as closely held as today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from throughline import words
from throughline.feeds.base import Event
from throughline.web.casework import models

HELD, KEPT, LIFTED = "held_closer", "holding_kept", "holding_lifted"
CHILD_ASKED = "child_asked"
_BY_FORM = "\n"


@dataclass(frozen=True, slots=True)
class Closer:
    """How closely records are held besides what their kind and source say."""

    level: str = ""
    tags: frozenset[str] = frozenset()


Holding = Mapping[str, Closer]
"""By the record's key."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody a child may ask not to tell."""

    agencies: frozenset[str]
    """Types of agency that are told when they are."""
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Policy:
    """`shares.yaml`."""

    grounds: Mapping[str, Closer]
    audiences: Mapping[str, Audience]
    originator_decides: frozenset[str]
    over_a_childs_wish: frozenset[str]
    required: Mapping[str, Mapping[str, Mapping[str, str]]]
    """Kind -> mark, or ``always`` -> field -> the sentence for whoever left it empty."""
    one_of: Mapping[str, Sequence[str]]
    say_why_untold: frozenset[str]


@cache
def policy() -> Policy:
    """The file as it stands; a word in it that is not in `words` is an error."""
    given: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("shares.yaml").read_text(encoding="utf-8"))
    grounds = {id: Closer(one["level"], frozenset(one["tags"])) for id, one in given["grounds"].items()}
    audiences = {
        id: Audience(frozenset(one["agencies"]), frozenset(one["tags"])) for id, one in given["audiences"].items()
    }
    found = Policy(
        grounds,
        audiences,
        frozenset(given["originator_decides"]),
        frozenset(given["over_a_childs_wish"]),
        given["required"],
        given["one_of"],
        frozenset(given["say_why_untold"]),
    )
    _all_known("ground", grounds, words.codes("holding_ground"))
    _all_known("audience", audiences, words.codes("audience"))
    _all_known("level", {one.level for one in grounds.values()}, words.levels())
    _all_known("type of agency", {name for one in audiences.values() for name in one.agencies}, words.agencies())
    _all_known("basis", found.over_a_childs_wish, words.codes("lawful_basis"))
    _all_known("answer about the family", found.say_why_untold, words.codes("family_told"))
    for kind, by_mark in found.required.items():
        fields = {field.id for field in words.kinds()[kind].fields}
        _all_known(f"field of {kind}", {name for required in by_mark.values() for name in required}, fields)
        _all_known(f"mark of {kind}", set(by_mark) - {"always"}, words.kinds()[kind].marks)
    tags = found.originator_decides.union(
        *(one.tags for one in grounds.values()), *(one.tags for one in audiences.values())
    )
    _all_known("handling tag", tags, words.tags())
    return found


def _all_known(what: str, named: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(named) - set(known):
        raise words.UnknownWord(", ".join(sorted(unknown)), what)


def keys_in(quotes: str) -> tuple[str, ...]:
    """The records a field of type `keys` names."""
    return tuple(filter(None, quotes.split(_BY_FORM)))


def as_quotes(keys: Iterable[str]) -> str:
    """Records as a field of type `keys` names them."""
    return _BY_FORM.join(keys)


def in_force(told: Iterable[Event | models.Event]) -> Holding:
    """What the facts of one child's line add to which records, and nobody has lifted."""
    facts = [event for event in told if event.details.get("quotes") or event.kind == LIFTED]
    lifted = {event.ref for event in facts if event.kind == LIFTED and event.ref}
    found: dict[str, Closer] = {}
    for event in facts:
        if event.kind == HELD and event.ref not in lifted:
            own = what_follows(event.details.get("holding_ground", ""), event.details.get("not_to", "").split(";"))
            for key in keys_in(event.details.get("quotes", "")):
                found[key] = _both(found.get(key, Closer()), own)
    for event in facts if found else ():
        if event.kind != HELD:  # what quotes a record is held as closely as the record, from then on too
            for key in keys_in(event.details.get("quotes", "")):
                found[event.key] = _both(found.get(event.key, Closer()), found.get(key, Closer()))
    return found


def _both(one: Closer, other: Closer) -> Closer:
    return Closer(max(one.level, other.level), one.tags | other.tags)


def what_follows(ground: str, not_to: Iterable[str]) -> Closer:
    """Level and tags for a ground and for those whom the child asked not to tell; an unknown word adds nothing."""
    own, audiences = policy().grounds.get(ground, Closer()), policy().audiences
    return Closer(own.level, own.tags.union(*(audiences[id].tags for id in not_to if id in audiences)))


def hold(told: Iterable[Event], holding: Holding) -> list[Event]:
    """The same events, each at least as closely held as `holding` says."""
    if not holding:
        return list(told)
    return [_held(event, holding.get(event.key, Closer())) for event in told]


def _held(event: Event, closer: Closer) -> Event:
    if closer.level <= event.level and closer.tags <= event.tags:
        return event
    return event._replace(level=max(event.level, closer.level), tags=event.tags | closer.tags)


def stored(child: int) -> Holding:
    """What is in force for a child today, from the rows that stand. Runs as the engine."""
    quoting = [kind.id for kind in words.kinds().values() if any(field.type == "keys" for field in kind.fields)]
    return in_force(models.Event.objects.filter(child_id=child, kind__in=(*quoting, LIFTED)))
