"""The look is data that can be checked: contrasts, words, and nothing inline that the policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from throughline import words

WEB = Path(__file__).resolve().parents[2] / "src" / "throughline" / "web"
SCSS = WEB / "design" / "scss"
TEMPLATES = sorted(WEB.glob("*/jinja2/**/*.html"))
COLOURS = dict(re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", (SCSS / "_base.scss").read_text(), re.MULTILINE))


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG counts it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["ink", "secondary", "link", "link-dark", "brand", "mistake", "own-words"])
def test_everything_written_on_white_can_be_read(name: str) -> None:
    assert contrast(COLOURS[name], "#ffffff") >= 4.5


def test_the_focus_and_the_edges_of_controls_can_be_seen() -> None:
    assert contrast(COLOURS["ink"], COLOURS["focus"]) >= 4.5
    assert contrast(COLOURS["rule"], "#ffffff") >= 3


def test_every_state_tag_can_be_read_on_its_fill() -> None:
    rules = re.findall(
        r"\.tl-status--([\w-]+) \{ color: (#\w+); background: (#\w+);", (SCSS / "_status.scss").read_text()
    )
    assert {name for name, _, _ in rules} >= {"late", "soon", "due", "done", "done-late", "other", "unknown"}
    for name, ink, fill in rules:
        assert contrast(ink, fill) >= 7, name


def test_red_is_only_for_late_work() -> None:
    """No other rule of ours uses the red of lateness."""
    users = [
        line for sheet in SCSS.glob("*.scss") for line in sheet.read_text().splitlines() if "a2191f" in line.lower()
    ]
    assert users
    assert all("late" in line for line in users)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_holds_what_the_policy_refuses(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\s(style|on[a-z]+)=\"", text), "inline style or handler"
    if template.name == "whole.html":
        return  # no page of the site: a file to keep, which has to stand alone
    for script in re.findall(r"<(?:script|style)[^>]*>", text):
        assert 'nonce="{{ nonce }}"' in script, script


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_says_a_word_that_blames(template: Path) -> None:
    shown = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", " ", template.read_text(), flags=re.DOTALL)
    said = [term for term in words.avoided() if re.search(rf"\b{re.escape(term)}\b", shown, re.IGNORECASE)]
    assert said == []
