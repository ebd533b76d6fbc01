"""One sound row of each layout of ours, with what it comes to and what can go wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Row(NamedTuple):
    """One sound row of a layout, and what it comes to; a slip, and what is said of it."""

    cells: dict[str, str]
    events: dict[str, set[str]]
    """Kind -> marks."""
    bad: tuple[str, str]
    """A column, and a text that cannot stand in it."""
    said: str
    """The fault of that text."""
    slip: Mapping[str, str] = MappingProxyType({})
    """Cells that put two dates the wrong way round."""
    undated: Mapping[str, str] = MappingProxyType({})
    """Cells that say something without its date."""


ROWS = {
    "school_roll": Row(
        {
            "school_urn": "900101",
            "school_la": "971",
            "entry_date": "2025-09-03",
            "leaving_date": "2026-01-16",
            "leaving_reason": "moved area",
            "enrol_status": "C",
            "nc_year": "9",
            "sen_provision": "K",
        },
        {"school_joined": {"send_needed"}, "school_left": set()},
        ("enrol_status", "X"),
        "code-unknown",
        slip={"leaving_date": "2025-09-01"},
        undated={"leaving_date": ""},
    ),
    "ehcp_review": Row(
        {
            "plan_id": "E1",
            "review_due": "2026-03-01",
            "review_meeting": "2026-02-10",
            "review_outcome": "amend",
            "last_review": "2026-03-02",
            "phase_transfer": "Y",
        },
        {"ehcp_review_meeting": {"phase_transfer"}, "ehcp_review_decided": {"phase_transfer"}},
        ("phase_transfer", "perhaps"),
        "code-unknown",
        slip={"last_review": "2026-02-01"},
        undated={"review_meeting": "", "last_review": ""},
    ),
    "plan_outcomes": Row(
        {
            "plan_type": "CP",
            "plan_id": "CP1",
            "outcome_no": "2",
            "outcome": "Home is calm at night",
            "due": "2026-06-01",
            "status": "NOT",
            "ended_plan": "Y",
            "held_by_after": "family help",
            "review_after_end_due": "2026-05-01",
            "mace_consulted_at": "2026-02-01",
        },
        {"plan_outcome_judged": {"outcomes_outstanding"}, "other_plan_consulted": set()},
        ("status", "nearly"),
        "code-unknown",
    ),
    "risk_list_decisions": Row(
        {
            "list_name": "support list",
            "decision_at": "2026-01-20",
            "panel": "Port Halden panel",
            "decision": "ADD",
            "type": "CCE;ms",
            "level": "significant",
            "tool": "four shores tool",
            "criteria_met": "debt;found_far_away;our own code 7",
            "criteria_unmet": "C4",
            "rationale": "owes people",
            "dissent": "school would wait",
            "plan_side_consulted_at": "2026-01-15",
            "held_by_after": "hub",
            "review_due": "2026-04-20",
            "decided_by_role": "chair",
        },
        {
            "list_added": {"cce", "slavery_sign", "debt", "found_far_away", "dissent"},
            "other_plan_consulted": set(),
        },
        ("type", "CCE;UFO"),
        "code-unknown",
        slip={"review_due": "2025-04-20"},
        undated={"decision_at": ""},
    ),
    "nrm": Row(
        {
            "nrm_ref": "N1",
            "referred_at": "2026-01-10",
            "first_responder": "the authority",
            "types": "CCE",
            "county_lines": "Y",
            "devolved_panel": "N",
            "rg_decision": "positive",
            "rg_at": "2026-01-20",
            "cg_decision": "negative",
            "cg_at": "2026-03-01",
            "reconsideration_at": "2026-03-10",
            "icta_at": "2026-01-12",
        },
        {
            "nrm_referral": {"county_lines"},
            "nrm_reasonable_grounds": {"positive"},
            "nrm_conclusive_grounds": {"negative"},
            "nrm_reconsideration": set(),
            "guardian_allocated": set(),
        },
        ("rg_decision", "maybe"),
        "code-unknown",
        slip={"rg_at": "2026-01-09"},
        undated={"cg_at": ""},
    ),
    "ae_attendance": Row(
        {
            "site_code": "RXX01",
            "department_type": "01",
            "attendance_id": "A1",
            "arrival_at": "2026-01-29T20:20",
            "arrival_mode": "walked in",
            "chief_complaint": "hand laceration",
            "injury_at": "2026-01-29T19:00",
            "place_of_injury": "street",
            "place_text": "by the station",
            "injury_intent": "someone_else",
            "injury_mechanism": "knife",
            "alcohol_drug": "none",
            "diagnoses": "283396008;assault_injury",
            "safeguarding_concern": "child exploitation",
            "referred_to": "hospital youth worker",
            "departure_at": "2026-01-29T23:10",
            "discharge_status": "treated",
            "destination": "home",
        },
        {"ed_attendance": {"assault_intent", "assault_injury", "knife", "safeguarding_concern"}},
        ("arrival_at", "2026-01-29T25:99"),
        "time-unreadable",
        slip={"departure_at": "2026-01-29T20:00"},
    ),
    "cpis_access": Row(
        {
            "accessed_at": "2026-01-29T20:25",
            "organisation_code": "RXX01",
            "setting_type": "emergency department",
            "plan_type": "CPP",
        },
        {"cpis_access": set()},
        ("plan_type", "plan"),
        "code-unknown",
    ),
    "yj_offence": Row(
        {"offence_date": "2026-01-10", "offence_type": "possession", "gravity": "4", "role": ""},
        {"offence_alleged": {"role_alleged"}},
        ("gravity", "grave"),
        "number-unreadable",
    ),
    "yj_disposal": Row(
        {
            "disposal_type": "CUSTODY",
            "decided_at": "2026-01-20",
            "start": "2026-01-20",
            "end": "2026-03-20",
            "status": "completed",
            "breach_at": "2026-02-20",
        },
        {
            "disposal_decided": set(),
            "custody_started": {"secure"},
            "disposal_ended": set(),
            "disposal_breached": {"breach"},
        },
        ("end", "in spring"),
        "date-unreadable",
        slip={"end": "2026-01-02"},
    ),
    "yj_assessment": Row(
        {
            "completed_at": "2026-02-02",
            "tool": "AssetPlus",
            "safety_wellbeing": "VH",
            "risk_of_harm": "M",
            "reoffending": "32%",
        },
        {"yj_assessment": set()},
        ("safety_wellbeing", "5"),
        "code-unknown",
    ),
    "camhs_referral": Row(
        {
            "referral_id": "M1",
            "received_at": "2025-11-01",
            "source": "school",
            "reason": "low mood",
            "priority": "routine",
            "team_type": "community",
            "decision": "REJECT",
            "decision_at": "2025-12-01",
            "first_contact_at": "2026-01-05",
            "discharged_at": "2026-02-01",
            "discharge_reason": "moved on",
        },
        {
            "camhs_referral": set(),
            "camhs_decision": {"turned_down"},
            "camhs_seen": set(),
            "camhs_discharged": set(),
        },
        ("decision", "no idea"),
        "code-unknown",
        slip={"discharged_at": "2025-10-01"},
        undated={"decision_at": ""},
    ),
    "camhs_contact": Row(
        {"referral_id": "M1", "contact_at": "2026-01-05T10:00", "medium": "clinic", "status": "WNB"},
        {"was_not_brought": {"missed_care"}},
        ("status", "LATE"),
        "code-unknown",
    ),
    "police_occurrence": Row(
        {
            "occurrence_no": "O1",
            "reported_at": "2026-01-10T22:00",
            "incident_at": "2026-01-10T21:30",
            "type": "robbery",
            "child_role": "VICTIM",
            "place_text": "the bus station",
            "place_ref": "P7",
            "weapon": "knife",
            "flags": "robbed_of_goods;CCE",
            "grade": "A",
            "ppn_shared_at": "2026-01-11T09:00",
        },
        {"robbery": {"role_harmed", "weapon", "knife", "robbed_of_goods"}, "police_notice_shared": set()},
        ("child_role", "TROUBLE"),
        "code-unknown",
        slip={"reported_at": "2026-01-09T22:00"},
        undated={"reported_at": "", "incident_at": ""},
    ),
    "police_investigation": Row(
        {
            "occurrence_no": "O1",
            "child_role": "SUSPECT",
            "opened_at": "2026-01-10",
            "status": "rui",
            "bail_or_rui_since": "2026-01-11",
            "to_cps_at": "2026-02-01",
            "charge_decision_at": "2026-03-01",
            "first_hearing_at": "2026-04-20",
            "concluded_at": "2026-03-20",
            "outcome": "charged",
            "partner_update_at": "2026-01-31",
        },
        {
            "investigation_opened": {"role_alleged"},
            "released_pending": {"role_alleged"},
            "sent_to_cps": {"role_alleged"},
            "charge_decision": {"role_alleged", "charged"},
            "first_hearing": {"role_alleged"},
            "investigation_ended": {"role_alleged", "charged"},
            "partner_update": set(),
        },
        ("child_role", "both"),
        "code-unknown",
        slip={"concluded_at": "2026-01-01"},
        undated={"charge_decision_at": "", "concluded_at": ""},
    ),
    "voice": Row(
        {
            "gathered_at": "2026-01-28",
            "by_role": "youth worker",
            "agency": "Harbour Youth",
            "method": "talked",
            "parent_present": "N",
            "topic": "money",
            "child_words": "I owe people",
            "about_record_id": "V12",
            "what_changed": "debt plan made",
            "fed_back_at": "2026-02-10",
        },
        {"direct_voice": {"own_voice", "changed_something", "fed_back"}, "voice_fed_back": {"fed_back"}},
        ("parent_present", "sort of"),
        "code-unknown",
        slip={"fed_back_at": "2026-01-01"},
    ),
    "transition": Row(
        {
            "age_gate": "17",
            "due": "2026-06-01",
            "adult_service": "adult social care",
            "referred_at": "2026-01-15",
            "decision": "turned down",
            "lead_role": "transition lead",
            "joint_plan_at": "2026-03-01",
        },
        {"transition_referral": set(), "transition_decision": {"turned_down"}, "transition_plan": set()},
        ("age_gate", "19"),
        "code-unknown",
        slip={"joint_plan_at": "2026-01-01"},
    ),
    "meetings": Row(
        {
            "meeting_id": "M1",
            "type": "ICPC",
            "due": "2026-02-10",
            "held_at": "2026-02-12",
            "quorate": "N",
            "child_participation": "PN6",
            "outcome": "Plan made",
            "parent_meeting_id": "M0",
        },
        {"initial_conference": {"not_quorate", "plan_made"}},
        ("child_participation", "PN9"),
        "code-unknown",
        undated={"held_at": ""},
    ),
}
"""By layout. (Invitations and violence at places have tests of their own; the first five are in
`test_feeds_telling`.)"""
