"""One authority's Standard Safeguarding Dataset, as a CSV for each table: six years of social care."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from throughline.invent import setting
from throughline.invent.days import ISO, MINUTES, YEAR
from throughline.invent.deliveries import Delivery
from throughline.invent.files import Files
from throughline.invent.model import Case, Life
from throughline.invent.people import Known, World, known_to, upn_on
from throughline.invent.spoiling import spoiling
from throughline.invent.ssd_care import care
from throughline.invent.ssd_protection import protection
from throughline.invent.ssd_row import Row, Scope, yes_no

_HORIZON = 6 * YEAR
"""The extract goes back six years (`@ssd_timeframe_years`)."""
_WORKERS, _TEAMS = 240, 12
_NOTHING = ("SSD_PH", "PLACEHOLDER_DATA", "1900-01-01")
"""What the live extract writes where it has no data."""


class Ssd:
    """One dump of one authority."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._area = delivery.sender.areas[0]
        self._agency = delivery.sender.agency
        self._last = delivery.cut // MINUTES
        self._folder = f"{delivery.folder}/ssd"
        self._stamped = world.partnership.ssd[self._agency].get("midnight", False)
        self._columns = setting.ssd_tables()
        for table, columns in self._columns.items():
            files.begin(self._name(table), ",".join(columns) + "\n")
        self._rng = world.random("ssd", delivery.folder)
        for table, row in _staff(self._area):
            self._write(table, row)

    def add(self, life: Life) -> None:
        """Write the child's rows, if this authority has worked with it in the last six years."""
        first = self._last - _HORIZON
        cases = [
            case
            for case in life.cases
            if case.area == self._area
            and case.referred <= self._last
            and (case.closed is None or case.closed >= first or case.into_care)
        ]
        if not cases:
            return
        home = next((h for h in life.child.homes if h.area == self._area), life.child.homes[0])
        self._rng = self._world.random("ssd", self._folder, life.child.number)
        scope = Scope(home.la_id, self._area, first, self._last)
        for table, row in _person(self._world, life, scope, self._agency):
            self._write(table, row)
        for number, case in enumerate(cases, 1):
            for table, row in _case(life, scope, case, f"R{scope.person}-{number}"):
                self._write(table, row)
        for table, row in care(life, scope):
            self._write(table, row)

    def close(self) -> None:
        """Nothing waits."""

    def _name(self, table: str) -> str:
        return f"{self._folder}/ssd_{table}.csv"

    def _write(self, table: str, row: Row) -> None:
        columns = self._columns[table]
        cells: Sequence[str] = [row.pop(column, "") for column in columns]
        assert not row, f"{table} has no {', '.join(row)}"
        cells, times = spoiling(f"ssd/{table}", columns).row(self._rng, cells)
        if self._stamped:
            cells = [f"{c} 00:00:00" if len(c) == 10 and c[4] == c[7] == "-" else c for c in cells]
        line = ",".join([_quoted(c) for c in cells]) + "\n"
        self._files.add(self._name(table), line * times)


def _quoted(cell: str) -> str:
    if '"' in cell or "," in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _staff(area: int) -> Iterator[tuple[str, Row]]:
    surnames, given = setting.names()["surnames"], setting.names()["workers"]
    for number in range(_TEAMS):
        team = {"dept_team_id": f"T{area + 1}{number:02d}", "dept_team_name": f"Team {number + 1}"}
        yield "department", team | {"dept_team_parent_id": f"T{area + 1}00", "dept_team_parent_name": "Social care"}
    for number in range(_WORKERS):
        code = f"SW{area + 1}{number:03d}"
        yield (
            "professionals",
            {
                "prof_professional_id": code,
                "prof_staff_id": f"S{area + 1}{number:04d}",
                "prof_professional_name": f"{given[number % len(given)]} {surnames[number * 7 % len(surnames)]}",
                "prof_agency_worker_flag": _NOTHING[0],
                "prof_professional_job_title": "Social worker",
                "prof_professional_caseload": str(8 + number % 15),
                "prof_professional_department": f"T{area + 1}{number % _TEAMS:02d}",
                "prof_full_time_equivalency": "1.0",
            },
        )


def _person(world: World, life: Life, scope: Scope, agency: str) -> Iterator[tuple[str, Row]]:
    child, id_ = life.child, scope.person
    home = next((h for h in child.homes if h.area == scope.area), child.homes[0])
    who = known_to(world, child, agency, home)
    _, none = upn_on(child, scope.last)
    unborn = child.born > scope.last
    yield (
        "person",
        {
            "pers_legacy_id": f"OLD{int(id_) % 100_000}" if child.number % 5 == 0 else "",
            "pers_person_id": id_,
            "pers_upn": who.upn,
            "pers_forename": "" if unborn else who.forename,
            "pers_surname": who.surname,
            "pers_sex": "U" if unborn else child.sex,
            "pers_gender": {"M": "01", "F": "02"}[child.sex],
            "pers_ethnicity": child.ethnicity,
            "pers_dob": "" if unborn else ISO[who.born],
            "pers_single_unique_id": who.nhs_number,
            "pers_upn_unknown": "" if who.upn else none or "UN1",
            "pers_send_flag": yes_no(bool(life.plan and life.plan.issued and life.plan.issued <= scope.last)),
            "pers_expected_dob": ISO[child.born] if unborn else "",
            "pers_is_mother": "N",
        },
    )
    yield (
        "linked_identifiers",
        {
            "link_table_id": f"L{id_}",
            "link_person_id": id_,
            "link_identifier_type": "Case no",
            "link_identifier_value": _NOTHING[0],
            "link_valid_from_date": _NOTHING[2],
            "link_valid_to_date": _NOTHING[2],
        },
    )
    yield from _addresses(life, scope, who)
    for code in child.disabilities or ("NONE",):
        yield "disability", {"disa_table_id": f"D{id_}", "disa_person_id": id_, "disa_disability_code": code}
    row = {"fami_table_id": f"F{id_}", "fami_family_id": f"F{child.family}", "fami_person_id": id_}
    yield "family", row
    yield from _early_help(life, scope)
    yield from _placeholders(life, id_)


def _addresses(life: Life, scope: Scope, who: Known) -> Iterator[tuple[str, Row]]:
    child, id_ = life.child, scope.person
    for number, place in enumerate(h for h in child.homes if h.area == scope.area):
        since = max(child.born, place.since, scope.first - 900)
        if since > scope.last:
            continue
        following = next((h.since for h in child.homes if h.since > place.since), None)
        yield (
            "address",
            {
                "addr_table_id": f"A{id_}-{number}",
                "addr_person_id": id_,
                "addr_address_type": "Primary",
                "addr_address_start_date": ISO[since],
                "addr_address_end_date": scope.day(following),
                "addr_address_postcode": who.postcode or place.postcode,
                "addr_address_json": json.dumps({"POSTCODE": place.postcode}),
            },
        )


def _early_help(life: Life, scope: Scope) -> Iterator[tuple[str, Row]]:
    """Family help after cases that closed to it (RC9)."""
    for number, case in enumerate(life.cases, 1):
        if case.area == scope.area and case.closed_for == "RC9" and scope.day(case.closed) and case.closed:
            yield (
                "early_help_episodes",
                {
                    "earl_episode_id": f"EH{scope.person}-{number}",
                    "earl_person_id": scope.person,
                    "earl_episode_start_date": ISO[case.closed],
                    "earl_episode_end_date": scope.day(case.closed + 150),
                    "earl_episode_reason": "Stepped down",
                    "earl_episode_end_reason": "Needs met" if scope.day(case.closed + 150) else "",
                    "earl_episode_organisation": "Family help",
                },
            )


def _placeholders(life: Life, id_: str) -> Iterator[tuple[str, Row]]:
    """Tables the live extract fills with nothing but placeholders."""
    ph, data, none = _NOTHING
    if life.plan:
        yield "send", {"send_table_id": f"SE{id_}", "send_person_id": id_, "send_upn": ph, "send_uln": ph}
        yield (
            "ehcp_requests",
            {"ehcr_ehcp_request_id": f"ER{id_}", "ehcr_send_table_id": f"SE{id_}"}
            | {
                "ehcr_ehcp_req_date": none,
                "ehcr_ehcp_req_outcome_date": none,
                "ehcr_ehcp_req_outcome": ph,
            },
        )
        yield (
            "ehcp_active_plans",
            {
                "ehcp_active_ehcp_id": f"EP{id_}",
                "ehcp_ehcp_request_id": f"ER{id_}",
                "ehcp_active_ehcp_last_review_date": none,
            },
        )
    if any(case.protection for case in life.cases):
        row = {"voch_table_id": f"V{id_}", "voch_person_id": id_, "voch_explained_worries": data}
        yield "voice_of_child", row
        yield (
            "pre_proceedings",
            {
                "prep_table_id": f"P{id_}",
                "prep_person_id": id_,
                "prep_plo_family_id": ph,
                "prep_pre_pro_decision_date": _NOTHING[2],
                "prep_court_reference": data,
            },
        )


def _case(life: Life, scope: Scope, case: Case, referral: str) -> Iterator[tuple[str, Row]]:
    on, id_ = scope.day, scope.person
    sources: Mapping[str, str] = {"6": "Police", "2A": "Schools", "3E": "A&E", "1A": "Family member"}
    worker = f"SW{scope.area + 1}{(life.child.number * 13 + case.referred) % _WORKERS:03d}"
    team = f"T{scope.area + 1}{case.referred % _TEAMS:02d}"
    yield (
        "contacts",
        {
            "cont_contact_id": f"C{referral[1:]}",
            "cont_person_id": id_,
            "cont_contact_date": ISO[case.referred],
            "cont_contact_source_code": case.source,
            "cont_contact_source_desc": sources.get(case.source, "Other"),
            "cont_contact_outcome_json": json.dumps({"NEW_REFERRAL_FLAG": yes_no(not case.nfa)}),
        },
    )
    yield (
        "cin_episodes",
        {
            "cine_referral_id": referral,
            "cine_person_id": id_,
            "cine_referral_date": ISO[case.referred],
            "cine_cin_primary_need_code": case.need,
            "cine_referral_source_code": case.source,
            "cine_referral_source_desc": sources.get(case.source, "Other"),
            "cine_referral_nfa": yes_no(case.nfa),
            "cine_close_reason": case.closed_for if on(case.closed) else "",
            "cine_close_date": on(case.closed),
            "cine_referral_team": team,
            "cine_referral_worker_id": worker,
        },
    )
    if not case.nfa:
        yield (
            "involvements",
            {
                "invo_involvements_id": f"I{referral[1:]}",
                "invo_professional_id": worker,
                "invo_professional_role_id": "CW",
                "invo_professional_team": team,
                "invo_person_id": id_,
                "invo_involvement_start_date": ISO[case.referred + 2],
                "invo_involvement_end_date": on(case.closed),
                "invo_referral_id": referral,
            },
        )
    yield from _assessments(scope, case, referral)
    yield from _plans(scope, case, referral)
    yield from protection(life, scope, case, referral)


def _plans(scope: Scope, case: Case, referral: str) -> Iterator[tuple[str, Row]]:
    for number, (start, end) in enumerate(case.plans, 1):
        if start <= scope.last:
            yield (
                "cin_plans",
                {
                    "cinp_cin_plan_id": f"{referral}-P{number}",
                    "cinp_referral_id": referral,
                    "cinp_person_id": scope.person,
                    "cinp_cin_plan_start_date": ISO[start],
                    "cinp_cin_plan_end_date": scope.day(end),
                },
            )


def _assessments(scope: Scope, case: Case, referral: str) -> Iterator[tuple[str, Row]]:
    for number, assessment in enumerate(case.assessments, 1):
        if assessment.start > scope.last:
            continue
        id_ = f"{referral}-A{number}"
        done = scope.day(assessment.done)
        yield (
            "cin_assessments",
            {
                "cina_assessment_id": id_,
                "cina_person_id": scope.person,
                "cina_referral_id": referral,
                "cina_assessment_start_date": ISO[assessment.start],
                "cina_assessment_child_seen": "Y",
                "cina_assessment_auth_date": done,
                "cina_assessment_outcome_nfa": "N" if done else "",
            },
        )
        if done and assessment.factors:
            row = {"cinf_table_id": f"{id_}-F", "cinf_assessment_id": id_}
            yield "assessment_factors", row | {"cinf_assessment_factors_json": json.dumps(list(assessment.factors))}
