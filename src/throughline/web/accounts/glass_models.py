"""Records opened in an emergency and what came of the check; children who are too close to somebody who works here."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LONGEST = timedelta(hours=24)
"""No policy opens a record for longer (practice §5.4)."""


class BreakGlass(models.Model):
    """Somebody opened one child's record in an emergency (practice §5.4). Never changed: it ends by itself."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    """By which its page and its line (`access`) are known; it leads to no child without this row."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    child_id = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    """A code of `sharing.glass().reasons`."""
    purpose = models.TextField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    """The moment at which it is closed again."""
    agency = models.CharField(max_length=80)
    """Of whoever opened it, as it was then."""
    owner = models.CharField(max_length=80, blank=True)
    """The agency whose record it is: the child's responsible authority, where known."""

    class Meta:
        indexes = [
            models.Index(fields=["user", "until"], name="breakglass_user"),
            models.Index(fields=["child_id"], name="breakglass_child"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")) & Q(until__lte=F("opened_at") + LONGEST),
                name="breakglass_ends",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="breakglass_says_why"),
        ]


class BreakGlassCheck(models.Model):
    """What somebody independent found when they checked it. Never changed."""

    class Outcome(models.TextChoices):
        NEEDED = "needed", "It was needed, and no more was opened than was needed"
        WIDER = "wider", "It was needed, and more was opened than was needed"
        NOT_NEEDED = "not_needed", "It was not needed"

    opened = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, related_name="check_made")
    outcome = models.CharField(max_length=20, choices=Outcome)
    why = models.TextField()
    taken_to = models.TextField(blank=True)
    """Who at their agency takes it up, by name and post; blank where it was needed and no wider."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome="needed") | ~Q(taken_to=""), name="breakglasscheck_is_taken_up")
        ]


class Conflict(models.Model):
    """A child is too close to somebody who works here: nothing of that child is theirs to see, whatever their seat."""

    class Sort(models.TextChoices):
        FAMILY = "family", "Of the same family"
        HOUSEHOLD = "household", "Of the same household"
        STAFF_LINK = "staff_link", "Linked to them otherwise"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    child_id = models.BigIntegerField()
    sort = models.CharField(max_length=20, choices=Sort)
    why = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_why = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["child_id"], name="conflict_child")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "child_id"], condition=Q(ended_at__isnull=True), name="conflict_one_open"
            )
        ]
