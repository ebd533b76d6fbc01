"""Rules on the terminal: what is wrong with them, what their examples say, and what one would raise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from throughline import duties, words
from throughline.check import rules_page
from throughline.check.pipeline import NothingRecognised
from throughline.check.terminal import showing_progress
from throughline.check.trying import try_on
from throughline.duties import HandledIn, Rule, RuleFault, examples
from throughline.duties.loading import LAW, LOCAL, SPEC, is_spec, read_document
from throughline.duties.rulebook import Rulebook
from throughline.duties.trial import STANDINGS, Trial

SOUND, FAULTS, NOT_READ = 0, 1, 2
"""Exit codes: nothing wrong; something to put right; a file or folder that cannot be read."""


def check(files: Sequence[Path]) -> int:
    """Say all that is wrong with these rule documents (none: all that ship) and their examples; the exit code."""
    console = Console(soft_wrap=True)
    paths = sorted(_documents(files or (LAW, LOCAL)))
    if not paths:
        console.print("There is no rule here: a rule is a .yaml file.")
        return NOT_READ
    found: list[Rule | HandledIn] = []
    faults: list[str] = []
    for path in paths:
        try:
            found.append(_read(path))
        except RuleFault as fault:
            faults += fault.faults
        except (OSError, UnicodeDecodeError) as error:
            console.print(f"{escape(path.as_posix())} cannot be read: {escape(str(error))}", highlight=False)
            return NOT_READ
    rules = [document for document in found if isinstance(document, Rule)]
    tried = 0
    without: list[str] = []
    if not faults:
        tried, without, faults = _examples(paths, rules)
    for line in faults:
        console.print(escape(line), highlight=False)
    console.print(_sum(len(paths), tried, without, faults), highlight=False)
    return FAULTS if faults else SOUND


def try_rule(file: Path, folder: Path, as_of: date) -> int:
    """Say what a rule would raise on the children of a folder, before it is on; the exit code."""
    console = Console(soft_wrap=True)
    try:
        rule = _read(file)
        if isinstance(rule, HandledIn):
            raise RuleFault([f"{file}:1: this says where a flag is handled; there is nothing to try"])
        others = {each.id: each for each in duties.load()}
        with showing_progress(console) as told:
            trial = try_on(folder, rule, others, as_of, told)
    except RuleFault as fault:
        for line in fault.faults:
            console.print(escape(line), highlight=False)
        return FAULTS
    except NothingRecognised:
        console.print(f"Nothing in {escape(folder.as_posix())} is one of the extracts we read.", highlight=False)
        return NOT_READ
    _say(console, trial)
    return SOUND


def show(*, markdown: bool) -> int:
    """List every rule that ships, or print the reference page; the exit code."""
    console = Console()
    if markdown:
        console.out(rules_page.reference(), end="", highlight=False)
        return SOUND
    table = Table("Rule", "What is owed", "How strongly", "Owed by", box=None)
    for rule in duties.load():
        table.add_row(rule.id, rule.title, duties.STRENGTHS[rule.strength], words.roles()[rule.owed_role].title)
    console.print(table)
    return SOUND


def _documents(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        found = path.rglob("*.yaml") if path.is_dir() else [path]
        yield from (each for each in found if not is_spec(each))


def _read(path: Path) -> Rule | HandledIn:
    return read_document(path.read_text(encoding="utf-8"), path.as_posix())


def _examples(paths: Sequence[Path], rules: Sequence[Rule]) -> tuple[int, list[str], list[str]]:
    """How many examples were tried, the rules that have none, and what is wrong."""
    wanted = {rule.id: rule for rule in rules}
    faults: list[str] = []
    without: list[str] = []
    tried = 0
    try:
        ships = {rule.id: rule for rule in duties.load()}
        book = Rulebook((ships | wanted).values())
    except RuleFault as fault:
        return 0, [], list(fault.faults)
    for path in paths:
        rule = wanted.get(path.stem)
        if rule is None:
            continue
        spec = path.with_name(f"{path.stem}{SPEC}")
        if not spec.exists():
            without.append(rule.id)
            continue
        rules_of_it = book if rule.active else _with(rule, ships | wanted)
        try:
            given = examples.read(spec)
        except RuleFault as fault:
            faults += fault.faults
            continue
        for example in given:
            faults += examples.differences(example, examples.instances(example, rules_of_it), rules_of_it)
        tried += len(given)
    return tried, without, faults


def _with(rule: Rule, all_rules: dict[str, Rule]) -> Rulebook:
    """The rules that are on, and one that is off: its examples say what it will do."""
    on = rule.model_copy(update={"active": True})
    return Rulebook((all_rules | {rule.id: on}).values())


def _sum(documents: int, tried: int, without: list[str], faults: list[str]) -> str:
    said = f"{documents:,} {'document' if documents == 1 else 'documents'}, {tried:,} examples tried: "
    said += f"{len(faults):,} to put right." if faults else "nothing to put right."
    if without:
        said += f"\nWithout an example beside it ({len(without)}): {', '.join(without)}."
    return said


def _say(console: Console, trial: Trial) -> None:
    console.print(f"[bold]{escape(trial.title)}[/] ({escape(trial.rule)}), tried before it is on: nothing was stored.")
    if trial.waits_for:
        named = ", ".join(words.kinds()[kind].title.lower() for kind in trial.waits_for)
        console.print(f"It would sleep: nobody here supplies {named}.", highlight=False)
    console.print(
        f"By {trial.as_of:%-d %B %Y} it would have raised {trial.raised:,} for {trial.children:,} of "
        f"{trial.looked_at:,} children, on the lists of: {words.roles()[trial.owed_role].title}.",
        highlight=False,
    )
    if trial.first:
        console.print(f"The first on {trial.first:%-d %B %Y}.", highlight=False)
    for standing, title in STANDINGS.items():
        console.print(f"  {trial.standing(standing):>7,}  {title}", highlight=False)
    if trial.ahead:
        console.print(f"  {trial.ahead:>7,}  would open later by time alone", highlight=False)
    areas = sorted({area for area, _ in trial.counts})
    if len(areas) > 1:
        table = Table("Area", *STANDINGS.values(), box=None)
        for area in areas:
            named = words.agency_title(area) if area else "no area named"
            table.add_row(named, *(f"{trial.counts[area, standing]:,}" for standing in STANDINGS))
        console.print(table)
