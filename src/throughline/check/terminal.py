"""What the command says on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from throughline import duties, feeds
from throughline.check.pipeline import NothingRecognised, run
from throughline.check.report import STATES
from throughline.check.summary import Summary
from throughline.feeds.base import OUTCOMES
from throughline.feeds.postcodes import NoDirectory

READ, NOTHING_RECOGNISED, CANNOT_WRITE = 0, 2, 3
"""Exit codes."""


def check(folder: Path, out: Path, as_of: date, postcodes: Path | None = None) -> int:
    """Run the check with a progress bar and say what came of it; the exit code."""
    console = Console()
    try:
        with showing_progress(console) as told:
            summary = run(folder, out, as_of, told, postcodes)
    except NothingRecognised as nothing:
        _say_nothing_recognised(console, folder, nothing.summary)
        return NOTHING_RECOGNISED
    except NoDirectory as none:
        console.print(f"[bold]Not finished.[/] {escape(str(none))}")
        return NOTHING_RECOGNISED
    except OSError as error:
        console.print(f"[bold]Not finished.[/] {escape(out.as_posix())}: {error.strerror or error}.")
        console.print("Nothing was left there. Make room or choose another place with --out, and run it again.")
        return CANNOT_WRITE
    _say(console, summary, out)
    return READ


@contextmanager
def showing_progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """What is told (the stage, how much is done, how much there is) drawn as bars while it goes on."""
    with _progress(console) as show:
        yield _Shown(show)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


class _Shown:
    """Draws each stage as one bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        task = self._tasks.get(stage)
        if task is None:
            task = self._tasks[stage] = self._progress.add_task(stage, total=max(total, 1))
        self._progress.update(task, completed=done, total=max(total, 1))


def _say_nothing_recognised(console: Console, folder: Path, summary: Summary) -> None:
    console.print(f"[bold]Nothing here was recognised:[/] {escape(folder.as_posix())}")
    for file in summary.files:
        console.print(f"  {escape(file.file)}: {escape(file.note)}", highlight=False)
    if not summary.files:
        console.print("  There is no file in it.")
    console.print("\nLooked for:")
    for feed in feeds.registry():
        console.print(f"  [bold]{feed.title}[/]: {escape(feed.looked_for)}", highlight=False)


def _say(console: Console, summary: Summary, out: Path) -> None:
    totals = summary.totals
    console.print(
        f"\n[bold]{summary.rows_in:,} rows[/] in {sum(bool(f.feed) for f in summary.files)} files,"
        f" about [bold]{summary.children:,} children[/]{_and_others(summary)},"
        f" as things stood on {summary.as_of:%-d %B %Y}.",
        highlight=False,
    )
    console.print("  " + ", ".join(f"{totals[o]:,} {o}" for o in OUTCOMES), highlight=False)
    for file in summary.files:
        if not file.feed:
            console.print(f"  Not read: {escape(file.file)}: {escape(file.note)}", highlight=False)
    _say_owed(console, summary)
    faults = sum(summary.faults.values())
    if faults:
        console.print(f"\n{faults:,} faults in the files, most often:", highlight=False)
        for (rule, severity, fix_by), n in summary.faults.most_common(5):
            example = escape(summary.fault_words[rule, severity, fix_by])
            console.print(f"  {n:,} × {severity}: {example} [dim]({fix_by})[/]", highlight=False)
    if summary.directory:
        now, lost = summary.placed_now, sum(n for (_, found), n in summary.postcodes.items() if not found)
        console.print(
            f"Placements that go on: {now['yes']:,} out of area, {now['no']:,} in area, {now['']:,} cannot tell;"
            f" {lost:,} postcodes are not in {escape(summary.directory)}.",
            highlight=False,
        )
    if summary.unsure:
        console.print(f"{summary.unsure:,} pairs of records may be one child; a person has to judge.")
    written = "report.html, owed.csv, faults.csv, events.csv, summary.json"
    console.print(f"\nWritten to {escape(out.as_posix())}: {written}{', placements.csv' * bool(summary.directory)}")


def _and_others(summary: Summary) -> str:
    """Places, plans and others that are no child, where there are any."""
    others = sum(summary.subjects.values())
    return f" and {others:,} places, plans or others that are no child" if others else ""


def _say_owed(console: Console, summary: Summary) -> None:
    rules = duties.rulebook()
    console.print("\n[bold]What is owed[/]")
    for duty in sorted(summary.states, key=lambda d: -summary.states[d]["overdue"]):
        counts = summary.states[duty]
        said = ", ".join(f"{counts[state]:,} {state}" for state in STATES if counts[state])
        console.print(f"  {rules[duty].title}: {said}", highlight=False)
        for (unknown, missing), n in summary.unknown.most_common():
            if unknown == duty:
                console.print(f"    [dim]cannot tell, {n:,}: {escape(missing)}[/]", highlight=False)
    if not summary.states:
        console.print("  No rule found anything to open in these files.")
