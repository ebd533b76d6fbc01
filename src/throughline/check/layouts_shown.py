"""The layouts on the terminal and as the reference page: the same words, two ways of setting them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from throughline import feeds
from throughline.check.layout_templates import AlreadyThere, write
from throughline.feeds.base import Feed
from throughline.feeds.describing import Column, Description, descriptions
from throughline.feeds.layouts import identity

SHOWN, UNKNOWN, CANNOT_WRITE = 0, 2, 3
"""Exit codes."""
_MANY_CODES = 12
"""Codes up to which they stand beside their column on the page; a longer list stands below the table."""
_TOO_MANY_CODES = 50
"""Codes up to which they are shown where all layouts are."""

_INTRODUCTION = """# The CSV layouts

<!-- Written by `throughline layouts --markdown`; the words come from `src/throughline/feeds/layouts_of`. -->

Layouts of our own, for what no national format carries (and a plain way in for what one does). UTF-8, commas,
dates as `YYYY-MM-DD` or `YYYY-MM-DDThh:mm` in local time; blank is unknown. Columns may stand in any order and any
may be left out. A file is known by its columns, never by its name. `throughline layouts --out FOLDER` writes an
empty template of each, as CSV and as an Excel workbook.
"""


def show(name: str, out: Path | None, *, markdown: bool) -> int:
    """Print all layouts, or the one called `name`; or write their templates into `out`; the exit code."""
    console = Console()
    chosen = [each for each in descriptions() if name in ("", each.id)]
    others = [feed for feed in _others() if name in ("", feed.id)]
    if not chosen and not others:
        return _unknown(console, name)
    if out and not chosen:
        console.print(f"{escape(name)} is an extract of somebody else's design; there is no template of it.")
        return UNKNOWN
    if out:
        return _write(console, out, chosen)
    if markdown:
        console.out(reference(), end="", highlight=False)
        return SHOWN
    for description in chosen:
        _print(console, description, alone=bool(name))
    if not name:
        _print_block(console, chosen)
    _print_others(console, others)
    return SHOWN


def _others() -> list[Feed]:
    """Feeds that are extracts of somebody else's design."""
    ours = {each.id for each in descriptions()}
    return [feed for feed in feeds.registry() if not ours.intersection(feed.tables)]


def _unknown(console: Console, name: str) -> int:
    known = [*(each.id for each in descriptions()), *(feed.id for feed in _others())]
    near = get_close_matches(name, known, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    console.print(f"There is no layout {escape(name)}.{hint} `throughline layouts` lists them all.", highlight=False)
    return UNKNOWN


def _write(console: Console, out: Path, chosen: list[Description]) -> int:
    try:
        written = write(out, chosen)
    except AlreadyThere as there:
        console.print(
            f"{escape(there.path.as_posix())} is there already, and may have been filled in: nothing was "
            "written. Choose another folder."
        )
        return CANNOT_WRITE
    except OSError as error:
        console.print(f"[bold]Not finished.[/] {escape(out.as_posix())}: {error.strerror or error}.")
        return CANNOT_WRITE
    console.print(f"{len(written)} empty templates in {escape(out.as_posix())}, CSV and Excel.", highlight=False)
    return SHOWN


# -- the terminal -------------------------------------------------------------------------------------


def _print(console: Console, layout: Description, *, alone: bool) -> None:
    console.rule(f"[bold]{escape(layout.title)}[/] · {layout.id}", align="left")
    console.print(f"Sent by: {layout.sent_by}. About {layout.about}.", highlight=False)
    columns = (*(layout.block if alone else ()), *layout.columns)
    console.print(_table(columns))
    for column in columns:
        if column.codes:
            codes = _codes(column, whole=alone)
            console.print(f"  {column.name}: {escape(codes)}", highlight=False, style="dim")
    console.print("[bold]A row comes to[/]")
    for event in layout.events:
        console.print(f"  {escape(event)}", highlight=False)
    console.print(layout.refused, highlight=False)
    if layout.order:
        console.print(f"In order: {'; '.join(layout.order)}.", highlight=False)
    console.print()


def _table(columns: Iterable[Column]) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for title in ("Column", "Read as", "Comes to"):
        table.add_column(title, overflow="fold")
    for column in columns:
        note = f"[dim]{escape(column.note)}[/]" if column.note else ""
        comes_to = "\n".join(filter(None, (escape(column.comes_to), note)))
        table.add_row(column.name + (" *" if column.needed else ""), escape(column.read_as), comes_to)
    return table


def _print_block(console: Console, chosen: list[Description]) -> None:
    block = next(layout.block for layout in chosen if layout.block)
    console.rule("[bold]First in every file about children: who the child is[/]", align="left")
    console.print(_table(block))
    console.print("* a row without it is refused\n", highlight=False)


def _print_others(console: Console, others: list[Feed]) -> None:
    if others:
        console.rule("[bold]Extracts of others' design, read as they come[/]", align="left")
    for feed in others:
        console.print(f"[bold]{escape(feed.title)}[/] · {feed.id}: {escape(feed.looked_for)}", highlight=False)
        for table, columns in feed.tables.items():
            own = ", ".join(column for column in columns if column not in identity())
            console.print(f"  {table}: {escape(own)}", highlight=False, style="dim")


def _codes(column: Column, *, whole: bool) -> str:
    if len(column.codes) > _TOO_MANY_CODES and not whole:
        return f"{len(column.codes)} of them; shown with this layout alone"
    return ", ".join(f"{code} {meaning}".strip() for code, meaning in column.codes)


# -- the reference page -------------------------------------------------------------------------------


def reference() -> str:
    """The reference page of all layouts, as Markdown."""
    return "\n".join((_INTRODUCTION, *_page()))


def _page() -> Iterator[str]:
    all_of_them = descriptions()
    yield "| Layout | File | Sent by |\n|---|---|---|"
    yield from (f"| [{each.title}](#{each.id}) | `{each.id}` | {each.sent_by} |" for each in all_of_them)
    yield "\n## First in every file about children\n"
    yield from _rows(next(each.block for each in all_of_them if each.block))
    yield "\nA row needs at least one of the ids, or surname and dob."
    for each in all_of_them:
        yield from _section(each)
    yield ""


def _section(layout: Description) -> Iterator[str]:
    yield f'\n<a id="{layout.id}"></a>\n\n## {layout.title} (`{layout.id}`)\n'
    yield f"Sent by: {layout.sent_by}. About {layout.about}.\n"
    yield from _rows(layout.columns)
    yield "\nA row comes to:\n"
    yield from (f"- {event}" for event in layout.events)
    yield f"\n{layout.refused}" + (f" In order: {'; '.join(layout.order)}." if layout.order else "")
    for column in layout.columns:
        if len(column.codes) > _MANY_CODES:
            yield f"\n`{column.name}`:\n"
            yield from (f"- `{code}` {meaning}".rstrip() for code, meaning in column.codes)


def _rows(columns: Iterable[Column]) -> Iterator[str]:
    yield "| Column | Read as | Codes | Comes to | To know |\n|---|---|---|---|---|"
    for column in columns:
        codes = (
            "below"
            if len(column.codes) > _MANY_CODES
            else ", ".join(f"`{code}` {meaning}".strip() for code, meaning in column.codes)
        )
        name = f"`{column.name}`" + (" (needed)" if column.needed else "")
        yield f"| {name} | {column.read_as} | {codes} | {column.comes_to} | {column.note} |"
