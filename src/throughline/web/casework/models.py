"""One child's line and what is owed, worked out from statements and kept so that pages and SQL can ask.

Events, segments and instances are never edited: `recomputing` works a child's rows out whole and writes what
differs, in the transaction of whatever changed. Their columns are those of `timeline.relations` (a test compares)
with the child, what the walls need, and what lists are found by (docs/adr/0040).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from throughline.web.casework.keeping_models import Destruction, DestructionStep, Hold, Tombstone
from throughline.web.casework.telling_models import Message, PutOff
from throughline.web.linkage.models import Child, Question, Subject

__all__ = [
    "Destruction",
    "DestructionStep",
    "Draft",
    "Event",
    "EventColumns",
    "Hold",
    "Instance",
    "InstanceColumns",
    "Mention",
    "Message",
    "Notice",
    "Parting",
    "PutOff",
    "RuleDecision",
    "RuleText",
    "RuleWork",
    "Segment",
    "SubjectEvent",
    "SubjectInstance",
    "SubjectMention",
    "Tombstone",
]


class EventColumns(models.Model):
    """One dated fact, as one source tells it: the columns of `timeline.relations.EVENT`."""

    key = models.TextField()
    """`feeds.base.Event.key`: stable across re-deliveries."""
    kind = models.CharField(max_length=80)
    happened_on = models.DateField()
    """London civil date."""
    happened_at = models.DateTimeField(null=True)
    """UTC; null when the time of day is not known."""
    precision = models.CharField(max_length=4)
    recorded_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(null=True)
    received_on = models.DateField()
    said_by = models.CharField(max_length=80)
    happening = models.IntegerField()
    """Number of the happening within its line, in time order: rows that share it tell of one thing."""
    marks = ArrayField(models.CharField(max_length=60), default=list)
    details = models.JSONField(default=dict)
    ref = models.TextField(blank=True)
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)
    statement_id = models.BigIntegerField()
    """`intake.Statement.id`: what it was read from."""
    on_day = models.DateField()
    """The day lists place it on: of a booking the day it is for, else the day it happened."""

    class Meta:
        abstract = True


class Event(EventColumns):
    """One dated fact about a child, as one source tells it."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="events", db_index=False)
    telling = models.IntegerField()
    """Place among the tellings of its happening: 0 is the best."""
    joined_why = models.TextField(blank=True)
    """Why the tellings of its happening are taken as one, in words; blank for a single telling."""
    in_question = models.BooleanField(default=False)
    """Somebody has said *not this child*, and the data desk has not judged yet."""

    class Meta:
        indexes = [
            models.Index(fields=["statement_id"], name="event_statement"),
            models.Index(fields=["kind", "happened_on"], name="event_kind_day"),
            models.Index(fields=["child", "kind", "on_day"], name="event_child_kind_on_day"),
            models.Index(fields=["child", "received_on"], name="event_child_received"),
        ]


class Segment(models.Model):
    """A state of a child's life from one day to another: in care, a placement, a plan, missing."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="segments")
    state = models.CharField(max_length=60)
    start = models.DateField(null=True)
    """First day; null: already so when the records begin."""
    end = models.DateField(null=True)
    """First day on which it no longer held; null: it goes on, as far as anyone has said."""
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attributes = models.JSONField(default=dict)
    """As they were at the opening."""
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["child", "state", "start"], name="segment_child"),
            models.Index(fields=["state"], condition=Q(end__isnull=True), name="segment_now"),
            models.Index(fields=["child", "state"], condition=Q(end__isnull=True), name="segment_child_now"),
        ]


class InstanceColumns(models.Model):
    """One duty: opened when, due when, met by what; the columns of `timeline.relations.INSTANCE` and what the walls
    and *because* need. Status is derived on reading, and title, strength and who owes it are the rule's own."""

    subject_kind = models.CharField(max_length=20)
    subject_id = models.TextField(blank=True)
    duty_id = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    stage = models.CharField(max_length=40, blank=True)
    trigger_kind = models.CharField(max_length=80)
    trigger_key = models.TextField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    due_latest_at = models.DateTimeField(null=True)
    warn_on = models.DateField(null=True)
    warn_at = models.DateTimeField(null=True)
    precision = models.CharField(max_length=10)
    unit = models.CharField(max_length=40)
    met_on = models.DateField(null=True)
    met_at = models.DateTimeField(null=True)
    in_time = models.BooleanField(null=True)
    met_route = models.CharField(max_length=200, blank=True)
    met_key = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    ended_why = models.TextField(blank=True)
    cannot_tell = models.TextField(blank=True)
    covered_to = models.DateField(null=True)
    evidence = ArrayField(models.TextField(), default=list)
    learnt_on = models.DateField()
    """When the partnership first heard of what opened it: what was long past then is history, not work."""
    freezes_on = models.DateField(null=True)
    calendar = models.CharField(max_length=80, blank=True)
    estimated = models.TextField(blank=True)
    story = models.JSONField(default=dict)
    """What *because* is rendered from: its sentences, and when what they tell of happened."""
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)
    """The highest level and all tags of the facts it rests on."""
    kinds = ArrayField(models.CharField(max_length=80))
    """Kinds of every fact it rests on, its trigger's among them: a role that sees only some kinds sees a duty that
    rests on those alone."""
    told_to = ArrayField(models.CharField(max_length=60), default=list)
    """Of a line without its reasons: for whom it stands, as role and way to the child (``mace_coordinator:post``).
    Empty: the duty itself."""
    looms_on = models.DateField(null=True)
    """The first day on which a list may have it; null: none ever will, because it is met, ended or history."""

    class Meta:
        abstract = True


class Instance(InstanceColumns):
    """One duty owed for one child."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="instances")

    class Meta:
        indexes = [
            models.Index(fields=["child", "due_on"], name="instance_child_due"),
            models.Index(
                fields=["child", "looms_on"], condition=Q(looms_on__isnull=False), name="instance_child_looms"
            ),
            models.Index(
                fields=["due_on"], condition=Q(met_on__isnull=True, ended_on__isnull=True), name="instance_open_due"
            ),
        ]


class Parting(models.Model):
    """Somebody has said that two records taken as telling of one thing tell of two. Taken back by a moment,
    never removed."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="partings")
    key_a = models.TextField()
    """`Event.key` of one telling, the first of the two in the alphabet."""
    key_b = models.TextField()
    by_id = models.BigIntegerField()
    why = models.CharField(max_length=1000)
    at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True)
    reversed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key_a__lt=models.F("key_b")), name="parting_a_before_b"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversed_by_id__isnull=True)
                | Q(reversed_at__isnull=False, reversed_by_id__isnull=False),
                name="parting_reversed_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["child", "key_a", "key_b"],
                condition=Q(reversed_at__isnull=True),
                name="parting_one_standing",
            ),
        ]


class Draft(models.Model):
    """Half-typed words, kept as they are typed."""

    user_id = models.BigIntegerField()
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "child", "kind"], name="draft_one_of_a_kind")]


class Notice(models.Model):
    """Told to a reader: something you read was put in question, or has been judged."""

    user_id = models.BigIntegerField()
    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=20, choices=[("asked", "put in question"), ("judged", "judged")])
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id"], condition=Q(read_at__isnull=True), name="notice_unread")]


class RuleText(models.Model):
    """One text of a rule of the partnership's own, as somebody handed it in. Never changed: a new text is a new row."""

    rule_id = models.CharField(max_length=80)
    text = models.TextField()
    """The rule document, YAML."""
    by_id = models.BigIntegerField()
    at = models.DateTimeField()


class RuleDecision(models.Model):
    """What the partnership decided about a rule: switched on, switched off, other figures. Never changed; the
    newest that has begun holds."""

    class What(models.TextChoices):
        ON = "on", "switched on"
        OFF = "off", "switched off"
        FIGURES = "figures", "other figures"

    rule_id = models.CharField(max_length=80)
    what = models.CharField(max_length=10, choices=What)
    start = models.DateField()
    """The first day on which it holds."""
    text = models.ForeignKey(RuleText, on_delete=models.PROTECT, null=True, related_name="+")
    """Which text of a rule of its own is switched on; null for a rule that ships."""
    figures = models.JSONField(default=dict)
    """Setting -> the partnership's own figure."""
    owner = models.CharField(max_length=200)
    """Who answers for it in the partnership, by name and post."""
    why = models.TextField()
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule_id"], name="ruledecision_rule")]


class RuleWork(models.Model):
    """Bulk work a rule asked for, and how far it has come: tried on the partnership's children, or filled in
    after a decision. Holds counts, no child."""

    class What(models.TextChoices):
        TRY = "try", "tried"
        FILL = "fill", "filled in"

    what = models.CharField(max_length=10, choices=What)
    rule_id = models.CharField(max_length=80)
    text = models.ForeignKey(RuleText, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(RuleDecision, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(
        max_length=10,
        default="waiting",
        choices=[("waiting", "waiting"), ("working", "working"), ("done", "done"), ("failed", "failed")],
    )
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    upto = models.BigIntegerField(default=0)
    """The last child whose part is done: broken off, it goes on from there."""
    found = models.JSONField(default=dict)
    """Of a trial: what it would raise, in numbers."""
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    """When it last got on."""

    class Meta:
        indexes = [models.Index(fields=["rule_id", "what"], name="rulework_rule")]


class SubjectEvent(EventColumns):
    """One dated fact about a place, a plan or another subject that is no child (docs/adr/0034)."""

    about = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="events")


class SubjectInstance(InstanceColumns):
    """One duty about such a subject."""

    about = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="instances")


class SubjectMention(models.Model):
    """That something befell a child there: what stands on the subject's line of it, and of the child nothing."""

    about = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=80)
    happened_on = models.DateField()
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)


class Mention(models.Model):
    """A child's happening that names a subject, with what patterns read of it. Seen by those who may see what
    happened to that child."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="mentions")
    about = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="of_children")
    key = models.TextField()
    """`Happening.key`."""
    kind = models.CharField(max_length=80)
    happened_on = models.DateField()
    happened_at = models.DateTimeField(null=True)
    received_on = models.DateField()
    said_by = ArrayField(models.CharField(max_length=80))
    """Every agency that tells of it."""
    marks = ArrayField(models.CharField(max_length=60), default=list)
    level = models.CharField(max_length=3)
    tags = ArrayField(models.CharField(max_length=20), default=list)
