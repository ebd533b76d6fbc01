"""One authority's children in need census, as the department's XML."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from throughline.invent.days import ISO, stamp
from throughline.invent.model import Assessment, Case, Child, Enquiry, Life, Protection
from throughline.invent.people import upn_on
from throughline.invent.returns903 import Window
from throughline.invent.spoiling import spoiling

ENDS = "  </Children>\n</Message>\n"

_CHILD = ("UPN", "Ethnicity")
_ASSESSMENT = ("AssessmentActualStartDate", "AssessmentAuthorisationDate", "AssessmentFactors")
_PLAN = ("CINPlanStartDate", "CINPlanEndDate")
_PROTECTION = ("InitialCategoryOfAbuse", "LatestCategoryOfAbuse")


def begins(la: str, window: Window, made: int) -> str:
    """The message header; `made` is the moment the file was made."""
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<Message>
  <Header>
    <CollectionDetails>
      <Collection>CIN</Collection>
      <Year>{window.year}</Year>
      <ReferenceDate>{ISO[window.last]}</ReferenceDate>
    </CollectionDetails>
    <Source>
      <SourceLevel>L</SourceLevel>
      <LEA>{la}</LEA>
      <SoftwareCode>throughline.invent</SoftwareCode>
      <Release>ver 1.0</Release>
      <SerialNo>001</SerialNo>
      <DateTime>{stamp(made)}:00</DateTime>
    </Source>
  </Header>
  <Children>
"""


def child(rng: Random, life: Life, area: int, window: Window) -> str:
    """One child's element; blank if no case of this authority was open in the year."""
    cases = [
        case
        for case in life.cases
        if case.area == area
        and case.referred <= window.last
        and (case.closed is None or case.closed >= window.first)
        and (not case.nfa or case.referred >= window.first)
    ]
    if not cases:
        return ""
    who = life.child
    la_id = next((home.la_id for home in who.homes if home.area == area), who.homes[0].la_id)
    lines = ["    <Child>", *_identifiers(rng, who, la_id, window)]
    for case in cases:
        lines.append("      <CINdetails>")
        lines += _case(rng, case, window)
        lines.append("      </CINdetails>")
    lines.append("    </Child>\n")
    return "\n".join(lines)


def _identifiers(rng: Random, who: Child, la_id: str, window: Window) -> Iterator[str]:
    upn, none = upn_on(who, window.last)
    (upn, ethnicity), _ = spoiling("cin_census/child", _CHILD).row(rng, (upn, who.ethnicity))
    yield f"      <ChildIdentifiers>\n        <LAchildID>{la_id}</LAchildID>"
    if upn:
        yield f"        <UPN>{upn}</UPN>"
    elif none:
        yield f"        <UPNunknown>{none}</UPNunknown>"
    born = "PersonBirthDate" if who.born <= window.last else "ExpectedPersonBirthDate"
    yield f"        <{born}>{ISO[who.born]}</{born}>"
    if window.year >= 2025:
        yield f"        <Sex>{who.sex if who.born <= window.last else 'U'}</Sex>"
    else:
        yield f"        <GenderCurrent>{'1' if who.sex == 'M' else '2'}</GenderCurrent>"
    yield "      </ChildIdentifiers>\n      <ChildCharacteristics>"
    yield f"        <Ethnicity>{ethnicity}</Ethnicity>"
    if who.disabilities:
        yield "        <Disabilities>"
        for disability in who.disabilities:
            yield f"          <Disability>{disability}</Disability>"
        yield "        </Disabilities>"
    yield "      </ChildCharacteristics>"


def _case(rng: Random, case: Case, window: Window) -> Iterator[str]:
    first, last = window.first, window.last
    yield f"        <CINreferralDate>{ISO[case.referred]}</CINreferralDate>"
    yield f"        <ReferralSource>{case.source}</ReferralSource>"
    yield f"        <PrimaryNeedCode>{case.need}</PrimaryNeedCode>"
    if case.closed is not None and case.closed <= last:
        yield f"        <CINclosureDate>{ISO[case.closed]}</CINclosureDate>"
        yield f"        <ReasonForClosure>{case.closed_for}</ReasonForClosure>"
    if case.protection and not case.enquiries and case.protection[0].start <= last:
        # A plan taken over from another authority: its conference stands by itself.
        yield f"        <DateOfInitialCPC>{ISO[case.protection[0].start]}</DateOfInitialCPC>"
    for assessment in case.assessments:
        if assessment.start <= last and (assessment.done is None or assessment.done >= first):
            yield from _assessment(rng, assessment, last)
    for start, end in case.plans:
        if start <= last and (end is None or end >= first):
            yield _plan(rng, start, end if end is not None and end <= last else None)
    for enquiry in case.enquiries:
        if first <= enquiry.start <= last:
            yield _enquiry(enquiry, last)
    yield f"        <ReferralNFA>{'1' if case.nfa else '0'}</ReferralNFA>"
    for plan in case.protection:
        if plan.start <= last and (plan.end is None or plan.end >= first):
            yield from _protection(rng, plan, window)


def _assessment(rng: Random, assessment: Assessment, last: int) -> Iterator[str]:
    done = ISO[assessment.done] if assessment.done is not None and assessment.done <= last else ""
    factors = assessment.factors if done else ()
    cells = (ISO[assessment.start], done, factors[0] if factors else "")
    (start, done, factor), _ = spoiling("cin_census/assessment", _ASSESSMENT).row(rng, cells)
    yield f"        <Assessments>\n          <AssessmentActualStartDate>{start}</AssessmentActualStartDate>"
    if done:
        yield f"          <AssessmentAuthorisationDate>{done}</AssessmentAuthorisationDate>"
    if factors:
        yield "          <FactorsIdentifiedAtAssessment>"
        for code in (factor, *factors[1:]):
            yield f"            <AssessmentFactors>{code}</AssessmentFactors>"
        yield "          </FactorsIdentifiedAtAssessment>"
    yield "        </Assessments>"


def _plan(rng: Random, start: int, end: int | None) -> str:
    cells = (ISO[start], ISO[end] if end is not None else "")
    (began, ended), _ = spoiling("cin_census/plan", _PLAN).row(rng, cells)
    ending = f"          <CINPlanEndDate>{ended}</CINPlanEndDate>\n" if ended else ""
    return (
        f"        <CINPlanDates>\n          <CINPlanStartDate>{began}</CINPlanStartDate>\n"
        f"{ending}        </CINPlanDates>"
    )


def _enquiry(enquiry: Enquiry, last: int) -> str:
    held = ""
    if enquiry.conference is not None and enquiry.conference <= last:
        held = f"          <DateOfInitialCPC>{ISO[enquiry.conference]}</DateOfInitialCPC>\n"
    return (
        f"        <Section47>\n          <S47ActualStartDate>{ISO[enquiry.start]}</S47ActualStartDate>\n"
        f"          <InitialCPCtarget>{ISO[enquiry.target]}</InitialCPCtarget>\n{held}"
        f"          <ICPCnotRequired>{'1' if enquiry.not_required else '0'}</ICPCnotRequired>\n"
        "        </Section47>"
    )


def _protection(rng: Random, plan: Protection, window: Window) -> Iterator[str]:
    cells = (plan.first_category, plan.latest_category)
    (initial, latest), _ = spoiling("cin_census/protection", _PROTECTION).row(rng, cells)
    yield f"        <ChildProtectionPlans>\n          <CPPstartDate>{ISO[plan.start]}</CPPstartDate>"
    if plan.end is not None and plan.end <= window.last:
        yield f"          <CPPendDate>{ISO[plan.end]}</CPPendDate>"
    yield f"          <InitialCategoryOfAbuse>{initial}</InitialCategoryOfAbuse>"
    yield f"          <LatestCategoryOfAbuse>{latest}</LatestCategoryOfAbuse>"
    yield f"          <NumberOfPreviousCPP>{plan.earlier_plans}</NumberOfPreviousCPP>"
    held = [day for day in plan.reviews if window.first <= day <= window.last]
    if held:
        yield "          <Reviews>"
        for day in held:
            yield f"            <CPPreviewDate>{ISO[day]}</CPPreviewDate>"
        yield "          </Reviews>"
    yield "        </ChildProtectionPlans>"
