"""The vocabulary: kinds of event, marks, states, agencies, roles, code lists, levels, calendars.

Everything anybody may call a thing lives here as data; nothing here knows of a child, a file or a rule.
`check` is the linter. `calendars` counts working days, school days and months.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from throughline.words import calendars, load
from throughline.words.authorities import Authority, adjoin, answering_for, authorities, outside_england, places_of
from throughline.words.lint import check
from throughline.words.load import CHILD, agencies, avoided, fields, kinds, levels, marks, naming, roles, states, tags
from throughline.words.model import (
    Agency,
    Code,
    Field,
    Kind,
    Level,
    Mark,
    Role,
    State,
    Tag,
    UnknownWord,
)

__all__ = [
    "CHILD",
    "Agency",
    "Authority",
    "Code",
    "Field",
    "Kind",
    "Level",
    "Mark",
    "Role",
    "State",
    "Tag",
    "UnknownWord",
    "adjoin",
    "agencies",
    "agency_title",
    "agency_type",
    "answering_for",
    "areas",
    "authorities",
    "avoided",
    "calendars",
    "check",
    "codes",
    "fields",
    "kinds",
    "lanes",
    "levels",
    "marks",
    "naming",
    "outside_england",
    "places_of",
    "resolve",
    "roles",
    "states",
    "subjects",
    "tags",
]


def resolve(name: str) -> tuple[Kind, frozenset[str]]:
    """The kind that goes by this id or alias, and the marks the alias implies.

    Case, spaces and hyphens do not matter. Raises `UnknownWord` with the nearest names.
    """
    names = load.names()
    found = names.get(name) or names.get(name.strip().lower().replace(" ", "_").replace("-", "_"))
    if found is None:
        raise UnknownWord(name, "kind of event", tuple(get_close_matches(name.lower(), names, n=3)))
    return found


def codes(list_id: str) -> Mapping[str, Code]:
    """One code list, code -> label and the days it may be used, in the order it is shown.

    Lists are named after the column that uses them, in either case: ``rne``, ``RNE``. Raises `UnknownWord`.
    """
    try:
        return load.codes(list_id.lower())
    except KeyError:
        near = tuple(get_close_matches(list_id.lower(), load.code_files(), n=3))
        raise UnknownWord(list_id, "code list", near) from None


def subjects() -> Mapping[str, str]:
    """Whom or what an event may be about, id -> title, the child first."""
    return load.titles("subjects")


def areas() -> Mapping[str, str]:
    """Subject areas, id -> title."""
    return load.titles("areas")


def lanes() -> Mapping[str, str]:
    """Lanes of the line, id -> title, from the top."""
    return load.titles("lanes")


def agency_type(agency_id: str) -> Agency:
    """The type of an agency id (the part before the colon); raises `UnknownWord`."""
    type_id = agency_id.partition(":")[0]
    try:
        return agencies()[type_id]
    except KeyError:
        near = tuple(get_close_matches(type_id, agencies(), n=3))
        raise UnknownWord(type_id, "type of agency", near) from None


@lru_cache(maxsize=4096)
def agency_title(agency_id: str) -> str:
    """What a person reads for an agency id; an id nobody knows is shown as it is, never lost.

    ``police:castlereach`` -> Castlereach police; ``school:123456`` -> School 123456, unless the data name it;
    ``missing_hub:971`` -> Missing and exploitation hub, Port Halden.
    """
    named = load.bodies().get(agency_id)
    if named is not None:
        return named
    type_id, _, body = agency_id.partition(":")
    known = agencies().get(type_id)
    if known is None:
        return agency_id
    if not body:
        return known.title
    if authority := authorities().get(body):  # an authority, or a service named by its authority's code
        return f"{authority.name} council" if type_id == "la" else f"{known.title}, {authority.name}"
    if body[0].isdigit():
        return f"{known.title} {body}"
    return known.body_title.format(body=body.replace("_", " ").title())
