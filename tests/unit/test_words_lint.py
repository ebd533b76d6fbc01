"""The linter: our words are clean, and each planted fault is found and named by file and key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from throughline import words
from throughline.words.load import DATA

Plant = Callable[[str, str, str], list[str]]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Copies our words, replaces one text in one file, and lints the copy."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)

    def replace(file: str, old: str, new: str) -> list[str]:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer says {old!r}: plant the fault elsewhere"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return words.check(folder)

    return replace


def test_our_own_words_are_clean() -> None:
    assert words.check() == []


MISSING = "kinds/missing.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (MISSING, "title: Went missing", "title: Absconded", "missing_start: says 'Absconded'"),
        (MISSING, "area: missing", "area: mising", "missing_start: 'mising' is no area"),
        (MISSING, "lane: police", "lane: force", "missing_found: 'force' is no lane"),
        (MISSING, "shape: square", "shape: star", "missing_meeting: 'star' is no shape"),
        (MISSING, "born: ours", "born: theirs", "missing_plan_agreed: 'theirs' is no birth"),
        (MISSING, "level: SL3", "level: SL9", "rhi_held: 'SL9' is no level"),
        (MISSING, "critical: true", "shape: diamond", "missing_start: a diamond is a critical moment"),
        (MISSING, "[signs, missing_marks", "[sings, missing_marks", "missing_start: 'sings' is no mark"),
        (MISSING, "said_by: [police]", "said_by: [polise]", "prevention_interview: 'polise' is no type"),
        (MISSING, "fields: [with, what]", "fields: [whith]", "rhi_shared: 'whith' is no field"),
        (MISSING, "fields: [with, what]", "fields: [with, with]", "rhi_shared: field with twice"),
        (MISSING, "{category: {codes: missing}}", "{category: {codes: nolist}}", "'nolist' is no field"),
        (
            MISSING,
            "fields: [with, what]",
            "fields: [{with: {type: date}}]",
            "rhi_shared: field with: a kind may not set its type",
        ),
        (
            MISSING,
            "fields: [with, what]",
            "fields: [{reported_at: {codes: risk}}]",
            "rhi_shared: field reported_at is no text elsewhere",
        ),
        (MISSING, "rhi_offered: []", "rhi_offered: [unplanned]", "alias rhi_offered: 'unplanned' is no mark"),
        (MISSING, "rhi_offered: []", "rhi_held: []", "rhi_offer: alias rhi_held is taken"),
        (MISSING, "return_interview: []", "icpc: []", "alias icpc is taken in kinds/"),
        (MISSING, "  rhi_shared:", "  rhi_offer:", "rhi_offer: given twice, again in line"),
        (MISSING, "  rhi_shared:", "  visit:", "visit: also in kinds/missing.yaml"),
        (MISSING, "  rhi_shared:", "  RHI-shared:", "RHI-shared: an id is lower case"),
        (MISSING, "join: {days: 1}", "join: {day: 1}", "missing_meeting: 'day' is no key of join"),
        (MISSING, "join: {days: 1}", "join: {hours: 1, days: 1}", "missing_meeting: joins by hours, but"),
        (MISSING, "join: {days: 1}", "joins: {days: 1}", "missing_meeting: joins is no key of a kind"),
        ("fields.yaml", "approved_by: {title", "spare: Spare\napproved_by: {title", "spare: no kind carries"),
        ("fields.yaml", "type: yes_no", "type: maybe", "'maybe' is no type"),
        ("fields.yaml", "codes: risk", "codes: risks", "risk: 'risks' is no code list"),
        ("marks.yaml", "  care:", "  odd:\n    spare: Spare\n  care:",
         "marks.yaml: spare: no kind may carry it"),
        ("marks.yaml", "    nfa: Ended at referral", "    debt: Debt",
         "debt: in social_care_marks and in signs"),
        ("states.yaml", "referral-nfa", "referral-debit",
         "open_case: referral may not carry the mark 'debit'"),
        ("states.yaml", "[care_ended]", "[care_stopped]", "in_care: 'care_stopped' is no kind"),
        ("states.yaml", "attributes: [category]", "attributes: [colour]", "'colour' is no field or mark"),
        ("states.yaml", "derivation: segment", "derivation: guess", "placement: 'guess' is no derivation"),
        ("agencies.yaml", "lane: police", "lane: force", "police: 'force' is no lane"),
        ("agencies.yaml", '"{body} police"', '"the police"', "police: body_title needs {body}"),
        ("agencies.yaml", '"health:cpis"', '"council:971"', "council:971: 'council' is no type of agency"),
        ("agencies.yaml", '"health:cpis"', "health", "agencies.yaml: health: a body is type:body"),
        ("roles.yaml", "    sentence: Chairs", "    says: Chairs", "conference_chair: has no sentence"),
        ("codes/cin_census.yaml", '"10": Not known', "10: Not known", "referral_source: 10: quote the code"),
        ("codes/ssda903.yaml", '"NO": Not', "NO: Not", "in_touch: False: quote the code"),
        ("codes/ssda903.yaml", "{label: Male, start", "{start", "sex: M: has no label"),
        ("codes/ssda903.yaml", "end: 2024-03-31", "end: 2024-03-31, start: 2025-01-01",
         "ends before it starts"),
        ("codes/ssda903.yaml", "rne:", "abuse:", "abuse: in another file too"),
        ("codes/ssda903.yaml", "rne:", "RNE:", "RNE: a list's name is in lower case"),
        ("codes/common.yaml", "home: Home", "home: Respite", "home: says 'Respite'; practice §10"),
        ("levels.yaml", "meaning: Health information", "meaning: Case details", "HLTH: says 'Case'"),
        ("terms.yaml", "to: 2025-12-19, half_term: [2025-10-27", "to: 2025-12-19, half_term: [2025-01-27",
         "2025-09-03"),
        ("terms.yaml", "from: 2026-01-05", "from: 2025-01-05", "the term from 2025-01-05 is out of order"),
        ("shared.yaml", "areas:", "areas: [", "shared.yaml: not YAML"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named_by_file_and_key(plant: Plant, file: str, old: str, new: str, complaint: str) -> None:
    found = plant(file, old, new)
    named = [fault for fault in found if complaint in fault]
    assert named, f"wanted {complaint!r}, got {found}"
