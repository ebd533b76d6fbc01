"""Who sent what, where the folders of a run say so.

A county's extracts lie in folders as they came, ``2026-03-04_la.972/person.csv`` or ``la.972/...``: many files
(a Standard Safeguarding Dataset, Annex A) do not name their authority, and without it a child they number
cannot be told for the one that other files number alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from throughline import words
from throughline.feeds import FileSource

_NAMED = re.compile(r"\d{4}-\d{2}-\d{2}_(?P<dated>[a-z_]+(?:\.\w+)?)|(?P<bare>[a-z_]+\.\w+)", re.ASCII)


def sender_of(name: str) -> str:
    """The agency a file's outermost folder names, as its id (``la:972``); blank where it names none."""
    folder, slash, _ = name.partition("/")
    found = _NAMED.fullmatch(folder) if slash else None
    agency = (found["dated"] or found["bare"]).replace(".", ":", 1) if found else ""
    return agency if agency.partition(":")[0] in words.agencies() else ""


def by_sender(sources: Iterable[FileSource]) -> dict[str, list[FileSource]]:
    """The files of each sender, in the order given; those of nobody named under a blank."""
    found: dict[str, list[FileSource]] = {}
    for source in sources:
        found.setdefault(sender_of(source.name), []).append(source)
    return found
