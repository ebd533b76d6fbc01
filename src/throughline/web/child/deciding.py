"""The second person: each entry of the record is given, given in part or left out, by somebody who reads it.

Never by whoever took the request; nobody decides on what they do not see in full themselves; and what needs somebody's
word first (the police, a health professional) is given only with that word written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.typing_in import Refused
from throughline.web.child.asking import request_for
from throughline.web.child.items import Entry, asked_by, entries
from throughline.web.child.models import AccessRequest, Verdict


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for one entry."""

    what: str
    """`Verdict.What`."""
    seen: str
    """`Entry.seen` of what they read."""
    reason: str = ""
    part: str = ""
    asked: str = ""


def to_decide(viewer: Viewer, number: int) -> AccessRequest:
    """A request that this viewer may decide on: 404 and PermissionDenied as `request_for`, and for who took it."""
    found = request_for(viewer, number, sharing.whole_record().decided_by)
    if found.taken_by_id == viewer.id:
        raise PermissionDenied("You took this request: somebody else decides what is in the copy.")
    if found.closed_at is not None:
        raise PermissionDenied("This request has been answered.")
    return found


@transaction.atomic
def decide(*, request: int, choices: Mapping[int, Choice], by: Viewer, purpose: str) -> int:
    """Write down what was decided on these entries, by item number; how many.

    All of them or none: `Refused` with a sentence for each that will not do, by ``<field>-<item number>``.
    """
    found = to_decide(by, request)
    seen = {entry.id: entry for entry in entries(found)}
    chosen = [(seen[number], choice) for number, choice in choices.items() if number in seen]
    wrong: dict[str, str] = {}
    for entry, choice in chosen:
        wrong |= _wrong(entry, choice, asked_by(found))
    if wrong:
        raise Refused(wrong)
    with as_engine():
        Verdict.objects.bulk_create(_verdict(entry, choice, by) for entry, choice in chosen)
    changed(
        user_id=by.id, purpose=purpose, action="child.record.decide", subject_kind="accessrequest",
        subject_id=found.pk, children=[found.child.pk],
        content="\n".join(f"{entry.id} {choice.what} {choice.reason}" for entry, choice in chosen),
    )  # fmt: skip
    return len(chosen)


def _wrong(entry: Entry, choice: Choice, whose: str) -> dict[str, str]:
    """What will not do about one choice, by the field's name."""
    field = str(entry.id)
    if choice.what not in Verdict.What.values:
        return {f"what-{field}": "Choose what becomes of it."}
    if choice.seen != entry.seen:
        return {f"what-{field}": "It has changed since you opened this page: read it again."}
    wrong: dict[str, str] = {}
    if choice.what != Verdict.What.GIVE and choice.reason not in {r.id for r in _reasons(whose)}:
        wrong[f"reason-{field}"] = "Choose why it is left out, all or part of it."
    if choice.what != Verdict.What.WITHHOLD:
        if entry.never:
            wrong[f"what-{field}"] = f"It cannot be given: {entry.fitting[0].title}."
        elif entry.prompts and not choice.asked.strip():
            wrong[f"asked-{field}"] = f"Write down first: {'; '.join(entry.prompts)}."
    if choice.what == Verdict.What.QUOTE and not _is_part(choice.part, entry):
        wrong[f"part-{field}"] = "Copy the words that are given, line by line, as they stand in the entry."
    return wrong


def _reasons(whose: str) -> tuple[sharing.Reason, ...]:
    return sharing.whole_record().chosen_from(whose)


def _is_part(part: str, entry: Entry) -> bool:
    """Every line given stands in the entry, word for word: a copy quotes, it does not retell."""
    wanted = [" ".join(line.split()) for line in part.splitlines() if line.strip()]
    there = [" ".join(line.split()) for line in entry.said]
    return bool(wanted) and all(any(line in said for said in there) for line in wanted)


def _verdict(entry: Entry, choice: Choice, by: Viewer) -> Verdict:
    kept = choice.what != Verdict.What.GIVE
    return Verdict(
        item_id=entry.id,
        what=choice.what,
        reason=choice.reason if kept else "",
        part=choice.part.strip() if choice.what == Verdict.What.QUOTE else "",
        asked=choice.asked.strip(),
        seen_hash=entry.seen,
        by_id=by.id,
        at=clock.now(),
    )
