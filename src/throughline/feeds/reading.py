"""A delivery's files, each given to the feed that knows it.

Nothing in a file stops the reading of the others, and nothing goes missing in silence: every file ends in
a `FileRead`, every row it could give in a `Statement`, everything else in a `Fault`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import itemgetter

from throughline.feeds.base import (
    QUERY,
    REPEATED,
    Context,
    Fault,
    Feed,
    FileRead,
    Item,
    Reader,
    ReadsByTwo,
    SetAside,
    Statement,
    Unreadable,
)
from throughline.feeds.faults import file_fault
from throughline.feeds.files import FileSource
from throughline.feeds.looks import explains, looks_like
from throughline.feeds.mapping import nearest, signature
from throughline.feeds.reading_ahead import reading_ahead

WORTH_READING_ON = 64 << 20
"""Bytes up to which a file that was not read to its end is read on, only for its SHA-256."""

Known = tuple[FileSource, Feed, str]
"""A file, the feed it is of, the table it is."""


def read_with(feeds: Sequence[Feed], sources: Sequence[FileSource], context: Context) -> Iterator[Item]:
    """Read every source with the first of `feeds` that recognises it.

    One reader per feed goes through all its files, in the order of the feed's tables and then of names, and
    is told when there are no more. A file with the very bytes of an earlier one gives its rows as repeated.
    """
    known: list[Known] = []
    for source in sources:
        feed, table = _named(feeds, source, context) or _recognise(feeds, source)
        if feed is None:
            yield from _on_sheet(source, _unrecognised(feeds, source))
        else:
            known.append((source, feed, table))
    _report_progress(known, context)
    copies = _copies([source for source, _, _ in known])
    known.sort(key=_place)
    readers: dict[str, Reader] = {}
    for feed, mine in groupby(known, key=itemgetter(1)):
        reader = readers[feed.id] = feed.reader(context)
        yield from _read_feed(reader, feed, list(mine), copies, context)
    for feed_id, reader in readers.items():
        yield from _finish(reader, feed_id)


def _read_feed(
    reader: Reader, feed: Feed, mine: list[Known], copies: Mapping[str, str], context: Context
) -> Iterator[Item]:
    """A feed's files in their order; by two processes, where its reader lets the later ones be read apart."""
    other = feed.reader(context)
    if not isinstance(reader, ReadsByTwo) or not isinstance(other, ReadsByTwo):
        yield from _read_all(reader, mine, copies, context)
        return
    apart = [known for known in mine if reader.apart(known[2])]

    def read() -> Iterator[tuple[int, Iterable[Item]]]:
        for source, _, _ in apart:
            source.told = lambda read: None  # how far it is, only the first process says
        yield 0, _read_all(other, apart, copies, context)

    with reading_ahead([source for source, _, _ in apart], context, read, other.gathered) as ahead:
        yield from _read_all(reader, mine[: len(mine) - len(apart)], copies, context)
        gathered = ahead.state_from(0) if ahead else None
        if ahead is None or gathered is None:
            yield from _read_all(reader, apart, copies, context)
            return
        yield from reader.take_over(ahead.items(), gathered)
    for source, _, _ in apart:
        source.told(source.size)


def _read_all(reader: Reader, mine: Iterable[Known], copies: Mapping[str, str], context: Context) -> Iterator[Item]:
    """The files of one feed, one after the other."""
    for source, feed, table in mine:
        if source.name in copies:
            yield from _on_sheet(source, _read_copy(source, feed, table, context, copies[source.name]))
        else:
            yield from _on_sheet(source, _read_file(reader, source, feed, table))


def _on_sheet(source: FileSource, items: Iterable[Item]) -> Iterable[Item]:
    """What is read of one file; of a workbook's sheet, its faults say which sheet."""
    if not source.sheet:
        return items
    return (item._replace(sheet=source.sheet) if type(item) is Fault else item for item in items)


def _place(known: Known) -> tuple[str, int, str]:
    source, feed, table = known
    return feed.id, list(feed.tables).index(table) if table in feed.tables else 0, source.name


def _named(feeds: Sequence[Feed], source: FileSource, context: Context) -> tuple[Feed, str] | None:
    """What a person has said such a file is; its columns then bear our names."""
    if source.refused or not context.mappings:
        return None
    named = context.mappings.get(signature(source.header()))
    feed = next((feed for feed in feeds if named and feed.id == named.feed), None)
    if named is None or feed is None:
        return None
    source.columns = named.columns
    return feed, named.table


def _recognise(feeds: Sequence[Feed], source: FileSource) -> tuple[Feed | None, str]:
    if not source.refused:
        for feed in feeds:
            if table := feed.recognise(source):
                return feed, table
    return None, ""


def _unrecognised(feeds: Sequence[Feed], source: FileSource) -> Iterator[Item]:
    if explains(source):
        yield FileRead(source.name, "", "", 0, _digest(source), f"This is {looks_like(source)}.")
        return
    note = f"This is {looks_like(source)}.{_nearest(feeds, source)}"
    if not source.faults:
        yield file_fault(
            source.name,
            "file-not-recognised",
            f"{note} Nothing in it was used: it is none of the extracts that are read here.",
            severity=QUERY,
        )
    yield from source.faults
    yield FileRead(source.name, "", "", 0, _digest(source), note)


def _nearest(feeds: Sequence[Feed], source: FileSource) -> str:
    """What a table that is none of ours comes closest to, in a sentence with a space before it; perhaps none."""
    near = nearest(source.header(), feeds) if not source.refused else []
    if not near:
        return ""
    return f" It comes closest to {near[0].title} ({len(near[0].columns)} columns fit)."


def _report_progress(known: list[Known], context: Context) -> None:
    """Have each source tell `context.progress` how far the delivery has been read."""
    total = sum(source.size for source, _, _ in known)
    far: dict[str, int] = {}

    def tell(name: str, read: int) -> None:
        far[name] = read
        context.progress(min(sum(far.values()), total), total)

    for source, _, _ in known:
        source.told = partial(tell, source.name)


def _copies(sources: list[FileSource]) -> dict[str, str]:
    """Names of files that are byte for byte an earlier one, each with that one's name."""
    sizes = Counter(source.size for source in sources)
    first: dict[str, str] = {}
    copies = {}
    for source in sources:
        if sizes[source.size] > 1 and (digest := source.digest()):
            if digest in first:
                copies[source.name] = first[digest]
            first.setdefault(digest, source.name)
    return copies


def _read_file(reader: Reader, source: FileSource, feed: Feed, table: str) -> Iterator[Item]:
    rows = last = 0
    try:
        for item in reader.read(source, table):
            if type(item) is Statement:
                rows += item[12]  # `rows`, by place: this runs for every row of a county
                last = item.row
            elif type(item) is SetAside:
                rows += item.rows
            yield item
    except Unreadable as stop:
        yield stop.fault
    except Exception as error:  # noqa: BLE001  one file that breaks a reader must not stop the others
        yield _failed(source.name, last, error)
    yield from source.faults
    yield FileRead(source.name, feed.id, table, rows, _digest(source))


def _digest(source: FileSource) -> str:
    return source.digest() if source.size <= WORTH_READING_ON else source.sha256


def _read_copy(source: FileSource, feed: Feed, table: str, context: Context, original: str) -> Iterator[Item]:
    """The rows of a file already read under another name: counted, said to be repeated, used for nothing."""
    note = f"The same file as {original}, byte for byte."
    rows = 0
    for item in _read_file(feed.reader(replace(context, aside=None)), source, feed, table):
        if type(item) is Statement:
            rows += item.rows
            yield item._replace(outcome=REPEATED)
    if rows:
        yield file_fault(source.name, "file-repeated", f"{note} Its rows were used once.", severity=QUERY)
    yield FileRead(source.name, feed.id, table, rows, _digest(source), note if rows else "")


def _finish(reader: Reader, feed_id: str) -> Iterator[Item]:
    try:
        yield from reader.finish()
    except Exception as error:  # noqa: BLE001  see `_read_file`
        yield _failed(feed_id, 0, error)


def _failed(name: str, row: int, error: Exception) -> Fault:
    where = f"after row {row}" if row else "before its first row"
    return file_fault(
        name,
        "reader-failed",
        f"Reading {name} stopped {where} through a mistake of ours ({type(error).__name__}: {error}). Rows "
        "read before that were kept. Please tell whoever looks after Throughline.",
        row=row,
        fix_by="whoever looks after Throughline",
    )
