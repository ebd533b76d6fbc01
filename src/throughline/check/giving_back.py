"""A folder of extracts written out again in one of its shapes, without a server (`feeds.giving`)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from throughline import feeds
from throughline.feeds.base import Context, Statement
from throughline.feeds.giving import Given, Sheets, shapes
from throughline.feeds.reading import read_with
from throughline.records import standing
from throughline.records.store import Store


def give_back(folder: Path, out: Path, shape: str, context: Context) -> list[Given]:
    """Write what stands of `shape` in `folder` to `out`; the files written, none where the folder holds none.

    Of a record told more than once the last telling is written. Rows that were refused, and cells that could
    not be read, are in nobody's record and so in no file. Raises OSError where `out` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".throughline-", dir=out) as scratch, Store(Path(scratch)) as store:
        for item in read_with([feeds.get(shape)], feeds.open_sources(folder), context):
            if isinstance(item, Statement):
                store.add(item)
        people, _ = store.added()
        store.finish({person: number for number, person in enumerate(people)})
        with Sheets(out) as sheets:
            writer = shapes()[shape](sheets)
            for _, statements in store.children():
                writer.add(standing(statements)[0])
            writer.finish()
            sheets.close()
            return sheets.given()
