"""``lines_this_week``: how many lines stand on people's own lists this week, by role. Numbers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from throughline import words
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer, viewing
from throughline.web.casework.reading import asking, owing, worklists

AIM = 12
"""Lines that a social worker with 18 children has this week, at most (issue 4)."""
_LISTS = {
    due: worklists.Worklist(
        id=due, title=due, short=due, what=worklists.Owing(by=worklists.ME, due=due), why="", order="late", empty="."
    )
    for due in (worklists.LATE, worklists.TODAY, worklists.WEEK)
}


class Command(BaseCommand):
    """Count, for everybody who signs in, what they owe themselves: late, today, and in the next seven days."""

    help = "Prints by role how many lines people have this week."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rules", action="store_true", help="and which rules they come from, for social workers")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for user in User.objects.filter(is_active=True).order_by("pk"):
            with viewing(user) as viewer:
                if worklists.monday(user.role):
                    found[user.role].append(_lines(viewer))
        self.stdout.write(
            f"{'Role':<34}{'people':>8}{'children':>10}{'late':>8}{'this week':>11}{'lines':>8}{'most':>7}"
        )
        for role, people in found.items():
            self.stdout.write(_row(words.roles()[role].title, people))
        workers = found.get("social_worker", [])
        usual = [late + soon for children, late, soon in workers if children <= 18]
        within = sum(lines <= AIM for lines in usual)
        self.stdout.write(
            f"Aim: at most {AIM} lines for a social worker with up to 18 children: {within} of {len(usual)} keep it."
        )
        if options["rules"]:
            self._rules()

    def _rules(self) -> None:
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for user in User.objects.filter(is_active=True, role="social_worker"):
            with viewing(user) as viewer:
                answers = asking.ask(viewer, list(_LISTS.values()), owing.moment(None), viewer.today, 10_000)
                for due, answer in answers.items():
                    numbers = [row.number for row in answer.rows if row.number is not None]
                    for row in owing.with_their_alerts(numbers):
                        counts[row.duty_id, due] += row.pk in numbers
        for (duty, due), n in sorted(counts.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {n:>6,} {due:<6} {duty}")


def _lines(viewer: Viewer) -> tuple[int, int, int]:
    """Children with a page, lines that are late, and lines due by this day next week."""
    answers = asking.ask(viewer, list(_LISTS.values()), owing.moment(None), viewer.today, 1)
    late, soon = answers[worklists.LATE].total, answers[worklists.TODAY].total + answers[worklists.WEEK].total
    return len(viewer.children), late, soon


def _row(title: str, people: Iterable[tuple[int, int, int]]) -> str:
    children, late, soon = (list(column) for column in zip(*people, strict=True))
    lines = [a + b for a, b in zip(late, soon, strict=True)]
    middle = [f"{median(column):,.0f}" for column in (children, late, soon, lines)]
    return f"{title:<34}{len(lines):>8}{middle[0]:>10}{middle[1]:>8}{middle[2]:>11}{middle[3]:>8}{max(lines):>7,}"
