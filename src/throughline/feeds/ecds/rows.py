"""Attendances of a file, CSV or XML, each as its items: item name -> text, several texts joined by ``;``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from throughline.feeds.base import Source
from throughline.feeds.xml_stream import elements, line_of, local_name

CONTENT: Mapping[str, Any] = yaml.load((Path(__file__).parent / "items.yaml").read_bytes(), Loader=yaml.CSafeLoader)
ITEMS: tuple[str, ...] = tuple(CONTENT["items"])
_SEVERAL = frozenset(CONTENT["several"])
_PERSON, _OCCURRENCE = "PersonGroupPatient", "AttendanceOccurrence"
_PARTS = ("CDSUpdateType", "CdsUpdateType", _PERSON, "EmergencyCareAttendanceLocation", _OCCURRENCE)
"""Elements an attendance stands in; the last ends it."""
_WITHHELD = "WithheldIdentity_Structure"
_OTHER = re.compile(r"[^a-z0-9]")


@lru_cache(maxsize=4096)
def item_of(name: str) -> str:
    """Our name of an item, however its name is written; blank for one that is not read."""
    plain = _plain(name)
    return _NAMES.get(plain) or _NAMES.get(plain.rstrip("0123456789")) or ""


def _plain(name: str) -> str:
    return _OTHER.sub("", name.lower()).replace("emergencycare", "").replace("snomedct", "")


_NAMES: Mapping[str, str] = {_plain(name): item for item, names in CONTENT["items"].items() for name in names}


def csv_rows(source: Source) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows of a CSV file, with their spreadsheet row number."""
    rows = source.rows()
    _, header = next(rows, (1, []))
    items = [item_of(name) for name in header]
    for number, cells in rows:
        found: dict[str, str] = {}
        for item, cell in zip(items, cells, strict=False):
            if item and cell:
                _put(found, item, cell)
        if found or any(cells):
            yield number, found


def xml_rows(source: Source) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Attendances of a CDS message, with the line each one's patient starts on."""
    found: dict[str, str] = {}
    line = 0
    for element in elements(source, *_PARTS):
        name = local_name(element.tag)
        if name == _PERSON:
            found, line = {key: text for key, text in found.items() if key == "update"}, line_of(element)
        _gather(element, found)
        if name == _OCCURRENCE:
            yield line, found
            found = {}


def _gather(element: etree._Element, found: dict[str, str]) -> None:
    for part in element.iter():
        name = local_name(part.tag)
        if name == _WITHHELD:
            found.setdefault("withheld", "not given why")
        if (item := item_of(name)) and part.text and not part.text.isspace():
            _put(found, item, part.text.strip())


def _put(found: dict[str, str], item: str, text: str) -> None:
    if item not in found or (item == "withheld" and found[item] == "not given why"):
        found[item] = text
    elif item in _SEVERAL:
        found[item] += f";{text}"
