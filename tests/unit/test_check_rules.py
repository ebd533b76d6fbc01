"""``throughline rules``: faults with file, line and cure; examples tried; a rule tried on a folder before it is on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cast import columns, row, write_csv
from throughline import duties
from throughline.check import rules_page
from throughline.cli import app
from throughline.duties.loading import LOCAL
from throughline.duties.trial import LATE, OVER, Trying
from throughline.timeline import CoverageIndex, build

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
SHIPPED = LOCAL / "r05-declined-other-route.yaml"
SPEC = """\
- says: Said not now, and reached within five working days
  events:
  - missing_end 2026-03-02T10:00
  - rhi_declined 2026-03-03
  - rhi_held 2026-03-06
  as_of: 2026-04-01
  owed:
  - {opened: 2026-03-03, due: 2026-03-10, state: STATE}
"""


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["rules", *map(str, arguments)])
    return done.exit_code, " ".join(done.output.split())


def copied(folder: Path, *change: str, spec: str = "") -> Path:
    file = folder / SHIPPED.name
    text = SHIPPED.read_text(encoding="utf-8")
    file.write_text(text.replace(*change) if change else text, encoding="utf-8")
    if spec:
        file.with_name(f"{file.stem}.spec.yaml").write_text(spec, encoding="utf-8")
    return file


def test_all_that_ship_are_sound_and_do_what_their_examples_say() -> None:
    code, said = run("check")
    assert (code, "nothing to put right" in said) == (0, True), said


@pytest.mark.parametrize(
    ("change", "line", "cure"),
    [
        (("shape: relay", "shape: relays"), "shape: relay", "Input should be"),
        (("unit: working_days}\nwarn", "unit: workdays}\nwarn"), "versions:", "unit"),
        (("kind: rhi_held", "kind: rhi_helt"), "answers:", "rhi_helt"),
        (("subject: child\n", ""), "id:", "subject: is missing; add it"),
        (("relay: {of: rhi-72h", "relay: {of: rhi-73h"), "id:", "'rhi-73h'"),
    ],
)
def test_a_fault_names_the_file_the_line_and_the_cure(tmp_path, change, line: str, cure: str) -> None:
    file = copied(tmp_path, *change)
    code, said = run("check", file)
    written = file.read_text(encoding="utf-8").splitlines()
    place = next(n for n, text in enumerate(written, start=1) if text.startswith(line))
    assert code == 1
    assert any(f"{SHIPPED.name}:{n}:" in said for n in (place, place + 1)), said
    assert cure in said


def test_an_example_that_does_not_hold_is_a_fault_that_shows_both(tmp_path) -> None:
    code, said = run("check", copied(tmp_path, spec=SPEC.replace("STATE", "met")))
    assert (code, "1 examples tried: nothing to put right" in said) == (0, True), said
    code, said = run("check", copied(tmp_path, spec=SPEC.replace("STATE", "overdue")))
    assert code == 1
    assert "state is 'met', the example says 'overdue'" in said


def test_what_cannot_be_read_has_an_exit_code_of_its_own(tmp_path) -> None:
    assert run("check", tmp_path)[0] == 2
    assert run("check", tmp_path / "nothing.yaml")[0] == 2


def test_a_rule_is_tried_on_a_folder_and_nothing_is_written_there(tmp_path) -> None:
    folder = tmp_path / "march"
    told = [
        row("events", "rowan", agency="la:971", kind=kind, happened=day, source_record_id=day)
        for kind, day in (("missing_end", "2026-03-02T10:00"), ("rhi_declined", "2026-03-03"))
    ]
    write_csv(folder / "events.csv", columns("events"), told)
    before = sorted(folder.rglob("*"))
    code, said = run("try", copied(tmp_path), "--on", folder, "--as-of", "2026-04-30")
    assert code == 0
    assert "it would have raised 1 for 1 of 1 children, on the lists of: Missing hub worker" in said, said
    assert "The first on 3 March 2026" in said
    assert sorted(folder.rglob("*")) == before


def test_a_trial_says_what_it_waits_for() -> None:
    rule = next(rule for rule in duties.load() if rule.needs_feed)
    trying = Trying(rule, {each.id: each for each in duties.load()}, date(2026, 4, 1))
    trying.sleeps(frozenset())
    assert trying.found.waits_for == rule.needs_feed
    trying.sleeps(frozenset(rule.needs_feed))
    assert trying.found.waits_for == ()


def test_a_line_without_anything_it_looks_at_counts_for_nothing() -> None:
    rule = duties.read(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)
    trying = Trying(rule, {each.id: each for each in duties.load()}, date(2026, 4, 1))
    trying.on(
        build([], dob=date(2012, 1, 1), las=frozenset({"la:971"}), coverage=CoverageIndex([]), as_of=date(2026, 4, 1))
    )
    assert (trying.found.looked_at, trying.found.children, trying.found.raised) == (1, 0, 0)
    assert trying.found.standing(LATE) == trying.found.standing(OVER) == 0


def test_the_reference_page_is_current_and_has_every_rule() -> None:
    page = rules_page.reference()
    assert all(f"| `{each.id}` |" in page for each in (*duties.load(), *duties.handled_elsewhere()))
    assert PAGE.read_text(encoding="utf-8") == page, (
        "the page is not current: throughline rules --markdown > docs/reference/rules.md"
    )
