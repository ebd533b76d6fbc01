"""The school census: pupils by their school's own ids, exclusions, sessions, the roll."""

from collections import Counter
from datetime import date

import pytest

from feeding import tell
from throughline import feeds
from throughline.feeds.base import NO_EVENT, REFUSED, USED
from throughline.feeds.school_census import FEED
from throughline.feeds.school_census.feed import LONGEST_TERM

ON = "pupilonrolltableid,NativeId,upn,surname,forename,dob,sex,entrydate,enrolstatus,ncyearactual,senprovision"
OFF = "pupilnolongeronrolltableid,NativeId,upn,surname,forename,dob,sex,entrydate,leavingdate"
OUT = "pupilonrolltableid,NativeId,termlyexclusionsonrolltableid,startdate,sessions,reason1,reason2,reason3,category"
SESSIONS = "pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,sessions,attendancereason"
UPN = "Z971100111001"
ADA = f"a1,SCH7,{UPN},Quill,Ada,2011-Jun-15 00:00:00,F,2022-Sep-05 00:00:00,C,9,K"
PUPILS = [ON, ADA]


def census(folder, **files):
    """Files of one autumn term, by table; read."""
    for name, rows in files.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(rows) + "\n")
    told = tell(folder, feeds=(FEED,))
    assert "reader-failed" not in told.rules
    return told


def life(told):
    by_person = {}
    for statement in told.statements:
        if statement.outcome != REFUSED:
            by_person.setdefault(statement.person, []).append(statement)
    return {person: FEED.events(rows).events for person, rows in by_person.items()}


def test_a_pupil_is_the_school_s_own_id_and_a_sound_upn_is_said(tmp_path):
    told = census(tmp_path, pupilonroll=PUPILS)
    (person,) = told.persons
    assert (person.key, person.agency) == ("school:sch7|school_census|a1", "school:sch7")
    assert (person.upn, person.surname, person.dob) == (UPN, "Quill", date(2011, 6, 15))
    (joined,) = life(told)[person.key]
    assert (joined.kind, joined.happened_on, joined.said_by) == ("school_joined", date(2022, 9, 5), "school:sch7")
    assert dict(joined.details) == {"school_urn": "SCH7", "enrol_status": "C", "nc_year": "9", "sen_provision": "K"}


def test_one_id_in_two_schools_is_two_people(tmp_path):
    told = census(tmp_path, pupilonroll=[*PUPILS, ADA.replace("SCH7", "SCH8")])
    assert len({person.key for person in told.persons}) == 2
    assert told.outcomes == {USED: 2}


def test_a_upn_of_the_wrong_shape_is_said_once_and_links_nobody(tmp_path):
    stubs = [ADA.replace("a1", f"a{n}").replace(UPN, f"21db2df8-fa{n}") for n in range(3)]
    told = census(tmp_path, pupilonroll=[ON, *stubs])
    fault = told.fault("upn-shape")
    assert "in 3 rows" in fault.message
    assert told.outcomes == {USED: 3}
    assert len({person.key for person in told.persons}) == 3


@pytest.mark.parametrize(
    ("category", "kind"),
    [("SUSP", "suspension"), ("FIXD", "suspension"), ("PERM", "permanent_exclusion"), ("LNCH", "lunchtime_exclusion")],
)
def test_an_exclusion_is_what_its_category_says(tmp_path, category, kind):
    out = f"a1,SCH7,x1,2024-Oct-16 00:00:00,10.0,PP,OW,,{category}"
    told = census(tmp_path, pupilonroll=PUPILS, termlyexclusionsonroll=[OUT, out])
    (found,) = [e for e in life(told)["school:sch7|school_census|a1"] if e.kind != "school_joined"]
    assert (found.kind, found.happened_on, found.ref) == (kind, date(2024, 10, 16), "exclusion:x1")
    sessions = {} if category == "PERM" else {"sessions": "10"}
    assert dict(found.details) == sessions | {"reason1": "PP", "reason2": "OW", "school_urn": "SCH7"}


def test_what_a_term_s_systems_do_wrong_is_said_once_with_its_number(tmp_path):
    rows = [f"a1,SCH7,x{n},2024-Oct-{10 + n} 00:00:00,10,OT,,,{c}" for n, c in enumerate(("FIXD", "FIXD", "PERM"))]
    told = census(tmp_path, pupilonroll=PUPILS, termlyexclusionsonroll=[OUT, *rows])
    said = {fault.rule: fault.message for fault in told.faults}
    assert "in 2 rows" in said["code-older"]
    assert "no longer in use" in said["code-out-of-era"]
    assert "1 permanent exclusions" in said["permanent-with-sessions"]
    assert told.outcomes == {USED: 4}


def test_sessions_are_a_total_of_the_term_on_the_last_day_its_files_tell_of(tmp_path):
    out = ["a1,SCH7,x1,2024-Oct-16 00:00:00,2,PP,,,SUSP", "a1,SCH7,x2,2024-Dec-10 00:00:00,2,PP,,,SUSP"]
    sessions = ["a1,SCH7,s1,12.0,N", "a1,SCH7,s2,,I"]
    told = census(
        tmp_path,
        pupilonroll=PUPILS,
        termlyexclusionsonroll=[OUT, *out],
        termlysessiondetailsonroll=[SESSIONS, *sessions],
    )
    totals = [e for e in life(told)["school:sch7|school_census|a1"] if e.kind == "attendance_total"]
    assert [(e.happened_on, dict(e.details)) for e in totals] == [
        (date(2024, 12, 10), {"school_urn": "SCH7", "code": "N", "sessions": "12"})
    ]
    assert Counter(s.outcome for s in told.statements if s.table.startswith("termlysession")) == {USED: 1, NO_EVENT: 1}


def test_two_terms_in_one_delivery_are_told_apart(tmp_path):
    files = {}
    for term, day, sessions in (("2024_autumn", "2024-Dec-10", 12), ("2025_spring", "2025-Mar-20", 9)):
        files[f"{term}_pupilonroll"] = PUPILS
        files[f"{term}_termlyexclusionsonroll"] = [OUT, f"a1,SCH7,{term},{day} 00:00:00,2,PP,,,SUSP"]
        files[f"{term}_termlysessiondetailsonroll"] = [SESSIONS, f"a1,SCH7,s1,{sessions},N"]
    told = census(tmp_path, **files)
    totals = [e for e in life(told)["school:sch7|school_census|a1"] if e.kind == "attendance_total"]
    assert [e.happened_on for e in totals] == [date(2024, 12, 10), date(2025, 3, 20)]
    assert len({e.key for e in totals}) == 2
    assert [(c.start, c.end) for c in told.coverage] == [(d, d) for d in (date(2024, 12, 10), date(2025, 3, 20))]


def test_off_the_roll_is_left_and_its_own_exclusions_follow_it(tmp_path):
    gone = f"b1,SCH5,{UPN},Quill,Ada,2011-Jun-15,F,2024-Jul-03,2024-Dec-03"
    out = OUT.replace("onroll", "offroll").replace("pupiloffroll", "pupilnolongeronroll")
    told = census(
        tmp_path,
        pupilnolongeronroll=[OFF, gone],
        termlyexclusionsoffroll=[out, "b1,SCH5,x1,2024-Oct-16 00:00:00,2,PP,,,SUSP"],
    )
    kinds = [e.kind for e in life(told)["school:sch5|school_census|b1"]]
    assert kinds == ["school_joined", "school_left", "suspension"]


def test_an_exclusion_of_a_pupil_the_school_did_not_send_is_refused(tmp_path):
    out = ["a1,SCH8,x1,2024-Oct-16 00:00:00,2,PP,,,SUSP", "a9,SCH7,x2,2024-Oct-16 00:00:00,2,PP,,,SUSP"]
    told = census(tmp_path, pupilonroll=PUPILS, termlyexclusionsonroll=[OUT, *out])
    assert [s.outcome for s in told.statements] == [USED, REFUSED, REFUSED]
    assert told.rules.count("parent-missing") == 2


def test_exclusions_without_the_pupils_are_refused_and_said_once(tmp_path):
    out = [f"a1,SCH7,x{n},2024-Oct-16 00:00:00,2,PP,,,SUSP" for n in range(3)]
    told = census(tmp_path, termlyexclusionsonroll=[OUT, *out])
    assert told.outcomes == {REFUSED: 3}
    assert "3 rows" in told.fault("parent-not-sent").message


def test_the_spring_s_addresses_and_needs_belong_to_their_pupil_and_tell_nothing(tmp_path):
    told = census(
        tmp_path,
        pupilonroll=PUPILS,
        addressesonroll=[
            "pupilonrolltableid,NativeId,addressesonrolltableid,uniquepropertyreferencenumber,postcode",
            "a1,SCH7,d1,1.0,ZC1 2AB",
        ],
        senneeds=["pupilonrolltableid,NativeId,sentype,sentyperank", "a1,SCH7,ASD,1"],
    )
    assert [(s.table, s.outcome) for s in told.statements[1:]] == [
        ("addressesonroll", NO_EVENT),
        ("senneeds", NO_EVENT),
    ]
    assert [p.postcode for p in told.persons] == ["", "ZC1 2AB"]
    assert {s.person for s in told.statements} == {"school:sch7|school_census|a1"}


def test_a_start_date_a_year_out_does_not_make_the_term_longer(tmp_path):
    out = ["a1,SCH7,x1,2022-Oct-16 00:00:00,2,PP,,,SUSP", "a1,SCH7,x2,2024-Dec-10 00:00:00,2,PP,,,SUSP"]
    (covered,) = census(tmp_path, pupilonroll=PUPILS, termlyexclusionsonroll=[OUT, *out]).coverage
    assert covered.end - covered.start == LONGEST_TERM
    assert covered.kinds == {"suspension", "permanent_exclusion", "lunchtime_exclusion"}


def test_no_other_feed_takes_a_census_file(tmp_path):
    census(tmp_path, pupilonroll=[ON], pupilnolongeronroll=[OFF], out=[OUT], sessions=[SESSIONS])
    for source in feeds.open_sources(tmp_path):
        assert [feed.id for feed in feeds.registry() if feed.recognise(source)] == ["school_census"]
