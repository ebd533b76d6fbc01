"""The invented postcodes as a postcode directory (ONSPD's columns), on a made-up coast in the open sea."""

from __future__ import annotations

from throughline.invent.files import Files
from throughline.invent.identifiers import postcodes
from throughline.invent.setting import Partnership

NAME = "reference/postcodes.csv"
COLUMNS = ("pcds", "oslaua", "oseast1m", "osnrth1m")
_DISTRICT, _SECTOR, _UNIT = 3_600, 900, 110
"""Metres between neighbouring districts (three by three), sectors and units."""
_ENDED = 41
"""One postcode in so many is in no directory, as with every real list of addresses."""


def write(files: Files, partnership: Partnership) -> None:
    """Write every invented postcode with its authority and its place on the grid."""
    files.begin(NAME, ",".join(COLUMNS) + "\n")
    places = [(area.postcode_area, area.at, area.ons_code) for area in partnership.areas]
    places.append((partnership.elsewhere.postcode_area, partnership.elsewhere.at, partnership.elsewhere.ons_code))
    number = 0
    for letters, (east, north), code in places:
        for postcode, district, sector, unit in postcodes(letters):
            number += 1
            if number % _ENDED == 0:
                continue
            e = east + ((district - 1) % 3 - 1) * _DISTRICT + (sector % 4 - 1) * _SECTOR + unit % 5 * _UNIT
            n = north + ((district - 1) // 3 - 1) * _DISTRICT + (sector // 4 - 1) * _SECTOR + unit // 5 * _UNIT
            files.add(NAME, f"{postcode},{code},{e},{n}\n")
