"""Form fields as pages draw them and read them back: one small set of controls, every mistake in a sentence.

What was typed is kept as typed (`given`): a form drawn again, or a draft, shows the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.http import QueryDict

from throughline.web.design import formats

Options = tuple[tuple[str, str], ...]
"""Value and words of each thing to choose."""
Groups = tuple[tuple[str, Options], ...]
"""Options under a title."""

DAY_PARTS = ("day", "month", "year")
TEXT, LONG_TEXT, DAY, MOMENT, CHOICE, SELECT, MANY, NUMBER, POSTCODE, CLOCK = (
    "text", "longtext", "date", "datetime", "choice", "select", "many", "number", "postcode", "time",
)  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september"
        "|oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}


class Mistake(ValueError):
    """Something typed that cannot be used; the message is the sentence shown beside the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    type: str = TEXT
    hint: str = ""
    options: Options = ()
    """Value and words, for choice, select and many."""
    folds: tuple[tuple[str, Groups], ...] = ()
    """For *many*, instead of options: parts folded away until wanted, each with titled groups of options."""
    width: int = 0
    """Characters a short answer needs; 0 is as wide as there is room."""
    autocomplete: str = "off"
    blank: str = "Choose, or leave empty"
    """What a select says before anything is chosen."""

    @property
    def target(self) -> str:
        """Id of the control that a mistake in this field leads to."""
        return f"{self.name}-day" if self.type in (DAY, MOMENT) else self.name


def given_of(post: QueryDict, *, leave_out: Iterable[str] = ("csrfmiddlewaretoken",)) -> dict[str, str]:
    """Everything typed into a form, as typed; several ticks of one field joined by ``;``."""
    out = set(leave_out)
    return {name: ";".join(post.getlist(name)) for name in post if name not in out}


def day(given: Mapping[str, str], field: Field) -> str:
    """The day typed in three boxes as ``YYYY-MM-DD``; blank if all three are. Raises `Mistake`."""
    parts = [given.get(f"{field.name}-{part}", "").strip() for part in DAY_PARTS]
    if not any(parts):
        return ""
    missing = [part for part, typed in zip(DAY_PARTS, parts, strict=True) if not typed]
    if missing:
        raise Mistake(f"{field.label} needs a {' and a '.join(missing)}")
    number, month, year = parts
    months = _MONTHS.get(month.lower()) or (int(month) if month.isdigit() else 0)
    try:
        if not (number.isdigit() and year.isdigit() and len(year) == 4):
            raise ValueError
        return date(int(year), months, int(number)).isoformat()
    except ValueError:
        raise Mistake(f"{field.label}: {number} {month} {year} is not a day, write it like 27 3 2026") from None


_CLOCK = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


def clock(typed: str, label: str) -> str:
    """A time of day as ``HH:MM`` from 14:30, 1430, 14.30 or 2:30pm; blank stays blank. Raises `Mistake`."""
    text = typed.strip()
    if not text:
        return ""
    found = _CLOCK.fullmatch(text)
    try:
        if not found:
            raise ValueError
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if (half and not 1 <= hour <= 12) or (not half and found[2] is None):
            raise ValueError
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return time(hour, minute).strftime("%H:%M")
    except ValueError:
        raise Mistake(f"{label}: {text} is not a time, write it like 14:30") from None


def read(field: Field, given: Mapping[str, str]) -> str | list[str]:
    """One field's answer, made plain: ISO days, ``HH:MM`` times, a list for *many*. Raises `Mistake`."""
    typed = given.get(field.name, "").strip()
    if field.type == DAY:
        return day(given, field)
    if field.type == MOMENT:
        on = day(given, field)
        at = clock(given.get(f"{field.name}-time", ""), field.label)
        if at and not on:
            raise Mistake(f"{field.label} needs a day as well as a time")
        return f"{on}T{at}" if at else on
    if field.type == CLOCK:
        return clock(typed, field.label)
    if field.type == MANY:
        return [value for value in typed.split(";") if value]
    if field.type == NUMBER and typed and not re.fullmatch(r"\d+(\.\d+)?", typed):
        raise Mistake(f"{field.label}: {typed} is not a number")
    return typed


def read_all(fields: Sequence[Field], given: Mapping[str, str]) -> tuple[dict[str, str | list[str]], dict[str, str]]:
    """Every field's answer, and the mistakes by field name."""
    answers: dict[str, str | list[str]] = {}
    mistakes: dict[str, str] = {}
    for field in fields:
        try:
            answers[field.name] = read(field, given)
        except Mistake as mistake:
            mistakes[field.name] = str(mistake)
    return answers, mistakes


def summary(fields: Sequence[Field], mistakes: Mapping[str, str]) -> dict[str, str]:
    """Mistakes in the order of the form, by the id of the control to go to; unknown names come last."""
    known = {field.name: field.target for field in fields}
    ordered = {known[name]: mistakes[name] for name in known if name in mistakes}
    return ordered | {name: text for name, text in mistakes.items() if name not in known}


def typed_day(name: str, value: date) -> dict[str, str]:
    """How a day stands in its three boxes, to fill a form in beforehand."""
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def typed_moment(name: str, value: datetime) -> dict[str, str]:
    """How a moment stands in its boxes, London time."""
    local = formats.local(value)
    return typed_day(name, local.date()) | {f"{name}-time": local.strftime("%H:%M")}
