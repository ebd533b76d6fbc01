"""Rule documents: what ships is sound, and a faulty one is named by file, line and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spec.line_tables import rows
from throughline import words
from throughline.duties import Rulebook, RuleFault, load, read, rulebook

SPEC = Path(__file__).parents[1] / "spec"
GOOD = """\
id: tea-2wd
title: Tea
plain: You get tea within two days.
subject: child
owed_by: LA children's services
owed_role: social_worker
strength: LO
citation: Local agreement 2026
link: ""
confidence: uncertain
verified: false
active: true
practice: [L25]
shape: after
trigger:
- kind: referral
  says: Referred {when}.
age: {at_trigger: under_18, until: "18"}
versions:
- {id: "1", start: 2026-01-01, select_by: referral date, amount: 2, unit: working_days}
warn: {amount: 1, unit: working_days}
answers:
- {kind: visit, says: "Visited {when}."}
match: next
needs:
- {kinds: [visit], called: visits}
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(RuleFault) as raised:
        read(text, "local/tea-2wd.yaml")
    return raised.value.faults


def test_a_sound_rule_is_read():
    assert read(GOOD, "local/tea-2wd.yaml").versions[0].amount == 2


@pytest.mark.parametrize(
    ("change", "to", "fault"),
    [
        (
            "kind: referral",
            "kind: refferal",
            "16: trigger.0.kind: 'refferal' is not a kind of event we know; did you mean referral",
        ),
        ("amount: 2,", "amount: two,", "20: versions.0.amount: "),
        ("citation: Local agreement 2026\n", "", "1: citation: is missing; add it"),
        ("match: next", "macth: next", "24: macth: no rule has such a field; take it out, or look for a slip"),
        ("owed_role: social_worker", "owed_role: nobody", "6: owed_role: 'nobody' is no role; there are "),
        ("practice: [L25]", "practice: [X1]", "13: practice: X1: practice rows are L1 to L32"),
        ("shape: after", "shape: sometimes", "14: shape: "),
        ("shape: after", "shape: every", "1: shape 'every' needs counting"),
        ("title: Tea", "title: [Tea", "3: this is no YAML"),
        ("strength: LO", "strength: LAW", "7: strength: "),
    ],
)
def test_a_fault_names_file_line_and_cure(change: str, to: str, fault: str):
    found = faults(GOOD.replace(change, to))
    assert any(f.startswith(f"local/tea-2wd.yaml:{fault}") for f in found), found


def test_one_slip_is_told_once():
    assert len(faults(GOOD.replace("amount: 2,", "amount: two,"))) == 1


def test_an_alias_is_not_taken_for_the_kind_itself():
    found = faults(GOOD.replace("kind: visit,", "kind: rhi_offered,"))
    assert "'rhi_offered' is another name of 'rhi_offer'; write 'rhi_offer'" in found[0]


def test_all_faults_of_a_folder_are_told_at_once(tmp_path: Path):
    (tmp_path / "one.yaml").write_text(GOOD)
    (tmp_path / "tea-2wd.yaml").write_text(GOOD.replace("shape: after", "shape: never"))
    with pytest.raises(RuleFault) as raised:
        load(tmp_path)
    assert [f.partition(":")[0] for f in raised.value.faults] == ["one.yaml", "tea-2wd.yaml"]
    assert "rename it" in raised.value.faults[0]


def test_an_inactive_rule_is_read_but_not_run(tmp_path: Path):
    (tmp_path / "tea-2wd.yaml").write_text(GOOD.replace("active: true", "active: false"))
    rules = load(tmp_path)
    assert [rule.id for rule in rules] == ["tea-2wd"]
    assert len(Rulebook(rules)) == 0


# --- what ships ----------------------------------------------------------------------------------------

THE_TABLE = """
    id                              | amount | unit          | day1 | strength | confidence | checked | rows
    rhi-72h                         | 72     | elapsed_hours |      | SG       | confirmed  |         | L25 L15 V24
    lac-review-first-20wd           | 20     | working_days  |      | MUST     | confirmed  | yes     | L30 L20
    lac-review-second-3m            | 3      | months        |      | MUST     | confirmed  | yes     | L30
    lac-review-subsequent-6m        | 6      | months        |      | MUST     | confirmed  | yes     | L30
    lac-review-short-break-first-3m | 3      | months        |      | MUST     | uncertain  |         | L30
    lac-review-short-break-6m       | 6      | months        |      | MUST     | uncertain  |         | L30
    assessment-45wd                 | 45     | working_days  |      | SG       | confirmed  |         | L15 L11 L18 L23
    icpc-15wd                       | 15     | working_days  |      | SG       | known      |         | V6 L15
    cp-review-first-3m              | 3      | months        |      | SG       | confirmed  |         | V10 V11
    cp-review-6m                    | 6      | months        |      | SG       | confirmed  |         | V10 V11
    excl-day6-pex                   | 6      | school_days   | yes  | MUST     | confirmed  | yes     | L26 V19 V20
    excl-day6-suspension            | 6      | school_days   | yes  | MUST     | confirmed  | yes     | L26
    excl-day1-lac                   | 1      | school_days   | yes  | SG       | known      |         | L26 L20
    gb-review-15sd                  | 15     | school_days   |      | MUST     | confirmed  |         | L26
"""


@pytest.mark.parametrize("row", rows(THE_TABLE), ids=lambda row: row["id"])
def test_figures_are_those_of_the_duty_table(row: dict[str, str]):
    rule = rulebook()[row["id"]]
    assert {(str(v.amount), v.unit) for v in rule.versions} == {(row["amount"], row["unit"])}
    assert rule.count_trigger_day == bool(row["day1"])
    assert (rule.strength, rule.confidence) == (row["strength"], row["confidence"])
    assert rule.verified == bool(row["checked"])
    assert list(rule.practice) == row["rows"].split()


def test_these_fourteen_ship():
    assert sorted(rulebook()) == sorted(row["id"] for row in rows(THE_TABLE))


def test_every_rule_has_a_spec():
    told = "\n".join(path.read_text() for path in SPEC.glob("test_*.py"))
    assert [id for id in rulebook() if f'"{id}"' not in told] == []


def test_no_rule_says_a_word_a_child_should_not_read():
    for rule in rulebook().values():
        said = [rule.plain, *(t.says for t in rule.trigger), *rule.sayings.values(), *(e.why for e in rule.ends)]
        for sentence in said:
            for word in words.avoided():
                assert not re.search(rf"\b{re.escape(word)}\b", sentence, re.IGNORECASE), (rule.id, word, sentence)


def test_every_sentence_ends_like_one():
    for rule in rulebook().values():
        sayings = [rule.plain, *(t.says for t in rule.trigger), *rule.sayings.values()]
        assert all(sentence.endswith(".") for sentence in sayings), rule.id


def test_rules_are_found_by_what_opens_them():
    assert [rule.id for rule in rulebook().opened_by("missing_end")] == ["rhi-72h"]
    assert {plan.id for plan in rulebook().for_kinds(["referral", "permanent_exclusion"])} == {
        "assessment-45wd",
        "excl-day1-lac",
        "excl-day6-pex",
        "gb-review-15sd",
    }
