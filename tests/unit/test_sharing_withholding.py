"""What is proposed to stay out of a copy of the whole record, as the file says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline import sharing, words
from throughline.sharing import PARENT, SELF, Item

WHOLE = sharing.whole_record()
TAGS = st.frozensets(st.sampled_from(sorted(words.tags())))


def fitting(*tags: str, whose: str = SELF) -> list[str]:
    return [reason.id for reason in WHOLE.fitting(Item("SL2", frozenset(tags)), whose)]


def test_what_is_about_the_child_alone_is_theirs() -> None:
    assert fitting() == fitting("CHILD-CONF") == fitting("NO-PARENT") == fitting("IMMIG") == []


@pytest.mark.parametrize("tag", ["CHILD-CONF", "NO-PARENT", "SEXH"])
def test_what_the_child_confided_is_never_given_to_a_parent_nor_said_to_be_there(tag: str) -> None:
    first = WHOLE.reasons[fitting(tag, whose=PARENT)[0]]
    assert first.unsaid
    assert not first.asked


@pytest.mark.parametrize("tag", ["LIVE-INV", "PROT-PERSON", "PROT-ADDR", "ADOPT", "LEGAL"])
def test_some_things_no_word_of_anybodys_gives(tag: str) -> None:
    for whose in (SELF, PARENT):
        assert any(not WHOLE.reasons[id].asked for id in fitting(tag, whose=whose))


@pytest.mark.parametrize("tag", ["POL-P", "POL-C", "ORIG", "THIRD", "PEER", "HLTH", "MH", "SUBST"])
def test_some_things_are_given_once_somebody_was_asked(tag: str) -> None:
    assert all(WHOLE.reasons[id].asked for id in fitting(tag))


def test_every_tag_either_stays_out_or_is_the_childs_own() -> None:
    childs_own = {"CHILD-CONF", "NO-PARENT", "IMMIG"}
    assert {tag for tag in words.tags() if not fitting(tag)} == childs_own


def test_nothing_above_sensitive_detail_leaves_by_this_way() -> None:
    assert WHOLE.holds(Item("SL3"))
    assert not WHOLE.holds(Item("SL4"))
    assert not WHOLE.holds(Item("SL5"))


def test_every_reason_says_what_the_law_is_and_a_sentence_to_the_reader() -> None:
    for reason in WHOLE.reasons.values():
        assert "DPA Schedule" in reason.basis
        assert reason.says.endswith(".")


@given(TAGS, TAGS, st.sampled_from([SELF, PARENT]))
def test_one_more_tag_never_gives_more(tags: frozenset[str], more: frozenset[str], whose: str) -> None:
    assert set(fitting(*tags, whose=whose)) <= set(fitting(*tags, *more, whose=whose))


@given(TAGS)
def test_a_parent_is_never_given_what_the_child_is_not(tags: frozenset[str]) -> None:
    assert set(fitting(*tags)) <= set(fitting(*tags, whose=PARENT))
