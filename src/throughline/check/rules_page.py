"""The reference page of all rules that ship, from the documents themselves."""

from __future__ import annotations

from collections.abc import Iterator

from throughline import duties, words
from throughline.duties import HandledIn, Rule

_INTRODUCTION = """# The rules

<!-- Written by `throughline rules --markdown`; the words come from `src/throughline/duties/law` and `local`. -->

What Throughline counts as owed to a child, by which law. Each rule is one document, and its page on the site says how
it is counted and shows its examples. *Not checked* means that nobody has held it against the text of its source yet:
check before enforcing. *Off* means that it ships switched off, because what it rests on is not in force.
"""


def reference() -> str:
    """The page as Markdown."""
    rules = duties.load()
    parts = [_INTRODUCTION, _counts(rules)]
    for strength, title in duties.STRENGTHS.items():
        found = [rule for rule in rules if rule.strength == strength]
        if found:
            parts.append(f"## {title[:1].upper()}{title[1:]} ({strength})\n")
            parts.append("\n".join(_table(found)) + "\n")
    parts.append("## Flags that are no clock\n")
    parts.append("\n".join(_handled(duties.handled_elsewhere())) + "\n")
    return "\n".join(parts)


def _counts(rules: list[Rule]) -> str:
    on, unchecked = sum(r.active for r in rules), sum(not r.verified for r in rules)
    off = len(rules) - on
    return f"{len(rules)} rules, {on} of them on, {off} off; {unchecked} not checked against their source.\n"


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| Rule | What is owed | Owed by | Shape | In force | Source | Rows | |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in rules:
        said = [*([] if rule.active else ["off"]), *([] if rule.verified else ["not checked"])]
        source = f"[{_cell(rule.citation)}]({rule.link})" if rule.link else _cell(rule.citation)
        yield (
            f"| `{rule.id}` | {_cell(rule.title)}. {_cell(rule.plain)} | {words.roles()[rule.owed_role].title}"
            f" | {rule.shape} | {_dates(rule)} | {source} | {', '.join(rule.practice)} | {', '.join(said)} |"
        )


def _dates(rule: Rule) -> str:
    start, end = rule.versions[0].start, rule.versions[-1].end
    said = f"from {start.isoformat()}" if start else "no start known"
    return f"{said} to {end.isoformat()}" if end else said


def _handled(documents: list[HandledIn]) -> Iterator[str]:
    yield "| Flag | What it is | Where it is done | Rows |"
    yield "|---|---|---|---|"
    for each in documents:
        where = f"the alert of {', '.join(f'`{id}`' for id in each.view_of)}" if each.view_of else each.handled_in
        yield f"| `{each.id}` | {_cell(each.title)}. {_cell(each.plain)} | {where} | {', '.join(each.practice)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
