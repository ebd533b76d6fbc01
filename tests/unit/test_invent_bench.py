"""The two big returns have the proportions they are asked for, at any size."""

from __future__ import annotations

import csv
from pathlib import Path

from lxml import etree

from throughline import invent
from throughline.feeds.cells import upn_is_sound


def test_a_903_return_has_the_published_sample_s_proportions(tmp_path: Path) -> None:
    written = invent.write_ssda903_return(tmp_path, children=1500, seed=4)
    per_child = {}
    for path in tmp_path.glob("*.csv"):
        with path.open(newline="") as stream:
            per_child[path.stem] = (sum(1 for _ in csv.reader(stream)) - 1) / 1500
    assert abs(per_child["header"] - 1) < 0.005
    assert 1.6 < per_child["episodes"] < 2.2
    assert 4.2 < per_child["reviews"] < 5.2
    assert per_child["oc2"] == per_child["previous_permanence"] == 1
    assert written == round(1500 * sum(per_child.values()))
    assert 9.2 < written / 1500 < 10.4, "267,500 children make about 2.6 million rows"


def test_a_903_return_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        invent.write_ssda903_return(tmp_path / name, children=40, seed=4)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_census_holds_the_children_asked_for_and_all_that_follows_a_referral(tmp_path: Path) -> None:
    path = tmp_path / "cin.xml"
    assert invent.write_cin_census(path, children=700, seed=4) == path.stat().st_size
    root = etree.parse(str(path)).getroot()
    children = root.findall("Children/Child")
    assert len(children) == 700
    assert all(child.find("CINdetails/CINreferralDate") is not None for child in children)
    for element in ("Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans", "AssessmentFactors"):
        assert len(root.findall(f".//{element}")) > 70, element
    numbers = [str(upn.text) for upn in root.iter("UPN")]
    assert sum(map(upn_is_sound, numbers)) == len(numbers) > 400
