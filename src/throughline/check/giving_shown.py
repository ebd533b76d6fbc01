"""What giving extracts back says on the terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from throughline.check.giving_back import give_back as write
from throughline.check.terminal import CANNOT_WRITE, NOTHING_RECOGNISED, READ
from throughline.feeds.base import Context
from throughline.feeds.giving import describe, shapes


def give_back(folder: Path, out: Path, shape: str, received_on: date, sender: str) -> int:
    """Write a folder's extracts of one shape again and say what was written; the exit code."""
    console = Console()
    where = escape(out.as_posix())
    if shape not in shapes():
        console.print(f"'{escape(shape)}' cannot be written. It is one of: {', '.join(shapes())}.")
        return CANNOT_WRITE
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        console.print(f"{where} is not empty. Choose a folder that is, so nothing is mixed up.")
        return CANNOT_WRITE
    try:
        with console.status("Reading and writing"):
            given = write(folder, out, shape, Context(received_on, sender))
        describe(out, given, (f"Written from {folder.name} on {received_on}, in the shape {shape}.",))
    except OSError as error:
        console.print(f"[bold]Not finished.[/] {where}: {error.strerror or error}.")
        return CANNOT_WRITE
    if not given:
        console.print(f"Nothing in {escape(folder.as_posix())} came in the shape {shape}.")
        return NOTHING_RECOGNISED
    rows = sum(one.rows for one in given)
    console.print(f"{rows:,} rows in {len(given)} files, in {where}. Their sums are in ABOUT.txt.", highlight=False)
    return READ
