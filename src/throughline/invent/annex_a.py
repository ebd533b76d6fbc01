"""The two workbooks inspections ask for: Ofsted's Annex A of social care, and Annex A of SEND."""

from __future__ import annotations

from datetime import date

from throughline.invent import setting, workbooks
from throughline.invent.annex_a_care import looked_after
from throughline.invent.annex_a_rows import day, half_coded, start, yes
from throughline.invent.days import MINUTES, YEAR
from throughline.invent.deliveries import Delivery
from throughline.invent.files import Files
from throughline.invent.model import Case, Life
from throughline.invent.people import World, known_to
from throughline.invent.workbooks import Cell

_SIX_MONTHS = 183
_PHASES = {"primary": 2, "secondary": 3, "special": 5, "pru": 6}


class _Workbook:
    """Lists filled life after life, and written at the end."""

    def __init__(self, which: str, name: str, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._area = delivery.sender.areas[0]
        self._agency = delivery.sender.agency
        self._last = delivery.cut // MINUTES
        self._path = files.place(f"{delivery.folder}/{name}")
        self._made = date.fromordinal(delivery.received)
        self._rows: dict[str, list[list[Cell]]] = {
            sheet: [list(headings)] for sheet, headings in setting.annex_a()[which].items()
        }

    def _add(self, sheet: str, row: list[Cell]) -> None:
        self._rows[sheet].append(row + [None] * (len(self._rows[sheet][0]) - len(row)))

    def close(self) -> None:
        """Write the workbook."""
        workbooks.write(self._path, self._rows, self._made)


class IlacsAnnexA(_Workbook):
    """Ofsted's eleven lists of one authority's children: the last months, and the children worked with now."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        super().__init__("ilacs", "Annex A.xlsx", world, files, delivery)
        for number in range(1, 7):
            self._add("List 11", [f"AD{number:03d}", f"AF{(number + 1) // 2:03d}"])

    def add(self, life: Life) -> None:
        """The child's rows of lists 1 to 10."""
        home = next((h for h in life.child.homes if h.area == self._area), None)
        if home is None:
            return
        who = start(life, home.la_id, self._last)
        for case in life.cases:
            if case.area == self._area and case.referred <= self._last:
                self._case(life, case, who)
        for spell in life.spells:
            if spell.area == self._area and spell.start <= self._last:
                for sheet, row in looked_after(self._world, life, spell, who, self._last):
                    self._add(sheet, row)

    def _case(self, life: Life, case: Case, who: list[Cell]) -> None:
        last, recent = self._last, self._last - _SIX_MONTHS
        source = setting.annex_a()["sources"].get(case.source, case.source)
        if case.referred > last - 92:
            self._add("List 1", [*who, day(case.referred, last), source])
        if case.referred > recent:
            count = sum(case.referred - YEAR < other.referred <= case.referred for other in life.cases)
            self._add("List 3", [*who, day(case.referred, last), source, yes(case.nfa), count, "Assessment team"])
        if case.closed_for == "RC9" and case.closed and recent < case.closed <= last:
            self._add("List 2", [*who, day(case.closed, last), day(case.closed + 30, last), "Family help"])
        for one in case.assessments:
            if recent < one.start <= last:
                done = day(one.done, last)
                row = [yes(bool(life.child.disabilities)), day(one.start, last), "a) Yes", done, yes(bool(case.plans))]
                self._add("List 4", [*who, *row])
        for enquiry in case.enquiries:
            if recent < enquiry.start <= last:
                made = any(p.start == enquiry.conference for p in case.protection)
                came = day(enquiry.conference, last)
                row = [
                    day(enquiry.start, last),
                    yes(enquiry.not_required),
                    came,
                    yes(made) if came else None,
                    1,
                    1 if came else 0,
                ]
                self._add("List 5", [*who, *row])
        if not case.nfa and (case.closed is None or case.closed > recent):
            row = [day(case.referred, last), half_coded(case.need, "need"), self._seen(life), day(case.closed, last)]
            open_ = case.closed is None or case.closed > last
            reason = None if open_ else case.closed_for
            self._add("List 6", [*who, *row, reason, "a) Child in need" if open_ else "closed", "Locality team"])
        for plan in case.protection:
            if plan.start <= last and (plan.end is None or plan.end > recent):
                held = [review for review in plan.reviews if review <= last]
                categories: list[Cell] = [
                    half_coded(plan.first_category, "abuse"),
                    half_coded(plan.latest_category, "abuse"),
                ]
                row = [day(plan.start, last), *categories, self._seen(life), "Y", day(held[-1] if held else None, last)]
                self._add("List 7", [*who, *row, day(plan.end, last), "N", plan.earlier_plans, "Locality team"])

    def _seen(self, life: Life) -> Cell:
        visits = [r.at // MINUTES for r in life.told if r.kind == "visit" and r.area == self._area]
        return day(max((v for v in visits if v <= self._last), default=None), self._last)


class SendAnnexA(_Workbook):
    """The two lists of one authority's children with a plan, and on SEN support."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        super().__init__("send", "Annex A SEND.xlsx", world, files, delivery)

    def add(self, life: Life) -> None:
        """The child's row of list 1 or list 2, if it has a plan or needs support at a school here."""
        plan, child, last = life.plan, life.child, self._last
        if plan is None or plan.area != self._area or plan.requested > last:
            return
        who = known_to(self._world, child, self._agency, child.home(last))
        on_roll = next((e for e in reversed(life.roll) if e.entry <= last), None)
        area = self._world.partnership.areas[on_roll.area] if on_roll else None
        school = area.schools[on_roll.school] if area and on_roll else None
        excluded = [e for e in life.exclusions if last - YEAR < e.start <= last]
        person: list[Cell] = [f"SEN{child.number:06d}", who.upn, None, day(who.born, last), child.sex, child.ethnicity]
        place: list[Cell] = [plan.need, school.urn if school else "", _PHASES[school.phase] if school else None, None]
        counts: list[Cell] = [
            sum(e.category == "SUSP" for e in excluded),
            sum(e.category == "PERM" for e in excluded),
            child.number % 23,
            "No",
            "Yes" if life.open_case(last) else "No",
        ]
        if plan.issued and plan.issued <= last:
            held = [r.held for r in plan.reviews if r.held and r.held <= last]
            dates: list[Cell] = [day(plan.issued, last), None, day(held[-1] if held else None, last)]
            home = any(s.status == "EHE" and s.end is None for s in life.schooling)
            self._add("List_1", [*person, *dates, *place, "Yes" if home else "No", *counts])
        else:
            self._add("List_2", [*person, *place, *counts])
