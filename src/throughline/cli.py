"""The ``throughline`` command."""

from __future__ import annotations

import gc
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
    postcodes: Annotated[
        Path | None,
        typer.Option(help="An ONS Postcode Directory: says where placements lie.", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Read a folder of extracts; write what is owed, late and unknown, for every child."""
    gc.disable()  # until the check has run (`check.pipeline`): what it imports and makes is no garbage
    from throughline.check import terminal

    raise typer.Exit(terminal.check(folder, out, as_of.date(), postcodes))


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
    from throughline.check import inventing

    last = until.date() if until else date.today()
    raise typer.Exit(inventing.write_invented(out, children, seed, last))


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="A folder, a zip or one file of extracts.", exists=True)],
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day the partnership got it; today if not said."),
    ] = None,
    sender: Annotated[str, typer.Option(help="Agency id (la:301), where the files do not say.")] = "",
    history: Annotated[
        bool, typer.Option("--history", help="The folder holds dated ones (2026-03-04_la.972): load each, in order.")
    ] = False,
) -> None:
    """Load one delivery into the site's database and say what became of every row."""
    from throughline.web import serve

    options = ["--received", received.date().isoformat()] if received else []
    options += ["--sender", sender] if sender else []
    options += ["--history"] if history else []
    raise typer.Exit(serve.command("load", str(folder), *options))


@app.command()
def tidy(
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day; today if not said.")
    ] = None,
) -> None:
    """Let go of rows kept apart whose time is over (the site's worker does so every night)."""
    from throughline.web import serve

    raise typer.Exit(serve.command("tidy", *(["--day", day.date().isoformat()] if day else [])))


audit = typer.Typer(help="The record of who looked and who changed what.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.callback()
def _of_the_record() -> None:
    """The record of who looked and who changed what."""


@audit.command("verify")
def verify_audit() -> None:
    """Read the sealed record again: exit 1 and say where, if a row is changed, missing or slipped in."""
    from throughline.web import serve

    raise typer.Exit(serve.command("audit_verify"))


reference = typer.Typer(help="Tables the site looks things up in, which hold no person.", no_args_is_help=True)
app.add_typer(reference, name="reference")


@reference.command("load")
def load_reference(
    file: Annotated[
        Path, typer.Argument(help="An ONS Postcode Directory: CSV, .gz or .zip.", exists=True, dir_okay=False)
    ],
    by: Annotated[str, typer.Option(help="Who loads it; kept beside the edition.")],
    edition: Annotated[str, typer.Option(help="What the edition is called; the file's name if not said.")] = "",
) -> None:
    """Put a postcode directory into the site's database, in place of the one in use."""
    from throughline.web import serve

    raise typer.Exit(serve.command("load_postcodes", str(file.resolve()), "--by", by, "--edition", edition))


rules = typer.Typer(help="What is owed by which law, as data: list it, check it, try a rule before it is on.")
app.add_typer(rules, name="rules")


@rules.callback(invoke_without_command=True)
def rules_listed(
    context: typer.Context,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the reference page instead.")] = False,
) -> None:
    """List every rule that ships."""
    from throughline.check import rules_shown

    if context.invoked_subcommand is None:
        raise typer.Exit(rules_shown.show(markdown=markdown))


@rules.command("check")
def check_rules(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Rule documents or folders of them; all that ship if not said.")
    ] = None,
) -> None:
    """Say every fault with its file, line and cure, and try the examples beside each rule."""
    from throughline.check import rules_shown

    raise typer.Exit(rules_shown.check(files or []))


@rules.command("try")
def try_rule(
    file: Annotated[Path, typer.Argument(help="A rule document.", exists=True, dir_okay=False)],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day to answer for.")],
    on: Annotated[
        Path | None,
        typer.Option(help="A folder, a zip or one file of extracts; the site's database if not said.", exists=True),
    ] = None,
    by: Annotated[str, typer.Option(help="On the database: the sign-in of whoever tries it.")] = "",
) -> None:
    """Say how many a rule would raise on your own children, for whom and since when, before it is on."""
    if on is None:
        from throughline.web import serve

        options = ["--by", by, "--as-of", as_of.date().isoformat()]
        raise typer.Exit(serve.command("try_rule", str(file.resolve()), *options))
    from throughline.check import rules_shown

    raise typer.Exit(rules_shown.try_rule(file, on, as_of.date()))


@app.command()
def layouts(
    name: Annotated[str, typer.Argument(help="One layout or extract only, by its id.")] = "",
    out: Annotated[Path | None, typer.Option(help="A folder for empty templates, CSV and Excel.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the reference page instead.")] = False,
) -> None:
    """Show the layouts agencies can send: columns, codes, and what a row comes to."""
    from throughline.check import layouts_shown

    raise typer.Exit(layouts_shown.show(name, out, markdown=markdown))


@app.command("give-back")
def give_back(
    out: Annotated[Path, typer.Option(help="Where to write the files; must be empty or not there.")],
    shape: Annotated[str, typer.Option(help="ssda903 or ssd.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder, a zip or one file of extracts; the site's database if not said.", exists=True),
    ] = None,
    sender: Annotated[str, typer.Option(help="Agency id (la:301) of the folder's sender, if it does not say.")] = "",
    by: Annotated[str, typer.Option(help="From the database: the sign-in of whoever takes the files.")] = "",
    purpose: Annotated[str, typer.Option(help="From the database: what for; kept with who took them.")] = "",
) -> None:
    """Write what came as SSDA903 or as the Standard Safeguarding Dataset in that shape again, so that a council
    can leave."""
    if folder is None:
        from throughline.web import serve

        options = ["--shape", shape, "--out", str(out.resolve()), "--by", by, "--purpose", purpose]
        raise typer.Exit(serve.command("give_back", *options))
    from throughline.check import giving_shown

    raise typer.Exit(giving_shown.give_back(folder, out, shape, date.today(), sender))


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
