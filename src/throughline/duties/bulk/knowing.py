"""Which rules the queries know how to work out: those that say nothing else than what the queries read."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from throughline.duties.model import Rule

_READ: Mapping[str, str] = {
    "Rule": """id title plain subject owed_by owed_role strength citation link confidence verified active practice
        calendar note shape trigger while_ counting run in_states age not_owed versions count_trigger_day warn answers
        match evidence ends needs needs_feed settings view_of by ahead before limit window lasting total pattern silence
        relay seat stages earliest_of looks_back begins_next_day gathers successor informed pause rolls_forward""",
    "Trigger": """kind with_ without codes says says_if count_from unless total estimated cannot_tell""",
    "CountFrom": "kind without days_before says",
    "Unless": "kind days",
    "Total": "over_school_days",
    "While": "state with_ joined_within_days ended",
    "Counting": "first last",
    "Run": "state longer_than_school_days",
    "InStates": "states lasted",
    "Age": "at_trigger until years months from_months below_months",
    "NotOwed": "mark why",
    "Version": "id start end select_by amount unit joined note",
    "Warn": "amount unit",
    "Period": "amount unit",
    "Answer": "kind with_ without codes says route then",
    "Evidence": "kind says",
    "Ending": "kind with_ why never_owed",
    "Need": "kinds called",
    "EarliestOf": "kind says",
    "Pause": "from_ to says resumed",
    "Setting": "value says",
    "CalendarDay": "month day strictly_before school_year_of_age",
    "By": "states age day opens answered act stays late_entry says",
    "Ahead": "day_in held passed",
    "Before": "within phase_ends_at",
    "Extension": "kind codes says start amount unit",
    "Limit": "extended_by",
    "Window": "closed",
    "Lasting": "state with_ says cumulative_in act called",
    "Adding": "kinds of reaches passes within says cancelled_by over",
    "Pattern": "any_of soon_after unless not_in under",
    "Condition": """kinds with_any sign_types starred sorts different at_least agencies people settled_by broken_by
        in_states within hours of_state says""",
    "Sort": "kinds with_any codes at_least",
    "Unmoved": "kinds within",
    "Heard": "kind with_ without",
    "FromAge": "years says",
    "Silence": "of states not_in from_age last again act",
    "Again": "kinds says",
    "Stage": "id title answers amount unit",
    "Relay": "of when says",
    "SeatTold": "kind codes",
    "Seat": "states taken_by left_by left from_start",
}
"""Part of a rule document -> the fields that some query reads, or that say nothing of what is owed."""


def knows(rule: Rule) -> bool:
    """Whether nothing stands in a rule that no query reads: else it is left to `engine.evaluate`."""
    return _knows(rule)


def _knows(part: BaseModel) -> bool:
    read = _READ.get(type(part).__name__, "").split()
    for name, field in type(part).model_fields.items():
        given = getattr(part, name)
        if given == field.get_default(call_default_factory=True):
            continue
        if name not in read or not all(map(_knows, _parts(given))):
            return False
    return True


def _parts(given: object) -> list[BaseModel]:
    if isinstance(given, BaseModel):
        return [given]
    if isinstance(given, Mapping):
        given = tuple(given.values())
    return [part for part in given if isinstance(part, BaseModel)] if isinstance(given, tuple) else []
