"""Which sources' people are the same child. A child is what standing judgements connect; nothing is merged."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from throughline.web.intake.models import Delivery, Statement


class Child(models.Model):
    """A child's place in the record, with what is needed to find and tell apart: the locator (SL1)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    """What addresses use. The number inside never leaves the building."""
    forename = models.CharField(max_length=200, blank=True)
    surname = models.CharField(max_length=200, blank=True)
    used_name = models.CharField(max_length=200, blank=True)
    """The name the child uses, if anyone has written it down."""
    dob = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    la = models.CharField(max_length=80, blank=True)
    """Agency id of the authority whose id `la_id` is, the responsible one where known."""
    la_id = models.CharField(max_length=60, blank=True)
    las = ArrayField(models.CharField(max_length=80), default=list)
    """Every authority whose id some source gives for the child: whose coverage and calendar hold."""
    upn = models.CharField(max_length=13, blank=True)
    level = models.CharField(max_length=3, default="SL1")
    """SL1 unless the child's very presence here is restricted."""
    tags = ArrayField(models.CharField(max_length=20), default=list)
    typed = models.BooleanField(default=False)
    """Opened here by a person, with a purpose, rather than by a delivery."""
    opened_why = models.CharField(max_length=200, blank=True)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    """Why there is a page of this child (`timeline/reasons.yaml`), as of the last write about them; `Page` says
    whether there is one today."""
    closed_on = models.DateField(null=True)
    """The day their page closed, the last reason having ended; null while there is one, or there never was."""
    joined_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The child this record turned out to be; its old address leads there. Undone if the judgement is."""

    class Meta:
        indexes = [
            models.Index(fields=["dob"]),
            models.Index(fields=["surname", "forename"]),
            models.Index(
                fields=["id"], condition=Q(level__gte="SL5") | Q(tags__contains=["PROT-PERSON"]), name="child_sealed"
            ),
        ]


class Subject(models.Model):
    """What has a line of its own and is no child: a place or group, a plan, a recommendation (docs/adr/0034)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    """An id of `words.subjects`."""
    key = models.TextField(unique=True)
    """`feeds.subjects.Subject.key`: what statements about it carry where others carry a person's key."""
    name = models.TextField()
    """As it was first told."""


class Page(models.Model):
    """Which children have a page, and on which days; nothing else, because the walls of every table look here.

    There is a row only where some reason holds or will have ended by itself: its last day closes the page
    without a nightly job.
    """

    child = models.OneToOneField(Child, on_delete=models.CASCADE, primary_key=True, related_name="page")
    since = models.DateField()
    until = models.DateField(null=True)
    """Last day; null: no end is known."""


class ApartPerson(models.Model):
    """A source's person of whom rows are kept apart: no child, nothing joined, seen by no one."""

    key = models.TextField(unique=True)
    """`feeds.base.Person.key`."""
    agency = models.CharField(max_length=80)
    claims = models.JSONField(default=list)
    """What deliveries said of who it is, as `Claim` has it, each with its delivery and day."""


class ApartKey(models.Model):
    """`identity.lookup_keys` of somebody kept apart: how a page that opens finds what belongs to it."""

    person = models.ForeignKey(ApartPerson, on_delete=models.CASCADE, related_name="lookup_keys")
    key = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="apart_key_once")]


class SearchKey(models.Model):
    """How a child can be found: whole names, their beginnings, their sounds, dates and numbers, compared
    with ``=`` only, so that row-level security does not cost the index."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "child"], name="search_key_once")]


class SourcePerson(models.Model):
    """A child as one source knows them."""

    key = models.TextField(unique=True)
    """`feeds.base.Person.key`."""
    agency = models.CharField(max_length=80)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="persons")


class Claim(models.Model):
    """What one delivery said about who a source's person is."""

    person = models.ForeignKey(SourcePerson, on_delete=models.CASCADE, related_name="claims")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: typed here."""
    la_id = models.CharField(max_length=60, blank=True)
    la = models.CharField(max_length=80, blank=True)
    upn = models.CharField(max_length=20, blank=True)
    nhs_number = models.CharField(max_length=20, blank=True)
    forename = models.CharField(max_length=200, blank=True)
    surname = models.CharField(max_length=200, blank=True)
    dob = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    received_on = models.DateField()
    live = models.BooleanField(default=True)
    """False once its delivery is withdrawn."""


class LookupKey(models.Model):
    """`identity.lookup_keys` of a claim: equal key, candidate pair."""

    person = models.ForeignKey(SourcePerson, on_delete=models.CASCADE, related_name="lookup_keys")
    key = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="lookup_key_once")]


class Judgement(models.Model):
    """Whether two sources' people are one child: by whom, why, when; taken back by a date, never removed."""

    class Verdict(models.TextChoices):
        SAME = "same"
        NOT_SAME = "not same"
        UNSURE = "unsure"

    left = models.TextField()
    right = models.TextField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    by = models.CharField(max_length=80)
    """``rule:upn`` and the like, or ``user:<id>``."""
    why = models.CharField(max_length=500)
    made_on = models.DateField()
    """The day the partnership could know it: the delivery's, or the day a person judged."""
    at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.CharField(max_length=80, blank=True)
    reversed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left__lt=models.F("right")), name="judgement_left_before_right"),
            models.UniqueConstraint(
                fields=["left", "right"], condition=Q(reversed_at__isnull=True), name="judgement_one_standing"
            ),
        ]
        indexes = [models.Index(fields=["right"])]


class Question(models.Model):
    """*Not this child*: someone doubts that an item is about this child. In question for all at once."""

    class Verdict(models.TextChoices):
        THEIRS = "theirs", "it is this child's: it stays"
        ANOTHER = "another", "it is another child's: it has been moved there"
        NOBODY = "nobody", "it is nobody's we know: a line of its own was opened"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="questions")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="questions")
    event_key = models.TextField()
    """The item it was asked of; the whole statement is in question."""
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=1000)
    due_on = models.DateField()
    """The data desk judges by the end of this day: one working day after it was asked."""
    judged_by_id = models.BigIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    judged_why = models.CharField(max_length=1000, blank=True)
    moved_to = models.ForeignKey(Child, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(judged_at__isnull=True), name="question_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(judged_at__isnull=True), name="question_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(judged_at__isnull=True, verdict="") | Q(judged_at__isnull=False) & ~Q(verdict=""),
                name="question_judged_says_how",
            ),
        ]


class Moved(models.Model):
    """A record judged to be another child's than its source's person suggests: stands over the linking."""

    record_key = models.TextField()
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(db_column="moved_on")
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_key"], condition=Q(reversed_at__isnull=True), name="moved_one_standing"
            )
        ]
