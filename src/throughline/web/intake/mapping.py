"""Column mappings: an unknown table shown beside the layout it is nearest to, tried out, saved for its sender.

Reading never guesses. What a person has confirmed once is used for every later file of that sender with the
very same columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from throughline import feeds, words
from throughline.feeds.base import Context, Fault, Named, Person, Statement
from throughline.feeds.files import column_name
from throughline.feeds.mapping import Near, mappable, match, nearest, signature
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed, looked
from throughline.web.intake import files as store
from throughline.web.intake.models import Delivery, FileRead, SavedMapping

ENOUGH = 2_000
"""Rows a trial reads: enough to see what is wrong with a column."""
SHOWN = 10
"""Faults a trial shows."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One file no layout fits, beside one layout."""

    delivery: int
    file: int
    name: str
    sender: str
    """Title; blank where the files say themselves who speaks."""
    near: tuple[Near, ...]
    """Layouts it may be, the nearest first."""
    chosen: Near | None
    """The one shown; None where nothing is near and none has been chosen."""
    ours: tuple[str, ...]
    """Columns of that layout."""
    layouts: tuple[tuple[str, str], ...]
    """All that can be chosen: ``feed/table`` and title."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What reading the file with a mapping would come to; nothing of it is kept."""

    rows: int
    whole: bool
    """The file was read to its end; else only its first `ENOUGH` rows."""
    people: int
    outcomes: Mapping[str, int]
    faults: int
    examples: tuple[Fault, ...]


def proposal(viewer: Viewer, number: int, file: int, layout: str = "") -> Proposal:
    """An unknown file of a delivery beside the layout it is nearest to, or beside `layout` (``feed/table``)."""
    read = _unknown(viewer, number, file)
    header = _header(read)
    known = mappable(feeds.registry())
    near = tuple(nearest(header, known))
    chosen = near[0] if near else None
    if layout:
        feed_id, _, table = layout.partition("/")
        feed = next((feed for feed in known if feed.id == feed_id and table in feed.tables), None)
        if feed is None:
            raise Http404
        columns = match(sorted(signature(header)), feed.tables[table])
        missing = tuple(name for name in feed.tables[table] if name not in columns.values())
        chosen = Near(feed.id, table, feed.title, columns, missing, tuple(sorted(signature(header) - columns.keys())))
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="mapping")
    return Proposal(
        delivery=number,
        file=file,
        name=read.name,
        sender=words.agency_title(read.delivery.sender) if read.delivery.sender else "",
        near=near,
        chosen=chosen,
        ours=feeds.get(chosen.feed).tables[chosen.table] if chosen else (),
        layouts=tuple((f"{f.id}/{table}", _title(f, table)) for f in known for table in f.tables),
    )


def columns_of(viewer: Viewer, number: int, file: int) -> tuple[str, ...]:
    """The columns of an unknown file, as they are compared, in the order they stand in."""
    header = _header(_unknown(viewer, number, file))
    return tuple(dict.fromkeys(name for name in map(column_name, header) if name))


def try_out(viewer: Viewer, number: int, file: int, named: Named) -> Trial:
    """Read the file's first rows as this; nothing is kept."""
    read = _unknown(viewer, number, file)
    outcomes: Counter[str] = Counter()
    people: set[str] = set()
    faults: list[Fault] = []
    rows, whole = 0, True
    with store.laid_out(read.delivery.files.values_list("name", "stored_id")) as folder:
        (source,) = (s for s in feeds.open_sources(folder) if s.name == read.name)
        context = Context(read.delivery.received_on, read.delivery.sender, mappings={signature(source.header()): named})
        for item in feeds.read([source], context):
            if isinstance(item, Statement):
                outcomes[item.outcome] += item.rows
                rows += item.rows
                if rows >= ENOUGH:
                    whole = False
                    break
            elif isinstance(item, Person):
                people.add(item.key)
            elif isinstance(item, Fault):
                faults.append(item)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="mapping tried")
    return Trial(rows, whole, len(people), dict(outcomes), len(faults), tuple(faults[:SHOWN]))


@transaction.atomic
def save(*, number: int, file: int, named: Named, by: Viewer, purpose: str) -> SavedMapping:
    """Use these names for every later file of this sender with the same columns; an earlier choice is replaced."""
    read = _unknown(by, number, file)
    made = ",".join(sorted(signature(_header(read))))
    saved, _ = SavedMapping.objects.update_or_create(
        sender=read.delivery.sender,
        made=made,
        defaults={**named._asdict(), "saved_at": clock.now(), "by_id": by.id},
    )
    changed(user_id=by.id, purpose=purpose, action="intake.map", subject_kind="mapping", subject_id=saved.pk)
    return saved


def saved_for(sender: str) -> dict[frozenset[str], Named]:
    """Mappings saved for one sender, as `feeds.base.Context` takes them."""
    return {
        frozenset(saved.made.split(",")): Named(saved.feed, saved.table, saved.columns)
        for saved in SavedMapping.objects.filter(sender=sender)
    }


def _unknown(viewer: Viewer, number: int, file: int) -> FileRead:
    if viewer.policy.intake is None:
        raise PermissionDenied("Extracts are brought in by analysts and the data desk.")
    read = FileRead.objects.select_related("delivery").filter(pk=file, delivery_id=number, feed="").first()
    if read is None or read.delivery.status == Delivery.Status.WAITING:
        raise Http404
    if read.delivery.files.filter(stored__removed_on__isnull=False).exists():
        raise Http404
    return read


def _header(read: FileRead) -> list[str]:
    with store.laid_out(read.delivery.files.values_list("name", "stored_id")) as folder:
        found = next((s for s in feeds.open_sources(folder) if s.name == read.name), None)
        if found is None:
            raise Http404
        return found.header()


def _title(feed: feeds.Feed, table: str) -> str:
    return feed.title if len(feed.tables) == 1 else f"{feed.title}: {table}"
