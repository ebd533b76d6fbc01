"""Whom to ring about one child, asked by exact name and date of birth: an answer of one line, and no looking around."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection

from throughline.web.accounts.viewing import Viewer
from throughline.web.linkage.searching import ask


class NotExact(Exception):
    """What was asked has no full name with a date of birth."""


@dataclass(frozen=True, slots=True)
class Located:
    """The locator (SL1) of one child."""

    child: int
    id: UUID
    name: str
    dob: date
    area: str
    """Agency id of the authority that knows them; blank: not known."""
    lead: str
    """Name and number of whoever leads the work; blank: nobody is named."""
    reach: Mapping[str, str]
    """How to reach the child safely, as it was told; empty: nobody has said."""


def locate(viewer: Viewer, query: str) -> list[Located]:
    """The child of exactly this name and date of birth, where there is a page of theirs; twins of one name are two.

    Raises `NotExact`, and PermissionDenied for a role that the policy does not let ask so.
    """
    if not viewer.policy.locates:
        raise PermissionDenied("Your role does not ask for children by name.")
    asked = ask(query)
    if asked.born is None or len(asked.names) < 2:
        raise NotExact
    with connection.cursor() as cursor:
        cursor.execute("select * from app_located(%s, %s)", [list(asked.names), asked.born])
        return [
            Located(child, id, name, asked.born, area, lead, json.loads(reach or "{}"))
            for child, id, name, area, lead, reach in cursor.fetchall()
        ]
