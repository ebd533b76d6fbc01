"""The vocabulary: kinds and their names, states, agencies, roles, code lists, levels."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from throughline import words

SHARED = Path(__file__).parents[2].parent / "shared"


def test_a_kind_is_found_by_its_id_and_by_an_alias_that_implies_marks() -> None:
    kind, marks = words.resolve("placement_started")
    assert (kind.id, marks) == ("placement_started", frozenset())
    same, marks = words.resolve("placement_move_unplanned")
    assert same is kind
    assert marks == {"unplanned"}


def test_case_spaces_and_hyphens_do_not_matter() -> None:
    assert words.resolve("Missing start ")[0].id == words.resolve("missing-start")[0].id == "missing_start"


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(words.UnknownWord, match="did you mean missing_start"):
        words.resolve("mising_start")


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("care_started", "legal_status need"),
        ("in_care_at", "legal_status need"),
        ("placement_started", "placement_type provider postcode home_postcode urn new_episode_reason"),
        ("placement_ended", "reason"),
        ("legal_status_started", "legal_status"),
        ("care_ended", "reason"),
        ("care_review_held", "participation"),
        ("missing_start", "category from risk"),
        ("missing_end", "category basis"),
        ("previous_permanence", "option la"),
        ("social_worker_started", "worker reason"),
        ("referral", "source need"),
        ("case_closed", "reason"),
        ("assessment_completed", "factors"),
        ("s47_started", "target"),
        ("cp_plan_started", "category"),
        ("rhi_declined", "reason"),
        ("rhi_held", "interviewer_role independent parent_present"),
        ("rhi_shared", "with"),
        ("suspension", "sessions reason1 reason2 reason3 school_urn"),
        ("governors_met", "outcome"),
        ("education_status_started", "status hours_offered resident_la school_la reason"),
        ("education_status_ended", "status"),
        ("safe_contact", "how phone"),
        ("team_role_started", "seat person phone"),
        ("team_role_ended", "seat person"),
    ],
)
def test_a_kind_carries_the_details_its_readers_give_it(kind: str, details: str) -> None:
    assert {field.id for field in words.kinds()[kind].fields} >= set(details.split())


@pytest.mark.parametrize(
    ("kind", "marks"),
    [
        ("care_started", "short_break remand"),
        ("missing_start", "away_without_authorisation"),
        ("missing_end", "away_without_authorisation found_not_returned travel_tickets unexplained_cash"),
        ("referral", "nfa"),
        ("assessment_completed", "missing cse trafficking gangs self_harm cce"),
        ("s47_started", "conference_not_required"),
        ("initial_conference", "plan_made"),
        ("education_view", "own_voice"),
        ("direct_voice", "own_voice debt family_threatened"),
        ("arrest", "role_alleged arrested_with_drugs_away knife"),
    ],
)
def test_a_kind_may_carry_the_marks_its_readers_give_it(kind: str, marks: str) -> None:
    assert words.kinds()[kind].marks >= set(marks.split())


def test_own_words_are_drawn_as_a_bubble_in_the_childs_own_lane() -> None:
    said = words.kinds()["direct_voice"]
    assert (said.shape, said.lane, said.born) == ("bubble", "voice", "ours")
    assert next(iter(words.lanes())) == "voice", "the child's words come first"


def test_missing_episodes_join_by_hours_where_both_know_the_time_else_by_day() -> None:
    start = words.kinds()["missing_start"]
    assert (start.family, start.tolerance_hours, start.tolerance_days) == ("missing_start", 6, 0)
    assert words.kinds()["rhi_held"].hours
    assert words.kinds()["in_care_at"].family == "", "said by one agency only: never joined"


def test_every_starred_sign_of_the_practice_is_critical() -> None:
    stars = {mark.id for mark in words.marks().values() if mark.critical}
    assert stars == {
        "found_far_away", "debt", "drugs_bags_weapons_found", "weapon_carrying", "assault_injury", "threats",
        "family_threatened", "drug_debt", "coercion", "arrested_with_drugs_away", "found_at_dealing_address",
        "missing_and_arrested_elsewhere", "directed_by_others", "coerced_images",
    }  # fmt: skip
    assert {mark.sign_type for mark in words.marks().values()} - {""} == {
        "movement", "money", "violence", "control", "relationship", "school", "health", "home", "law",
        "online", "behaviour",
    }  # fmt: skip


def test_the_states_the_timeline_derives() -> None:
    assert set(words.states()) == {
        "in_care", "placement", "family_help", "child_in_need", "protection_plan", "open_case", "missing", "suspended",
        "out_of_school", "watch", "ehc_plan", "attention_help", "without_medication", "sen_support", "investigation",
        "trafficking_sign", "attention_wait", "education_status", "detained", "with_youth_justice",
        "with_mental_health", "away_unexplained", "profiling_hospital_visits", "visits_set",
        "locked_home", "private_fostering_first_year", "private_fostering_later", "long_stay", "continuing_care",
        "leaving_care", "care_leaver_home", "adviser_to_25", "yearly_reporting", "top_ten_watching",
        "sharing_violence_data", "on_roll", "on_list", "placed_away", "six_week_visits",
    }  # fmt: skip


def test_an_agency_is_called_by_its_name_whatever_body_it_is() -> None:
    assert words.agency_title("police") == "Police"
    assert words.agency_title("police:castlereach") == "Castlereach police"
    assert words.agency_title("la:port_halden") == "Port Halden council"
    assert words.agency_title("la:971") == "Port Halden council", "named in the data"
    assert words.agency_title("la:301") == "Barking and Dagenham council"
    assert words.agency_title("la:000") == "Local authority 000"
    assert words.agency_title("school:123456") == "School 123456"
    assert words.agency_title("missing_hub:971") == "Missing and exploitation hub, Port Halden"
    assert words.agency_title("somebody:else") == "somebody:else", "an unknown agency is shown, not lost"
    assert words.agency_type("la:301").authority
    with pytest.raises(words.UnknownWord):
        words.agency_type("polise")


def test_every_role_says_what_it_does_and_where_it_begins() -> None:
    assert all(role.sentence.endswith(".") and role.bar for role in words.roles().values())
    assert words.roles()["missing_hub"].bar[0] == "Boards"
    assert words.roles()["analyst"].bar == ("Information in", "Rules")


def test_placement_codes_change_by_return_year() -> None:
    place = words.codes("PLACE")
    assert place["H5"].end == date(2024, 3, 31)
    assert place["K3"].start == date(2024, 4, 1)
    assert place["Z11"].start == date(2025, 4, 1)
    assert place["U1"].start is place["U1"].end is None


def test_sex_is_coded_in_two_eras() -> None:
    sex = words.codes("sex")
    assert [code for code, given in sex.items() if given.end] == ["1", "2"]
    assert [code for code, given in sex.items() if given.start] == ["M", "F", "U"]


@pytest.mark.parametrize(
    ("list_id", "codes"),
    [
        ("rne", "S L P T B U"),
        ("ls", "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3"),
        ("review_code", "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7"),
        ("need", "N0 N1 N2 N3 N4 N5 N6 N7 N8 N9"),
        ("abuse", "NEG PHY SAB EMO MUL"),
        ("missing", "M A"),
        ("in_touch", "YES NO DIED REFU NREQ RHOM"),
        ("exclusion_category", "SUSP FIXD PERM LNCH"),
        ("education_status", "CME EHE PTT AP TUITION NOPLACE"),
        ("missing_from", "home care school hospital other"),
        ("risk", "none low medium high"),
        ("yes_no", "Y N"),
    ],
)
def test_code_lists_hold_the_codes_of_their_layouts(list_id: str, codes: str) -> None:
    assert list(words.codes(list_id)) == codes.split()


# Every layout of ours and the kinds its columns tell; `meetings` tells one of many by its type.
LAYOUTS = {
    "missing_police": "missing_start missing_found missing_end prevention_interview",
    "return_interview": "missing_end rhi_allocated rhi_offer rhi_declined rhi_held rhi_shared direct_voice",
    "attendance_daily": "absence_run",
    "school_roll": "school_joined school_left",
    "suspensions": "suspension permanent_exclusion lunchtime_exclusion exclusion_la_told exclusion_sw_told"
    " education_provided governors_met exclusion_cancelled",
    "education_status": "education_status_started education_status_ended education_view education_review",
    "ehcp_review": "ehcp_review_meeting ehcp_review_decided",
    "meetings": "strategy_discussion initial_conference review_conference care_review_held"
    " ehcp_review_meeting family_meeting meeting_held",
    "meeting_invites": "meeting_invitation meeting_attendance",
    "plan_outcomes": "plan_outcome_set plan_outcome_judged",
    "risk_list_decisions": "list_added list_kept list_level_raised list_level_lowered list_removed list_not_added",
    "nrm": "nrm_referral nrm_reasonable_grounds nrm_conclusive_grounds nrm_reconsideration guardian_allocated",
    "ae_attendance": "ed_attendance",
    "istv": "violence_place_report",
    "cpis_access": "cpis_access",
    "yj_offence": "offence_alleged",
    "yj_disposal": "disposal_decided disposal_ended disposal_breached",
    "yj_assessment": "yj_assessment",
    "camhs_referral": "camhs_referral camhs_decision camhs_seen camhs_discharged",
    "camhs_contact": "camhs_seen was_not_brought",
    "police_occurrence": "police_occurrence police_notice_shared",
    "police_investigation": "investigation_opened released_pending sent_to_cps charge_decision first_hearing"
    " investigation_ended partner_update",
    "voice": "direct_voice voice_fed_back",
    "transition": "transition_referral transition_decision transition_plan",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_its_kinds(layout: str) -> None:
    for kind in LAYOUTS[layout].split():
        assert words.resolve(kind)[0].id == kind


def test_an_unknown_list_names_the_nearest() -> None:
    with pytest.raises(words.UnknownWord, match="review_code"):
        words.codes("review_codes")


def test_levels_go_from_counts_to_sealed() -> None:
    assert list(words.levels()) == ["SL0", "SL1", "SL2", "SL3", "SL4", "SL5"]
    assert {"CHILD-CONF", "ORIG", "NO-PARENT", "PROT-ADDR"} <= words.tags().keys()


def test_every_event_of_the_acceptance_stories_has_a_kind_an_agency_may_send() -> None:
    stories = SHARED / "scenarios" / "scenarios.yaml"
    if not stories.exists():
        pytest.skip(f"the acceptance stories are not at {stories}")
    with stories.open("rb") as stream:
        scenarios = yaml.load(stream, Loader=yaml.CSafeLoader)["scenarios"]
    types = {event["type"] for scenario in scenarios for event in scenario["events"]}
    tags = {tag for s in scenarios for e in s["events"] for tag in _as_list(e.get("tag"))}
    assert len(types) > 50
    for type_ in types:
        words.resolve(type_)
    assert tags <= words.tags().keys()


def _as_list(tag: object) -> list[str]:
    return [] if tag is None else [str(t) for t in tag] if isinstance(tag, list) else [str(tag)]
