"""What is held back from destruction, what two keepers signed for, and what stands in the place of what went.

Rows about people's own decisions; `models` brings them in. Of a child who is gone they keep a number and nothing else.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from throughline.web.audit.models import APPEND_ONLY


class Hold(models.Model):
    """Nothing that this covers may be destroyed, whatever its time: an inquiry, a court case, somebody's request."""

    child_id = models.BigIntegerField(null=True)
    """Null: whoever's it is."""
    records = ArrayField(models.CharField(max_length=40), default=list)
    """Ids of `keeping.yaml`, of records and of rows; none: of every kind."""
    ground = models.CharField(max_length=20)
    """An id of its `holds`."""
    asked_by = models.CharField(max_length=200)
    """Who asked for it, by name and post, and under which reference."""
    until = models.DateField(null=True)
    """The last day; null: until somebody ends it."""
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by_id__isnull=True, ended_why="")
                | Q(ended_at__isnull=False, ended_by_id__isnull=False) & ~Q(ended_why=""),
                name="hold_ended_says_by_whom_and_why",
            )
        ]


class Destruction(models.Model):
    """What one keeper proposed should go, and why. Whoever proposes signs by it; what follows is in its steps."""

    record = models.CharField(max_length=40)
    """Which kind of record or of rows, an id of `keeping.yaml`."""
    ground = models.CharField(max_length=20)
    """An id of its `grounds`."""
    law = models.TextField()
    """Why it may go and until when it had to be kept, as the schedule said on that day."""
    reference = models.CharField(max_length=200, blank=True)
    """Where the request or order is kept. Blanked when it is done: it may name somebody."""
    child_ids = ArrayField(models.BigIntegerField())
    """Whose records; of rows, in whose records they stand."""
    statement_ids = ArrayField(models.BigIntegerField(), default=list)
    """Of rows: which. Of whole records none is named: all of it goes."""
    proposed_by_id = models.BigIntegerField()
    proposed_at = models.DateTimeField()


class DestructionStep(models.Model):
    """What became of it: signed for by a second keeper and done in the same breath, or taken back."""

    class What(models.TextChoices):
        SIGNED = "signed", "signed for"
        DONE = "done", "done"
        TAKEN_BACK = "taken back", "taken back"

    destruction = models.ForeignKey(Destruction, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY
        constraints = [models.UniqueConstraint(fields=["destruction", "what"], name="destruction_step_once")]


class Tombstone(models.Model):
    """One thing that was here: its number, what kind of thing it was, when it went and why. Nothing it said."""

    destruction = models.ForeignKey(Destruction, on_delete=models.PROTECT, related_name="tombstones")
    what = models.CharField(max_length=10, choices=[("child", "record"), ("statement", "row"), ("file", "file")])
    number = models.BigIntegerField()
    kind = models.CharField(max_length=125)
    """Of a record its kind, of a row its feed and table, of a file the feeds that were read in it."""
    on = models.DateField(db_column="went_on")
    basis = models.TextField()

    class Meta:
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["what", "number"], name="tombstone_of")]
