"""One large county in every layout at once, for measuring: each agency's latest extract, whole rolls and a
school year of marks."""

from __future__ import annotations

from pathlib import Path

from throughline.invent import postcode_file, setting
from throughline.invent.bench import UNTIL
from throughline.invent.files import Files
from throughline.invent.life import everyone
from throughline.invent.people import World
from throughline.invent.setting import Area, Partnership, School, Sender
from throughline.invent.writing import Senders, Written

_YEARS = 3
_PUPILS = 700
"""Children to a school, about."""
_MONTHS_OF_MARKS = 11
_SHARES = {"primary": 0.72, "secondary": 0.2, "special": 0.05, "pru": 0.03}


def write_county(out: Path, *, children: int, seed: int) -> Written:
    """Write a county of about this many children, half of them known to services, in every layout there is.

    As `write`, but of one authority with as many schools as it needs; each agency's one latest delivery (the
    statutory returns year by year), and attendance marks of every child on any roll for a school year: about
    300 lines for each child who is at school.
    """
    shares = 1 + setting.lives()["wider"]["for_each_known"]
    world = World.ending(UNTIL, _YEARS, seed)._replace(partnership=_county(children))
    known = round(children / shares)
    with Files(out) as files:
        senders = Senders(world, files, world.partnership.senders)
        for life in everyone(world, known):
            senders.tell(life)
        senders.close()
        postcode_file.write(files, world.partnership)
    return Written(known, len(senders.folders), files.count)


def _county(children: int) -> Partnership:
    invented = setting.partnership()
    area = _area(invented.areas[0], max(12, children // _PUPILS))
    # Every layout once, by whoever of the invented agencies sends it first.
    first: dict[str, Sender] = {}
    for sender in invented.senders:
        first.setdefault(sender.feed, sender)
    senders = [
        sender._replace(
            agency=sender.agency if sender.feed in _OF_NO_AREA else f"{sender.agency.partition(':')[0]}:{area.la}",
            areas=(0,),
            latest=sender.latest if sender.cut == "return" else 1,
            silent=0,
        )
        for feed, sender in first.items()
        if feed not in ("attendance_daily", "school_events")
    ]
    for place, school in enumerate(area.schools):
        at_school = first["attendance_daily"]._replace(
            agency=f"school:{school.urn}", school=place, areas=(0,), latest=1
        )
        senders.append(at_school._replace(months=_MONTHS_OF_MARKS))
        senders.append(first["school_events"]._replace(agency=f"school:{school.urn}", school=place, latest=1))
    return invented._replace(
        areas=(area,),
        senders=tuple(senders),
        ssd={f"la:{area.la}": {}},
        shares=setting.Draw({0: 1}),
    )


_OF_NO_AREA = (
    "police",
    "missing_police",
    "cpis_access",
    "camhs",
    "health_events",
    "voice",
    "emergency",
    "ecds",
    "istv",
)


def _area(area: Area, schools: int) -> Area:
    made: list[School] = []
    places: dict[str, tuple[int, ...]] = {}
    for phase, share in _SHARES.items():
        start = len(made)
        for number in range(1, max(1, round(schools * share)) + 1):
            made.append(School(f"{area.la}{len(made) + 1:03d}", f"{phase.title()} {number}", phase))
        places[phase] = tuple(range(start, len(made)))
    return area._replace(schools=tuple(made), places=places)
