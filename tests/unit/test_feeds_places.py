"""Rows about places, which are nobody's."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from feeding import Told, table, tell
from throughline.feeds.base import NO_EVENT, REFUSED, REPEATED
from throughline.feeds.layouts import identity, layouts


class TestPlaces:
    """ISTV: what happened at a place. No row is anybody's."""

    ROW: ClassVar = {
        "period_start": "2026-01-01",
        "period_end": "2026-01-31",
        "site_code": "RXX01",
        "arrival_at": "2026-01-10T23:50",
        "assault_at": "2026-01-10T23:00",
        "assault_method": "blunt object",
        "location_type": "street",
        "location_text": "outside the station",
    }

    def told(self, folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = ()) -> Told:
        blank = dict.fromkeys(identity(), "") if not columns else {}
        folder.mkdir(exist_ok=True)
        (folder / "istv.csv").write_text(table("istv", *[{**blank, **row} for row in rows], columns=columns))
        return tell(folder)

    def test_rows_are_read_counted_kept_and_tied_to_no_child(self, tmp_path: Path) -> None:
        t = self.told(tmp_path, self.ROW, {**self.ROW, "assault_at": "2026-01-11T01:00"})
        assert t.outcomes == {NO_EVENT: 2}
        assert t.persons == []
        assert {s.person for s in t.statements} == {""}
        assert {s.said_by for s in t.statements} == {"hospital:rxx01"}
        assert t.coverage == [], "one hospital answers for no child"

    def test_what_happened_there_can_be_asked_of_its_statements(self, tmp_path: Path) -> None:
        (report, *_) = self.told(tmp_path, self.ROW).events()
        assert (report.kind, report.level) == ("violence_place_report", "SL0")
        assert report.details["place"] == "outside the station"

    def test_two_that_say_the_same_are_two_and_the_set_sent_again_is_no_news(self, tmp_path: Path) -> None:
        first = self.told(tmp_path / "one", self.ROW, self.ROW)
        again = self.told(tmp_path / "two", self.ROW, self.ROW)
        assert first.outcomes == {NO_EVENT: 2}
        assert len({s.record_id for s in first.statements}) == 2
        assert [s.record_id for s in again.statements] == [s.record_id for s in first.statements]

    def test_rows_in_two_files_of_one_delivery_are_counted_once(self, tmp_path: Path) -> None:
        other = {**self.ROW, "assault_at": "2026-01-12"}
        (tmp_path / "a.csv").write_text(table("istv", self.ROW))
        (tmp_path / "b.csv").write_text(table("istv", self.ROW, other))
        assert tell(tmp_path).outcomes == {NO_EVENT: 2, REPEATED: 1}

    def test_a_set_that_names_children_is_not_taken_for_one_about_places(self, tmp_path: Path) -> None:
        columns = ("nhs_number", *layouts()["istv"].columns)
        t = self.told(tmp_path, {**self.ROW, "nhs_number": "9434765919"}, columns=columns)
        assert [read.feed for read in t.files] == [""]
        assert t.statements == []

    def test_a_row_without_a_moment_is_refused_and_a_bad_cell_is_said(self, tmp_path: Path) -> None:
        t = self.told(tmp_path, {**self.ROW, "assault_at": "late", "arrival_at": ""}, {**self.ROW, "period_end": "x"})
        assert t.outcomes == {REFUSED: 1, NO_EVENT: 1}
        assert sorted(t.rules) == ["date-unreadable", "date-unreadable", "row-no-date"]
