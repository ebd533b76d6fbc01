"""Social care returns for the readers' tests, and what each child's rows come to, in few words."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from feeding import Told, tell
from throughline.feeds.base import REFUSED, REPEATED, Derived, Feed
from throughline.feeds.cin_census import FEED as CIN_CENSUS
from throughline.feeds.ssda903 import FEED as SSDA903
from throughline.records import standing

RECEIVED = date(2018, 6, 1)
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE"
MISSING = "CHILD,DOB,MISSING,MIS_START,MIS_END"


def episode(child: str, decom: str, rne: str, dec: str = "", rec: str = "", **other: str) -> str:
    """One episode row; a foster home by agreement with the parents unless it says otherwise."""
    cells = {
        "LS": "V2",
        "CIN": "N1",
        "PLACE": "U6",
        "PLACE_PROVIDER": "PR1",
        "REASON_PLACE_CHANGE": "",
        "HOME_POST": "BT1 5GS",
        "PL_POST": "BT2 7AA",
        "URN": "SC001",
    } | other
    named = {"CHILD": child, "DECOM": decom, "RNE": rne, "DEC": dec, "REC": rec} | cells
    return ",".join(named[name] for name in EPISODES.split(","))


def returned(folder: Path, *, received: date = RECEIVED, sender: str = "", **files: str | list[str]) -> Told:
    """Write CSV or XML files (name without ending -> text or lines) and read them all."""
    for name, text in files.items():
        content = text if isinstance(text, str) else "\n".join(text) + "\n"
        ending = "xml" if content.lstrip().startswith("<") else "csv"
        path = folder / f"{name.replace('__', '/')}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tell(folder, received=received, sender=sender, feeds=(SSDA903, CIN_CENSUS))


def children(told: Told, feed: Feed = SSDA903, **how: object) -> dict[str, Derived]:
    """Child's id -> what its rows come to, a later telling of a row standing for an earlier one."""
    live = [s for s in told.statements if s.feed == feed.id and s.outcome not in (REFUSED, REPEATED)]
    live.sort(key=lambda s: s.person)  # stable: as received within a child
    found = {}
    for person, said in groupby(live, key=lambda s: s.person):
        stands, _ = standing(said)
        found[person.rpartition("|")[2]] = feed.events(stands, **how)
    return found


def days(derived: Derived, *kinds: str) -> list[tuple[str, str]]:
    """Kind and day of the events (of these kinds), in order of time."""
    told = [(e.kind, e.happened_on.isoformat()) for e in derived.events if not kinds or e.kind in kinds]
    return sorted(told, key=lambda pair: pair[1])


def rules(derived: Derived) -> list[str]:
    """Rules of the faults found in looking at a child's rows together."""
    return [fault.rule for fault in derived.faults]
