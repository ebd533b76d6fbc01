"""*These are not the same*: whoever may open a child's page may part tellings taken as one thing.

Taking tellings as one is the machine's judgement; a person's stands over it until it is taken back. Two
records that are not about the same thing are apart in all they tell, so that the ends of two absences
part with their starts, and also when the end of one is only told later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import product
from uuid import UUID

from django.db import connection, transaction
from django.http import Http404

from throughline.feeds.base import Event as ToldEvent
from throughline.timeline.happenings import split_ref
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import changed
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Parting
from throughline.web.casework.recomputing import recompute
from throughline.web.casework.selectors import child_for
from throughline.web.casework.typing_in import Refused
from throughline.web.linkage.models import Child
