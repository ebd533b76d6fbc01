"""A local rule as a partnership writes it, for tests of handing in, trying and switching on."""

from __future__ import annotations

from django.db import connection

from throughline.web.casework import filling
from throughline.web.casework.models import RuleWork

OWN = """\
id: phone-call-after-arrest
title: A call after an arrest
plain: After an arrest somebody you know rings you within two days.
subject: child
owed_by: Lead worker
owed_role: social_worker
strength: LO
citation: "Partnership procedure 7, agreed 2 March 2026"
link: ""
confidence: confirmed
verified: true
active: true
practice: [L24]
settings:
  days: {value: 2, says: days to ring in}
shape: after
trigger:
- {kind: arrest, says: "Arrested {when}."}
age: {at_trigger: under_18, until: "18"}
versions:
- {id: "1", select_by: day of the arrest, amount: $days, unit: days}
warn: {amount: 1, unit: days}
answers:
- {kind: direct_voice, says: "Heard {when}."}
match: next
needs:
- {kinds: [direct_voice], called: children's own words}
"""
ID = "phone-call-after-arrest"


def do(work: int) -> RuleWork:
    """The worker's part, where nobody has entered."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.user', '', true)")
    return filling.run(work)
