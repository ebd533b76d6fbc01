"""The register of rules: what is on, off, asleep and not checked, for which row of the practice, decided by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from throughline import duties, sharing, words
from throughline.duties import HandledIn, Rule, RuleFault, examples
from throughline.duties.instance import CANNOT_TELL
from throughline.duties.loading import spec_of
from throughline.duties.partnership import Partnership, may_switch, own_rule, waits_for
from throughline.duties.practice import Row, rows, served_by
from throughline.feeds.base import Event
from throughline.web import clock
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework import deciding, rule_words, rules_here, supply
from throughline.web.casework.models import RuleDecision, RuleText, RuleWork
from throughline.web.casework.reading import trials
from throughline.web.casework.rule_words import RulePage
from throughline.web.design import formats
from throughline.words.calendars import day_bounds_utc

ON, OFF, ASLEEP = "on", "off", "asleep"
STANDINGS: Mapping[str, str] = {ON: "On", ASLEEP: "Asleep", OFF: "Off"}
UNCHECKED, OWN = "unchecked", "own"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the register."""

    page: RulePage
    standing: str
    """on | asleep | off."""
    waits_for: tuple[str, ...]
    """Titles of the kinds it sleeps for."""
    own: bool
    """The partnership's own."""
    flags: tuple[str, ...]
    """Rows of the practice it serves by name."""


@dataclass(frozen=True, slots=True)
class Sleepers:
    """Rules that wait for the same: one notice for all children."""

    waits_for: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Every rule, filtered, with what there is in all."""

    areas: tuple[tuple[str, tuple[RuleLine, ...]], ...]
    shown: int
    standings: Mapping[str, int]
    strengths: Mapping[str, int]
    unchecked: int
    own: int
    sleepers: tuple[Sleepers, ...]
    faults: tuple[str, ...]
    handled: tuple[HandledIn, ...]
    """Flags that are no clock."""
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision in the history of a rule."""

    what: str
    start: date
    owner: str
    why: str
    by: str
    at: datetime
    figures: tuple[tuple[str, int], ...]
    work: RuleWork | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A setting of a rule: as it ships, and the partnership's own."""

    name: str
    says: str
    ships: int
    own: int | None


@dataclass(frozen=True, slots=True)
class ExampleShown:
    """One example of a rule, as a small table."""

    says: str
    told: tuple[tuple[str, str, str], ...]
    """When, what, and the marks and details, in words."""
    as_of: date | datetime
    now: datetime
    """The same as a moment: a day is over."""
    owed: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule's page."""

    line: RuleLine
    since: date | None
    off_from: date | None
    informed: tuple[str, ...]
    owner: str
    """Title of the role on whose list it stands."""
    alert_of: Rule | None
    alerts: tuple[Rule, ...]
    """Rules that ask for the same act sooner: shown as alerts of this one."""
    figures: tuple[Figure, ...]
    history: tuple[Decided, ...]
    examples: tuple[ExampleShown, ...]
    may_decide: bool
    may_switch: bool
    measured: bool
    """There are numbers of it that this viewer may see."""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of the practice and what serves it."""

    row: Row
    rules: tuple[tuple[str, str], ...]
    """Id and title; of a flag that is no clock, where it is done instead of a title."""


@dataclass(frozen=True, slots=True)
class TextShown:
    """A rule of the partnership's own, handed in: what it says, how the trial went, whether it is on."""

    number: int
    page: RulePage
    text: str
    by: str
    at: datetime
    trial: RuleWork | None
    found: trials.TrialShown | None
    on_since: date | None
    """From when this very text is on; null: it is not."""


def register(viewer: Viewer, wanted: Mapping[str, str]) -> Register:
    """The register as far as `wanted` narrows it (``text``, ``strength``, ``standing``, ``row``, ``role``)."""
    here = rules_here.here()
    supplied = supply.supplied()
    every = [_line(rule, here, supplied, viewer.today) for rule in here.rules.values()]
    lines = [line for line in every if _wanted(line, wanted)]
    by_id = {line.page.rule.id: line for line in lines}
    areas = tuple(
        (title, tuple(by_id[page.rule.id] for page in pages))
        for title, pages in rule_words.by_area((line.page.rule for line in lines), viewer.today)
    )
    standings = Counter(line.standing for line in every)
    return Register(
        areas=areas,
        shown=len(lines),
        standings={title: standings[id] for id, title in STANDINGS.items()},
        strengths=Counter(line.page.rule.strength for line in every),
        unchecked=sum(not line.page.rule.verified for line in every),
        own=len(here.own),
        sleepers=_sleepers(every),
        faults=here.faults,
        handled=tuple(duties.handled_elsewhere()) if not any(wanted.values()) else (),
        may_decide=deciding.may_decide(viewer.role),
    )


def practice_rows() -> tuple[RowShown, ...]:
    """Every row of the practice, with the rules that serve it."""
    here = rules_here.here()
    documents: dict[str, Rule | HandledIn] = {**here.rules, **{d.id: d for d in duties.handled_elsewhere()}}
    served = served_by(documents.values())
    return tuple(RowShown(row, tuple((id, _title(documents[id])) for id in served[row.id])) for row in rows().values())


def rule(viewer: Viewer, id: str) -> RuleShown | None:
    """One rule's page; None where there is none of that id."""
    here = rules_here.here()
    found = here.rules.get(id)
    if found is None:
        return None
    own = here.figures.get(id, {})
    return RuleShown(
        line=_line(found, here, supply.supplied(), viewer.today),
        since=here.since.get(id),
        off_from=here.off_from.get(id),
        informed=tuple(words.roles()[role].title for role in found.informed),
        owner=words.roles()[found.owed_role].title,
        alert_of=here.rules.get(found.view_of),
        alerts=tuple(each for each in here.rules.values() if each.view_of == id),
        figures=tuple(_figure(name, found, own, ships=id not in here.own) for name in found.settings),
        history=_history(id),
        examples=_examples(id) if id not in here.own else (),
        may_decide=deciding.may_decide(viewer.role),
        may_switch=may_switch(found),
        measured=id in duties.rulebook() and sharing.DUTIES in viewer.policy.measures,
    )


def texts() -> tuple[TextShown, ...]:
    """The newest text of each rule of the partnership's own, the newest first."""
    newest: dict[str, RuleText] = {text.rule_id: text for text in RuleText.objects.order_by("pk")}
    found = (_text(text) for text in sorted(newest.values(), key=lambda text: -text.pk))
    return tuple(text for text in found if text)


def text(number: int) -> TextShown | None:
    """One text of a rule of the partnership's own; None where there is none, or its words no longer exist."""
    found = RuleText.objects.filter(pk=number).first()
    return _text(found) if found else None


def _text(found: RuleText) -> TextShown | None:
    try:
        rule = own_rule(found.text, deciding.WHERE)
    except RuleFault:
        return None
    tried = RuleWork.objects.filter(text=found, what=RuleWork.What.TRY).order_by("-pk").first()
    on = RuleDecision.objects.filter(rule_id=found.rule_id).exclude(what=RuleDecision.What.FIGURES).order_by("-pk")
    last = on.first()
    return TextShown(
        number=found.pk,
        page=rule_words.page(rule, clock.today()),
        text=found.text,
        by=_name(found.by_id),
        at=found.at,
        trial=tried,
        found=trials.shown(tried.found) if tried and tried.found else None,
        on_since=last.start if last and last.what == RuleDecision.What.ON and last.text_id == found.pk else None,
    )


# --- the parts -------------------------------------------------------------------------------------------


def _line(rule: Rule, here: Partnership, supplied: frozenset[str], today: date) -> RuleLine:
    asleep = waits_for(rule, supplied)
    standing = OFF if not rule.active or rule.id in here.off_from else ASLEEP if asleep else ON
    titles = tuple(words.kinds()[kind].title for kind in asleep)
    return RuleLine(rule_words.page(rule, today), standing, titles, rule.id in here.own, rule.practice)


def _wanted(line: RuleLine, wanted: Mapping[str, str]) -> bool:
    rule = line.page.rule
    text = " ".join((rule.id, rule.title, rule.plain, rule.citation, rule.owed_by)).lower()
    standing = wanted.get("standing", "")
    return (
        all(word in text for word in wanted.get("text", "").lower().split())
        and wanted.get("strength", "") in ("", rule.strength)
        and wanted.get("role", "") in ("", rule.owed_role)
        and (not wanted.get("row") or _of_row(rule, wanted["row"]))
        and (
            standing in ("", line.standing)
            or (standing == UNCHECKED and not rule.verified)
            or (standing == OWN and line.own)
        )
    )


def _of_row(rule: Rule, row: str) -> bool:
    known = rows().get(row.upper())
    return known is not None and not {known.id, *known.flags}.isdisjoint(rule.practice)


def _sleepers(lines: Iterable[RuleLine]) -> tuple[Sleepers, ...]:
    found: dict[tuple[str, ...], list[Rule]] = {}
    for line in lines:
        if line.standing == ASLEEP:
            found.setdefault(line.waits_for, []).append(line.page.rule)
    return tuple(Sleepers(kinds, tuple(rules)) for kinds, rules in sorted(found.items()))


def _title(document: Rule | HandledIn) -> str:
    if isinstance(document, Rule):
        return document.title
    return f"{document.title} ({'an alert' if document.view_of else f'done in {document.handled_in}'})"


def _figure(name: str, rule: Rule, own: Mapping[str, int], *, ships: bool) -> Figure:
    shipped = _shipped()[rule.id].settings[name].value if ships else rule.settings[name].value
    return Figure(name, rule.settings[name].says, shipped, own.get(name))


@cache
def _shipped() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in duties.load()}


def _history(id: str) -> tuple[Decided, ...]:
    work = {w.decision_id: w for w in RuleWork.objects.filter(rule_id=id, decision__isnull=False).order_by("pk")}
    return tuple(
        Decided(
            str(d.get_what_display()), d.start, d.owner, d.why, _name(d.by_id), d.at, tuple(d.figures.items()),
            work.get(d.pk),
        )
        for d in RuleDecision.objects.filter(rule_id=id).order_by("-pk")
    )  # fmt: skip


def _name(user: int) -> str:
    return User.objects.filter(pk=user).values_list("name", flat=True).first() or "somebody no longer here"


# --- examples ----------------------------------------------------------------------------------------------


@cache
def _examples(id: str) -> tuple[ExampleShown, ...]:
    """The examples beside a rule that ships, each with what the engine makes of it."""
    path = spec_of(id)
    if path is None:
        return ()
    shipped = _shipped()
    on = {**shipped, id: shipped[id].model_copy(update={"active": True})}
    book = duties.Rulebook(on.values())
    return tuple(_example(each, book) for each in examples.read(path))


def _example(example: examples.Example, book: duties.Rulebook) -> ExampleShown:
    told = tuple(
        (formats.when(event.happened_at or event.happened_on), words.kinds()[event.kind].title, _details(event))
        for event in example.events
    )
    owed: list[Mapping[str, Any]] = []
    source = f"{book[example.rule].citation}."
    for instance in examples.instances(example, book):
        at = duties.status(instance, example.as_of)
        owed.append(
            {
                "opened": instance.opened,
                "due": instance.due if at.state != CANNOT_TELL or instance.due else None,
                "state": at.state,
                "late": at.late or 0,
                "late_unit": at.late_unit,
                # The citation stands above already.
                "because": duties.because(instance, book[instance.duty], example.as_of).removesuffix(source),
            }
        )
    as_of = example.as_of
    now = as_of if isinstance(as_of, datetime) else day_bounds_utc(as_of)[1] - timedelta(seconds=1)
    return ExampleShown(example.says, told, as_of, now, tuple(owed))


def _details(event: Event) -> str:
    marks = [words.marks()[mark].title.lower() for mark in sorted(event.marks)]
    return ", ".join([*marks, *(str(value) for value in event.details.values() if value)])
