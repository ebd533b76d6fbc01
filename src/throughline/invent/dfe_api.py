"""One authority's children in the shape of the department's children's social care API: nested JSON."""

from __future__ import annotations

import json
from typing import Any

from throughline.invent.days import ISO, MINUTES
from throughline.invent.deliveries import Delivery
from throughline.invent.files import Files
from throughline.invent.model import Case, Life, Spell
from throughline.invent.people import World, known_to, upn_on

_BACK = 6 * 365

Given = dict[str, Any]


class DfeApi:
    """Every child worked with in six years, one JSON object each, in one list."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._agency = delivery.sender.agency
        self._area = delivery.sender.areas[0]
        self._last = delivery.cut // MINUTES
        self._name = f"{delivery.folder}/children.json"
        self._first = True
        files.begin(self._name, "[\n", "\n]\n")

    def add(self, life: Life) -> None:
        """Write the child's object, if this authority worked with it."""
        last = self._last
        cases = [
            case
            for case in life.cases
            if case.area == self._area and case.referred <= last and (case.closed or last) >= last - _BACK
        ]
        if not cases:
            return
        spells = [spell for spell in life.spells if spell.area == self._area and spell.start <= last]
        home = next(h for h in life.child.homes if h.area == self._area)
        given = self._child(life, home.la_id)
        episodes = [self._case(case, f"{home.la_id}-{number}") for number, case in enumerate(cases, 1)]
        for number, spell in enumerate(spells, 1):
            led = [at for at, case in enumerate(cases) if case.into_care is not None and case.referred <= spell.start]
            episode = episodes[led[-1] if led else 0]
            placements = self._placements(spell, f"{home.la_id}-P{number}")
            episode.setdefault("child_looked_after_placements", []).extend(placements)
            workers = [self._span(w.start, w.end, worker_id=w.code) for w in spell.workers if w.start <= last]
            episode.setdefault("care_worker_details", []).extend(workers)
        given["social_care_episodes"] = episodes
        text = json.dumps(given, ensure_ascii=False)
        self._files.add(self._name, text if self._first else ",\n" + text)
        self._first = False

    def close(self) -> None:
        """Nothing waits."""

    def _day(self, day: int | None) -> str | None:
        return ISO[day] if day is not None and day <= self._last else None

    def _span(self, start: int, end: int | None, **more: Any) -> Given:
        given = {**more, "start_date": ISO[start]}
        if self._day(end):
            given["end_date"] = self._day(end)
        return given

    def _child(self, life: Life, la_id: str) -> Given:
        child = life.child
        who = known_to(self._world, child, self._agency, child.home(self._last))
        _, none = upn_on(child, self._last)
        unborn = child.born > self._last
        about = {
            "unique_pupil_number": who.upn or None,
            "former_unique_pupil_number": child.temporary_upn or None,
            "unique_pupil_number_unknown_reason": None if who.upn else none or "UN5",
            "first_name": None if unborn else who.forename,
            "surname": who.surname,
            "date_of_birth": None if unborn else ISO[who.born],
            "expected_date_of_birth": ISO[child.born] if unborn else None,
            "sex": "U" if unborn else child.sex,
            "ethnicity": child.ethnicity,
            "disabilities": list(child.disabilities) or ["NONE"],
            "postcode": who.postcode or None,
            "uasc_flag": any(spell.alone_until for spell in life.spells),
            "purge": False,
        }
        details = {name: value for name, value in about.items() if value is not None}
        return {"la_child_id": la_id, "mis_child_id": f"MIS{la_id}", "purge": False, "child_details": details}

    def _case(self, case: Case, key: str) -> Given:
        last = self._last
        given: Given = {
            "social_care_episode_id": key,
            "referral_date": ISO[case.referred],
            "referral_source": case.source,
            "referral_no_further_action_flag": case.nfa,
        }
        if self._day(case.closed):
            given |= {"closure_date": self._day(case.closed), "closure_reason": case.closed_for}
        assessments = []
        for number, one in enumerate(case.assessments, 1):
            if one.start <= last:
                made: Given = {"child_and_family_assessment_id": f"{key}-A{number}", "start_date": ISO[one.start]}
                if self._day(one.done):
                    made |= {"authorisation_date": self._day(one.done), "factors": list(one.factors)}
                assessments.append(made)
        enquiries = []
        for number, enquiry in enumerate(case.enquiries, 1):
            if enquiry.start <= last:
                more: Given = {"icpc_required_flag": not enquiry.not_required}
                more |= (
                    {"icpc_date": ISO[enquiry.conference]}
                    if self._day(enquiry.conference) and enquiry.conference
                    else {}
                )
                enquiries.append(self._span(enquiry.start, None, section_47_assessment_id=f"{key}-S{number}", **more))
        plans = [
            self._span(start, end, child_in_need_plan_id=f"{key}-C{number}")
            for number, (start, end) in enumerate(case.plans, 1)
            if start <= last
        ]
        protection = [
            self._span(plan.start, plan.end, child_protection_plan_id=f"{key}-CP{number}")
            for number, plan in enumerate(case.protection, 1)
            if plan.start <= last
        ]
        lists = {
            "child_and_family_assessments": assessments,
            "child_in_need_plans": plans,
            "section_47_assessments": enquiries,
            "child_protection_plans": protection,
        }
        return given | {name: held for name, held in lists.items() if held}

    def _placements(self, spell: Spell, key: str) -> list[Given]:
        made = []
        for number, one in enumerate(spell.episodes, 1):
            if one.start > self._last:
                break
            given = self._span(one.start, one.end, child_looked_after_placement_id=f"{key}-{number}")
            given |= {"start_reason": one.new, "postcode": one.place_postcode, "placement_type": one.place}
            if "end_date" in given:
                given["end_reason"] = one.ceased
                if one.change:
                    given["change_reason"] = one.change
            made.append(given)
        return made
