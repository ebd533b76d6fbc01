"""Rule documents: what ships is sound, and a faulty one is named by file, line and cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spec.line_tables import rows
from throughline import words
from throughline.duties import Rulebook, RuleFault, handled_elsewhere, load, read, rulebook
from throughline.duties.engine import SHAPES
from throughline.duties.loading import LAW, LOCAL

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
        ("shape: after", "shape: limit", "1: shape 'limit' needs limit; add it"),
        ("shape: after", "shape: after\nlimit: {}", "1: limit belongs to shape 'limit', not to 'after'; take it out"),
        ("shape: after", "shape: open", "1: versions of shape 'open' have no amount and unit: take them out"),
        (", amount: 2, unit: working_days}", "}", "1: versions of shape 'after' have an amount and a unit: add them"),
        ("says: Referred", "codes: {need: [XX]}\n  says: Referred", "17: trigger.0.codes: need: XX is no code of "),
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


def relayed(id: str, of: str) -> str:
    """The sound rule as one that another opens."""
    trigger = "trigger:\n- kind: referral\n  says: Referred {when}.\n"
    relay = f"relay: {{of: {of}, when: met, says: Done.}}\n"
    return GOOD.replace("tea-2wd", id).replace("shape: after", "shape: relay").replace(trigger, relay)


def test_duties_that_open_each_other_in_a_ring_are_refused():
    ring = [read(relayed("one", "two"), "one.yaml"), read(relayed("two", "one"), "two.yaml")]
    with pytest.raises(RuleFault) as raised:
        Rulebook(ring)
    assert raised.value.faults[0] == "one.yaml:1: relay.of: 'two' is opened by this rule in turn; break the ring"


def test_a_duty_that_nothing_opens_is_refused():
    with pytest.raises(RuleFault) as raised:
        Rulebook([read(relayed("one", "nothing"), "one.yaml")])
    assert "there is no active rule 'nothing'; name one, or switch it on" in raised.value.faults[0]


WITH_SETTING = GOOD.replace("amount: 2,", "amount: $days,") + "settings:\n  days: {value: 2, says: days for tea}\n"


def test_a_partnership_sets_its_own_figure():
    assert read(WITH_SETTING, "local/tea-2wd.yaml").versions[0].amount == 2
    assert read(WITH_SETTING, "local/tea-2wd.yaml", {"days": 4}).versions[0].amount == 4


def test_a_setting_nobody_knows_is_a_fault():
    found = faults(GOOD.replace("amount: 2,", "amount: $days,"))
    assert found == ("local/tea-2wd.yaml:20: versions.0.amount: there is no setting 'days'; add it to settings",)
    with pytest.raises(RuleFault) as raised:
        read(WITH_SETTING, "local/tea-2wd.yaml", {"hours": 4})
    assert raised.value.faults == ("local/tea-2wd.yaml:27: hours is no setting of this rule",)


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


THE_OTHERS = """
    id                           | figures          | day1 | strength | confidence | checked | rows
    part-time-timetable-review   | 6 weeks          |      | SG       | confirmed  |         | V19 V20 V24
    lac-iro-appointed-5wd        | 5 working_days   |      | SG       | known      |         | L30 L20
    police-protection-72h        | 72 elapsed_hours |      | MUST     | confirmed  |         | L21 L24
    strategy-discussion          |                  |      | SG       | known      |         | L15 V14
    sin-notify-5wd               | 5 working_days   |      | MUST     | confirmed  |         | L21 L24 V12
    missing-prevention-interview |                  |      | GD       | known      |         | L25 L15
    lac-review-record            | 5 working_days / 15 working_days / 20 working_days |      | SG       | known      |         | L30 L15
    missing-rhi-share            |                  |      | GD       | confirmed  |         | L25 L2 L26 L15
    nrm-cg                       |                  |      | TG       | confirmed  |         | L28 L27
    nrm-refer-prompt             |                  |      | SG       | known      |         | L28 L15
    nrm-rg-5wd                   | 5 working_days   |      | TG       | confirmed  | yes     | L28
    nrm-recovery-30d             | 45 days / 30 days | yes  | MUST     | confirmed  | yes     | L28
    camhs-4w                     | 28 days          |      | TG       | confirmed  |         | V15
    bail-initial-3m              | 28 days / 3 months | yes  | MUST     | confirmed  | yes     | L27
    lac-sdq-annual               | 12 months        |      | SG       | known      |         | L20 L11 L18 L23
    lac-care-plan-10wd           | 10 working_days  |      | MUST     | confirmed  | yes     | L30 L20
    lac-health-initial           | 20 working_days  |      | MUST     | confirmed  |         | L20 L11 L18 L23
    lac-notify-health-5wd        | 5 working_days   |      | MUST     | confirmed  | yes     | L15 L20
    lac-ooa-approval             |                  |      | MUST     | confirmed  | yes     | L2 L26
    lac-ooa-area-notify          | 5 working_days   |      | MUST     | confirmed  | yes     | L2 L26 L15
    lac-pep-initial-10wd         | 10 working_days  |      | MUST     | confirmed  | yes     | L20 L26
    lac-placement-plan-5wd       | 5 working_days   |      | MUST     | confirmed  | yes     | L2 L26 L20
    lac-visit-1w                 | 7 days           |      | MUST     | confirmed  | yes     | L20
    lac-visit-6w-year1           | 6 weeks          |      | MUST     | confirmed  | yes     | L20
    pathway-needs-3m             |                  |      | MUST     | confirmed  | yes     | V18 V30 V31 L21 L24
    excl-notify-la               |                  |      | MUST     | confirmed  |         | L26 L15
    excl-notify-parent           |                  |      | MUST     | confirmed  | yes     | L26
    irp-apply-15sd               | 15 school_days   |      | MUST     | confirmed  | yes     | L26
    suspension-45-cap            | 0 days           |      | MUST     | confirmed  |         | L26
    ehc-annual-review-12m        | 12 months        |      | MUST     | confirmed  |         | V4 V5
    ehc-decide-assess-6w         | 6 weeks          |      | MUST     | confirmed  | yes     | V4 V5
    ehc-final-20w                | 20 weeks         |      | MUST     | confirmed  | yes     | V4 V5
    ehc-no-plan-16w              | 16 weeks         |      | MUST     | confirmed  |         | V4 V5
    ehc-phase-15feb              |                  |      | MUST     | confirmed  | yes     | V4 V5 V18
    ehc-phase-31mar              |                  |      | MUST     | confirmed  | yes     | V4 V5 V18
    ehc-review-decision-4w       | 28 days          |      | MUST     | confirmed  |         | V4 V5
    ehc-review-notice-2w         | 2 weeks          |      | MUST     | known      |         | V4 V5 L15
    ehc-review-report-2w         | 14 days          |      | MUST     | known      |         | V4 V5
    op-encompass                 | 1 school_days    |      | SG       | uncertain  |         | V14 L15
    core-group-10wd              | 10 working_days  |      | SG       | known      |         | L15 V29
    cp-transfer-in-15wd          | 15 working_days  |      | GD       | known      |         | L15 V19 V20
    lcspr-publish-6m             | 6 months         |      | SG       | known      |         | V12
    rapid-review-15wd            | 15 working_days  |      | SG       | confirmed  |         | V12 L21 L24
    referral-decision-1wd        | 1 working_days   |      | SG       | known      |         | L15
    ae-violence-youthworker      | 1 working_days   |      | LO       | uncertain  |         | V25 L21 L24 V15
    cin-plan-review              | 3 months         |      | LO       | uncertain  |         |
    core-group-repeat            | 6 weeks          |      | LO       | uncertain  |         | V29
    cp-visit-local               | 10 working_days  |      | LO       | uncertain  |         |
    out-of-school-4m             | 4 months         |      | LO       | uncertain  |         | V19 V20 V24
"""  # noqa: E501
THE_REST = (Path(__file__).parent / "duty_table.txt").read_text()
"""The same of every other rule of the table, and of those that are one of its rules in two; on: it ships on."""
SHIPPED = {rule.id: rule for rule in load()}
CALLED_BY_NAME = {"cohort-review-6m", "reflection-20wd"}
"""Deadlines of the partnership's own that the stories call by name (practice.md §8.2)."""
OF_THE_WALLS = {"restriction-90d", "rectification-1m"}
"""What practice.md §5 and UK GDPR article 16 ask for, where it is no flag and no row of the table."""


@pytest.mark.parametrize("row", rows(THE_TABLE), ids=lambda row: row["id"])
def test_figures_are_those_of_the_duty_table(row: dict[str, str]):
    rule = rulebook()[row["id"]]
    assert {(str(v.amount), v.unit) for v in rule.versions} == {(row["amount"], row["unit"])}
    assert rule.count_trigger_day == bool(row["day1"])
    assert (rule.strength, rule.confidence) == (row["strength"], row["confidence"])
    assert rule.verified == bool(row["checked"])
    assert list(rule.practice) == row["rows"].split()


@pytest.mark.parametrize("row", rows(THE_OTHERS) + rows(THE_REST), ids=lambda row: row["id"])
def test_figures_of_the_others_are_those_of_the_duty_table_too(row: dict[str, str]):
    rule = SHIPPED[row["id"]]
    periods = rule.stages or tuple(v for v in rule.versions if v.unit != "none")
    assert " / ".join(dict.fromkeys(f"{p.amount} {p.unit}" for p in periods)) == row["figures"]
    assert rule.count_trigger_day == bool(row["day1"])
    assert (rule.strength, rule.confidence) == (row["strength"], row["confidence"])
    assert rule.verified == bool(row["checked"])
    assert rule.active == bool(row.get("on", "yes"))
    assert list(rule.practice) == row["rows"].split()


def test_what_ships_is_the_duty_table_and_the_flags_of_the_practice_table():
    of_the_table = {row["id"] for table in (THE_TABLE, THE_OTHERS, THE_REST) for row in rows(table)}
    flags = {id for id in SHIPPED if re.match(r"r\d\d-", id)}
    assert set(SHIPPED) == of_the_table | flags | CALLED_BY_NAME | OF_THE_WALLS
    assert {id for id in SHIPPED if id not in rulebook()} == {row["id"] for row in rows(THE_REST) if not row["on"]}
    for id in flags & set(rulebook()):
        assert (rulebook()[id].strength, rulebook()[id].verified) == ("LO", False)
        assert rulebook()[id].practice[0] == id[:3].upper()


def test_every_shape_has_a_rule():
    assert {rule.shape for rule in rulebook().values()} == set(SHAPES)


def test_flags_that_are_no_clocks_say_where_they_are_handled():
    elsewhere = {document.id: document for document in handled_elsewhere()}
    assert {document.practice[0] for document in elsewhere.values()} >= {"R06", "R08", "R30", "R31"}
    for document in elsewhere.values():
        assert set(document.view_of) <= set(rulebook()), document.id


def test_every_rule_has_a_spec():
    told = "\n".join(path.read_text() for path in SPEC.glob("test_*.py"))
    told += "\n".join(path.name for folder in (LAW, LOCAL) for path in folder.rglob("*.spec.yaml"))
    assert [id for id in SHIPPED if not re.search(rf"(?<![\w-]){id}(?![\w-])", told)] == []


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
    assert "rhi-72h" in [rule.id for rule in rulebook().opened_by("missing_end")]
    found = [plan.id for plan in rulebook().for_kinds(["referral", "permanent_exclusion"])]
    assert {"assessment-45wd", "excl-day1-lac", "excl-day6-pex", "gb-review-15sd"} <= set(found)
    assert "rhi-72h" not in found


def test_a_rule_that_a_state_opens_is_found_by_the_kinds_that_open_the_state():
    assert "r23-voice-30d" in {plan.id for plan in rulebook().for_kinds(["cp_plan_started"])}
    assert "r23-voice-30d" not in {plan.id for plan in rulebook().for_kinds(["direct_voice"])}


def test_a_rule_that_another_opens_comes_after_it_and_is_found_by_what_opens_that():
    found = [plan.id for plan in rulebook().for_kinds(["missing_end"])]
    assert found.index("r05-declined-other-route") > found.index("rhi-72h")
