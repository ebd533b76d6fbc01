"""One run of the command: read, tell whose rows are whose, draw each child's line, work out what is owed."""

from __future__ import annotations

import gc
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from operator import itemgetter
from pathlib import Path

from throughline import duties, feeds, timeline
from throughline.check import report
from throughline.check.answering import Question
from throughline.check.children import Children
from throughline.check.outputs import Tables, fault_line
from throughline.check.sharing_out import answer_all
from throughline.check.summary import Summary
from throughline.feeds.base import REFUSED, Context, Coverage, Fault, FileRead, Item, Person, Statement
from throughline.records.store import Store

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much is done and how much there is (bytes when reading, then children)."""
_FILES = ("owed.csv", "faults.csv", "events.csv", "summary.json", "report.html")


class NothingRecognised(Exception):
    """No file in the folder is one of the extracts we read. `summary` says what was there and looked for."""

    def __init__(self, summary: Summary) -> None:
        super().__init__("No file here is one of the extracts we read.")
        self.summary = summary


def run(folder: Path, out: Path, as_of: date, progress: Progress) -> Summary:
    """Answer for `folder` as things stood at the end of `as_of`, into `out`.

    Raises `NothingRecognised`, and OSError where `out` cannot be written; then `out` holds no half answer
    under its final name.
    """
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary(as_of)
    gc.disable()  # millions of small tuples, none in a cycle: the collector only costs time here
    try:
        with tempfile.TemporaryDirectory(prefix=".throughline-", dir=out) as scratch:
            _answer(folder, Path(scratch), summary, progress)
            for name in _FILES:
                (Path(scratch) / name).replace(out / name)
    finally:
        gc.enable()
    return summary


def _answer(folder: Path, scratch: Path, summary: Summary, progress: Progress) -> None:
    with Store(scratch) as store, Tables(scratch) as tables:
        persons = _read(folder, store, tables, summary, progress)
        if not any(file.feed for file in summary.files):
            raise NothingRecognised(summary)
        children = Children(persons, summary)
        store.finish(children.number)
        children.number.clear()
        coverage = timeline.CoverageIndex(summary.coverage)
        question = Question(store, children.about, coverage, _covered_to(summary), summary.as_of)
        answer_all(question, tables, summary, lambda done: progress("Working out what is owed", done, summary.children))
    report.write(scratch / "report.html", summary, duties.rulebook())
    (scratch / "summary.json").write_text(summary.as_json(), encoding="utf-8")


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
    context = Context(summary.as_of, progress=lambda done, total: progress("Reading", done, total))
    persons: list[Person] = []
    read: Counter[tuple[str, str, str, str]] = Counter()
    add, kind = store.add, itemgetter(0, 1, 2, 7)
    for item in feeds.read(feeds.open_sources(folder), context):
        if type(item) is Statement:
            read[kind(item)] += 1
            if item[7] != REFUSED:
                add(item)
        else:
            _note(item, persons, tables, summary)
    for (feed, table, file, outcome), rows in read.items():
        summary.outcomes[file][outcome] += rows
        summary.tables[feed, table] += rows
    return persons


def _note(item: Item, persons: list[Person], tables: Tables, summary: Summary) -> None:
    if isinstance(item, Person):
        persons.append(item)
    elif isinstance(item, Fault):
        summary.add_fault(item)
        tables.faults.write(fault_line(item))
    elif isinstance(item, Coverage):
        summary.coverage.append(item)
    elif isinstance(item, FileRead):
        summary.files.append(item)
