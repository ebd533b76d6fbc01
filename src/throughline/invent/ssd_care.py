"""The dataset's tables of care, visits, and being missing."""

from __future__ import annotations

from collections.abc import Iterator

from throughline.invent.days import ISO, MINUTES, eighteen, working
from throughline.invent.model import Absence, Episode, Life, Spell
from throughline.invent.ssd_row import Row, Scope, yes_no


def care(life: Life, scope: Scope) -> Iterator[tuple[str, Row]]:
    """Spells in care with their placements and reviews; visits; times missing."""
    for number, spell in enumerate(life.spells, 1):
        if spell.area == scope.area and spell.start <= scope.last and (spell.end is None or spell.end >= scope.first):
            yield from _spell(life, scope, spell, f"CLA{scope.person}-{number}")
    yield from _visits(life, scope)
    for number, absence in enumerate(life.absences, 1):
        if (
            absence.area == scope.area
            and _written_down(absence)
            and scope.first <= absence.since // MINUTES <= scope.last
        ):
            yield "missing", _missing(scope, absence, number)


def _spell(life: Life, scope: Scope, spell: Spell, key: str) -> Iterator[tuple[str, Row]]:
    on, id_ = scope.day, scope.person
    placement, legal = "", ""
    for number, episode in enumerate(spell.episodes, 1):
        if episode.start > scope.last:
            break
        if episode.new != "L":
            placement = f"{key}-P{number}"
            yield "cla_placement", _placement(scope, spell, number - 1, key, placement)
        yield "cla_episodes", _episode(life, scope, spell, episode, key, f"{key}-E{number}", placement)
        if episode.legal != legal:
            legal = episode.legal
            ends = next((e.start for e in spell.episodes[number:] if e.legal != legal), spell.end)
            yield (
                "legal_status",
                {
                    "lega_legal_status_id": f"{key}-L{number}",
                    "lega_person_id": id_,
                    "lega_legal_status": legal,
                    "lega_legal_status_start_date": ISO[episode.start],
                    "lega_legal_status_end_date": on(ends),
                },
            )
    yield from _reviews(scope, spell, key)
    yield from _health(life, scope, spell, key)
    yield from _ending(life, scope, spell, key)
    yield (
        "cla_previous_permanence",
        {
            "lapp_table_id": f"{key}-PP",
            "lapp_person_id": id_,
            "lapp_previous_permanence_option": spell.first_permanence,
        },
    )


def _health(life: Life, scope: Scope, spell: Spell, key: str) -> Iterator[tuple[str, Row]]:
    id_, n, start = scope.person, life.child.number, spell.start
    if start + 19 <= scope.last:
        row = {"clah_health_check_id": f"{key}-H", "clah_person_id": id_, "clah_health_check_date": ISO[start + 19]}
        yield (
            "cla_health",
            row | {"clah_health_check_type": "Health assessment", "clah_health_check_status": "Complete"},
        )
        row = {"lacp_table_id": f"{key}-CP", "lacp_person_id": id_, "lacp_cla_care_plan_end_date": scope.day(spell.end)}
        yield "cla_care_plan", row | {"lacp_cla_care_plan_start_date": ISO[start + 9]}
        row = {"clai_person_id": id_, "clai_immunisations_status": yes_no(n % 8 > 0)}
        yield "cla_immunisations", row | {"clai_immunisations_status_date": ISO[start + 19]}
    if start + 365 <= scope.last and spell.end is None and 4 <= life.child.age(scope.last) < 17:
        row = {"csdq_table_id": f"{key}-SDQ", "csdq_person_id": id_, "csdq_sdq_score": str(4 + n % 27)}
        yield "sdq_scores", row | {"csdq_sdq_completed_date": ISO[start + 365], "csdq_sdq_reason": "SSD_PH"}
    if start + 100 <= scope.last and life.child.age(start) > 12 and n % 6 == 0:
        row = {"clas_substance_misuse_id": f"{key}-SM", "clas_person_id": id_, "clas_intervention_received": "Y"}
        yield (
            "cla_substance_misuse",
            row | {"clas_substance_misuse_date": ISO[start + 100], "clas_substance_misused": "Y"},
        )


def _ending(life: Life, scope: Scope, spell: Spell, key: str) -> Iterator[tuple[str, Row]]:
    """Convictions, permanence, arriving alone, and what follows care."""
    id_ = scope.person
    for o in life.occurrences:
        day = o.at // MINUTES
        charged = o.role == "SUSPECT" and o.investigation and o.investigation.outcome == "charged"
        if charged and spell.during(day) and day <= scope.last:
            row = {"clac_cla_conviction_id": f"{key}-{o.number}", "clac_person_id": id_}
            row |= {"clac_cla_conviction_date": ISO[day], "clac_cla_conviction_offence": o.type}
            yield "cla_convictions", row
    if spell.alone_until:
        row = {"immi_immigration_status_id": f"{key}-IM", "immi_person_id": id_, "immi_immigration_status": "UASC"}
        yield "immigration_status", row | {"immi_immigration_status_start_date": ISO[spell.start]}
    if spell.adoption and spell.adoption[0] <= scope.last:
        decided, matched, placed = spell.adoption
        yield (
            "permanence",
            {
                "perm_table_id": f"{key}-PM",
                "perm_person_id": id_,
                "perm_cla_id": key,
                "perm_adm_decision_date": ISO[decided],
                "perm_matched_date": scope.day(matched),
                "perm_placed_for_adoption_date": scope.day(placed),
            },
        )
    if scope.day(spell.end) and spell.end == eighteen(life.child.born):
        yield (
            "care_leavers",
            {
                "clea_table_id": f"{key}-CL",
                "clea_person_id": id_,
                "clea_care_leaver_eligibility": "Former relevant child",
                "clea_care_leaver_in_touch": "YES",
                "clea_care_leaver_latest_contact": scope.day(spell.end + 20),
                "clea_care_leaver_accommodation": "U",
                "clea_care_leaver_accom_suitable": "1",
                "clea_care_leaver_activity": "F2",
                "clea_pathway_plan_review_date": scope.day(spell.end + 30),
                "clea_care_leaver_allocated_team": f"T{scope.area + 1}03",
            },
        )


def _placement(scope: Scope, spell: Spell, at: int, key: str, placement: str) -> Row:
    episode = spell.episodes[at]
    last = next((e for e in spell.episodes[at:] if e.change or e.ceased not in ("X1", "")), None)
    ended = scope.day(last.end) if last else ""
    return {
        "clap_cla_placement_id": placement,
        "clap_cla_id": key,
        "clap_person_id": scope.person,
        "clap_cla_placement_start_date": ISO[episode.start],
        "clap_cla_placement_type": episode.place,
        "clap_cla_placement_urn": episode.urn,
        "clap_cla_placement_distance": "999.9",
        "clap_cla_placement_provider": episode.provider,
        "clap_cla_placement_postcode": episode.place_postcode,
        "clap_cla_placement_end_date": ended,
        "clap_cla_placement_change_reason": last.change if last and ended else "",
    }


def _episode(
    life: Life, scope: Scope, spell: Spell, episode: Episode, key: str, episode_id: str, placement: str
) -> Row:
    ended = scope.day(episode.end)
    contact = min(scope.last, spell.end or scope.last) - 3 - life.child.number % 40
    return {
        "clae_cla_episode_id": episode_id,
        "clae_person_id": scope.person,
        "clae_cla_placement_id": placement,
        "clae_cla_episode_start_date": ISO[episode.start],
        "clae_cla_episode_start_reason": episode.new,
        "clae_cla_primary_need_code": episode.need,
        "clae_cla_episode_ceased_date": ended,
        "clae_cla_episode_ceased_reason": episode.ceased if ended else "",
        "clae_cla_id": key,
        "clae_cla_last_iro_contact_date": ISO[contact] if contact > spell.start else "",
        "clae_entered_care_date": ISO[spell.start],
    }


def _reviews(scope: Scope, spell: Spell, key: str) -> Iterator[tuple[str, Row]]:
    due = working(spell.start, 20)
    for number, (held, code) in enumerate((*spell.reviews, (None, "")), 1):
        if due <= scope.last + 200 and (held or spell.end is None or due < spell.end):
            yield (
                "cla_reviews",
                {
                    "clar_cla_review_id": f"{key}-R{number}",
                    "clar_cla_id": key,
                    "clar_cla_review_due_date": ISO[due],
                    "clar_cla_review_date": scope.day(held),
                    "clar_cla_review_cancelled": "N",
                    "clar_cla_review_participation": code if scope.day(held) else "",
                },
            )
        if held is None or held > scope.last:
            return
        due = held + (91 if number == 1 else 182)


def _visits(life: Life, scope: Scope) -> Iterator[tuple[str, Row]]:
    """Each visit in the table of what the child was on that day."""
    id_ = scope.person
    for number, row in enumerate(life.told, 1):
        day = row.at // MINUTES
        if row.kind != "visit" or row.area != scope.area or day > scope.last:
            continue
        seen, alone = yes_no("not_seen" not in row.marks), yes_no("seen_alone" in row.marks)
        plan = next((p for c in life.cases for p in c.protection if p.start <= day <= (p.end or day)), None)
        if life.in_care(day):
            table, prefix = "cla_visits", "clav_cla"
        elif plan:
            table, prefix = "cp_visits", "cppv_cp"
        else:
            table, prefix = "cin_visits", "cinv_cin"
        yield (
            table,
            {
                f"{prefix}_visit_id": f"V{id_}-{number}",
                f"{prefix[:4]}_person_id": id_,
                f"{prefix}_visit_date": ISO[day],
                f"{prefix}_visit_seen": seen,
                f"{prefix}_visit_seen_alone": alone,
            },
        )


def _written_down(absence: Absence) -> bool:
    """Those from care mostly; of the others, it varies whether the case system has them."""
    return absence.to_return or (absence.source != "care" and absence.since % 5 < 3)


def _missing(scope: Scope, absence: Absence, number: int) -> Row:
    back = absence.returned // MINUTES if absence.returned else None
    asked = absence.interview
    return {
        "miss_table_id": f"M{scope.person}-{number}",
        "miss_person_id": scope.person,
        "miss_missing_episode_start_date": ISO[absence.since // MINUTES],
        "miss_missing_episode_type": absence.category,
        "miss_missing_episode_end_date": scope.day(back),
        "miss_missing_rhi_offered": asked.offered if asked and scope.day(back) else "",
        "miss_missing_rhi_accepted": asked.accepted if asked and scope.day(back) else "",
    }
