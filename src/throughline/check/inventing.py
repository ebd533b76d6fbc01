"""`throughline invent` on the terminal. Apart from the check's, which would wait for all that inventing needs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from throughline import invent
from throughline.check.terminal import CANNOT_WRITE, READ, showing_progress


def write_invented(out: Path, children: int, seed: int, until: date) -> int:
    """Write an invented partnership with a progress bar; the exit code."""
    console = Console()
    if out.exists() and any(out.iterdir()):
        console.print(f"{escape(out.as_posix())} is not empty. Choose a folder that is, so nothing is mixed up.")
        return CANNOT_WRITE
    with showing_progress(console) as told:
        invent.write(
            out,
            children=children,
            seed=seed,
            until=until,
            progress=lambda done, total: told("Inventing children", done, total),
        )
    console.print(f"{children:,} invented children, three years to {until}, in {escape(out.as_posix())}.")
    return READ
