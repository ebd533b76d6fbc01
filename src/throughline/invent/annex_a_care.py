"""Lists 8 to 10 of Ofsted's Annex A: children looked after, care leavers, adoption."""

from __future__ import annotations

from collections.abc import Iterator

from throughline.invent.annex_a_rows import day, half_coded
from throughline.invent.days import MINUTES, YEAR, eighteen
from throughline.invent.model import Life, Spell
from throughline.invent.people import World
from throughline.invent.workbooks import Cell

_LEFT = 183
"""Days back for which those who left care are listed."""


def looked_after(
    world: World, life: Life, spell: Spell, who: list[Cell], last: int
) -> Iterator[tuple[str, list[Cell]]]:
    """A spell's row of list 8, and of 9 or 10 where it led there."""
    ended = spell.end is not None and spell.end <= last
    if not ended or (spell.end or 0) > last - _LEFT:
        yield "List 8", [*who, *_spell(world, life, spell, last)]
    if ended and spell.end == eighteen(life.child.born):
        touch = day(spell.end + 20, last)
        yield "List 9", [*who, "Former relevant", None, "Y" if touch else "N", touch, "U", "Suitable", "F2"]
    if spell.adoption and spell.adoption[0] <= last:
        decided, matched, placed = (day(on, last) for on in spell.adoption)
        yield "List 10", [*who, day(spell.start, last), decided, None, matched, placed]


def _spell(world: World, life: Life, spell: Spell, last: int) -> list[Cell]:
    episodes = [e for e in spell.episodes if e.start <= last]
    now = episodes[-1]
    legal = next(e.start for e in episodes if e.legal == now.legal)
    moved = next(e for e in reversed(episodes) if e.new != "L")
    held = [on for on, _ in spell.reviews if on <= last]
    visits = [r.at // MINUTES for r in life.told if r.kind == "visit" and spell.start <= r.at // MINUTES <= last]
    away = [a for a in life.absences if last - YEAR < a.since // MINUTES <= last and spell.during(a.since // MINUTES)]
    asked = away[-1].interview if away else None
    ended = day(spell.end, last)
    host = next((a for a in world.partnership.areas if moved.place_postcode.startswith(a.postcode_area)), None)
    inside = host is world.partnership.areas[spell.area]
    return [
        day(spell.start, last),
        half_coded(now.need, "need"),
        day(legal, last),
        now.legal,
        day(held[-1] if held else None, last),
        day(max(visits, default=None), last),
        "Long-term placement",
        day(last - 5 - life.child.number % 60, last),
        day(spell.start + 19, last),
        sum(e.new != "L" and e.start > last - YEAR for e in episodes),
        ended,
        spell.ceased if ended else None,
        day(moved.start, last),
        moved.place,
        moved.provider,
        moved.place_postcode,
        moved.urn or None,
        "a) In" if inside else "b) Out",
        host.la if host else None,
        sum(a.category == "M" for a in away),
        sum(a.category == "A" for a in away),
        asked.offered if asked else None,
        asked.accepted or None if asked else None,
        "Children in care team",
    ]
