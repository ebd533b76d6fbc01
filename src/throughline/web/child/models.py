"""A person asks for the whole record about them: the request, its items, what was decided on each, and the copy.

What is decided is only ever added to: of several decisions on one item the newest holds. All of it is written by
`asking`, `deciding` and `handing` as the engine; who may read it the walls say (docs/adr/0050).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from throughline.web.linkage.models import Child


class AccessRequest(models.Model):
    """Somebody asked to see all that is kept about one child, or about themselves as a child."""

    class Asker(models.TextChoices):
        CHILD = "child", "The child"
        ADULT = "adult", "The person themselves, now grown up"
        PARENT = "parent", "A parent, or somebody else with parental responsibility"
        OTHER = "other", "Somebody whom the child or grown person asked to act for them"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    asker = models.CharField(max_length=10, choices=Asker)
    name = models.CharField(max_length=200)
    """Who asks, as they are called."""
    asked_on = models.DateField()
    """The day on which it reached any of the agencies: the month runs from there."""
    known_how = models.CharField(max_length=500)
    """How whoever took it knows that they are who they say."""
    entitled_how = models.CharField(max_length=500, blank=True)
    """What lets them ask for another's record; blank where it is their own."""
    route = models.CharField(max_length=500)
    """How the copy may reach them, as they said is safe."""
    taken_by_id = models.BigIntegerField()
    taken_at = models.DateTimeField()
    collected_at = models.DateTimeField()
    """When the record was last gone through for items."""
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.BigIntegerField(null=True)
    closed_how = models.CharField(max_length=1000, blank=True)
    """Who handed what over to whom, where; or why there was no copy."""

    class Meta:
        indexes = [models.Index(fields=["child"], name="accessrequest_child")]


class AccessItem(models.Model):
    """One entry of the record that a request covers. Holds no content: where it stands, and how closely it is held."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="items")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    """`casework.Event.key`, or ``row:`` and a statement's number where a row gave no entry on the line."""
    statement_id = models.BigIntegerField(null=True)
    """`intake.Statement.id` of such a row; null: an entry on the line."""
    on = models.DateField()
    said_by = models.CharField(max_length=80)
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "key"], name="accessitem_once"),
        ]


class Verdict(models.Model):
    """What a second person decided about one item."""

    class What(models.TextChoices):
        GIVE = "give", "Give it"
        QUOTE = "quote", "Give part of it"
        WITHHOLD = "withhold", "Leave it out"

    item = models.ForeignKey(AccessItem, on_delete=models.CASCADE, related_name="verdicts")
    what = models.CharField(max_length=10, choices=What)
    reason = models.CharField(max_length=40, blank=True)
    """`sharing.Reason.id`, where all or part of it is left out."""
    part = models.TextField(blank=True)
    """Of QUOTE: the lines of it that are given."""
    asked = models.CharField(max_length=500, blank=True)
    """Who was asked, and what they said, where the reason proposed wants it."""
    seen_hash = models.CharField(max_length=64)
    """Keyed hash of the item as it was read: a later correction has to be looked at again."""
    by_id = models.BigIntegerField()
    at = models.DateTimeField()


class AccessCopy(models.Model):
    """A copy as it was made, to the letter: what was handed over can be told from it."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="copies")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    html = models.TextField()
    sha256 = models.CharField(max_length=64)
    """Of the file as it is downloaded."""
    given = models.IntegerField()
    withheld = models.IntegerField()
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
