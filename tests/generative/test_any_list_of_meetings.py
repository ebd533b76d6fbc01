"""Whoever was asked to whichever meetings: what the meetings' marks and the attendances say agrees with the list."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from feeding import Told, table, tell
from throughline.feeds.base import NO_EVENT

HEALTH = ("school_nurse", "gp")
meetings = st.lists(
    st.fixed_dictionaries(
        {
            "meeting_id": st.sampled_from(["M1", "M2"]),
            "type": st.sampled_from(["ICPC", "RCPC", "EHCPAR"]),
            "held_at": st.sampled_from(["2026-02-10", "2026-02-12T10:00"]),
        }
    ),
    max_size=2,
    unique_by=lambda row: row["meeting_id"],
)
invites = st.lists(
    st.fixed_dictionaries(
        {
            "meeting_id": st.sampled_from(["M1", "M2", "M3"]),
            "role": st.sampled_from(["senco", "dsl", *HEALTH]),
            "invited_at": st.sampled_from(["", "2026-02-01"]),
            "attended": st.sampled_from(["", "Y", "N", "REPORT"]),
            "report_at": st.sampled_from(["", "2026-02-08"]),
        }
    ),
    max_size=6,
)


def read(*given: tuple[str, list[dict[str, str]]]) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in given:
            numbered = [{"source_record_id": f"{name}{n}", **row} for n, row in enumerate(rows)]
            Path(folder, f"{name}.csv").write_text(table(name, *numbered))
        return tell(Path(folder))


@given(meetings, invites)
def test_marks_and_attendances_agree_with_the_list(held: list[dict[str, str]], asked: list[dict[str, str]]) -> None:
    told = read(("meetings", held), ("meeting_invites", asked))
    events = told.events()
    days = {row["meeting_id"]: row["held_at"][:10] for row in held}
    for event in events:
        of = [row for row in asked if row["meeting_id"] == event.details["meeting_id"]]
        if event.kind == "meeting_attendance":
            assert event.happened_on.isoformat() == days.get(event.details["meeting_id"], "2026-02-08")
        elif event.kind != "meeting_invitation":
            assert ("senco_invited" in event.marks) is any(r["role"] == "senco" and r["invited_at"] for r in of)
            health = [r for r in of if r["role"] in HEALTH]
            there = any(r["attended"] in ("Y", "REPORT") or r["report_at"] for r in health)
            open_still = any(not r["attended"] for r in health) or not any(r["attended"] for r in of)
            assert ("health_missing" in event.marks) is (not there and not open_still)
    turned = sum(outcome == NO_EVENT for derived in told.derived() for outcome in derived.outcomes.values())
    assert turned == sum(len(derived.faults) for derived in told.derived())
    assert len({(e.statement.table, e.statement.row) for e in events}) + turned == len(told.statements)
