"""The ``throughline`` command."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="One line through a child's life, from the extracts agencies already have.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A folder, a zip or one file of extracts.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where to write the answers; made if it is not there.")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day to answer for. Nothing later counts.")],
) -> None:
    """Read a folder of extracts; write what is owed, late and unknown, for every child."""
    from throughline.check import terminal

    raise typer.Exit(terminal.check(folder, out, as_of.date()))


@app.command()
def invent(
    children: Annotated[int, typer.Option(min=1, help="How many children.")],
    seed: Annotated[int, typer.Option(help="The same seed writes the same files.")],
    out: Annotated[Path, typer.Option(help="Where to write the deliveries; must be empty or not there.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day of the three years; today if not said."),
    ] = None,
) -> None:
    """Invent a partnership: children, agencies and three years of their extracts, in the real layouts."""
    from throughline.check import terminal

    last = until.date() if until else date.today()
    raise typer.Exit(terminal.write_invented(out, children, seed, last))


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="A folder, a zip or one file of extracts.", exists=True)],
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day the partnership got it; today if not said."),
    ] = None,
    sender: Annotated[str, typer.Option(help="Agency id (la:301), where the files do not say.")] = "",
) -> None:
    """Load one delivery into the site's database and say what became of every row."""
    from throughline.web import serve

    options = ["--received", received.date().isoformat()] if received else []
    options += ["--sender", sender] if sender else []
    raise typer.Exit(serve.command("load", str(folder), *options))


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
