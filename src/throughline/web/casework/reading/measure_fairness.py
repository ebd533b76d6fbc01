"""Whether flags fall on some children more than on others: practice R30, for the year asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from throughline import sharing
from throughline.measures import Shown, defining, showing
from throughline.measures.showing import NOBODY, Tally
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import rules_here
from throughline.web.casework.reading import measure_counts as counts
from throughline.web.casework.reading import measure_tables as tables
from throughline.web.casework.reading import measures
from throughline.web.casework.reading.area_shapes import HELD_BACK, Cell, Column, Row, Table, cell
from throughline.web.casework.reading.measure_counts import ALTOGETHER, VERDICT
from throughline.web.casework.reading.measure_shapes import Asked, FairnessPage, Flag

_FIRST = "sex"


def page(viewer: Viewer, given: Mapping[str, str], path_kind: str = "measures fairness") -> FairnessPage:
    """Every flag by one breakdown of who children are. Raises PermissionDenied for a role without groups."""
    measures.allowed(viewer, sharing.GROUPS)
    at, asked = clock.now(), measures.asked({**given, "by": given.get("by") or _FIRST}, viewer.today)
    by = defining.breakdowns().get(asked.by) or defining.breakdowns()[_FIRST]
    if not by.group:
        by = defining.breakdowns()[_FIRST]
    asked = Asked(asked.year, asked.first, asked.last, by.id)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind)
    told = counts.tallies(at, counts.flags(), asked.year, (ALTOGETHER, by.id))
    said, whole = told.by(by.id, VERDICT), told.by(ALTOGETHER, VERDICT)
    children = counts.children(at, by.id)
    slots = tables.slots_of(by, set(children) | {s for parts in said.values() for each in parts.values() for s in each})
    where = tables.of(at, measures.year_title(asked.year))
    totals = {flag: tables.totals(parts) for flag, parts in whole.items()}
    known = _children(children, slots)
    return FairnessPage(
        name="Flags and who they fall on",
        at=at,
        asked=asked,
        years=measures.year_choices(viewer.today),
        breakdowns=measures.allowed_breakdowns(viewer, groups_only=True),
        review=tuple(_to_review(said, children, slots, asked)),
        children=_children_table(by, known, slots, tables.of(at, "children with a page today")),
        raised=_raised_table(by, said, totals, known, slots, where, asked),
        said=_said_table(totals, where, asked),
        happened=_happened_table(by, at, known, slots, where, asked),
    )


def _children(children: Mapping[str, Tally], slots: Mapping[str, str]) -> Mapping[str, Shown]:
    total = Tally(sum(t.n for t in children.values()), sum(t.children for t in children.values()))
    shown = showing.totals({"": total})[""]
    return showing.by_slot(shown, {slot: children.get(slot, NOBODY) for slot in slots})


def _to_review(
    said: counts.Tallies, children: Mapping[str, Tally], slots: Mapping[str, str], asked: Asked
) -> list[Flag]:
    book = rules_here.book()
    found = []
    for flag, parts in said.items():
        if groups := measures.uneven(parts, children, slots):
            found.append(Flag(book[flag].title, _address(flag, asked), groups))
    return found


def _address(flag: str, asked: Asked) -> str:
    return f"{reverse('measure', args=[flag])}?year={asked.year.id}&by={asked.by}"


def _children_table(by: defining.Breakdown, known: Mapping[str, Shown], slots: Mapping[str, str], of: str) -> Table:
    rows = tuple(Row(title, (cell(known[slot]),)) for slot, title in slots.items())
    n, is_all = showing.added(known.values())
    summary = f"{n:,} children{'' if is_all else ' or more'}."
    return Table("children", "Children with a page", of, by.title, (Column("Children"),), rows, summary, chart="bars")


def _raised_table(
    by: defining.Breakdown, said: counts.Tallies, totals: Mapping[str, Mapping[str, Shown]],
    known: Mapping[str, Shown], slots: Mapping[str, str], of: str, asked: Asked,
) -> Table:  # fmt: skip
    """How often each flag was raised on each group, and on how many in a hundred of its children."""
    book = rules_here.book()
    rows = []
    for flag, parts in said.items():
        shares = tables.by_slot(totals[flag], parts, slots)
        cells = tuple(_raised(showing.added(by[slot] for by in shares.values()), known[slot]) for slot in slots)
        rows.append(Row(book[flag].title, cells, _address(flag, asked)))
    return Table(
        "raised", f"Flags raised, by {by.title[:1].lower()}{by.title[1:]}", of, "Flag",
        tuple(Column(title) for title in slots.values()), tuple(rows),
        "How often each was raised, and how often for every hundred children of the group who have a page.",
        "Held back where what was said of some of them would give a small number away.",
    )  # fmt: skip


def _happened_table(
    by: defining.Breakdown, at: datetime, known: Mapping[str, Shown], slots: Mapping[str, str], of: str, asked: Asked
) -> Table:
    """What else befell each group, however it came about."""
    found = counts.happened(at, asked.year, (ALTOGETHER, by.id))
    rows = []
    for kind, title in defining.happened().items():
        total = showing.totals({kind: found[ALTOGETHER].get(kind, {}).get(ALTOGETHER, NOBODY)})[kind]
        of_kind = found[by.id].get(kind, {})
        shown = showing.by_slot(total, {slot: of_kind.get(slot, NOBODY) for slot in slots})
        rows.append(Row(title, tuple(_raised(showing.added([shown[slot]]), known[slot]) for slot in slots)))
    return Table(
        "happened", f"What else happened, by {by.title[:1].lower()}{by.title[1:]}", of, "What happened",
        tuple(Column(title) for title in slots.values()), tuple(rows),
        "How often, and how often for every hundred children of the group who have a page.",
        "Counted of children with a page here or who had one: of nobody else.",
    )  # fmt: skip


def _raised(added: tuple[int, bool], children: Shown) -> Cell:
    n, is_all = added
    if not is_all:
        return Cell(f"{n:,} or more" if n else HELD_BACK)
    if not n or not children.n:
        return Cell(f"{n:,}", n)
    return Cell(f"{n:,} ({100 * n / children.n:.0f} in 100)", n)


def _said_table(totals: Mapping[str, Mapping[str, Shown]], of: str, asked: Asked) -> Table:
    book, parts = rules_here.book(), defining.verdicts().values()
    rows = tuple(
        Row(book[flag].title, tuple(cell(shown[part.id]) for part in parts), _address(flag, asked))
        for flag, shown in totals.items()
    )
    return Table(
        "said", "What people said of each flag", of, "Flag", tuple(Column(p.title, p.look) for p in parts), rows,
        "What a flag proved to be in the end counts before what was done about it.", "", "bars", stacked=True,
    )  # fmt: skip
