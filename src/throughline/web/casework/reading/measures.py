"""How duties are met and what becomes of flags: numbers for whom the policy gives measures, names for who works
with a child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from throughline import sharing, words
from throughline.duties import Rule
from throughline.measures import Shown, defining, fairness
from throughline.measures.counting import wait_unit
from throughline.measures.defining import MONTH, Year
from throughline.measures.showing import NOBODY, Tally
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import rules_here
from throughline.web.casework.reading import measure_counts as counts
from throughline.web.casework.reading import measure_names
from throughline.web.casework.reading import measure_tables as tables
from throughline.web.casework.reading.area_shapes import Table
from throughline.web.casework.reading.measure_counts import ALTOGETHER, OUTCOME, VERDICT
from throughline.web.casework.reading.measure_shapes import (
    Asked,
    BehindPage,
    Choice,
    DutyPage,
    MeasuresPage,
    Theme,
)

PATH = "measures"
_YEARS_BACK = 3
"""Years of measures one can choose from, this one among them."""


def asked(given: Mapping[str, str], today: date) -> Asked:
    """What an address asks for; whatever it says that cannot be is left out of account."""
    year = next((y for y in _years(today) if y.id == given.get("year")), defining.year_of(today))
    months = year.months
    first = given.get("from", "") if given.get("from", "") in months else months[0]
    last = given.get("to", "") if given.get("to", "") in months and given["to"] >= first else months[-1]
    return Asked(year, first, last, given.get("by", "") if given.get("by", "") in defining.breakdowns() else "")


def year_choices(today: date) -> tuple[Choice, ...]:
    """This year and those before it."""
    return tuple(Choice(year.id, year_title(year)) for year in _years(today))


def year_title(year: Year) -> str:
    """``April 2026 to March 2027``."""
    return f"{tables.month_title(year.months[0])} to {tables.month_title(year.months[-1])}"


def all_measures(viewer: Viewer, given: Mapping[str, str], path_kind: str = PATH) -> MeasuresPage:
    """Every duty and flag by theme. Raises PermissionDenied for a role without measures."""
    allowed(viewer)
    at, year = clock.now(), asked(given, viewer.today).year
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind)
    book = rules_here.book()
    told = counts.tallies(at, tuple(book), year, (ALTOGETHER,)).by(ALTOGETHER)
    return MeasuresPage(
        name="How duties are met",
        at=at,
        year=year,
        years=year_choices(viewer.today),
        themes=tuple(_theme(id, title, rules, told, year, at) for id, title, rules in _themes(book.values())),
        groups=sharing.GROUPS in viewer.policy.measures,
    )


def measure(viewer: Viewer, duty: str, given: Mapping[str, str], path_kind: str = "measure") -> DutyPage:
    """One duty or flag. Raises PermissionDenied, and Http404 for a rule that is not in the book."""
    allowed(viewer)
    rule = rule_of(duty)
    at, wanted = clock.now(), asked(given, viewer.today)
    by = defining.breakdowns().get(wanted.by)
    if by is not None and by.group:
        allowed(viewer, sharing.GROUPS)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind)
    named = bool(viewer.policy.relations)
    return _duty_page(rule, wanted, at, viewer, named)


def behind(viewer: Viewer, duty: str, given: Mapping[str, str]) -> BehindPage:
    """Whom the viewer works with behind one number of a duty. The look is recorded with every child named."""
    allowed(viewer)
    rule, wanted, at = rule_of(duty), asked(given, viewer.today), clock.now()
    part, side, slot = given.get("part", ""), given.get("side", ""), given.get("slot", "")
    if part not in defining.outcomes() or side not in measure_names.SIDES or not viewer.policy.relations:
        raise Http404
    names, more, numbers = measure_names.behind(viewer, duty, wanted.year, part, side, slot, at)
    looked(
        user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="measure names", children=numbers
    )  # fmt: skip
    where = _slot_title(side, slot, wanted.year)
    return BehindPage(
        name=rule.title,
        rule=rule,
        what=f"{defining.outcomes()[part].title}, {where}",
        back=f"{reverse('measure', args=[duty])}?{urlencode({'year': wanted.year.id})}",
        names=names,
        left_off=more,
        today=viewer.today,
    )


def rule_of(duty: str) -> Rule:
    """A rule of the book; raises Http404."""
    book = rules_here.book()
    if duty not in book:
        raise Http404
    return book[duty]


def allowed_breakdowns(viewer: Viewer, *, groups_only: bool = False) -> tuple[Choice, ...]:
    """By what this viewer may break a measure down."""
    groups = sharing.GROUPS in viewer.policy.measures
    return tuple(
        Choice(each.id, each.title)
        for each in defining.breakdowns().values()
        if (groups or not each.group) and (each.group or not groups_only)
    )


def allowed(viewer: Viewer, sort: str = sharing.DUTIES) -> None:
    """Raises PermissionDenied where the policy gives this role no measures of that sort."""
    if sort not in viewer.policy.measures:
        raise PermissionDenied("Your role does not see how duties are met across the partnership.")


def _years(today: date) -> Sequence[Year]:
    now = defining.year_of(today)
    return [defining.year_of(now.first.replace(year=now.first.year - back)) for back in range(_YEARS_BACK)]


def _themes(rules: Iterable[Rule]) -> Iterable[tuple[str, str, Sequence[Rule]]]:
    """Rules under the area of life of what opens them, in the order of `words`."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        opens = (*rule.opening_kinds, *(answer.kind for answer in rule.answers))[0]
        found.setdefault(words.kinds()[opens].area, []).append(rule)
    return [(area, title, found[area]) for area, title in words.areas().items() if area in found]


def _theme(id: str, title: str, rules: Sequence[Rule], told: counts.Tallies, year: Year, at: datetime) -> Theme:
    query = f"?{urlencode({'year': year.id})}"
    rows = [
        (rule.title, reverse("measure", args=[rule.id]) + query, tables.totals(told[rule.id]))
        for rule in rules
        if rule.id in told
    ]
    quiet = tuple(Choice(rule.id, rule.title) for rule in rules if rule.id not in told)
    return Theme(
        id, tables.theme(f"theme-{id}", title, rows, tables.of(at, f"What fell due, {year_title(year)}")), quiet
    )


def _duty_page(rule: Rule, wanted: Asked, at: datetime, viewer: Viewer, named: bool) -> DutyPage:
    year, by = wanted.year, defining.breakdowns().get(wanted.by)
    where = tables.of(at, f"all areas, {year_title(year)}")
    sides = (ALTOGETHER, MONTH, by.id) if by else (ALTOGETHER, MONTH)
    told, waited = counts.tallies(at, [rule.id], year, sides), counts.waits(at, rule.id, year, sides)
    total = tables.totals(told.of(rule.id, ALTOGETHER))
    behind_it = _behind(rule, year, ALTOGETHER, named)
    return DutyPage(
        name=rule.title,
        at=at,
        rule=rule,
        asked=wanted,
        years=year_choices(viewer.today),
        months=tuple(Choice(month, tables.month_title(month)) for month in year.months),
        breakdowns=allowed_breakdowns(viewer),
        altogether=tables.altogether(
            "altogether", "What became of it", where, year_title(year), total, OUTCOME, behind_it
        ),
        waited=tables.waits(waited[ALTOGETHER], _unit(rule), where),
        said=_said(rule, year, told, where),
        by_month=_by_month(rule, wanted, told, total, where, named),
        broken_down=_broken_down(rule, wanted, by, told, waited[by.id], at, named) if by else None,
        review=_review(rule, by, told, at) if by else (),
        names_shown=named,
    )  # fmt: skip


def _by_month(
    rule: Rule, wanted: Asked, told: counts.Told, total: Mapping[str, Shown], where: str, named: bool
) -> Table:
    """Held back over the whole year; which of its months are looked at changes no number."""
    year = wanted.year
    begun = [month for month in year.months if month <= clock.today().isoformat()[:7]]
    months = {month: tables.month_short(month) for month in wanted.months if month in begun}
    return tables.broken_down(
        "months", "Month by month, by when it fell due", where, "Month", months, total,
        tables.by_slot(total, told.of(rule.id, MONTH), begun), OUTCOME,
        behind=_behind(rule, year, MONTH, named), upright=True,
    )  # fmt: skip


def _said(rule: Rule, year: Year, told: counts.Told, where: str) -> Table | None:
    if rule.id not in counts.flags():
        return None
    total = tables.totals(told.of(rule.id, ALTOGETHER, VERDICT))
    return tables.altogether("said", "What people said of it", where, year_title(year), total, VERDICT)


def _by_verdict(rule: Rule, by: defining.Breakdown) -> bool:
    """A flag is told by groups of children as what was said of it: both at once would give small numbers away."""
    return by.group and rule.id in counts.flags()


def _broken_down(
    rule: Rule,
    wanted: Asked,
    by: defining.Breakdown,
    told: counts.Told,
    waited: counts.Waits,
    at: datetime,
    named: bool,
) -> Table:
    what = VERDICT if _by_verdict(rule, by) else OUTCOME
    counted, total = told.of(rule.id, by.id, what), tables.totals(told.of(rule.id, ALTOGETHER, what))
    slots = tables.slots_of(by, {slot for tallied in counted.values() for slot in tallied})
    side = _behind(rule, wanted.year, by.id, named) if by.id in measure_names.SIDES else tables.nobody
    where = tables.of(at, year_title(wanted.year))
    return tables.broken_down(
        "by", f"By {by.title[:1].lower()}{by.title[1:]}", where, by.title, slots, total,
        tables.by_slot(total, counted, slots), what, behind=side, waited=waited if what == OUTCOME else None,
        unit=_unit(rule),
    )  # fmt: skip


def _review(rule: Rule, by: defining.Breakdown, told: counts.Told, at: datetime) -> tuple[str, ...]:
    if not _by_verdict(rule, by):
        return ()
    counted, children = told.of(rule.id, by.id, VERDICT), counts.children(at, by.id)
    return uneven(counted, children, tables.slots_of(by, children))


def _unit(rule: Rule) -> str:
    return wait_unit(rule.versions[-1].unit)


def uneven(
    said: Mapping[str, Mapping[str, Tally]], children: Mapping[str, Tally], slots: Mapping[str, str]
) -> tuple[str, ...]:
    """Titles of the groups for whose sake a flag is to be reviewed before it stays on."""
    raised = {
        slot: fairness.Raised(
            children.get(slot, NOBODY).n,
            sum(by.get(slot, NOBODY).n for by in said.values()),
            said["relevant"].get(slot, NOBODY).n,
            said["wrong"].get(slot, NOBODY).n,
        )
        for slot in slots
    }
    return tuple(slots[slot] for slot in fairness.uneven(raised, defining.fairness()))


def _behind(rule: Rule, year: Year, side: str, named: bool) -> tables.Behind:
    if not named:
        return tables.nobody
    address = reverse("measure_names", args=[rule.id])

    def of(part: str, slot: str) -> str:
        return f"{address}?{urlencode({'year': year.id, 'part': part, 'side': side, 'slot': slot})}"

    return of


def _slot_title(side: str, slot: str, year: Year) -> str:
    if side == MONTH and slot in year.months:
        return tables.month_title(slot)
    if side == "area":
        return words.agency_title(slot) if slot else defining.breakdowns()["area"].blank
    return year_title(year)
