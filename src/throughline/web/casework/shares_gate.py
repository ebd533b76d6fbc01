"""What has to be said before a sharing decision, an answer or a restriction is recorded (gate G17 of the practice).

Only what is left empty is said here. Whether whoever sent a record agreed, and what the child asked, are facts on the
line: `shares` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from throughline.web.casework.shares_holding import CHILD_ASKED, policy

SHARE, NOT_SHARE = "accepted", "turned_down"
WHICH = "which"
"""Field of the form that says which of two answers it is."""


def left_out(kind: str, fields: Mapping[str, object], today: date) -> dict[str, str]:
    """A sentence for each field that has to be answered and is not; empty: it may be recorded."""
    given = fields.get("marks") or ()
    marks = set(given.split(";") if isinstance(given, str) else given if isinstance(given, list) else ())
    own = policy()
    wrong: dict[str, str] = {}
    if kind in own.one_of and len(marks & set(own.one_of[kind])) != 1:
        wrong[WHICH] = "Choose one of the two"
    for mark, required in own.required.get(kind, {}).items():
        if mark == "always" or mark in marks:
            wrong |= {name: says for name, says in required.items() if not str(fields.get(name) or "").strip()}
    if fields.get("family_told") in own.say_why_untold and not str(fields.get("family_why") or "").strip():
        wrong["family_why"] = "Say why the family was not told"
    if fields.get("holding_ground") == CHILD_ASKED and not fields.get("not_to"):
        wrong["not_to"] = "Tick whom the child asked not to tell"
    until = str(fields.get("until") or "")
    if kind in own.required and until and until < today.isoformat():
        wrong["until"] = "That day has passed: give today or a later day"
    return wrong
