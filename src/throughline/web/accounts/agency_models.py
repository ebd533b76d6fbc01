"""What an agency has signed before its people may come in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class AgencyTerms(models.Model):
    """One agency's signature under the partnership's terms. Never changed: the last one recorded is the one that
    holds, from the day it was signed to its last day."""

    agency = models.CharField(max_length=80)
    """An agency id, ``la:301``."""
    version = models.CharField(max_length=80)
    """Which text was signed, as the partnership calls it."""
    signed_by = models.CharField(max_length=200)
    """Name and post of who signed for the agency."""
    signed_on = models.DateField()
    until = models.DateField()
    """The last day on which its people may sign in."""
    recorded_by_id = models.BigIntegerField(null=True)
    """Null: by command, or with the demonstration."""
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "-id"], name="agencyterms_agency")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("signed_on")), name="agencyterms_end_after_start")
        ]
