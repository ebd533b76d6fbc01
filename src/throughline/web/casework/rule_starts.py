"""What starts a rule that no single happening triggers, in words: a pattern, a silence, a state that goes on, a sum."""

from __future__ import annotations

import calendar
from collections.abc import Iterable

from throughline import words
from throughline.duties.model import Rule
from throughline.duties.parts import Codes, Period
from throughline.duties.shape_parts import Adding, By, Condition, Heard, Lasting, Pattern, Relay, Seat, Silence, Sort
from throughline.web.design import formats

UNITS = {
    "elapsed_hours": ("hour", "hours"),
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "working_days": ("working day", "working days"),
    "school_days": ("school day", "school days"),
    "months": ("month", "months"),
}
_OUTCOMES = {"another_route": "was met another way", "met": "was met", "overdue": "is overdue"}
_MOST = 6
"""Kinds named one by one; of more, how many there are besides."""


def sentences(rule: Rule) -> tuple[str, ...]:
    """What starts it; nothing for a rule that has triggers."""
    if rule.pattern:
        return _pattern(rule.pattern)
    if rule.silence:
        return (_silence(rule.silence),)
    if rule.lasting:
        return (_lasting(rule.lasting),)
    if rule.total:
        return (_total(rule.total),)
    if rule.by:
        return (_by(rule.by),)
    if rule.relay:
        return (_relay(rule.relay),)
    return (_seat(rule.seat),) if rule.seat else ()


def period(given: Period) -> str:
    """``90 days``, ``2 working days``."""
    return formats.count(given.amount, *UNITS[given.unit])


def marks(ids: Iterable[str]) -> str:
    """Marks by their titles."""
    known = words.marks()
    return " or ".join(f"“{known[id].title.lower()}”" for id in ids)


def codes(given: Codes) -> str:
    """Answers from closed lists, by their titles: ``, only AP``."""
    named = [_code(field, code) for field, wanted in given.items() for code in wanted]
    return f", only {' or '.join(named)}" if named else ""


def _code(field: str, code: str) -> str:
    lists = {f.codes for kind in words.kinds().values() for f in kind.fields if f.id == field and f.codes}
    titles = (words.codes(name).get(code) for name in lists)
    return next((str(getattr(found, "title", found)) for found in titles if found), code)


def _kinds(ids: Iterable[str]) -> str:
    titles = [words.kinds()[id].title.lower() for id in ids]
    more = f", and {len(titles) - _MOST} more kinds" if len(titles) > _MOST else ""
    return ", ".join(titles[:_MOST]) + more


def _states(ids: Iterable[str]) -> str:
    return ", ".join(words.states()[id].title.lower() for id in ids)


def _pattern(pattern: Pattern) -> tuple[str, ...]:
    said = [_condition(condition) for condition in pattern.any_of]
    if pattern.under:
        said.append(f"Only for a child under {pattern.under}.")
    for unmoved, how in ((pattern.unless, "Not"), (pattern.soon_after, "Only")):
        if unmoved:
            said.append(f"{how} where this was told in the {period(unmoved.within)} before: {_kinds(unmoved.kinds)}.")
    if pattern.not_in:
        said.append(f"Not for a child who is in one of: {_states(pattern.not_in)}.")
    return tuple(said)


def _condition(condition: Condition) -> str:
    if condition.hours is not None and condition.of_state is not None:
        lasted = formats.count(condition.hours, "hour")
        return f"{words.states()[condition.of_state].title} for {lasted} or longer."
    many = [f"{max(condition.at_least, condition.different)} of these" if _several(condition) else "One of these"]
    if condition.children > 1:
        many = ["These"]
    many += [f"of {condition.different} different sorts"] if condition.different else []
    many += [f"told by {condition.agencies} agencies"] if condition.agencies > 1 else []
    many += [f"told by {condition.people} people"] if condition.people > 1 else []
    many += [f"of {condition.children} different children"] if condition.children > 1 else []
    if condition.within == "half_term":
        many.append("in a half-term")
    elif isinstance(condition.within, Period):
        many.append(f"within {period(condition.within)}")
    said = f", marked {marks(condition.with_any)}" if condition.with_any else ""
    return f"{' '.join(many)}: {_what(condition)}{said}."


def _what(condition: Condition) -> str:
    if condition.sorts:
        return "; ".join(map(_sort, condition.sorts))
    if condition.starred:
        return "signs that are enough alone, whatever tells of them"
    if condition.sign_types:
        return f"types of sign, whatever tells of them ({', '.join(condition.sign_types)})"
    return _kinds(condition.opening_kinds)


def _several(condition: Condition) -> bool:
    return max(condition.at_least, condition.different) > 1


def _sort(sort: Sort) -> str:
    said = _kinds(sort.kinds)
    said += f", marked {marks(sort.with_any)}" if sort.with_any else ""
    said += codes(sort.codes)
    return said + (f" ({sort.at_least} of them)" if sort.at_least > 1 else "")


def _heard(heard: Heard) -> str:
    said = words.kinds()[heard.kind].title.lower()
    said += f", marked {marks(heard.with_)}" if heard.with_ else ""
    return said + (f", not if marked {marks(heard.without)}" if heard.without else "")


def _silence(silence: Silence) -> str:
    said = (
        f"Nothing of this is told: {'; '.join(map(_heard, silence.of))}. While this goes on: {_states(silence.states)}."
    )
    said += f" Days in {_states(silence.not_in)} do not count." if silence.not_in else ""
    return said + (f" Then there are {period(silence.act)} to act." if silence.act else "")


def _lasting(lasting: Lasting) -> str:
    said = f"This goes on: {words.states()[lasting.state].title.lower()}"
    within = f", days within {period(lasting.cumulative_in)} added up" if lasting.cumulative_in else ", without a break"
    return said + within + (f". Then there are {period(lasting.act)} to act." if lasting.act else ".")


def _total(total: Adding) -> str:
    amount = f"at least {total.reaches:g}" if total.reaches is not None else f"more than {total.passes:g}"
    unit = "school days" if total.of == "school_days" else "times"
    where = "a term" if total.within == "statutory_term" else "a school year"
    return f"These come to {amount} {unit} within {where}: {_kinds(total.kinds)}."


def _by(by: By) -> str:
    if by.age is not None:
        months = f" and {formats.count(by.age.months, 'month')}" if by.age.months else ""
        when = f"The age of {by.age.years}{months}"
    else:
        assert by.day is not None
        ages = " or ".join(map(str, by.day.school_year_of_age))
        before = "Before" if by.day.strictly_before else "The"
        day = f"{by.day.day} {calendar.month_name[by.day.month]}"
        when = f"{before} {day} of the school year in which the child becomes {ages}"
    return f"{when}, for children of whom this holds: {_states(by.states)}."


def _relay(relay: Relay) -> str:
    return f"Another duty ({relay.of}) {_OUTCOMES[relay.when]}."


def _seat(seat: Seat) -> str:
    taken = _kinds(dict.fromkeys(told.kind for told in seat.taken_by))
    return f"While this goes on, nobody sits there: {_states(seat.states)}. The seat is taken by: {taken}."
