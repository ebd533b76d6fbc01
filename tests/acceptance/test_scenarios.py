"""The acceptance stories, told through the `events` layout on their dates: every flag on its day, for its people.

What the stories say about gates (`decisions`) and about papers (`visibility`) belongs to later issues: `LATER` names
them one by one, and a test fails when a story has more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acceptance.stories import HERE, Owed, Story, day_of, names, roles_of, rules_called, seen_by, stories
from throughline import words
from throughline.cli import app
from throughline.duties import because, rulebook
from throughline.duties.instance import CANNOT_TELL, NOT_OWED, OVERDUE, UPCOMING
from throughline.sharing.deciding import HIDDEN, RELATIONS, STUB, Item, decide, decide_about, told_through

_ONE_DAY = timedelta(days=1)
Expected = dict[str, Any]

LATER = {
    "decisions": "gates: a later issue decides; here only what they leave owed",
    "visibility": "papers and pages by role: the walls' issue",
    "measures": "measures have their own tests",
}
"""Parts of a story that are not tested here, and why."""


def expectations() -> Iterator[Any]:
    for story in stories().values():
        for told in story.told["expect"]:
            yield pytest.param(story, told, id=f"{story.id}-{told['id']}-{told['rule']}")


clocks = [each for each in expectations() if each.values[1]["rule"] not in names()["not_clocks"]]
others = [each for each in expectations() if each.values[1]["rule"] in names()["not_clocks"]]


def due_day(owed: Owed) -> date | None:
    due = owed.instance.due
    return None if due is None else day_of(due)


def found(story: Story, told: Expected, as_of: date) -> list[Owed]:
    """What answers to an expectation, as of a day: of its rule, due on its day, first seen on its day."""
    rules, due, raised = rules_called(told["rule"]), day_of(told["due"]), day_of(told["raised"])
    return [o for o in story.owed(as_of) if o.instance.duty in rules and due_day(o) == due and raised in o.raised]


Which = tuple[str, str, str, str, date]


def which(owed: Owed) -> Which:
    """What tells one thing owed from another."""
    i = owed.instance
    return owed.whose, i.duty, i.stage, i.trigger.key, i.opened


def hours(text: Any) -> str:
    """The time of day of a story's moment, where it gives one."""
    return str(text)[11:16]


@pytest.mark.parametrize(("story", "told"), clocks)
def test_it_is_raised_on_its_day_and_not_before(story: Story, told: Expected) -> None:
    raised = day_of(told["raised"])
    seen = found(story, told, raised)
    assert seen, f"nothing of {sorted(rules_called(told['rule']))} is raised"
    assert all(o.instance.opened <= raised for o in seen)
    the_day_before = found(story, told, raised - _ONE_DAY)
    assert {o.state for o in the_day_before if o.instance.opened < raised} <= {UPCOMING}, "it warned too early"


@pytest.mark.parametrize(("story", "told"), clocks)
def test_it_is_due_on_its_day_and_late_the_moment_after(story: Story, told: Expected) -> None:
    due = day_of(told["due"])
    cleared = told.get("clears_by") and story.days[told["clears_by"]] <= due
    on_the_day, after = found(story, told, due), found(story, told, due + _ONE_DAY)
    assert on_the_day
    assert OVERDUE not in {o.state for o in on_the_day}
    if hours(told["due"]):
        assert all(str(o.instance.due)[11:16] == hours(told["due"]) for o in on_the_day)
    open_after = [o for o in after if o.instance.met_at is None]
    if not cleared and open_after:
        assert {o.state for o in open_after} & {OVERDUE, CANNOT_TELL, NOT_OWED}


@pytest.mark.parametrize(("story", "told"), clocks)
def test_it_is_cleared_by_its_event_and_by_no_other(story: Story, told: Expected) -> None:
    event = told.get("clears_by")
    if event is None:
        end = max(story.last, day_of(told["raised"]))
        assert any(o.instance.met_at is None for o in found(story, told, end))
        return
    day = story.days[event]
    assert any(event in o.met_by for o in found(story, told, day))
    assert all(o.instance.met_at is None for o in found(story, told, day - _ONE_DAY) if event not in o.met_by)


@pytest.mark.parametrize(("story", "told"), clocks)
def test_its_roles_see_it(story: Story, told: Expected) -> None:
    at = found(story, told, day_of(told["raised"]))
    seen = set().union(*(seen_by(o.instance.duty) for o in at))
    assert roles_of(told["to"]) <= seen
    assert not seen & {"analyst", "data_desk"}, "who looks after the information sees no child's flags"
    hidden = {role for role in roles_of(told["to"]) if all(sight(role, RELATIONS, o) == HIDDEN for o in at)}
    assert hidden == set(names()["not_through_the_walls_yet"].get(story.id, {}).get(told["id"], ()))


@pytest.mark.parametrize(("story", "told"), clocks)
def test_nobody_else_sees_it(story: Story, told: Expected) -> None:
    """Neither a role that the rule does not name, nor anybody who has nothing to do with the child."""
    at = found(story, told, day_of(told["raised"]))
    children = [o for o in at if o.whose in story.born]
    for role in words.roles():
        assert all(sight(role, (), o) == HIDDEN for o in children)
    assert not {"reviewer_before_warrant", "aspens_worker"} & set(told["to"])


def sight(role: str, relations: tuple[str, ...], owed: Owed) -> str:
    """What somebody in a role, related to the child in these ways, sees of it (`sharing`): a line without its reasons,
    where the rule names them and its reasons are not theirs."""
    told = owed.instance.evidence
    tags = frozenset().union(*(happening.tags for happening in told))
    kinds = frozenset(event.kind for happening in told for event in happening.events)
    item = Item(max(happening.level for happening in told), tags, owed.instance.trigger.kind, kinds)
    kind, _, about = owed.whose.partition(":")
    if about:
        return decide_about(role, kind, item).sight
    seen = decide(role, relations, item).sight
    named = role in seen_by(owed.instance.duty) and not told_through(role, item).isdisjoint(relations)
    return STUB if seen == HIDDEN and named else seen


@pytest.mark.parametrize(("story", "told"), others)
def test_what_is_no_clock_is_done_where_it_is_handled(story: Story, told: Expected) -> None:
    """R31: a word that blames is pointed out as it is written, the same day, to whoever writes it; nothing is held."""
    assert told["rule"] == "R31"
    on_that_day = [row for row in story.rows if story.days[row["event"]] == day_of(told["raised"])]
    written = " ".join(row["details"] for row in on_that_day).lower()
    for word in ("disguised compliance", "non-compliant"):
        assert word in written
        assert word in {avoided.lower() for avoided in words.avoided()}


@pytest.mark.parametrize("story", stories().values(), ids=stories())
def test_expectations_are_of_different_things(story: Story) -> None:
    """No two lines of a story are answered by one and the same instance."""
    taken: dict[Which, str] = {}
    for told in story.told["expect"]:
        if told["rule"] in names()["not_clocks"]:
            continue
        at = found(story, told, max(story.last, day_of(told["raised"])))
        keys = set(map(which, at))
        assert keys - set(taken), f"{told['id']} is {[taken[key] for key in keys]} again"
        taken.update(dict.fromkeys(keys, told["id"]))


def line(owed: Owed, story: Story) -> str:
    """One thing owed, as it is printed for a person to approve."""
    i = owed.instance
    rule = f"{i.duty}/{i.stage}" if i.stage else i.duty
    due = "no date" if due_day(owed) is None else f"due {due_day(owed)}"
    by = ", ".join(sorted(owed.opened_by)) or "time"
    said = because(i, rulebook()[i.duty], story.last)
    return f"{i.opened} {rule} ({owed.whose}; by {by}) {due}, {owed.state}\n    {said}"


def unexpected(story: Story) -> list[str]:
    """What else had been opened by the day of the last event, in the order of its days."""
    listed = set()
    for told in story.told["expect"]:
        if told["rule"] not in names()["not_clocks"]:
            listed |= {which(o) for o in found(story, told, story.last)}
    rest = [o for o in story.owed(story.last) if which(o) not in listed and o.instance.opened <= story.last]
    rest.sort(key=lambda o: (o.instance.opened, o.whose, o.instance.duty, o.instance.stage))
    return [line(o, story) for o in rest]


@pytest.mark.parametrize("story", stories().values(), ids=stories())
def test_whatever_else_is_owed_was_approved(story: Story, tmp_path: Path) -> None:
    """A person has read every other line of the story; if the list changes, somebody reads it again.

    To approve: read the file that the failure names, and put it in place of ``SCnn.others.txt``.
    """
    text = "\n".join(unexpected(story)) + "\n"
    now = tmp_path / f"{story.id}.others.txt"
    now.write_text(text, encoding="utf-8")
    approved = HERE / now.name
    given = approved.read_text(encoding="utf-8") if approved.exists() else ""
    assert text == given, f"read {now} and, if all of it is right, put it in place of {approved.name}"


@pytest.mark.parametrize("story", stories().values(), ids=stories())
def test_every_event_is_told_and_every_seat_has_its_place(story: Story) -> None:
    told = {row["event"] for row in story.rows}
    assert {event["id"] for event in story.told["events"]} <= told
    for each in story.told["expect"]:
        roles_of(each["to"])
        assert each["rule"] in names()["not_clocks"] or rules_called(each["rule"])
    known = {"id", "title", "rows", "child", "children", "start", "events", "expect", "ignored_would_mean"}
    assert set(story.told) - known <= set(LATER)


def test_the_command_says_the_same(tmp_path: Path) -> None:
    """The stories are read here as the command reads a folder; this is the command itself, on one of them."""
    story = stories()["SC02"]
    given, out = tmp_path / "in", tmp_path / "out"
    given.mkdir()
    story.deliver(given, story.last)
    ran = CliRunner().invoke(app, ["check", str(given), "--as-of", story.last.isoformat(), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    with (out / "owed.csv").open(encoding="utf-8") as file:
        said = [(row["duty_id"], row["opened_at"][:10], row["state"]) for row in csv.DictReader(file)]
    here = [o for o in story.owed(story.last) if o.instance.opened <= story.last]
    assert sorted(said) == sorted((o.instance.duty, o.instance.opened.isoformat(), o.state) for o in here)
