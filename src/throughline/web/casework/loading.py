"""One delivery from bytes to lines: read, linked, stored, worked out; all of it or nothing.

The load is one transaction. Killed half-way it leaves nothing and is run again; how far it has come is told
by another connection, because inside the transaction nobody could see it.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from procrastinate.contrib.django.utils import connector_params

from throughline import feeds, timeline
from throughline.feeds.base import REFUSED, REPEATED, Context, Coverage, Fault, FileRead, Item, Person, Statement
from throughline.records.receipt import Receipt
from throughline.web import bulk, clock
from throughline.web.audit.actions import changed
from throughline.web.casework import pages, subjects
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.recomputing import covered, recompute, resting_on_coverage
from throughline.web.intake import files, models, storing
from throughline.web.intake import set_apart as rows
from throughline.web.intake.actions import seen_before
from throughline.web.intake.mapping import saved_for
from throughline.web.intake.models import Delivery
from throughline.web.linkage import describing, linking
from throughline.web.linkage import set_apart as people

log = logging.getLogger(__name__)

Tell = Callable[[str, int, int], None]
"""Told the stage, how much is done and how much there is."""

ONE_LOAD = 7_061_002
"""Number of the advisory lock: two loads at once would judge the same people twice."""


def load(delivery_id: int, *, work_out: bool = True) -> Delivery:
    """Load one delivery that waits. Says on the delivery what became of it; raises only what is our fault.

    `work_out=False` leaves descriptions, lines and duties for later, once for all (`history`: many deliveries,
    one after another).
    """
    try:
        with transaction.atomic(), as_engine(), closing(_Telling(delivery_id)) as telling:
            delivery = _take(delivery_id)
            if delivery.status != Delivery.Status.WAITING:
                return delivery
            if seen_before(delivery):
                _say_repeated(delivery)
            else:
                _Load(delivery, telling.tell).run(work_out=work_out)
            return delivery
    except (files.DiskFull, files.Removed) as why:
        _say_failed(delivery_id, str(why))
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise
        _say_failed(delivery_id, str(files.DiskFull()))
    except Exception:
        _say_failed(
            delivery_id,
            "The delivery could not be loaded through a mistake of ours; nothing of it was kept. "
            "Please tell whoever looks after Throughline, and try it again.",
        )
        raise
    return Delivery.objects.get(pk=delivery_id)


def _take(delivery_id: int) -> Delivery:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_LOAD])
    return Delivery.objects.select_for_update().get(pk=delivery_id)


def _say_failed(delivery_id: int, message: str) -> None:
    Delivery.objects.filter(pk=delivery_id).update(status=Delivery.Status.FAILED, message=message)


def _say_repeated(delivery: Delivery) -> None:
    """The very files of earlier deliveries: their rows are counted as repeated, and nothing changes."""
    for file in delivery.files.order_by("name"):
        earlier = (
            models.DeliveredFile.objects.filter(stored_id=file.stored_id, delivery__status=Delivery.Status.LOADED)
            .exclude(delivery=delivery)
            .latest("pk")
        )
        reads = earlier.delivery.reads.all()
        if earlier.delivery.files.count() > 1:  # of a zip, those inside it
            reads = reads.filter(Q(sha256=file.stored_id) | Q(name__startswith=f"{earlier.name}/"))
        models.FileRead.objects.bulk_create(
            models.FileRead(
                delivery=delivery,
                name=read.name,
                sha256=read.sha256,
                feed=read.feed,
                table=read.table,
                rows=read.rows,
                repeated=read.rows,
                note="The same file as one received before, byte for byte.",
            )
            for read in reads
        )
    delivery.status = Delivery.Status.REPEATED
    delivery.message = "These are the same files as before, byte for byte. Nothing has changed."
    delivery.loaded_at = clock.now()
    delivery.save(update_fields=["status", "message", "loaded_at"])


class _Load:
    """One delivery on its way in."""

    def __init__(self, delivery: Delivery, tell: Tell) -> None:
        self.delivery = delivery
        self.tell = tell
        self.stage = storing.Stage()
        self.files: dict[str, models.FileRead] = {}
        self.receipts: dict[str, Receipt] = defaultdict(Receipt)
        self.persons: list[Person] = []
        self.coverage: list[Coverage] = []
        self.faults: list[Fault] = []

    def run(self, *, work_out: bool) -> None:
        delivery, day = self.delivery, self.delivery.received_on
        self._read()
        self.tell("finding out whose they are", 0, 0)
        touched, apart = self._set_apart()
        touched |= linking.connect(self.persons, keys=self.stage.persons(), delivery=delivery.pk, received_on=day)
        if work_out:
            describing.describe(touched)
        self.tell("storing", 0, 0)
        self.stage.name_children()
        self.stage.sort(day)
        touched |= self.stage.store(delivery.pk, day)
        touched |= storing.gone(delivery.pk, day, self._keep_coverage())
        self.stage.clear()
        self._keep_faults()
        storing.name_faults(delivery.pk)
        delivery.status = Delivery.Status.LOADED
        delivery.loaded_at = clock.now()
        if work_out:
            touched |= resting_on_coverage(delivery.pk)
            recompute(touched, told=lambda done, total: self.tell("working out what is owed", done, total))
            subjects.recompute(subjects.after_delivery(delivery.pk), covered())
        self._keep_receipts(apart)
        delivery.save(update_fields=["status", "loaded_at", "message"])
        changed(
            user_id=delivery.by_id,
            purpose=delivery.purpose,
            action="intake.load",
            subject_kind="delivery",
            subject_id=delivery.pk,
        )

    def _read(self) -> None:
        context = Context(
            self.delivery.received_on,
            self.delivery.sender,
            progress=lambda done, total: self.tell("reading", done, total),
            mappings=saved_for(self.delivery.sender),
        )
        named = self.delivery.files.values_list("name", "stored_id")
        with files.laid_out(named) as folder:
            for item in feeds.read(feeds.open_sources(folder), context):
                self._take_in(item)
        self.stage.close()

    def _set_apart(self) -> tuple[set[int], dict[int, dict[str, int]]]:
        """Set apart what feeds that never give a reason say of children without a page.

        Children who have a page and were linked with their people; and file -> outcome -> rows set apart.
        """
        delivery, day = self.delivery, self.delivery.received_on
        rules = timeline.reasons()
        keys = {key for key in self.stage.persons() if people.is_apart(key)}
        if not keys:
            return set(), {}
        said = {feed: rows.said_of_it(feed, column) for feed, column in rules.by_name.items() if feed in self._feeds()}
        claims = [person for person in self.persons if person.key in keys]
        self.persons = [person for person in self.persons if not people.is_apart(person.key)]
        people.keep(claims, keys=keys, named=set().union(*said.values()), delivery=delivery.pk, received_on=day)
        known = set(people.belonging(clock.today()))
        counts = rows.set_apart(keys - known, delivery=delivery.pk, day=day, goes_on=rules.goes_on(day))
        for feed in said:
            rows.unname(feed, rules.by_name[feed], delivery.pk)
        return pages.say_again(known), counts

    def _feeds(self) -> set[str]:
        return {file.feed for file in self.files.values()}

    def _take_in(self, item: Item) -> None:
        if isinstance(item, Statement):
            self.receipts[item.file].add(item.outcome, item.rows)
            if item.outcome not in {REFUSED, REPEATED}:
                self.stage.add(item, self._file(item.file).pk)
        elif isinstance(item, Person):
            self.persons.append(item)
        elif isinstance(item, Fault):
            self.faults.append(item)
            if len(self.faults) >= 5_000:
                self._keep_faults()
        elif isinstance(item, Coverage):
            self.coverage.append(item)
        elif isinstance(item, FileRead):
            self._file_read(item)

    def _file(self, name: str) -> models.FileRead:
        found = self.files.get(name)
        if found is None:
            found = self.files[name] = models.FileRead.objects.create(delivery=self.delivery, name=name)
        return found

    def _file_read(self, read: FileRead) -> None:
        file = self._file(read.file)
        file.feed, file.table, file.rows = read.feed, read.table, read.rows
        file.sha256, file.note = read.sha256, read.note

    def _keep_coverage(self) -> list[tuple[str, Coverage]]:
        feed_of = {name: file.feed for name, file in self.files.items()}
        # Cover told at the end of a feed of several files names none of them.
        several = next((f for f in feed_of.values() if f and len(feeds.get(f).tables) > 1), "")
        told = [(feed_of.get(c.file, several), c) for c in self.coverage]
        models.Coverage.objects.bulk_create(
            models.Coverage(
                delivery=self.delivery,
                feed=feed,
                agency=c.agency,
                kinds=sorted(c.kinds),
                start=c.start,
                end=c.end,
                la=c.la,
            )
            for feed, c in told
        )
        return told

    def _keep_faults(self) -> None:
        bulk.insert("intake_fault", storing.FAULT_COLUMNS, map(self._fault_row, self.faults))
        self.faults.clear()

    def _fault_row(self, fault: Fault) -> tuple[object, ...]:
        file = self.files.get(fault.file)
        return storing.fault_row(fault, delivery=self.delivery.pk, file=file.pk if file else None)

    def _keep_receipts(self, apart: Mapping[int, Mapping[str, int]]) -> None:
        """The sum of each file: as read, then as it turned out when records and children were put together.

        `apart`: file -> outcome -> rows that were set apart.
        """
        outcomes = storing.outcomes(self.delivery.pk)
        for name, file in self.files.items():
            counts = self.receipts[name].counts.copy()
            told = Counter(outcomes.get(file.pk, {})) + Counter(apart.get(file.pk, {}))
            file.apart = sum(apart.get(file.pk, {}).values())
            file.refused = counts[REFUSED]
            file.repeated = counts[REPEATED] + told.get(REPEATED, 0)
            file.used = told.get(feeds.USED, 0)
            file.used_with_faults = told.get(feeds.USED_WITH_FAULTS, 0)
            file.no_event = told.get(feeds.NO_EVENT, 0)
            file.save()


class _Telling:
    """Progress, written through a connection of its own so that it can be seen while the load goes on."""

    def __init__(self, delivery_id: int) -> None:
        self._delivery = delivery_id
        self._connection = psycopg.connect(**connector_params(), autocommit=True)
        self._connection.execute("set synchronous_commit = off")  # a lost step of progress is no loss
        self._last: tuple[str, int] = ("", -1)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Write down how far it has come, in steps of a percent."""
        step = done * 100 // total if total else 0
        if (stage, step) == self._last:
            return
        self._last = stage, step
        self._connection.execute(
            "update intake_progress set stage = %s, done = %s, total = %s, at = %s where delivery_id = %s",
            [stage, done, total, clock.now(), self._delivery],
        )

    def close(self) -> None:
        self._connection.close()
