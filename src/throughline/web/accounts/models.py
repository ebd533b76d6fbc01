"""Who may sign in, for which agency, in which seat; and how they are related to which children."""

from __future__ import annotations

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from throughline.web.accounts.agency_models import AgencyTerms
from throughline.web.accounts.glass_models import BreakGlass, BreakGlassCheck, Conflict
from throughline.web.accounts.signing_in_models import (
    Guess,
    PasswordLink,
    ProviderName,
    RecoveryCode,
    SecondFactor,
    SignedIn,
)

__all__ = [
    "AgencyTerms",
    "BreakGlass",
    "BreakGlassCheck",
    "CalendarKey",
    "Concern",
    "Conflict",
    "Guess",
    "Installation",
    "PasswordLink",
    "ProviderName",
    "RecoveryCode",
    "Relation",
    "SecondFactor",
    "SharingRule",
    "SignedIn",
    "User",
]


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(sign_in=(username or "").strip().lower())


SEAT_CHANGED_AS_ENGINE = pgtrigger.Trigger(
    name="seat_changed_as_engine",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func="""
    IF current_user = 'throughline_web'
       AND (row(NEW.role, NEW.agency, NEW.area, NEW.sign_in) IS DISTINCT FROM
            row(OLD.role, OLD.agency, OLD.area, OLD.sign_in)
            OR NEW.is_active AND NOT OLD.is_active) THEN
      RAISE EXCEPTION 'a seat is changed by whoever administers its agency, not by the site itself';
    END IF;
    RETURN NEW;
    """,
)
"""Nobody changes a seat, or lets somebody back in, by writing to the table as the site: only as the engine, through
`administering`. Shutting somebody out is always allowed."""


class User(AbstractBaseUser):
    """One person, one seat. There is no superuser: nobody sees a child because they run the machine."""

    sign_in = models.CharField(max_length=254, unique=True)
    """What they type to sign in, lower case; usually a work e-mail address."""
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    """An id of `words.roles`."""
    agency = models.CharField(max_length=80)
    """An agency id, with the particular body after a colon: ``la:301``."""
    title = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=20, blank=True)
    """The authority whose children they serve, as its three-digit code; blank = the whole partnership."""
    is_active = models.BooleanField(default=True)
    demonstration = models.BooleanField(default=False)
    """Invented with the demonstration: may not exist beside real data."""
    left_on = models.DateField(null=True)
    """The day they left; null: they have not."""
    home_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of their home's postcode, for finding looks at a child of the same address; blank: not given."""

    USERNAME_FIELD = "sign_in"
    objects = Users()

    class Meta:
        triggers = [SEAT_CHANGED_AS_ENGINE]

    def __str__(self) -> str:
        return self.name


class Relation(models.Model):
    """Why one person may see a child: a seat around that child, from one day to another."""

    class Kind(models.TextChoices):
        ALLOCATED = "allocated", "allocated worker"
        REVIEWER = "reviewer", "reviewing officer or conference chair"
        TEAM = "team", "in the team around the child"
        HUB = "hub", "missing hub, while a missing episode or its interview is open"
        MANAGER = "manager", "answering for the area's open children"
        PANEL = "panel", "exploitation panel, while the child is on its list or watched"
        DUTY = "duty", "duty team, while the child is open to social care"
        SCHOOL = "school", "the child's school"
        POLICE = "police", "police desk, while the child is missing or after an occurrence"
        HOSPITAL = "hospital", "hospital youth worker, after a child came in"
        CARE = "care", "virtual school and health of children in care, while the child is in care"
        EDUCATION = "education", "education officer, while full-time education is missing or has a plan"
        HOST = "host", "the authority in whose area another one's child is placed"
        TRANSITION = "transition", "transition lead, from the child's 17th birthday"
        WARRANT = "warrant", "named to look at how it went, for a time"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="relations")
    child_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    """Last day it holds; null = it goes on."""
    source = models.CharField(max_length=200, blank=True)
    """Which rule or record it comes from, in words the worker can read."""

    class Meta:
        indexes = [
            models.Index(fields=["user", "child_id"]),
            models.Index(fields=["child_id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=models.F("start")), name="relation_ends_after_start"
            )
        ]


class Concern(models.Model):
    """Why everyone at one post may see a child: an area's hub, manager, panel or duty team, a school, a
    force's desk, a hospital. Derived from what happened (`casework/concerns.yaml`) and replaced with it; one
    row a child and post however many people stand there, and its last day ends it without a nightly job."""

    child_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Relation.Kind)
    post = models.CharField(max_length=80, blank=True)
    """The authority's three-digit code, or the agency (``school:123456``); blank = every post of this kind,
    because no source says which."""
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    """Last day it holds; null = it goes on."""
    source = models.CharField(max_length=200, blank=True)
    """Why, in words the worker can read."""

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "kind", "post"], name="concern_child"),
            models.Index(fields=["kind", "post", "child_id"], name="concern_post"),
        ]


class CalendarKey(models.Model):
    """Somebody's own secret address of their calendar. Of the secret itself only a hash is kept; it is shown once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_keys")
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, which is too long to be guessed from it."""
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """Null: it opens the calendar."""
    read_at = models.DateTimeField(null=True)
    """When a calendar program last asked."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="calendar_key_one_open")
        ]


class SharingRule(models.Model):
    """One line of `sharing/policy.yaml`, written here by `migrate` so that the database refuses by it too.

    Never edited by hand: a test compares this table with the file.
    """

    role = models.CharField(max_length=40)
    relation = models.CharField(max_length=20)
    level = models.CharField(max_length=3)
    """Highest level seen in full."""
    tags = ArrayField(models.CharField(max_length=20))
    """Handling tags that do not hide an item from this relation; any other tag does."""
    kinds = ArrayField(models.CharField(max_length=80), null=True)
    """Kinds and states seen; null = every kind."""
    needs = ArrayField(models.CharField(max_length=20), default=list)
    """Only items that carry one of these handling tags; empty = any."""
    stub = models.CharField(max_length=3, default="")
    """Highest level whose existence is said."""
    stubs = ArrayField(models.CharField(max_length=20), default=list)
    """Handling tags past which its existence is said."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "relation"], name="sharing_rule_once")]


class Installation(models.Model):
    """What this database holds: invented people or real ones. One row, written once, never changed."""

    class Kind(models.TextChoices):
        DEMONSTRATION = "demonstration"
        REAL = "real"

    kind = models.CharField(max_length=20, choices=Kind)
    made_at = models.DateTimeField()
    ready = models.BooleanField(default=False)
    """Of a demonstration: everything has been invented and loaded."""
    only = models.BooleanField(default=True, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only=True), name="installation_only_one")]
