"""What was tried, and what got out: counted over the whole run and printed as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

REPORTED = "attack"
"""What a test's report carries its attempts as: with two processes at work, the table is printed by neither."""


@dataclass
class Attack:
    """One way of trying to get in, tried again and again."""

    what: str
    tried: int = 0
    leaks: list[str] = field(default_factory=list)

    def attempt(self, how: str, got_out: Iterable[object] | object = ()) -> None:
        """Count one attempt; whatever `got_out` holds is a leak."""
        self.tried += 1
        found = got_out if isinstance(got_out, Iterable) and not isinstance(got_out, str) else [got_out]
        if seen := [str(each) for each in found if each]:
            self.leaks.append(f"{how}: {', '.join(seen[:6])}" + (f" and {len(seen) - 6} more" if len(seen) > 6 else ""))

    def said(self) -> str:
        """What got out, for whoever has to mend it."""
        shown = "\n".join(self.leaks[:40])
        return f"{self.what}: {len(self.leaks)} of {self.tried} attempts got something out\n{shown}"


def table(attacks: Iterable[Attack]) -> list[str]:
    """The table of a run, and its sum as the last line."""
    made = list(attacks)
    wide = max((len(attack.what) for attack in made), default=0)
    lines = [f"{'what was tried':{wide}}  {'tried':>7}  {'refused':>7}  {'leaked':>7}"]
    for attack in made:
        leaked = len(attack.leaks)
        lines.append(f"{attack.what:{wide}}  {attack.tried:>7}  {attack.tried - leaked:>7}  {leaked:>7}")
    tried, leaked = sum(a.tried for a in made), sum(len(a.leaks) for a in made)
    return [*lines, "", f"tried {tried}, refused {tried - leaked}, leaked {leaked}"]
