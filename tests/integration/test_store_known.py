"""As known on a day: what the partnership had received, what an agency had recorded; never mixed."""

from __future__ import annotations

from datetime import date

import pytest

from cast import CHILDREN, row
from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import actions, selectors

pytestmark = pytest.mark.django_db

POLICE = "police:castlereach"


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


@pytest.fixture
def lead(tmp_path):
    """Ana, who leads on Rowan; the authority's first delivery came on 1 March."""
    load(tmp_path, "E-1", "visit", "2026-02-10", recorded="2026-02-11", received=date(2026, 3, 1))
    worker = person("social_worker", "Ana Reyes")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    return worker


def load(
    tmp_path, record: str, kind: str, happened: str, *, recorded: str, received: date, agency: str = "la:971", **cells
):
    made = event_row("rowan", kind, happened, record, agency=agency, recorded=recorded, **cells)
    return load_rows(tmp_path, "events", [made], received=received, sender=agency, name=record)


def known(worker, on: date, lens: str) -> list[tuple[str, str]]:
    with viewing(worker) as viewer:
        rows = selectors.line(viewer, the_child("rowan").public_id, on, lens).rows
        return [(r.kind, str(r.happened_on)) for r in rows]


def test_before_it_was_received_the_partnership_did_not_know_though_the_agency_had_written_it(tmp_path, lead) -> None:
    load(tmp_path, "E-2", "visit", "2026-03-05", recorded="2026-03-06", received=date(2026, 4, 1))
    assert known(lead, date(2026, 3, 20), "received") == [("visit", "2026-02-10")]
    assert known(lead, date(2026, 3, 20), "recorded") == [("visit", "2026-02-10"), ("visit", "2026-03-05")]
    assert known(lead, date(2026, 3, 5), "recorded") == [("visit", "2026-02-10")]
    assert known(lead, date(2026, 2, 27), "received") == []


def test_a_correction_does_not_change_what_was_known_before_it_came(tmp_path, lead) -> None:
    load(tmp_path, "E-2", "visit", "2026-03-05", recorded="2026-03-06", received=date(2026, 3, 10))
    load(tmp_path, "E-2", "visit", "2026-03-07", recorded="2026-03-08", received=date(2026, 4, 1))
    assert known(lead, date(2026, 3, 20), "received")[-1] == ("visit", "2026-03-05")
    assert known(lead, date(2026, 4, 1), "received")[-1] == ("visit", "2026-03-07")


def test_what_was_withdrawn_later_was_known_then(tmp_path, lead) -> None:
    delivery = load(tmp_path, "E-2", "visit", "2026-03-05", recorded="2026-03-06", received=date(2026, 3, 10))
    with viewing(person("analyst")) as analyst:
        actions.withdraw(delivery=delivery.pk, by=analyst, why="wrong child altogether")
    assert known(lead, date(2026, 4, 20), "received")[-1] == ("visit", "2026-03-05")
    assert known(lead, date(2026, 4, 21), "received") == [("visit", "2026-02-10")]


def test_before_two_records_were_linked_their_items_were_not_on_one_line(tmp_path, lead) -> None:
    rowan = CHILDREN["rowan"]
    told = row("missing_police", "rowan", agency=POLICE, source_record_id="MP-1", episode_ref="MP-1",
               missing_since="2026-03-01T20:00")  # fmt: skip
    for name in ("la_person_id", "upn", "nhs_number", "postcode"):
        told[name] = ""
    load_rows(tmp_path, "missing_police", [told], received=date(2026, 3, 3), sender=POLICE)
    with_number = dict(
        told, source_record_id="MP-2", episode_ref="MP-2", missing_since="2026-04-01T20:00", upn=rowan.upn
    )
    load_rows(tmp_path, "missing_police", [with_number], received=date(2026, 4, 3), sender=POLICE)
    assert known(lead, date(2026, 3, 20), "received") == [("visit", "2026-02-10")]
    assert ("missing_start", "2026-03-01") in known(lead, date(2026, 4, 20), "received")


def test_what_was_learnt_later_is_counted_not_shown(tmp_path, lead) -> None:
    load(tmp_path, "E-2", "visit", "2026-03-05", recorded="2026-03-06", received=date(2026, 4, 1))
    with viewing(lead) as viewer:
        line = selectors.line(viewer, the_child("rowan").public_id, date(2026, 3, 20), "received")
        assert line.later_learnt == 1
        assert line.lens == "received"


def test_duties_as_known_then_rest_on_what_was_known_then(tmp_path, lead) -> None:
    load(tmp_path, "M-1", "missing_start", "2026-03-01T20:00", recorded="2026-03-02", received=date(2026, 3, 3),
         agency=POLICE)  # fmt: skip
    load(tmp_path, "M-2", "missing_end", "2026-03-02T06:40", recorded="2026-03-02", received=date(2026, 3, 3),
         agency=POLICE)  # fmt: skip
    load(tmp_path, "M-3", "rhi_held", "2026-03-04T16:00", recorded="2026-03-04", received=date(2026, 4, 10),
         agency="missing_hub:971")  # fmt: skip
    with viewing(lead) as viewer:
        rowan = the_child("rowan").public_id
        duties = selectors.line(viewer, rowan, date(2026, 3, 20), "received").duties
        [then] = [o for o in duties if o.duty_id == "rhi-72h"]
        assert then.state in {"overdue", "cannot tell"}
        [now] = [o for o in selectors.owed(viewer, rowan) if o.duty_id == "rhi-72h"]
        assert now.state == "met"


def test_nothing_passes_the_lens_that_would_not_pass_the_wall(tmp_path, lead) -> None:
    load(tmp_path, "V-1", "direct_voice", "2026-03-05", recorded="2026-03-05", received=date(2026, 3, 6),
         tags="CHILD-CONF", details="words=Do not tell the home")  # fmt: skip
    load(tmp_path, "V-2", "arrest", "2026-03-06", recorded="2026-03-06", received=date(2026, 3, 7), level="SL4")
    assert "arrest" not in {kind for kind, _ in known(lead, date(2026, 4, 1), "received")}
    assert "direct_voice" in {kind for kind, _ in known(lead, date(2026, 4, 1), "received")}
    hub = person("missing_hub")
    relate(hub, the_child("rowan"), sharing.HUB)
    assert known(hub, date(2026, 4, 1), "received") == []
    assert known(hub, date(2026, 4, 1), "recorded") == []
