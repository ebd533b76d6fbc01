"""The copy of a whole record: made once every entry is decided on, kept to the letter, handed over by a named adult."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework import rules_here, selectors
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance
from throughline.web.casework.reading import naming, owing
from throughline.web.casework.shapes import Owed, Source, Who
from throughline.web.casework.typing_in import Refused
from throughline.web.child import lookers
from throughline.web.child.asking import ended, request_for
from throughline.web.child.items import Entry, asked_by, entries
from throughline.web.child.lookers import Looked
from throughline.web.child.models import AccessCopy, AccessRequest, Verdict
from throughline.web.design import formats

MARKING = "OFFICIAL-SENSITIVE. Personal: for the person it was made for, and nobody else."


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing owed, in the rule's own sentence, with how it stood."""

    sentence: str
    owed: Owed


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is in one copy."""

    who: Who
    request: AccessRequest
    made_on: date
    years: tuple[tuple[int, tuple[Entry, ...]], ...]
    """What is given and what is said to be left out, oldest first."""
    given: int
    withheld: int
    """Left out, as far as the copy says so."""
    promises: tuple[Promise, ...]
    sources: tuple[Source, ...]
    looks: tuple[Looked, ...]


@transaction.atomic
def make(*, request: int, by: Viewer, purpose: str) -> int:
    """Make the copy from what was decided, and keep it; its number.

    `Refused` while an entry that the maker sees waits for the second person. What the maker does not see at all is
    in no copy: whoever holds it is asked themselves.
    """
    found = request_for(by, request, sharing.whole_record().made_by)
    read = entries(found)
    if waiting := sum(not entry.what for entry in read):
        raise Refused({"make": f"{formats.count(waiting, 'entry waits', 'entries wait')} for the second person."})
    whole = _whole(by, found, read)
    notices = settings.SITE_ADDRESS.rstrip("/") + reverse("privacy")
    text = render_to_string("child/whole.html", {"whole": whole, "marking": MARKING, "notices": notices})
    content = text.encode()
    with as_engine():
        copy = AccessCopy.objects.create(
            request=found, child=found.child, html=text, sha256=hashlib.sha256(content).hexdigest(),
            given=whole.given, withheld=whole.withheld, made_by_id=by.id, made_at=clock.now(),
        )  # fmt: skip
    changed(
        user_id=by.id, purpose=purpose, action="child.record.make", subject_kind="accesscopy", subject_id=copy.pk,
        children=[found.child.pk], content=copy.sha256,
    )  # fmt: skip
    return copy.pk


@transaction.atomic
def hand_over(*, request: int, who: str, how: str, by: Viewer, purpose: str) -> None:
    """Write down who handed the newest copy over and by which way: the request is answered with that."""
    found = request_for(by, request, sharing.whole_record().made_by)
    copy = AccessCopy.objects.filter(request=found).order_by("-pk").first()
    wrong = {} if who.strip() else {"who": "Name the adult who hands it over."}
    if not how.strip():
        wrong["how"] = "Say how it reached them, and how you made sure that it was them."
    if copy is None:
        wrong["who"] = "There is no copy yet."
    if wrong:
        raise Refused(wrong)
    assert copy is not None
    made = f"copy made {formats.day(copy.made_at)}, SHA-256 {copy.sha256[:16]}"
    ended(found, f"Handed over by {who.strip()}: {how.strip()} ({made})", by, purpose)


def _whole(by: Viewer, found: AccessRequest, read: Sequence[Entry]) -> Whole:
    said = [entry for entry in read if entry.what != Verdict.What.WITHHOLD or not entry.unsaid]
    given = [entry for entry in said if entry.given]
    return Whole(
        who=naming.who(found.child),
        request=found,
        made_on=by.today,
        years=tuple((year, tuple(rows)) for year, rows in groupby(said, key=lambda entry: entry.on.year)),
        given=len(given),
        withheld=len(said) - len(given),
        promises=tuple(_promises(found, {e.key for e in given if e.what == Verdict.What.GIVE})),
        sources=selectors.sources(by, found.child.public_id) if asked_by(found) == sharing.SELF else (),
        looks=lookers.looked(found.child.pk),
    )


def _promises(found: AccessRequest, given: set[str]) -> Iterable[Promise]:
    """What was owed, where every fact it rests on is given whole: no date may tell of what is left out."""
    rows = Instance.objects.filter(child=found.child).exclude(evidence=[]).order_by("opened_on", "duty_id", "pk")
    kept = [row for row in rows if set(row.evidence) <= given and (not row.met_key or row.met_key in given)]
    book = rules_here.book()
    for owed in owing.from_rows(kept, {found.child.pk: naming.who(found.child)}, None):
        yield Promise(book[owed.duty_id].plain, owed)
