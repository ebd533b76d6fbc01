"""One form records any kind of event, built from the words."""

from __future__ import annotations

from datetime import date

import pytest

from throughline import words
from throughline.web.casework import event_form
from throughline.web.design import forms
from throughline.words import Kind

TODAY = date(2026, 11, 23)
KINDS = [pytest.param(kind, id=kind.id) for kind in words.kinds().values()]


def form(kind: str) -> event_form.EventForm:
    return event_form.form_of(words.kinds()[kind], "la:port_halden", TODAY)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_whose_questions_do_not_clash(kind: Kind) -> None:
    made = form(kind.id)
    names = [field.name for field in made.fields]
    assert len(names) == len(set(names))
    assert not event_form.RESERVED & {field.name for field in made.details}
    for field in made.fields:
        if field.type in (forms.CHOICE, forms.SELECT):
            assert field.options, f"{kind.id}.{field.name} has nothing to choose from"


@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_a_kind_may_carry_can_be_ticked(kind: Kind) -> None:
    marks = form(kind.id).marks
    folded = (
        [] if marks is None else [option for _, groups in marks.folds for _, options in groups for option in options]
    )
    ticked = {value for value, _ in (*(marks.options if marks else ()), *folded)}
    assert ticked == kind.marks


def test_a_kind_whose_hours_count_asks_for_the_time_or_that_it_is_not_known() -> None:
    given = forms.typed_day("happened_on", TODAY)
    _, mistakes = event_form.read(form("missing_end"), given)
    assert "happened_time" in mistakes
    _, mistakes = event_form.read(form("missing_end"), given | {"time_unknown": "yes"})
    assert mistakes == {}
    answers, mistakes = event_form.read(form("missing_end"), given | {"happened_time": "6.40"})
    assert (answers["happened_on"], answers["happened_time"], mistakes) == ("2026-11-23", "06:40", {})


def test_a_time_and_a_time_not_known_cannot_both_stand() -> None:
    given = forms.typed_day("happened_on", TODAY) | {"happened_time": "6:40", "time_unknown": "yes"}
    _, mistakes = event_form.read(form("missing_end"), given)
    assert "happened_time" in mistakes


def test_the_day_is_always_needed() -> None:
    _, mistakes = event_form.read(form("care_review_held"), {})
    assert "happened_on" in mistakes


def test_a_kind_is_found_by_its_other_names_and_by_its_area() -> None:
    def found(query: str) -> set[str]:
        return {link.id for _, links in event_form.kinds_by_area(query) for link in links}

    assert "missing_end" in found("safe return")
    assert "rhi_held" in found("interview HELD")
    assert found("police") >= {"arrest"}
    assert found("no such thing") == set()
    about_a_child = {kind.id for kind in words.kinds().values() if words.CHILD in kind.about}
    assert found("") == about_a_child < set(words.kinds()), "what is about a place is recorded there"


def test_a_draft_is_only_kept_once_something_was_typed() -> None:
    assert not event_form.anything_typed({"said_by": "la:port_halden", "happened_on-day": " "})
    assert event_form.anything_typed({"said_by": "la:port_halden", "happened_on-day": "3"})
