"""Every invented file is one of the extracts that are read here, and nearly all of its rows are of use."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from throughline import feeds, invent, words
from throughline.feeds import Context, Coverage, Fault, FileRead, Person, Statement

UNTIL = date(2026, 11, 22)
MEANT = {
    # what `invent/data/faults.yaml` puts into rows
    "code-older",
    "code-unknown",
    "date-placeholder",
    "date-two-digit-year",
    "date-unreadable",
    "dates-out-of-order",
    "end-before-start",
    "kind-unknown",
    "record-repeated",
    "row-no-date",
    "upn-check-letter",
    "upn-temporary",
    # what every real extract of that kind has
    "columns-missing",
    "columns-unknown",
    "count-undated",
    "date-missing",
    "postcode-of-adopters",
    "reference-date-not-of-year",
    "time-twice",
    "undated",
}
"""Rules of faults that are there on purpose; any other is a mistake in a writer or in a reader."""


class Delivered:
    """All deliveries of a small partnership, read one after another as a site would."""

    def __init__(self, out: Path) -> None:
        self.files: list[tuple[str, FileRead]] = []
        self.rows: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self.rules: set[str] = set()
        self.senders: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.coverage: list[Coverage] = []
        self.people: list[Person] = []
        for folder in sorted(out.iterdir()):
            if folder.name == Path(invent.POSTCODES).parts[0]:
                continue
            received, _, sender = folder.name.partition("_")
            context = Context(date.fromisoformat(received), sender.replace(".", ":"))
            for item in feeds.read(feeds.open_sources(folder), context):
                self.take(folder.name, item)

    def take(self, folder: str, item: object) -> None:
        if isinstance(item, Statement):
            self.rows[item.feed, item.outcome] += 1
            self.senders[item.said_by] += 1
            if item.feed == "events":
                self.kinds[item.values[feeds.get("events").tables["events"].index("kind")]] += 1
        elif isinstance(item, FileRead):
            self.files.append((folder, item))
        elif isinstance(item, Fault):
            self.faults[item.rule] += 1
            self.rules.add(item.rule.partition(" ")[0])
        elif isinstance(item, Coverage):
            self.coverage.append(item)
        elif isinstance(item, Person):
            self.people.append(item)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    out = tmp_path_factory.mktemp("known")
    invent.write(out, children=240, seed=9, until=UNTIL)
    return Delivered(out)


def test_every_file_is_known_by_its_content(delivered: Delivered) -> None:
    unknown = [(folder, file.file, file.note) for folder, file in delivered.files if not file.feed]
    assert not unknown


def test_every_extract_that_is_read_here_is_written_by_somebody(delivered: Delivered) -> None:
    assert {file.feed for _, file in delivered.files} == {feed.id for feed in feeds.registry()}
    rows: Counter[str] = Counter()
    for (feed, _), count in delivered.rows.items():
        rows[feed] += count
    assert not [feed.id for feed in feeds.registry() if not rows[feed.id]]


def test_nearly_every_row_is_used(delivered: Delivered) -> None:
    by_feed: Counter[str] = Counter()
    for (feed, _), rows in delivered.rows.items():
        by_feed[feed] += rows
    for feed, rows in by_feed.items():
        bad = delivered.rows[feed, feeds.REFUSED] + delivered.rows[feed, feeds.USED_WITH_FAULTS]
        assert bad <= 2 + 0.1 * rows, feed


def test_what_readers_find_wrong_is_what_the_data_put_wrong(delivered: Delivered) -> None:
    assert delivered.rules <= MEANT


def test_no_reader_stumbles_and_what_is_wrong_was_put_there(delivered: Delivered) -> None:
    assert delivered.faults["reader-failed"] == 0
    for rule in ("date-unreadable", "code-unknown", "upn-check-letter", "dates-out-of-order"):
        assert delivered.faults[rule] > 0, rule


def test_every_sender_is_an_agency_we_know(delivered: Delivered) -> None:
    types = {words.agency_type(sender).id for sender in delivered.senders}
    assert types == {
        "advocacy",
        "camhs",
        "community_health",
        "conference_service",
        "exploitation_panel",
        "health",
        "hospital",
        "la",
        "la_education",
        "missing_hub",
        "partnership",
        "police",
        "school",
        "youth_justice",
    }


def test_every_kind_told_is_in_our_words(delivered: Delivered) -> None:
    told = {kind for kind in delivered.kinds if kind}
    assert told <= words.kinds().keys()
    assert {"direct_voice", "safe_contact", "team_role_started", "strategy_discussion", "visit"} <= told


def test_marks_and_details_are_ones_their_kind_may_carry() -> None:
    from throughline.invent.life import lives
    from throughline.invent.people import World

    for life in lives(World.ending(UNTIL, 3, seed=9), 300):
        for row in life.told:
            kind = words.kinds()[row.kind]
            assert set(filter(None, row.marks.split(";"))) <= kind.marks, row
            assert {name for name, _ in row.details} <= {field.id for field in kind.fields}, row
            assert row.level in ("", *words.levels())


def test_codes_are_ones_the_returns_know(delivered: Delivered) -> None:
    """An unknown code is there because a fault put it there: a small share, never a whole column."""
    errors = sum(count for rule, count in delivered.faults.items() if rule.startswith("code-unknown"))
    assert errors < 0.02 * sum(delivered.rows.values())
