"""The privacy notices: one for each audience, in its words, with what the law wants told."""

from __future__ import annotations

import re

import pytest

from throughline import words
from throughline.web.child.notices import Notice, notices

AUDIENCES = ("child", "young_person", "parent_carer", "professional", "public")


def text(notice: Notice) -> str:
    parts = [notice.lede, *(part for s in notice.sections for part in (s.heading, s.text, *s.lines))]
    return "\n".join(part for part in parts if part)


def sentences(notice: Notice) -> list[list[str]]:
    split = re.split(r"[.?!:]\s|\n", text(notice))
    return [re.findall(r"[\w’]+", sentence) for sentence in split if sentence.strip()]


def test_there_is_one_for_each_audience() -> None:
    assert tuple(notices()) == AUDIENCES


@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_says_what_is_kept_who_sees_it_and_what_one_may_ask(audience: str) -> None:
    said = text(notices()[audience]).lower()
    for wanted in ("kept", "ask") if audience != "child" else ("written", "read", "ask"):
        assert wanted in said
    assert "score" in said or audience == "parent_carer"


@pytest.mark.parametrize("audience", [a for a in AUDIENCES if a != "child"])
def test_those_who_can_complain_are_told_where_and_what_the_law_is(audience: str) -> None:
    said = text(notices()[audience])
    assert "ico.org.uk" in said
    assert "article 6" in said


def test_consent_is_nowhere_what_it_rests_on() -> None:
    assert "Consent is not what it rests on" in text(notices()["parent_carer"])
    assert "we do not ask you to agree" in text(notices()["young_person"])


def test_a_child_could_read_theirs() -> None:
    """Short sentences of short words: nine-year-olds read sentences of about ten words."""
    found = sentences(notices()["child"])
    every = [word for sentence in found for word in sentence]
    assert sum(map(len, found)) / len(found) <= 11
    assert sum(map(len, every)) / len(every) <= 4.4
    assert not {"controller", "article", "processing", "data", "gdpr"} & {word.lower() for word in every}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_word_of_blame(audience: str) -> None:
    said = text(notices()[audience]).lower()
    for avoided in words.avoided():
        assert not re.search(rf"\b{re.escape(avoided.lower())}\b", said), avoided
