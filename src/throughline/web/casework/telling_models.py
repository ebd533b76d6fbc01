"""What is told to people, and lines somebody put off. Rows about people's own work; `models` brings them in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from throughline.web.linkage.models import Child


class PutOff(models.Model):
    """Somebody decided to look at a line of theirs again on a later day, and why. Never changed: the newest
    decision about a line holds, and the line comes back by itself on its day."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    duty_id = models.CharField(max_length=80)
    stage = models.CharField(max_length=40, blank=True)
    trigger_key = models.TextField()
    """These three say which line, as `Instance` does: its row is written anew whenever the facts change."""
    until = models.DateField()
    """The first day on which it stands on its owner's list again."""
    reason = models.CharField(max_length=500)
    by_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["child", "duty_id"], name="putoff_line")]


class Message(models.Model):
    """One thing told to one person: what interrupts, or the digest of a day. Holds no name and no content."""

    user_id = models.BigIntegerField()
    sort = models.CharField(max_length=20)
    """An interrupt of `telling.yaml`, or ``digest``."""
    about = models.TextField()
    """What it tells of, so that nobody is told twice: the key of the event or of what opened the duty; of a digest
    its day."""
    child = models.ForeignKey(Child, on_delete=models.CASCADE, null=True, related_name="+")
    """Where its link leads; null: to My work."""
    subject = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    """Null: not sent by mail, because no mail is set up or it is not its turn yet."""
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "sort", "about"], name="message_told_once")]
        indexes = [models.Index(fields=["at"], condition=Q(mailed_at__isnull=True), name="message_to_mail")]
