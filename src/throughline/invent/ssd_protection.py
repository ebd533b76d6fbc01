"""The dataset's tables of enquiries, conferences, protection plans and their reviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from throughline.invent.days import ISO
from throughline.invent.model import Case, Life, Protection
from throughline.invent.ssd_row import Row, Scope, yes_no


def protection(life: Life, scope: Scope, case: Case, referral: str) -> Iterator[tuple[str, Row]]:
    """Enquiries of one referral, the conferences they led to, the plans and their reviews."""
    on, id_ = scope.day, scope.person
    plans = {plan.start: f"{referral}-CP{number}" for number, plan in enumerate(case.protection, 1)}
    yield from _enquiries(life, scope, case, referral, plans)
    for plan in case.protection:
        if plan.start > scope.last:
            continue
        key = plans[plan.start]
        yield (
            "cp_plans",
            {
                "cppl_cp_plan_id": key,
                "cppl_referral_id": referral,
                "cppl_person_id": id_,
                "cppl_cp_plan_start_date": ISO[plan.start],
                "cppl_cp_plan_end_date": on(plan.end),
                "cppl_cp_plan_ola": "N",
                "cppl_cp_plan_initial_category": plan.first_category,
                "cppl_cp_plan_latest_category": plan.latest_category,
            },
        )
        yield from _reviews(life, scope, plan, key)


def _enquiries(
    life: Life, scope: Scope, case: Case, referral: str, plans: Mapping[int, str]
) -> Iterator[tuple[str, Row]]:
    on, id_, n = scope.day, scope.person, life.child.number
    for number, enquiry in enumerate(case.enquiries, 1):
        if enquiry.start > scope.last:
            continue
        key = f"{referral}-S{number}"
        yield (
            "s47_enquiry",
            {
                "s47e_s47_enquiry_id": key,
                "s47e_referral_id": referral,
                "s47e_person_id": id_,
                "s47e_s47_start_date": ISO[enquiry.start],
                "s47e_s47_end_date": on(enquiry.booked or enquiry.start + 12),
                "s47e_s47_nfa": yes_no(enquiry.not_required),
            },
        )
        if enquiry.conference and on(enquiry.conference):
            led_to = plans.get(enquiry.conference, "")
            yield (
                "initial_cp_conference",
                {
                    "icpc_icpc_id": f"{key}-C",
                    "icpc_icpc_meeting_id": f"IC{n}-{enquiry.conference}",
                    "icpc_s47_enquiry_id": key,
                    "icpc_person_id": id_,
                    "icpc_cp_plan_id": led_to,
                    "icpc_referral_id": referral,
                    "icpc_icpc_transfer_in": "N",
                    "icpc_icpc_target_date": ISO[enquiry.target],
                    "icpc_icpc_date": ISO[enquiry.conference],
                    "icpc_icpc_outcome_cp_flag": yes_no(bool(led_to)),
                },
            )


def _reviews(life: Life, scope: Scope, plan: Protection, key: str) -> Iterator[tuple[str, Row]]:
    on, id_, n = scope.day, scope.person, life.child.number
    due = plan.start + 91
    for number, held in enumerate((*plan.reviews, None), 1):
        took_part = next((m.participation for m in life.meetings if m.id == f"RC{n}-{held}"), "")
        if due <= scope.last + 200 and (held or plan.end is None):
            yield (
                "cp_reviews",
                {
                    "cppr_cp_review_id": f"{key}-R{number}",
                    "cppr_person_id": id_,
                    "cppr_cp_plan_id": key,
                    "cppr_cp_review_due": ISO[due],
                    "cppr_cp_review_date": on(held),
                    "cppr_cp_review_meeting_id": f"RC{n}-{held}" if on(held) else "",
                    "cppr_cp_review_outcome_continue_cp": yes_no(held != plan.end) if on(held) else "",
                    "cppr_cp_review_quorate": "Y" if on(held) else "",
                    "cppr_cp_review_participation": took_part if on(held) else "",
                },
            )
        if held is None or held > scope.last:
            break
        due = held + 182
