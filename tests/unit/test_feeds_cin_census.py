"""The Children in Need census as authorities send it: never gated on its schema."""

from datetime import date

import pytest

from returns import CIN_CENSUS, children, days, returned, rules
from throughline.feeds.base import (
    ERROR,
    NO_EVENT,
    QUERY,
    REFUSED,
    REPAIRED,
    REPEATED,
    USED,
    USED_WITH_FAULTS,
)

RECEIVED = date(2024, 7, 1)
SOUND_UPN = "H801200001001"
HEADER = """<Header>
<CollectionDetails><Collection>CIN</Collection><Year>2024</Year><ReferenceDate>2024-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>971</LEA></Source>
</Header>"""
WHO = f"""<LAchildID>C1</LAchildID>
<UPN>{SOUND_UPN}</UPN>
<PersonBirthDate>2011-06-15</PersonBirthDate>
<GenderCurrent>2</GenderCurrent>"""
WHOLE = """<CINreferralDate>2023-10-06</CINreferralDate>
<ReferralSource>1A</ReferralSource>
<PrimaryNeedCode>N4</PrimaryNeedCode>
<CINclosureDate>2024-02-27</CINclosureDate>
<ReasonForClosure>RC1</ReasonForClosure>
<Assessments>
<AssessmentActualStartDate>2023-10-07</AssessmentActualStartDate>
<AssessmentAuthorisationDate>2023-11-19</AssessmentAuthorisationDate>
<FactorsIdentifiedAtAssessment>
<AssessmentFactors>10A</AssessmentFactors>
<AssessmentFactors>24A</AssessmentFactors>
<AssessmentFactors>4B</AssessmentFactors>
</FactorsIdentifiedAtAssessment>
</Assessments>
<CINPlanDates>
<CINPlanStartDate>2024-01-24</CINPlanStartDate>
<CINPlanEndDate>2024-01-26</CINPlanEndDate>
</CINPlanDates>
<Section47>
<S47ActualStartDate>2023-10-12</S47ActualStartDate>
<InitialCPCtarget>2023-11-02</InitialCPCtarget>
<DateOfInitialCPC>2023-10-30</DateOfInitialCPC>
<ICPCnotRequired>0</ICPCnotRequired>
</Section47>
<ReferralNFA>0</ReferralNFA>
<ChildProtectionPlans>
<CPPstartDate>2023-10-30</CPPstartDate>
<CPPendDate>2024-01-20</CPPendDate>
<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
<LatestCategoryOfAbuse>PHY</LatestCategoryOfAbuse>
<NumberOfPreviousCPP>0</NumberOfPreviousCPP>
<Reviews>
<CPPreviewDate>2024-01-12</CPPreviewDate>
</Reviews>
<Reviews>
<CPPreviewDate>2024-01-20</CPPreviewDate>
</Reviews>
</ChildProtectionPlans>"""
OPEN = "<CINreferralDate>2023-10-06</CINreferralDate>"


def child(*episodes, who=WHO):
    """One child of the file, with the given referrals."""
    details = "".join(f"<CINdetails>\n{episode}\n</CINdetails>\n" for episode in episodes)
    return f"<Child>\n<ChildIdentifiers>\n{who}\n</ChildIdentifiers>\n{details}</Child>\n"


def census(*found, header=HEADER):
    return f"<Message>\n{header}\n<Children>\n{''.join(found)}</Children>\n</Message>\n"


@pytest.fixture
def told(tmp_path):
    """Read a census of the given children."""

    def read(*found, header=HEADER, sender="", received=RECEIVED, **files):
        text = files or {"census": census(*found, header=header)}
        return returned(tmp_path, received=received, sender=sender, **text)

    return read


@pytest.fixture
def life(told):
    """What one child's referrals come to."""

    def derive(*episodes, **how):
        return children(told(child(*episodes, **how)), CIN_CENSUS)["C1"]

    return derive


# -- reading ------------------------------------------------------------------------------------------


def test_each_element_that_says_something_is_a_row(told):
    read = told(child(WHOLE))
    assert [(file.feed, file.rows) for file in read.files] == [("cin_census", 8)]
    assert [(s.table, s.row, s.outcome) for s in read.statements] == [
        ("child", 7, NO_EVENT),
        ("cin_episode", 14, USED),
        ("assessment", 20, USED),
        ("cin_plan", 29, USED),
        ("section47", 33, USED),
        ("cp_plan", 40, USED),
        ("cp_review", 47, USED),
        ("cp_review", 50, USED),
    ]
    assert [s.record_id for s in read.statements] == [
        "C1",
        "C1/2023-10-06",
        "C1/2023-10-06/2023-10-07",
        "C1/2023-10-06/2024-01-24",
        "C1/2023-10-06/2023-10-12",
        "C1/2023-10-30",
        "C1/2023-10-30/2024-01-12",
        "C1/2023-10-30/2024-01-20",
    ]
    assert all(s.values[1] == "2023-10-06" for s in read.statements[1:])
    assert not read.faults


def test_the_authority_is_in_the_header(told):
    read = told(child(WHOLE))
    (person,) = read.persons
    assert (person.key, person.agency, person.la) == ("la:971|cin_census|C1", "la:971", "la:971")
    assert (person.upn, person.dob, person.sex) == (SOUND_UPN, date(2011, 6, 15), "F")
    assert {s.said_by for s in read.statements} == {"la:971"}


def test_another_sender_than_the_header_names_is_asked_about(told):
    assert told(child(WHOLE), sender="la:301").fault("authority-not-sender").severity == QUERY


def test_without_a_header_the_sender_speaks(told):
    read = told(child(WHOLE), header="", sender="la:301")
    assert read.statements[0].said_by == "la:301"
    assert "authority-missing" in read.rules


def test_it_answers_for_the_year_up_to_its_reference_date(told):
    (coverage,) = told(child(WHOLE)).coverage
    assert (coverage.start, coverage.end, coverage.la) == (date(2023, 4, 1), date(2024, 3, 31), "la:971")
    assert coverage.kinds >= {"referral", "review_conference", "assessment_completed", "child_died"}


def test_it_answers_for_no_day_after_it_was_received(told):
    (coverage,) = told(child(WHOLE), received=date(2024, 3, 1)).coverage
    assert coverage.end == date(2024, 3, 1)


@pytest.mark.parametrize(("reference", "year"), [("2024-03-28", "2024"), ("2024-03-31", "2023")])
def test_a_reference_date_of_another_year_is_asked_about(told, reference, year):
    header = HEADER.replace("2024-03-31", reference).replace("<Year>2024", f"<Year>{year}")
    fault = told(child(WHOLE), header=header).fault("reference-date-not-of-year cin-100")
    assert (fault.severity, fault.value, fault.row) == (QUERY, reference, 2)


@pytest.mark.parametrize("reference", ["", "soon", "1066-03-31", "2097-03-31"])
def test_an_impossible_reference_date_gives_way_to_the_latest_date(told, reference):
    read = told(child(WHOLE), header=HEADER.replace("2024-03-31", reference))
    assert read.fault("reference-date-unreadable cin-100").severity == QUERY
    assert read.coverage[0].end == date(2024, 2, 27)


def test_a_message_of_another_collection_is_none_of_ours(told):
    other = "<Message><Header><Collection>SWF</Collection></Header><Staff/></Message>"
    assert [file.feed for file in told(other=other).files] == [""]


# -- what real files do -------------------------------------------------------------------------------


def test_yes_and_no_may_be_spelt_out(told):
    read = told(child(WHOLE.replace("<ReferralNFA>0", "<ReferralNFA>true")))
    assert read.statements[1].values[7] == "Y"
    assert read.fault("flag-spelt-out").severity == REPAIRED


def test_sex_may_stand_under_the_element_of_another_year(told):
    read = told(child(WHOLE, who=WHO.replace("GenderCurrent", "Sex")))
    assert read.persons[0].sex == "F"
    assert read.fault("element-of-another-year").column == "Sex"


def test_loose_text_between_elements_is_said_and_passed_over(told):
    read = told(child(WHOLE, who=WHO.replace("</UPN>", "</UPN>PersonBirthDate")))
    fault = read.fault("stray-text")
    assert (fault.value, fault.row, fault.sheet) == ("PersonBirthDate", 7, "Child")
    assert read.persons[0].dob == date(2011, 6, 15)


def test_an_unknown_factor_is_left_out_and_the_others_kept(told):
    read = told(child(WHOLE.replace("24A", "RB")))
    assert read.statements[2].values[5] == "10A;4B"
    assert read.fault("code-unknown").value == "RB"
    assert read.statements[2].outcome == USED_WITH_FAULTS


def test_a_list_without_a_factor_is_asked_about(told):
    start = "<AssessmentActualStartDate>2023-10-07</AssessmentActualStartDate>"
    empty = f"{OPEN}<Assessments>{start}<FactorsIdentifiedAtAssessment/></Assessments>"
    assert told(child(empty)).fault("factors-empty").severity == QUERY


def test_dates_that_cannot_be_are_blanked_and_the_rest_of_the_row_kept(told):
    text = WHOLE.replace("2023-10-07", "2028-04-28").replace("2024-01-26", "2024-01-23")
    read = told(child(text))
    assert [s.values[2:4] for s in read.statements if s.table == "assessment"] == [("", "")]
    future = read.fault("date-future")
    assert (future.column, future.value, future.severity) == ("AssessmentActualStartDate", "2028-04-28", ERROR)
    assert read.fault("end-before-start cin-4011").column == "CINPlanEndDate"


def test_what_lies_before_its_referral_is_used_and_asked_about(told):
    read = told(child(WHOLE.replace("2023-10-12", "2023-09-12")))
    assert read.fault("before-referral").value == "2023-09-12"
    assert [s.values[2] for s in read.statements if s.table == "section47"] == ["2023-09-12"]


def test_a_former_upn_is_checked_like_any(told):
    read = told(child(WHOLE, who=WHO.replace("</UPN>", "</UPN><FormerUPN>X98765432123B</FormerUPN>")))
    assert read.fault("upn-check-letter").column == "FormerUPN"


def test_a_namespace_and_unknown_elements_are_said_once(told):
    shoes = WHOLE + "<Shoe>1</Shoe><Shoe>2</Shoe>"
    text = census(child(shoes)).replace("<Message>", '<Message xmlns="urn:cin">')
    read = told(census=text)
    assert len(read.statements) == 8
    assert read.fault("xml-namespace").severity == REPAIRED
    assert "the 2 in the file" in read.fault("element-unknown").message


def test_without_a_child_id_everything_about_the_child_is_refused(told):
    read = told(child(WHOLE, who=WHO.replace("C1", " ")), child(OPEN))
    assert read.outcomes == {REFUSED: 8, NO_EVENT: 1, USED: 1}
    assert read.rules.count("child-missing cin-8500") == 8
    assert len(read.persons) == 1


def test_a_referral_without_a_day_is_refused_and_what_hangs_on_it_kept(told):
    read = told(child(WHOLE.replace("2023-10-06", "yesterday")))
    assert [s.outcome for s in read.statements][:3] == [NO_EVENT, REFUSED, USED]
    assert read.rules == ["date-unreadable"]


def test_an_unborn_child_has_no_date_of_birth_yet(told):
    who = WHO.replace("PersonBirthDate", "ExpectedPersonBirthDate").replace("2011-06-15", "2024-09-01")
    read = told(child(OPEN, who=who))
    assert read.persons[0].dob is None
    assert not read.faults


@pytest.mark.parametrize(
    "prologue", ['<!DOCTYPE Message [<!ENTITY a "b">]>', '<!DOCTYPE Message SYSTEM "file:///etc/hostname">']
)
def test_a_file_with_a_document_type_is_not_read(told, prologue):
    read = told(census=prologue + census(child(WHOLE)))
    assert not read.statements
    assert not read.coverage
    assert "xml-doctype" in read.rules


def test_a_file_cut_short_gives_the_children_that_were_whole(told):
    text = census(child(WHOLE), child(OPEN, who=WHO.replace("C1", "C2")))
    read = told(census=text[: text.index("C2") + 200])
    assert {s.values[0] for s in read.statements} == {"C1"}
    assert "xml-broken" in read.rules
    assert not read.coverage


# -- events -------------------------------------------------------------------------------------------


def test_a_referral_and_what_came_of_it(life):
    found = life(WHOLE)
    assert days(found) == [
        ("referral", "2023-10-06"),
        ("assessment_started", "2023-10-07"),
        ("s47_started", "2023-10-12"),
        ("initial_conference", "2023-10-30"),
        ("cp_plan_started", "2023-10-30"),
        ("assessment_completed", "2023-11-19"),
        ("review_conference", "2024-01-12"),
        ("cp_plan_ended", "2024-01-20"),
        ("review_conference", "2024-01-20"),
        ("cin_plan_started", "2024-01-24"),
        ("cin_plan_ended", "2024-01-26"),
        ("case_closed", "2024-02-27"),
    ]
    events = {e.kind: e for e in found.events}
    assert events["referral"].details == {"source": "1A", "need": "N4"}
    assert events["case_closed"].details == {"reason": "RC1"}
    assert events["assessment_completed"].details == {"factors": "10A;24A;4B"}
    assert events["assessment_completed"].marks == {"missing", "cce"}
    assert events["s47_started"].details == {"target": "2023-11-02"}
    assert events["cp_plan_started"].details == {"category": "NEG"}
    assert not found.faults


def test_a_conference_is_told_once_by_the_enquiry_if_it_knows_of_one(life):
    both = WHOLE.replace("<Assessments>", "<DateOfInitialCPC>2023-12-06</DateOfInitialCPC><Assessments>")
    assert days(life(both), "initial_conference") == [("initial_conference", "2023-10-30")]


def test_a_conference_without_an_enquiry_is_told_by_the_referral(life):
    alone = f"{OPEN}<DateOfInitialCPC>2023-12-06</DateOfInitialCPC>"
    assert days(life(alone), "initial_conference") == [("initial_conference", "2023-12-06")]


def test_an_enquiry_that_needs_no_conference_says_so(life):
    found = life(WHOLE.replace("<ICPCnotRequired>0", "<ICPCnotRequired>1"))
    assert next(e for e in found.events if e.kind == "s47_started").marks == {"conference_not_required"}


def test_a_referral_that_ended_there(life):
    found = life(f"{OPEN}<ReferralNFA>1</ReferralNFA>")
    assert next(e for e in found.events if e.kind == "referral").marks == {"nfa"}
    assert rules(found) == ["nfa-still-open"]


def test_a_death_is_told_and_what_is_said_to_come_after_asked_about(life):
    found = life(WHOLE, who=WHO + "<PersonDeathDate>2024-01-01</PersonDeathDate>")
    assert ("child_died", "2024-01-01") in days(found)
    assert rules(found) == ["after-death cin-8915"]


def test_a_referral_long_before_birth_is_asked_about(life):
    found = life("<CINreferralDate>2010-08-01</CINreferralDate>")
    assert rules(found) == ["before-birth cin-8606"]
    assert rules(life("<CINreferralDate>2010-10-01</CINreferralDate>")) == []


def test_referrals_and_plans_that_overlap_are_asked_about(life):
    plan = "<ChildProtectionPlans><CPPstartDate>{}</CPPstartDate></ChildProtectionPlans>"
    found = life(OPEN + plan.format("2023-11-01") + plan.format("2023-12-01"), OPEN.replace("10-06", "12-06"))
    assert sorted(rules(found)) == ["plan-overlaps cin-8935", "referral-overlaps cin-8820"]


def test_a_child_given_twice(told):
    twice = told(child(OPEN), child(OPEN))
    found = children(twice, CIN_CENSUS)["C1"]
    assert days(found) == [("referral", "2023-10-06")]
    assert set(found.outcomes.values()) == {REPEATED}
    differing = told(child(OPEN), child(WHOLE, who=WHO.replace("06-15", "06-16")))
    assert "child-more-than-once cin-8510" in rules(children(differing, CIN_CENSUS)["C1"])
