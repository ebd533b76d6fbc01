"""What a duty's state is called and how its tag is drawn (LOOK, the table of states)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from throughline.web.design import formats

# MUST, guidance, target, local: the word that stands before the date.
STRENGTHS = {
    "MUST": "must",
    "SG": "guidance",
    "GD": "guidance",
    "TG": "target",
    "LO": "local",
}
STRENGTH_SENTENCES = {
    "MUST": "The law says this must be done.",
    "SG": "Statutory guidance: it is followed unless there is a good and recorded reason not to.",
    "GD": "Guidance: it is expected practice, not law.",
    "TG": "A target that someone published. Missing it breaks no law.",
    "LO": "This partnership's own rule.",
}
# Only law and guidance can be broken by being late; a target or a local aim can be passed.
BINDING = frozenset({"MUST", "SG", "GD"})


@dataclass(frozen=True, slots=True)
class Tag:
    """One state as it is shown: how it looks, the sign drawn, and the words that always stand beside it."""

    look: str
    """The end of the class name ``tl-status--…``."""
    sign: str
    """A name in ``design/signs.html``."""
    words: str


HOURS_AS_DAYS = 72
"""From this many hours on, lateness is said in days: nobody can picture 400 hours."""


def _late_by(late: int | None, unit: str) -> str:
    if not late:
        return ""
    if unit == "hours" and late >= HOURS_AS_DAYS:
        late, unit = late // 24, "days"
    singular = unit[:-1] if unit.endswith("s") else unit
    return formats.count(late, singular, unit if unit.endswith("s") else unit + "s")


def _coming(due: date | datetime | None, as_of: datetime | None) -> str:
    """The words of something still ahead, or due this very day."""
    if due is None:
        return "due"
    if as_of is None:
        return f"due {formats.day(due)}"
    if isinstance(due, datetime):
        left = due - as_of
        if left.days < 3:
            return f"{formats.how_long(left)} left"
    today = formats.local(as_of).date()
    civil = formats.local(due).date() if isinstance(due, datetime) else due
    if -1 < (civil - today).days <= 14:
        return f"due {formats.from_now(civil, today)}"
    return f"due {formats.day(civil)}"


def tag(
    state: str,
    *,
    due: date | datetime | None = None,
    as_of: datetime | None = None,
    late: int | None = None,
    late_unit: str = "days",
    strength: str = "MUST",
) -> Tag:
    """The tag of a duty's state, one of the nine states of the engine, or ``held``.

    `late` is counted in `late_unit` (``hours``, ``days``, ``working days``, ``school days``) by the engine.
    An unknown state raises KeyError: a state without words must not reach a page.
    """
    by = _late_by(late, late_unit)
    if state == "overdue":
        if strength in BINDING:
            return Tag("late", "late", f"{by} late" if by else "late")
        aim = "target" if strength == "TG" else "local target"
        return Tag("soon", "half", f"{by} past {aim}" if by else f"past {aim}")
    if state in ("due soon", "due", "upcoming"):
        coming = _coming(due, as_of)
        # The engine's "due" is this very day, or the last hours of an hour clock.
        return Tag("due", "ring", coming) if state == "upcoming" else Tag("soon", "half", coming)
    return {
        "met": Tag("done", "tick", "done in time"),
        "met late": Tag("done-late", "tick-bar", f"done {by} late" if by else "done late"),
        "met by another route": Tag("other", "dash", "done another way"),
        "not owed": Tag("other", "dash", "not owed"),
        "cannot tell": Tag("unknown", "question", "cannot tell"),
        "held": Tag("held", "bars", "held"),
    }[state]
