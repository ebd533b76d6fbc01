"""One run of the command: read, tell whose rows are whose, draw each child's line, work out what is owed."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from throughline import duties, feeds, timeline
from throughline.check import report
from throughline.check.answering import Question
from throughline.check.children import Children
from throughline.check.outputs import Tables, fault_line
from throughline.check.senders import by_sender
from throughline.check.sharing_out import answer_all, make_ready
from throughline.check.subjects import answer_subjects
from throughline.check.summary import Summary
from throughline.feeds.base import Context, Coverage, Fault, FileRead, Item, Person, SetAside, Statement
from throughline.feeds.postcodes import Directory, PostcodeIndex
from throughline.feeds.subjects import is_subject
from throughline.records.store import Store

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done and how much there is (bytes when reading, then children)."""
_FILES = ("owed.csv", "faults.csv", "events.csv", "summary.json", "report.html")
_PLACEMENTS = "placements.csv"


class NothingRecognised(Exception):
    """No file in the folder is one of the extracts we read. `summary` says what was there and looked for."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("No file here is one of the extracts we read.")
        self.summary = summary


def run(folder: Path, out: Path, as_of: date, progress: Progress, postcodes: Path | None = None) -> Summary:
    """Answer for `folder` as things stood at the end of `as_of`, into `out`.

    `postcodes` is a postcode directory: with it, a further file says where placements lie. Raises
    `NothingRecognised`, `NoDirectory` (of `feeds.postcodes`), and OSError where `out` cannot be written; then
    `out` holds no half answer under its final name.
    """
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary(as_of)
    gc.disable()  # millions of small tuples, none in a cycle: the collector only costs time here
    try:
        with tempfile.TemporaryDirectory(prefix=".throughline-", dir=out) as scratch:
            _answer(folder, Path(scratch), summary, progress, postcodes)
            for name in (*_FILES, *([_PLACEMENTS] if postcodes else [])):
                (Path(scratch) / name).replace(out / name)
            if not postcodes:
                (out / _PLACEMENTS).unlink(missing_ok=True)  # an earlier run's, which answers for other files
    finally:
        gc.enable()
    return summary


def _answer(folder: Path, scratch: Path, summary: Summary, progress: Progress, postcodes: Path | None) -> None:
    directory = Directory(postcodes) if postcodes else None
    with asked(folder, scratch, summary, progress, directory) as (question, tables):
        answer_all(question, tables, summary, lambda done: progress("Working out what is owed", done, summary.children))
        answer_subjects(question, tables, summary)
    report.write(scratch / "report.html", summary, duties.rulebook())
    (scratch / "summary.json").write_text(summary.as_json(), encoding="utf-8")


@contextmanager
def asked(
    folder: Path, scratch: Path, summary: Summary, progress: Progress, directory: Directory | None = None
) -> Iterator[tuple[Question, Tables]]:
    """Everything in `folder` read and sorted by child, ready to be answered from; what it needs lies in `scratch`."""
    with Store(scratch) as store, Tables(scratch, placements=bool(directory)) as tables:
        persons = _read(folder, store, tables, summary, progress)
        if not any(file.feed for file in summary.files):
            raise NothingRecognised(summary)
        about, read = store.added()
        for (feed, table, file, outcome), rows in read.items():
            summary.outcomes[file][outcome] += rows
            summary.tables[feed, table] += rows
        children = Children(persons, summary)
        subjects = sorted(filter(is_subject, about))
        store.finish(children.number | {key: number for number, key in enumerate(subjects, summary.children)})
        children.number.clear()
        coverage = timeline.CoverageIndex(summary.coverage)
        places = _places(directory, summary, progress)
        to = _covered_to(summary)
        yield Question(store, children.about, subjects, coverage, to, summary.as_of, places), tables


def _places(directory: Directory | None, summary: Summary, progress: Progress) -> timeline.Places | None:
    """Where placements lie, held in memory for as many look-ups as there are placements."""
    if directory is None:
        return None
    progress("Reading postcodes", 0, 1)
    index = PostcodeIndex(directory.rows())
    summary.directory, summary.directory_postcodes = directory.name, len(index)
    progress("Reading postcodes", 1, 1)
    return timeline.Places(index.spot)


def _covered_to(summary: Summary) -> dict[str, dict[str, date]]:
    """Feed -> agency -> the last day its files answer for; only SSDA903 answers as a delivery, without a file."""
    feed_of = {file.file: file.feed for file in summary.files}
    found: dict[str, dict[str, date]] = {}
    for covered in summary.coverage:
        ends = found.setdefault(feed_of.get(covered.file, "ssda903"), {})
        ends[covered.agency] = max(covered.end, ends.get(covered.agency, covered.end))
    return found


def _read(folder: Path, store: Store, tables: Tables, summary: Summary, progress: Progress) -> list[Person]:
    """Set every statement down; return who the sources say the children are."""
    persons: list[Person] = []
    add = store.add
    for item in _items(folder, store, summary.as_of, progress):
        if type(item) is Statement:
            add(item)
        elif isinstance(item, Person):
            persons.append(item)
        elif isinstance(item, Fault):
            summary.add_fault(item)
            tables.faults.write(fault_line(item))
        elif isinstance(item, Coverage):
            summary.coverage.append(item)
        elif isinstance(item, FileRead):
            summary.files.append(item)
        elif isinstance(item, SetAside):
            store.take(item)
    return persons


def _items(folder: Path, store: Store, as_of: date, progress: Progress) -> Iterator[Item]:
    """All that the files say, sender by sender."""
    sources = feeds.open_sources(folder)
    aside = store.part if len(os.sched_getaffinity(0)) > 1 else None
    size, before = sum(source.size for source in sources), 0
    for sender, sent in by_sender(sources).items():
        tell = partial(_tell, progress, before, size)
        context = Context(as_of, sender, tell, aside=aside, meanwhile=make_ready)
        yield from feeds.read(sent, context)
        before += sum(source.size for source in sent)


def _tell(progress: Progress, before: int, size: int, done: int, _: int) -> None:
    """How far all of it has been read, when one sender's part has come to `done` bytes."""
    progress("Reading", before + done, size)
