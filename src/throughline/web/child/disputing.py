"""Rectification (UK GDPR article 16): what somebody says is not right becomes a fact of its own, beside the other.

Nothing is changed or wiped: whoever wrote it puts it right by a new record, or it stays with what they say beside it.
Both are held as closely as the entry they are about, and the month to answer runs as a duty (`rectification-1m`).
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404

from throughline import words
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import actions, selectors
from throughline.web.casework.models import Event
from throughline.web.casework.reading.disputed import ANSWERED, DISPUTED
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage.models import Child


def dispute(*, child: UUID, key: str, who: str, what: str, instead: str, by: Viewer, purpose: str) -> None:
    """Write down, in their words, what somebody says is not right about one entry, and what should stand there.

    404 for an entry the writer does not see; `Refused` with a sentence for each answer that will not do.
    """
    row = selectors.child_for(by, child, "says it is not right")
    about = _seen(row, key)
    wrong = {} if who.strip() else {"who": "Say who says so."}
    if not what.strip():
        wrong["what"] = "Write down what is not right, in their words."
    if wrong:
        raise Refused(wrong)
    fields = {"who": who.strip(), "what": what.strip(), "decision": instead.strip(), "ref": f"dispute:{uuid4()}"}
    _record(DISPUTED, row, about, fields, by, purpose)


def answer(*, child: UUID, key: str, outcome: str, what: str, by: Viewer, purpose: str) -> None:
    """Write down what came of it, and what whoever said so was told. `key` is that of what they said.

    404 for what is not seen, `Refused` as `dispute`, PermissionDenied where it has been answered.
    """
    row = selectors.child_for(by, child, "says it is not right")
    said = _seen(row, key)
    if said.kind != DISPUTED:
        raise Http404
    if Event.objects.filter(child=row, kind=ANSWERED, ref=said.ref).exists():
        raise PermissionDenied("This has been answered.")
    wrong = {} if outcome in words.codes("dispute_outcome") else {"outcome": "Choose what came of it."}
    if not what.strip():
        wrong["what"] = "Say what you looked at, and what they were told."
    if wrong:
        raise Refused(wrong)
    _record(ANSWERED, row, said, {"outcome": outcome, "what": what.strip(), "ref": said.ref}, by, purpose)


def _seen(row: Child, key: str) -> Event:
    found = Event.objects.filter(child=row, key=key).first()
    if found is None:
        raise Http404
    return found


def _record(kind: str, row: Child, about: Event, fields: dict[str, str], by: Viewer, purpose: str) -> None:
    actions.record(
        kind=kind,
        child=row.public_id,
        fields={"happened_on": by.today, "said_by": by.agency, "quotes": about.key, **fields},
        by=by,
        purpose=purpose,
        level=max(about.level, words.kinds()[kind].level),
        tags=about.tags,
    )
