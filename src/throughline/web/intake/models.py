"""What agencies delivered: the bytes, the reading of them, and every statement in them, kept as said.

A statement is never changed. Which telling of a record stands is worked out from deliveries, in the order
they were received (`records.tellings`); `Statement.live` is that answer for today, kept so that SQL can ask.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Delivery(models.Model):
    """Files one agency handed over together."""

    class Status(models.TextChoices):
        WAITING = "waiting", "being loaded"
        LOADED = "loaded", "loaded"
        REPEATED = "repeated", "the same files as before: nothing changed"
        FAILED = "failed", "could not be loaded: nothing of it was kept"
        WITHDRAWN = "withdrawn", "withdrawn"

    sender = models.CharField(max_length=80, blank=True)
    """Agency id; blank where the files themselves say who speaks."""
    received_on = models.DateField()
    """The day the partnership got it."""
    received_at = models.DateTimeField()
    """When it was handed in here (a replay's `received_on` is earlier)."""
    by_id = models.BigIntegerField(null=True)
    """User who handed it in; null = the demonstration."""
    purpose = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    message = models.TextField(blank=True)
    """What went wrong and what to do, or what the reading found that needs saying."""
    bytes_total = models.BigIntegerField(default=0)
    loaded_at = models.DateTimeField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_by_id = models.BigIntegerField(null=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-received_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_on__isnull=False)
                | Q(~Q(status="withdrawn"), withdrawn_on__isnull=True),
                name="delivery_withdrawn_says_when",
            )
        ]


class Progress(models.Model):
    """How far a delivery's reading has come: its own row, so that it can be told from another connection
    while the one transaction of the load is still open."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True, db_constraint=False)
    stage = models.CharField(max_length=40)
    """``reading``, ``storing``, ``linking``, ``working out what is owed``."""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    at = models.DateTimeField()


class StoredFile(models.Model):
    """Bytes kept once, whatever name they come under, in ``var/files/<ab>/<sha256>``."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()
    removed_on = models.DateField(null=True)
    """The day the bytes went, because rows in them were kept apart and their time was over."""


class DeliveredFile(models.Model):
    """A file of a delivery, under the name it came with."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=500)


class FileRead(models.Model):
    """One file as it was read (a zip holds several): the receipt. The five sums add to `rows`."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="reads")
    name = models.CharField(max_length=500)
    """Path within the delivery."""
    sha256 = models.CharField(max_length=64, blank=True)
    feed = models.CharField(max_length=60, blank=True)
    """Blank: not recognised; `note` says what it looked like and what was looked for."""
    table = models.CharField(max_length=60, blank=True)
    rows = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)
    used_with_faults = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    no_event = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    apart = models.BigIntegerField(default=0)
    """How many of the rows are kept apart, being about children of whom there is no page."""
    note = models.TextField(blank=True)


class Statement(models.Model):
    """One row of one file, or one entry typed here, as an agency said it."""

    id = models.BigIntegerField(primary_key=True)
    """From the sequence it shares with `Telling`: ids run in the order things were told."""
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: typed here."""
    file = models.ForeignKey(FileRead, on_delete=models.PROTECT, null=True, related_name="+")
    typed_by_id = models.BigIntegerField(null=True)
    feed = models.CharField(max_length=60)
    table = models.CharField(max_length=60, db_column="table_name")
    row = models.IntegerField(db_column="row_no")
    rows = models.IntegerField(default=1)
    """How many rows of the file it stands for, `row` being the first of them."""
    record_id = models.TextField()
    record_key = models.TextField()
    """``said_by|feed|table|record_id``: tellings with one key are of one record."""
    person = models.TextField()
    """`linkage.SourcePerson.key`."""
    child_id = models.BigIntegerField(null=True)
    """Whose it is taken to be today: its person's child, unless somebody has judged otherwise."""
    cells = ArrayField(models.TextField())
    """Cleaned, in the order of the feed's columns (`feeds.get(feed).tables[table]`)."""
    given = ArrayField(models.TextField(), null=True)
    """As they stood; null = just like `cells`."""
    outcome = models.CharField(max_length=30)
    """As read."""
    final_outcome = models.CharField(max_length=30)
    """After all of the child's rows of this feed were looked at together."""
    said_by = models.CharField(max_length=80)
    recorded_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    """When the agency wrote it down: day, and moment where it says one. Both null: not said."""
    received_on = models.DateField()
    first_received_on = models.DateField()
    """When the partnership first got any telling of this record: a correction is no news."""
    level = models.CharField(max_length=3, default="SL2")
    tags = ArrayField(models.CharField(max_length=20), default=list)
    """The highest level and all tags of the events it gave rise to."""
    live = models.BooleanField(default=True)
    """Stands today: not superseded, not gone from a later full extract, not withdrawn."""

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "feed"], name="statement_child"),
            models.Index(fields=["record_key"], name="statement_record"),
            models.Index(fields=["person"], name="statement_person"),
            models.Index(fields=["delivery"], name="statement_delivery"),
        ]


class Apart(models.Model):
    """A statement about a child of whom there is no page (DESIGN §2.11): kept apart by agency, seen by no one,
    until a page begins or its time is over. Columns as in `Statement`."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(FileRead, on_delete=models.PROTECT, related_name="+")
    feed = models.CharField(max_length=60)
    table = models.CharField(max_length=60, db_column="table_name")
    row = models.IntegerField(db_column="row_no")
    rows = models.IntegerField(default=1)
    record_id = models.TextField()
    record_key = models.TextField()
    person = models.TextField()
    cells = ArrayField(models.TextField())
    given = ArrayField(models.TextField(), null=True)
    outcome = models.CharField(max_length=30)
    said_by = models.CharField(max_length=80)
    recorded_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    received_on = models.DateField()
    goes_on = models.DateField()
    """The day it goes: twelve months after it was last received."""

    class Meta:
        indexes = [
            models.Index(fields=["record_key"], name="apart_record"),
            models.Index(fields=["person"], name="apart_person"),
            models.Index(fields=["goes_on"], name="apart_goes"),
            models.Index(fields=["said_by", "feed"], name="apart_counted"),
        ]


class Telling(models.Model):
    """A later delivery's word on a record already held: told again the same, or no longer there."""

    AGAIN, GONE = "again", "gone"

    id = models.BigIntegerField(primary_key=True)
    """From the sequence it shares with `Statement`."""
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="tellings")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    what = models.CharField(max_length=5, choices=[(AGAIN, "told again"), (GONE, "no longer in a full extract")])
    file = models.ForeignKey(FileRead, on_delete=models.PROTECT, null=True, related_name="+")
    row = models.IntegerField(default=0, db_column="row_no")


class Fault(models.Model):
    """One thing wrong with a cell, row or file, in the sector's own shape."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="faults")
    file = models.ForeignKey(FileRead, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=500)
    sheet = models.CharField(max_length=200, blank=True)
    row = models.IntegerField(default=0, db_column="row_no")
    column = models.CharField(max_length=200, blank=True, db_column="column_name")
    value = models.TextField(blank=True)
    rule = models.CharField(max_length=80)
    severity = models.CharField(max_length=10)
    message = models.TextField()
    fix_by = models.CharField(max_length=200)
    person = models.TextField(blank=True)
    child_id = models.BigIntegerField(null=True)
    around = models.DateField(null=True)
    derived = models.BooleanField(default=False)
    """Found when the child's rows were looked at together, so found anew each time they change."""

    class Meta:
        indexes = [
            models.Index(fields=["delivery", "severity", "rule"], name="fault_delivery"),
            models.Index(fields=["child_id"], name="fault_child"),
            models.Index(fields=["person"], name="fault_person"),
        ]


class Coverage(models.Model):
    """What a delivery can answer for: silence about these kinds between these days means something."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="coverage")
    feed = models.CharField(max_length=60)
    agency = models.CharField(max_length=80)
    kinds = ArrayField(models.CharField(max_length=80))
    start = models.DateField()
    end = models.DateField()
    la = models.CharField(max_length=80, blank=True)


class TypedHere(models.Model):
    """From which day on a kind that is born here has been recorded by form, and in which authority."""

    kind = models.CharField(max_length=80)
    la = models.CharField(max_length=80, blank=True)
    """An agency id, ``la:301``; blank: everywhere, of a kind about a subject that is no child."""
    since = models.DateField()
    """The day the first one was recorded here."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "la"], name="typed_here_once")]


class PostcodeEdition(models.Model):
    """One edition of the ONS Postcode Directory that was loaded. The newest is the one in use."""

    name = models.CharField(max_length=200)
    """As whoever loaded it named it (``November 2025``), else the file's name."""
    sha256 = models.CharField(max_length=64)
    """Of the file as it was handed over."""
    postcodes = models.BigIntegerField()
    """Rows taken into use."""
    passed_over = models.BigIntegerField()
    """Rows that hold no postcode; never used, only counted."""
    loaded_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    """Who loaded it, as they gave their name."""


class Postcode(models.Model):
    """Where one postcode lies, from the edition in use: reference data, no child in it."""

    postcode = models.CharField(max_length=7, primary_key=True)
    """Upper case, without the space."""
    authority = models.CharField(max_length=9, blank=True)
    """ONS code of its local authority district as the directory gives it; blank: the directory gives none."""
    easting = models.IntegerField(null=True)
    """Metres on the British (in Northern Ireland the Irish) grid; null: the directory gives no place."""
    northing = models.IntegerField(null=True)
    terminated = models.CharField(max_length=6, blank=True)
    """Year and month it went out of use, ``199606``; blank: in use."""


class SavedMapping(models.Model):
    """Which columns of one sender's own table are which of ours, as a person has confirmed."""

    sender = models.CharField(max_length=80, blank=True)
    """Agency id, as on `Delivery`."""
    made = models.TextField()
    """The file's columns, sorted, commas between: a file with the very same is read so."""
    feed = models.CharField(max_length=60)
    table = models.CharField(max_length=60)
    columns = models.JSONField()
    """Theirs -> ours."""
    saved_at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "made"], name="mapping_one_of_a_make")]
