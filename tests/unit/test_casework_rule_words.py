"""The rules page says everything the rule document says, in words."""

from __future__ import annotations

from datetime import date

import pytest

from throughline import duties, words
from throughline.duties import Rule
from throughline.web.casework import rule_words

TODAY = date(2026, 11, 23)
RULES = [pytest.param(rule, id=rule.id) for rule in duties.load()]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_starts_it_what_meets_it_and_what_ends_it(rule: Rule) -> None:
    page = rule_words.page(rule, TODAY)
    titles = {kind.id: kind.title for kind in words.kinds().values()}
    assert page.starts, "every rule says what starts it"
    for trigger, said in zip(rule.trigger, page.starts, strict=False):
        assert titles[trigger.kind] in said
    met = " ".join((*page.met_by, *page.other_routes))
    assert all(titles[answer.kind] in met for answer in rule.answers)
    assert len(page.ended_by) == len(rule.ends) + len(rule.not_owed) + (rule.while_ is not None)


@pytest.mark.parametrize("rule", RULES)
def test_one_version_is_the_one_in_force_and_each_says_how_long(rule: Rule) -> None:
    page = rule_words.page(rule, TODAY)
    assert sum(version.now for version in page.versions) == 1
    for version, row in zip(rule.versions, page.versions, strict=True):
        assert str(version.amount) in row.period or not version.amount
    assert page.period == next(row.period for row in page.versions if row.now)


def test_the_version_follows_the_day() -> None:
    rule = duties.read(
        (duties.loading.LAW / "missing-guidance-2014" / "rhi-72h.yaml")
        .read_text()
        .replace(
            "versions:\n",
            "versions:\n- {id: before, end: 2013-12-31, select_by: return time, amount: 96, unit: elapsed_hours}\n",
        ),
        "rhi-72h.yaml",
    )
    assert "96" in rule_words.page(rule, date(2013, 5, 1)).period
    assert "72" in rule_words.page(rule, TODAY).period


def test_every_rule_stands_under_one_area_of_life() -> None:
    listed = [page.rule.id for _, pages in rule_words.by_area(duties.load(), TODAY) for page in pages]
    assert sorted(listed) == sorted(rule.id for rule in duties.load())


def test_hours_and_working_days_are_explained() -> None:
    by_id = {rule.id: rule_words.page(rule, TODAY) for rule in duties.load()}
    assert any("nights, weekends and holidays count" in said for said in by_id["rhi-72h"].counted)
    assert any("bank holidays" in said for said in by_id["lac-review-first-20wd"].counted)
