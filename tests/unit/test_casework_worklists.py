"""Lists, boards and short forms are data: every word in them is known, and every role has its own."""

from __future__ import annotations

import pytest

from throughline import sharing, words
from throughline.web.casework import relating
from throughline.web.casework.reading import worklists
from throughline.web.design import navigation

NO_CHILD = {role for role, policy in sharing.policy().items() if not policy.relations}
ROLES = tuple(words.roles())


def test_every_kind_state_mark_rule_and_form_named_exists() -> None:
    assert list(worklists.complaints()) == []


def test_every_role_that_is_somebodys_to_a_child_has_a_monday_and_nobody_else_does() -> None:
    assert {"business_manager", "analyst", "data_desk", "guardian", "partner", "administrator"} <= NO_CHILD
    for role in words.roles():
        assert bool(worklists.monday(role)) == (role not in NO_CHILD), role


def test_every_list_stands_somewhere_and_says_what_its_being_empty_means() -> None:
    on_pages = {one.id for role in words.roles() for one in worklists.monday(role)}
    on_pages |= {one.id for board in worklists.boards().values() for one in board.lists}
    for role in words.roles():
        on_pages |= {one.id for one in (*worklists.meetings(role), *worklists.pupils(role))}
    on_pages |= {"cannot_tell", *(one.id for one in worklists.calendar())}
    assert set(worklists.lists()) == on_pages
    assert all(one.empty.endswith(".") for one in worklists.lists().values())


def test_a_role_has_a_page_of_every_child_on_its_lists() -> None:
    for role in ROLES:
        assert bool(sharing.policy_for(role).relations) == bool(worklists.monday(role)), role


def test_a_role_is_shown_only_lists_whose_facts_it_may_see() -> None:
    """A list of what a role never sees would always be empty, and say so falsely; so would one it half sees."""
    for role in ROLES:
        for one in (*worklists.monday(role), *worklists.meetings(role), *worklists.pupils(role)):
            assert worklists.told(role, one), f"{role}: {one.id}"
    assert [one.id for one in worklists.boards_of("duty_team")[0].lists] == ["missing_now", "interviews", "pattern"]


def test_the_bar_has_the_word_meetings_for_exactly_those_who_have_some() -> None:
    for role in ROLES:
        has_word = any(entry.word == "Meetings" for entry in navigation.bar(role, "/"))
        assert has_word == bool(worklists.meetings(role)), role


@pytest.mark.parametrize("relation", sharing.POSTS)
def test_what_concerns_each_post_is_said_in_words_that_exist(relation: str) -> None:
    assert relating.grounds()[relation]
    assert any(policy.post == relation for policy in sharing.policy().values())


def test_a_short_form_asks_fewer_questions_than_the_long_one() -> None:
    for form in worklists.quick().values():
        long = {field.id for field in words.kinds()[form.kind].fields}
        assert set(form.fields) <= long, form.id
        assert len(form.fields) <= 4, form.id
