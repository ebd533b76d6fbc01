"""Extracts that are lists under column names of their own, made into layouts of ours.

An extract of this kind (Ofsted's Annex A, the SEND one, SEN2) is one YAML file: how its columns may be
headed, which answers its coded columns take, and what its rows say in the grammar of `layouts_of`. The one
reader of layouts then reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from throughline import words
from throughline.feeds import cells
from throughline.feeds.half_coded import half_coded
from throughline.feeds.layouts import Layout, Parse, identity, layout_of

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
LONGEST_LISTED = 600
"""Characters of codes and their words in a fault; beyond, the codes alone."""
_OURS = "answer"
_URN = re.compile(r"\d{5,6}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What a list answers for: every event of `kinds` in the last `months` before its last date, or in that year."""

    months: int
    """0: the calendar year its last date is of, or that before a January's."""
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class ListTable:
    """One list of such an extract."""

    name: str
    layout: Layout
    lasting: Layout
    """The same, saying only what every telling of the row says again: a later row stands for an earlier one."""
    passing: Layout
    """The same, saying only what the list tells the latest of: each stands by itself, whatever comes later."""
    headings: Mapping[str, str]
    """Heading as `plain` gives it -> our column, the identity block's among them."""
    titles: Mapping[str, str]
    """Column -> a heading it has, for whoever makes the rows up; of SEN2, the XML element's name."""
    record: tuple[str, ...]
    """Columns that make a row's id, beside the child."""
    window: Window | None
    latest: frozenset[str]
    """Kinds of which it tells only the latest: it answers for them on its last day, and says nothing of before."""
    undated: Mapping[str, str]
    """Column that says something happened without saying when -> what to say of that."""
    known: Mapping[str, str]
    """Column -> its codes, for the fault of one that is not."""
    elsewhere: tuple[str, ...]
    """Columns that only another form of the extract has, and nobody misses here."""
    passed_over: frozenset[str]
    """Headings that belong to the list and are not read, as `plain` gives them."""
    oldest: int
    """Years of age beyond which nobody is on it; 0: no bound."""
    names_people: bool
    """Its rows say who the children are of whom other tables give only the id."""

    def column(self, heading: str) -> str:
        """Our column under that heading; blank for none."""
        return self.headings.get(plain(heading), "")

    def share(self, header: list[str]) -> float:
        """How much of the list a header has, or how much of the header is the list's, if that is more; 0 to 1.

        0 without the columns that tell it from others, and without anyone's identity.
        """
        found = {self.column(heading) for heading in header}
        if not (self.layout.known_by <= found and found.intersection(identity() if self.layout.block else found)):
            return 0.0
        known = [heading for heading in header if self.column(heading) or plain(heading) in self.passed_over]
        return max(len(found.intersection(self.layout.own)) / len(self.layout.own), len(known) / len(header))


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """One such extract: all its lists."""

    id: str
    title: str
    looked_for: str
    agency: str
    """Type of agency that says what stands in it."""
    tables: Mapping[str, ListTable]


def plain(heading: str) -> str:
    """A heading's letters and figures, small: spellings of one heading are one."""
    return _NOT_LETTERS.sub("", heading.lower())


def load(file: Path) -> Extract:
    """The extract a YAML file describes (grammar: at the top of `ilacs_annex_a/lists.yaml`)."""
    given: dict[str, Any] = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    answers = {name: _answer(answer) for name, answer in given.get("answers", {}).items()}
    tables = {name: _table(name, table, given, answers) for name, table in given["tables"].items()}
    return Extract(given["id"], given["title"], given["looked_for"], given["agency"], tables)


Answer = tuple[Callable[[str], tuple[str, str]], str]
"""How a coded cell is read, and its codes in words."""


def _answer(given: Mapping[str, Any]) -> Answer:
    of_words = words.codes(given["of"]) if "of" in given else {}
    codes = {code: known.label for code, known in of_words.items()} or given["codes"]
    listed = ", ".join(f"{code} {label}" for code, label in codes.items())
    if len(listed) > LONGEST_LISTED:
        listed = ", ".join(codes)
    return half_coded(codes, given.get("spelt"), given.get("lettered", ())), listed


def _table(name: str, table: Mapping[str, Any], extract: Mapping[str, Any], answers: Mapping[str, Answer]) -> ListTable:
    columns = {column: how if isinstance(how, dict) else {"is": how} for column, how in table["columns"].items()}
    identified = {} if "about" in table else table.get("identity", extract["identity"])
    headings = {plain(heading): column for column, known in identified.items() for heading in known}
    for column, how in columns.items():
        headings |= {plain(heading): column for heading in (column, *how.get("called", ()))}
    coded = {column: how["is"].split()[1] for column, how in columns.items() if how["is"].startswith(_OURS)}
    window = table.get("window")
    layout = _layout(name, table, extract, {column: how["is"] for column, how in columns.items()}, answers)
    latest = frozenset(table.get("latest", ()))
    return ListTable(
        name=name,
        layout=layout,
        lasting=replace(layout, says=tuple(tell for tell in layout.says if tell.kind not in latest)),
        passing=replace(layout, id=f"{name}.latest", says=tuple(t for t in layout.says if t.kind in latest)),
        headings=headings,
        titles={
            **{column: known[-1] for column, known in identified.items()},
            **{column: how.get("called", (column,))[-1] for column, how in columns.items()},
        },
        record=tuple(table.get("record", ())),
        window=Window(window.get("months", 0), frozenset(window["kinds"])) if window else None,
        latest=latest,
        undated=table.get("undated", {}),
        known={column: answers[answer][1] for column, answer in coded.items()},
        elsewhere=tuple(table.get("elsewhere", ())),
        passed_over=frozenset(map(plain, (*extract.get("passed_over", ()), *table.get("passed_over", ())))),
        oldest=table.get("oldest", 0),
        names_people=table.get("names_people", False),
    )


def _layout(
    name: str,
    table: Mapping[str, Any],
    extract: Mapping[str, Any],
    how: Mapping[str, str],
    answers: Mapping[str, Answer],
) -> Layout:
    """The list as a layout. A cell that layouts have no way to read is a code with its own reader."""
    own: dict[str, Parse] = {}
    for column, read_as in how.items():
        first, _, which = read_as.partition(" ")
        if first == _OURS:
            own[column] = answers[which][0]
        elif first == "postcode":
            own[column] = cells.postcode
        elif first == "urn":
            own[column] = _urn
        elif first == "up_to":
            own[column] = _up_to(int(which))
    given = {
        **{key: table[key] for key in ("says", "order", "needs", "unborn", "about", "known_by") if key in table},
        "feed": extract["id"],
        "title": f"{extract['title']}: {table['title']}",
        "looked_for": extract["looked_for"],
        "agency": extract["agency"],
        "columns": {column: [""] if column in own else read_as for column, read_as in how.items()},
    }
    layout = layout_of(name, given)
    return replace(layout, codes={**layout.codes, **own})


def _urn(text: str) -> cells.Code:
    """A school's number: five or six figures."""
    text = cells.tidy(text)
    return cells.Code(text, "") if not text or _URN.fullmatch(text) else cells.Code("", "urn-shape")


def _up_to(most: int) -> Parse:
    """A count that cannot be more than `most`; one that is stands, and is said."""

    def read(text: str) -> cells.Code:
        found = cells.amount(text)
        return cells.Code(found.text, "number-too-large") if found.text and float(found.text) > most else found

    return cells.looked_up(read)
