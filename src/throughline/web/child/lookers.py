"""Who has looked at a child's record, told to the child: by seat and agency, without a name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from throughline import sharing, words
from throughline.web import clock
from throughline.web.accounts.models import User
from throughline.web.audit.models import Look
from throughline.web.casework.engine_role import as_engine


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looked, from which seat of which agency."""

    seat: str
    agency: str
    days: int
    """On how many days."""
    last: date


def looked(child: int) -> tuple[Looked, ...]:
    """Who was shown something of the child, whoever asks; that police look is theirs to tell (`withholding.yaml`).

    Read as the engine, since only who leads reads looks: what comes of it names nobody and says nothing of what was
    shown.
    """
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    with transaction.atomic(), as_engine():
        looks = Look.objects.filter(child_ids__contains=[child], refused=False).exclude(path_kind="search")
        agencies = dict(User.objects.values_list("pk", "agency"))
        for user, role, at in looks.values_list("user_id", "role", "at"):
            agency = agencies.get(user, "")
            if agency and agency.partition(":")[0] not in sharing.whole_record().looks_untold:
                days[role, agency].add(at.astimezone(clock.LONDON).date())
    titles = words.roles()
    rows = (
        Looked(titles[role].title if role in titles else role, words.agency_title(agency), len(on), max(on))
        for (role, agency), on in days.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.agency, row.seat)))
