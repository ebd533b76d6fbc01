"""Who looked, who changed what, and why. Rows hold ids and keyed hashes, no content, and are only ever added;
`Seal` chains them in batches, so that a row changed, taken out or slipped in afterwards shows (`sealing.py`).

No foreign keys: the record of a look outlives whatever was looked at.
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models

APPEND_ONLY = [
    pgtrigger.Protect(name="only_added", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'who looked and who changed what is only ever added to';",
    ),
]


class Look(models.Model):
    """One answer given to one person, about which children, for what purpose."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    path_kind = models.CharField(max_length=60)
    """What kind of page: ``child page``, ``search``, ``line as known on``, ``faults download``."""
    child_ids = ArrayField(models.BigIntegerField(), default=list)
    refused = models.BooleanField(default=False)
    asked_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of what was searched for, so that two like searches can be told to be alike."""

    class Meta:
        triggers = APPEND_ONLY
        indexes = [
            models.Index(fields=["user_id", "-at"]),
            GinIndex(fields=["child_ids"]),
            BrinIndex(
                fields=["at"], name="look_at"
            ),  # rows come in the order of time: a day of millions is found cheaply
        ]


class Change(models.Model):
    """One write, by whom and why; what was written is in the row it names."""

    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    """Null: the system itself, as `purpose` says (a job, the demonstration)."""
    purpose = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    """``room.verb``: ``intake.receive``, ``linkage.judge``."""
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    child_ids = ArrayField(models.BigIntegerField(), default=list)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["subject_kind", "subject_id"]), GinIndex(fields=["child_ids"])]


class Seal(models.Model):
    """One batch of looks and changes as they were when it was sealed, chained to the batch before it."""

    number = models.BigIntegerField(unique=True)
    """1, 2, 3 ... without a gap."""
    sealed_at = models.DateTimeField()
    look_ids = ArrayField(models.BigIntegerField())
    change_ids = ArrayField(models.BigIntegerField())
    looks_to = models.BigIntegerField()
    changes_to = models.BigIntegerField()
    """The last number sealed of each, in this batch or before it."""
    digests = models.BinaryField()
    """Of each row, looks first, `sealing.DIGEST` bytes: says which row is not what it was."""
    previous = models.CharField(max_length=64)
    """Hash of the batch before; blank of the first."""
    hash = models.CharField(max_length=64)
    """SHA-256 over all of the above."""

    class Meta:
        triggers = APPEND_ONLY


class Finding(models.Model):
    """Looks of one person on one day that somebody independent is to check, because they were out of the ordinary or
    were drawn by lot. That it is to be checked, and was, are facts about the subject `access:<ref>` (docs/adr/0048)."""

    ref = models.UUIDField(unique=True)
    ground = models.CharField(max_length=40)
    """An id of `casework/unusual.yaml`."""
    user_id = models.BigIntegerField()
    child_id = models.BigIntegerField(null=True)
    """Null: it is about how many or when, not about one child."""
    day = models.DateField()
    """London day of the looks."""
    look_ids = ArrayField(models.BigIntegerField())
    """The first of the looks it rests on, in order."""
    counted = models.IntegerField()
    """How many there were in all: looks, or children where the ground counts children."""
    found_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["ground", "user_id", "child_id", "day"], nulls_distinct=False, name="finding_once"
            )
        ]
        indexes = [models.Index(fields=["-found_at"], name="finding_found_at")]


class FindingCheck(models.Model):
    """What somebody independent found when they checked it, once; behind the same walls as the finding."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="check_made")
    outcome = models.CharField(max_length=20)
    """A code of `casework/unusual.yaml`."""
    why = models.TextField()
    taken_to = models.CharField(max_length=200, blank=True)
    """Who at their agency takes it up, by name and post; blank where nobody has to."""
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY
