"""Single lists of Mondays and boards: who stands on them, for how long, and who does not."""

from __future__ import annotations

from datetime import date

import pytest

from rounds import SCHOOL, someone, told
from stores import HUB, NOW, POLICE, TODAY, episode, event_row, load_rows, relate, the_child
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework import selectors, worklists

pytestmark = pytest.mark.django_db

OTHER_SCHOOL = "school:971002"


@pytest.fixture(autouse=True)
def _a_day_in_april(settings, tmp_path):
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"


def test_a_worry_waits_for_the_manager_until_somebody_answers(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-04-01", "W-1", details="need=N1"),
        event_row("rowan", "worry", "2026-04-16T10:00", "W-2", agency=SCHOOL, details="what=New phone"),
    )
    manager = someone("team_manager")
    with viewing(manager) as viewer:
        monday = selectors.my_monday(viewer)
        [row] = monday.list("worries").rows
        assert row.owed.due_on == date(2026, 4, 17), "one working day"
        assert [act.id for act in monday.list("worries").acts] == ["worry_answered"]
        assert not any(row.owed and row.owed.duty_id == "r36-worry-answered" for row in monday.list("late").rows)
    told(tmp_path, event_row("rowan", "worry_answered", "2026-04-20", "W-3", details="decision=Visit"), name="answered")
    with viewing(manager) as viewer:
        assert selectors.my_monday(viewer).list("worries").count == 0


def test_a_child_nobody_has_heard_for_a_month_stands_on_the_list_until_they_speak(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-01-05", "H-1", details="need=N1"),
        event_row("rowan", "cin_plan_started", "2026-01-06", "H-2"),
        event_row("rowan", "direct_voice", "2026-03-01T10:00", "H-3", details="words=I want to stay at my school"),
    )
    worker = someone("social_worker")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with viewing(worker) as viewer:
        [row] = selectors.my_monday(viewer).list("unheard").rows
        assert row.why.replace("\N{NO-BREAK SPACE}", " ") == "Last heard 51 days ago."
    told(tmp_path, event_row("rowan", "direct_voice", "2026-04-10T10:00", "H-4", details="words=Better"), name="heard")
    with viewing(worker) as viewer:
        assert selectors.my_monday(viewer).list("unheard").count == 0


def test_where_a_duty_says_the_same_it_is_its_owners_line_and_others_read_the_list(tmp_path) -> None:
    told(
        tmp_path,
        event_row("rowan", "cp_plan_started", "2026-01-06", "N-1", details="category=N"),
        event_row("rowan", "school_joined", "2025-09-03", "N-2", agency=SCHOOL, details="school_urn=971001"),
        event_row("rowan", "direct_voice", "2026-03-01T10:00", "N-3", details="words=I want to stay at my school"),
        event_row("rowan", "advocate_offered", "2025-12-01", "N-4"),
    )
    worker, school = someone("social_worker"), someone("dsl")
    relate(worker, the_child("rowan"), sharing.ALLOCATED)
    with viewing(worker) as viewer:
        monday = selectors.my_monday(viewer)
        [row] = [row for row in monday.list("late").rows if row.owed.duty_id == "r23-voice-30d"]
        assert "voice" in [act.id for act in row.acts]
        assert monday.list("unheard").count == 0
    with viewing(school) as viewer:
        assert selectors.my_monday(viewer).list("unheard").count == 1


def test_a_pattern_needs_three_episodes_and_three_tellings_of_one_are_one(tmp_path) -> None:
    def starts(*days: str) -> list[dict[str, str]]:
        return [
            episode(safe_return_at=f"{day}T23:30")
            | {"missing_since": f"{day}T20:00", "source_record_id": f"MP-{day}", "episode_ref": f"MP-{day}"}
            for day in days
        ]

    hub = someone("missing_hub", "")
    load_rows(tmp_path, "missing_police", starts("2026-03-01", "2026-03-20"), received=date(2026, 4, 1), sender=POLICE)
    told(tmp_path, event_row("rowan", "missing_start", "2026-03-20T20:10", "T-1", agency=HUB), sender=HUB)
    with viewing(hub) as viewer:
        assert worklists.board(viewer, "missing").lists[3].count == 0
    load_rows(tmp_path, "missing_police", starts("2026-04-02"), received=TODAY, sender=POLICE, name="third")
    with viewing(hub) as viewer:
        [row] = worklists.board(viewer, "missing").lists[3].rows
        assert "Missing 3 times in 90 days" in row.why


def test_days_out_of_education_are_counted_as_the_practice_counts_them(tmp_path) -> None:
    out = "status=NOPLACE"
    told(
        tmp_path,
        event_row("rowan", "referral", "2026-01-05", "E-1", details="need=N1"),
        event_row("rowan", "education_status_started", "2025-12-01", "E-2", agency="la_education:971", details=out),
    )
    with viewing(someone("team_manager")) as viewer:
        long, *shorter = worklists.board(viewer, "out-of-education").lists[:4]
        assert (long.count, [one.count for one in shorter]) == (1, [0, 0, 0])
        assert "4 months" in long.rows[0].why.replace("\N{NO-BREAK SPACE}", " ")
        assert "school days" in long.rows[0].why.replace("\N{NO-BREAK SPACE}", " ")


def test_rows_past_the_first_are_counted_not_shown(tmp_path) -> None:
    worries = [
        event_row("rowan", "worry", f"2026-04-{day:02}T10:00", f"M-{day}", agency=SCHOOL, details=f"what=Worry {day}")
        for day in range(1, 15)
    ]
    told(tmp_path, event_row("rowan", "referral", "2026-03-01", "M-0", details="need=N1"), *worries)
    with viewing(someone("team_manager")) as viewer:
        shown = selectors.my_monday(viewer).list("worries")
        assert (len(shown.rows), shown.left_off) == (8, 6)


def test_the_same_few_questions_are_asked_whatever_the_number_of_children(
    tmp_path, django_assert_max_num_queries
) -> None:
    told(tmp_path, event_row("rowan", "referral", "2026-01-05", "Q-1", details="need=N1"))
    with viewing(someone("team_manager")) as viewer, django_assert_max_num_queries(24):
        selectors.my_monday(viewer)
