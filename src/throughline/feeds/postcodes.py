"""The ONS Postcode Directory, as the partnership supplies it: where each postcode lies.

Read as CSV, packed with gzip, or in the zip it is published in; every edition's columns since 2011 are known,
and the four a cut-down copy keeps. No person is in it, so nothing in it is a statement.
"""

from __future__ import annotations

import gzip
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from throughline.feeds.files import READ_ERRORS, FileSource
from throughline.feeds.sources import column_name, open_sources

LOOKED_FOR = (
    "an ONS Postcode Directory: CSV with a postcode (pcds, pcd), an authority (oslaua, lad25cd ...), an easting "
    "(oseast1m) and a northing (osnrth1m); or that file packed with gzip or zip"
)
_COLUMNS = {
    # Names the directory's editions have given them, and cut-down copies kept; in the order of `Row`.
    "postcode": re.compile(r"pcds|pcd[278]?|postcode"),
    "place": re.compile(r"oslaua|laua|lad(\d\d)?cd"),
    "easting": re.compile(r"(os)?east1m"),
    "northing": re.compile(r"(os)?nrth1m|north1m"),
    "terminated": re.compile(r"doterm"),
}
_NEEDED = frozenset(_COLUMNS) - {"terminated"}
_SHAPE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", re.ASCII)
_BLOCK = 1 << 20
"""Bytes taken in at once."""
_NOWHERE = -(2**31)


class Spot(NamedTuple):
    """Where a postcode lies."""

    place: str
    """ONS code of the local authority district the directory puts it in; blank: it gives none."""
    easting: int | None
    """Metres on the British grid (in Northern Ireland on the Irish one); None: the directory gives no place."""
    northing: int | None


class Row(NamedTuple):
    """One row of the directory."""

    postcode: str
    """Capitals, without the space."""
    place: str
    easting: int | None
    northing: int | None
    terminated: str
    """Year and month it went out of use, ``199606``; blank: in use. One used again may stand twice."""


class NoDirectory(Exception):
    """The file is no postcode directory, or cannot be read to its end; the message says why and what to do."""


class Directory:
    """A postcode directory to be read."""

    def __init__(self, path: Path) -> None:
        """Raises `NoDirectory` where the file at `path` is none, and OSError where it cannot be opened."""
        self.name = path.name
        self.passed_over = 0
        """Rows without a postcode that can be read, of those read so far."""
        self._open, header = _find(path)
        self._columns = _columns(header)

    def rows(self) -> Iterator[Row]:
        """Every row with a postcode, in the file's order. Raises `NoDirectory` where it breaks off."""
        import pyarrow as pa  # here and below: whoever gives no directory need not wait for it
        from pyarrow import csv

        wanted = list(self._columns.values())
        read = csv.ReadOptions(block_size=_BLOCK)
        convert = csv.ConvertOptions(include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()))
        try:
            with self._open() as file, csv.open_csv(file, read, convert_options=convert) as batches:
                for batch in batches:
                    yield from self._taken(batch)
        except (pa.ArrowInvalid, *READ_ERRORS) as error:
            said = str(error).splitlines()[0]
            raise NoDirectory(f"{self.name} cannot be read to its end ({said}); get it again, whole.") from error

    def _taken(self, batch: Any) -> Iterator[Row]:
        columns = {what: batch.column(place).to_pylist() for place, what in enumerate(self._columns)}
        terminated = columns.get("terminated") or [""] * batch.num_rows
        several = (columns["postcode"], columns["place"], columns["easting"], columns["northing"], terminated)
        for given, place, easting, northing, ended in zip(*several, strict=True):
            postcode = (given or "").replace(" ", "").upper()
            if _SHAPE.fullmatch(postcode):
                yield Row(postcode, (place or "").strip(), _metres(easting), _metres(northing), ended or "")
            else:
                self.passed_over += 1


def _metres(text: str | None) -> int | None:
    """A number of metres; None for what is none, or lies on no map of these islands."""
    try:
        metres = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return metres if 0 < metres < 2_000_000 else None


def _find(path: Path) -> tuple[Callable[[], BinaryIO], list[str]]:
    """How to open the directory's CSV file, and its column names."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        unpack = cast(Callable[[], BinaryIO], partial(gzip.open, path, "rb"))
        sources = [FileSource(path.name, path.stat().st_size, unpack)]
    else:
        sources = open_sources(path)
    fitting = [source for source in sources if is_directory(source.header())]
    if not fitting:
        raise NoDirectory(f"{path.name} is not a postcode directory. Looked for {LOOKED_FOR}.")
    source = max(fitting, key=lambda source: source.size)  # its zip also holds the same in parts
    return source.open, source.header()


def is_directory(header: Sequence[str]) -> bool:
    """Whether a file with these columns is a postcode directory."""
    return _columns(header).keys() >= _NEEDED


def _columns(header: Sequence[str]) -> dict[str, str]:
    """What we need -> the name of the column that holds it, as the file writes it."""
    found: dict[str, str] = {}
    for what, known in _COLUMNS.items():
        for name in header:
            if known.fullmatch(column_name(name)):
                found.setdefault(what, name)
    return found


class PostcodeIndex:
    """A directory held in memory, some 20 bytes a postcode, for look-ups by the million."""

    def __init__(self, rows: Iterable[Row]) -> None:
        import pyarrow.compute as pc

        columns = [array("Q"), array("i"), array("i"), array("H")]
        keys, eastings, northings, places = columns
        numbers: dict[str, int] = {}
        for postcode, place, easting, northing, terminated in rows:
            keys.append(int(postcode, 36) << 1 | bool(terminated))  # in use before out of use
            places.append(numbers.setdefault(place, len(numbers)))
            eastings.append(_NOWHERE if easting is None else easting)
            northings.append(_NOWHERE if northing is None else northing)
        del keys, eastings, northings, places
        self._names = list(numbers)
        order = pc.sort_indices(_column(columns[0]))
        # One by one, so that no more than one column is there twice.
        self._keys, self._eastings, self._northings, self._places = (
            _taken(columns.pop(0), order) for _ in range(len(columns))
        )

    def __len__(self) -> int:
        return len(self._keys)

    def spot(self, postcode: str) -> Spot | None:
        """Where a postcode lies, however it is spaced; None: the directory does not have it."""
        plain = postcode.replace(" ", "").upper()
        if not _SHAPE.fullmatch(plain):
            return None
        code = int(plain, 36)
        at = bisect_left(self._keys, code << 1)
        if at == len(self._keys) or self._keys[at] >> 1 != code:
            return None
        easting, northing = self._eastings[at], self._northings[at]
        return Spot(
            self._names[self._places[at]],
            None if easting == _NOWHERE else easting,
            None if northing == _NOWHERE else northing,
        )


def _column(values: array[int]) -> Any:
    import pyarrow as pa

    kinds = {"Q": pa.uint64(), "i": pa.int32(), "H": pa.uint16()}
    return pa.Array.from_buffers(kinds[values.typecode], len(values), [None, pa.py_buffer(values)])


def _taken(values: array[int], order: Any) -> Sequence[int]:
    """The values in that order."""
    bytes_of: memoryview[int] = memoryview(_column(values).take(order).buffers()[1])
    return bytes_of.cast("Q") if values.typecode == "Q" else bytes_of.cast("i" if values.typecode == "i" else "H")
