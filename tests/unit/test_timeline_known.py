"""As known on a day, by two lenses that are never mixed; and the columns that stores derive from."""

from __future__ import annotations

from datetime import date

import duckdb

from spec.line_tables import events
from throughline import words
from throughline.duties import Instance
from throughline.timeline import first_received, not_yet_receiving, received_by, recorded_by, relations

TABLE = """
    kind        | when       | by     | recorded         | received
    referral    | 2026-03-02 | la:301 | 2026-03-05       | 2026-05-01
    missing_end | 2026-03-03 | police | 2026-03-03 23:50 | 2026-03-04
    suspension  | 2026-03-04 | school |                  | 2026-06-01
"""


def test_recorded_is_when_the_agency_wrote_it_down():
    def kinds(day: date) -> list[str]:
        return [e.kind for e in recorded_by(events(TABLE), day).events]

    assert kinds(date(2026, 3, 2)) == []
    assert kinds(date(2026, 3, 3)) == ["missing_end"]
    assert kinds(date(2026, 3, 5)) == ["referral", "missing_end", "suspension"]


def test_not_said_counts_from_the_day_it_happened_and_is_flagged():
    known = recorded_by(events(TABLE), date(2026, 3, 4))
    assert [e.kind for e in known.events] == ["missing_end", "suspension"]
    assert known.not_said == {known.events[1].key}


def test_received_is_when_the_partnership_got_it():
    statements = [e.statement for e in events(TABLE)]
    assert [s.said_by for s in received_by(statements, date(2026, 3, 31))] == ["police"]
    assert [s.said_by for s in received_by(statements, date(2026, 5, 1))] == ["la:301", "police"]


def test_before_a_first_delivery_it_says_not_yet_receiving():
    first = first_received(e.statement for e in events(TABLE))
    assert not_yet_receiving(first, date(2026, 3, 31)) == [
        "not yet receiving from " + words.agency_title("la:301"),
        "not yet receiving from School",
    ]


def test_every_relation_makes_a_duckdb_table_with_its_columns():
    with duckdb.connect() as store:
        for name in ("EVENT", "HAPPENING", "CHILD", "STRETCH", "SEGMENT", "INSTANCE"):
            relation = getattr(relations, name)
            store.execute(relations.duckdb_table(name.lower(), relation))
            columns = [row[0] for row in store.execute(f"describe {name.lower()}").fetchall()]
            assert columns == ["subject", *(column.name for column in relation)]
            assert all(column.meaning for column in relation)


def test_what_an_instance_holds_has_a_column():
    """A field added to `Instance` without a column would be lost in every store."""
    columns = {c.name for c in relations.INSTANCE}
    stored = {
        "duty": "duty_id",
        "trigger": "trigger_key",
        "opened": "opened_on",
        "due": "due_on",
        "due_latest": "due_latest_at",
        "warn_from": "warn_on",
        "met_by": "met_key",
        "met_at": "met_at",
    }
    rendered_on_reading = {"facts"}
    assert {stored.get(field, field) for field in Instance._fields} - rendered_on_reading <= columns
