"""Who looked, who changed what, and why. Rows hold ids and keyed hashes, no content, and are only ever added;
`Seal` chains them in batches, so that a row changed, taken out or slipped in afterwards shows (`sealing.py`).

No foreign keys: the record of a look outlives whatever was looked at.
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
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
        indexes = [models.Index(fields=["user_id", "-at"]), GinIndex(fields=["child_ids"])]


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
