"""The demonstration: an invented partnership whose extracts arrive on the days they would have arrived.

It goes through the same readers as anyone's data. Broken off, it goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.db.models import Min

from throughline import invent, sharing
from throughline.web import clock, environment
from throughline.web.accounts import actions as accounts
from throughline.web.accounts import agencies, installation
from throughline.web.accounts.models import Installation, User
from throughline.web.casework import history
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Instance, Segment
from throughline.web.casework.reference import load_postcodes
from throughline.web.intake.models import PostcodeEdition

PURPOSE = "The demonstration"
_OPEN = ("in_care", "protection_plan", "child_in_need", "open_case")
_REVIEWED = {"iro": ("in_care",), "conference_chair": ("protection_plan",)}
"""Role -> states in which a child has one of them as reviewer."""


def build(children: int | None, seed: int, say: history.Say) -> bool:
    """Invent and load a partnership, if this database does not hold one already; whether it had to.

    `children` None: as many as `demonstration.yaml` says.

    Raises `installation.NotHere` beside real data.
    """
    here = installation.become(Installation.Kind.DEMONSTRATION)
    if here.ready:
        _sign_terms()
        return False
    staff = _staff()
    _sign_terms()
    folder = _invented(_people()["children"] if children is None else children, seed, say)
    _know_places(folder)
    history.load(folder, purpose=PURPOSE, say=say)
    _share_out(staff)
    Installation.objects.update(ready=True)
    return True


def _people() -> dict[str, Any]:
    text = (Path(__file__).parent / "demonstration.yaml").read_text(encoding="utf-8")
    people: dict[str, Any] = yaml.safe_load(text)
    return people


def _names(people: Mapping[str, Any]) -> Iterator[str]:
    """Names, each once, the given ones first."""
    turn = 0
    while True:
        surnames = people["surnames"][turn:] + people["surnames"][:turn]
        for forename, surname in zip(people["forenames"], surnames, strict=True):
            yield f"{forename} {surname}" + (f" {turn // len(surnames) + 1}" if turn >= len(surnames) else "")
        turn += 1


def _staff() -> list[User]:
    """The people who are there from the start; made once."""
    made = list(User.objects.filter(demonstration=True).order_by("pk"))
    if made:
        return made
    people = _people()
    names = _names(people)
    seats = [(seat, area) for area in people["areas"] for seat in people["each_area"]]
    seats += [(seat, "") for seat in people["whole"]]
    seats += [(seat, people["one_area"]) for seat in people["in_one_area"]]
    users = [_user(people, seat, area, next(names), number) for number, (seat, area) in enumerate(seats)]
    return accounts.let_in_for_demonstration(people=users, password=_password(), purpose=PURPOSE)


@transaction.atomic
def _sign_terms() -> None:
    """Have every invented agency's terms signed and in date, for a year at a time."""
    today = clock.today()
    for agency in User.objects.filter(demonstration=True).values_list("agency", flat=True).distinct():
        if not agencies.in_date(agency, today):
            with as_engine():
                agencies.sign(
                    agency=agency, version="Invented, 1", signed_by="An invented chief officer",
                    signed_on=today, until=today + timedelta(365), by=None, purpose=PURPOSE,
                )  # fmt: skip


def _user(people: Mapping[str, Any], seat: Mapping[str, str], area: str, name: str, number: int) -> User:
    title = f"{seat['title']}, {people['areas'][area]}" if area else seat["title"]
    return User(
        sign_in=f"{name.lower().replace(' ', '.')}@{people['domain']}",
        name=name,
        role=seat["role"],
        agency=seat["agency"].format(**_bodies(people, area)),
        title=title,
        phone=f"01632 96{number % 1_000:04d}",
        area=area,
    )


def _bodies(people: Mapping[str, Any], area: str) -> dict[str, str]:
    """What an agency's id in `demonstration.yaml` may name: the area, its school, force and hospital."""
    if not area:
        return {}
    here = next(known for known in invent.partnership().areas if known.la == area)
    school = here.schools[here.places["secondary"][0]].urn
    return {"area": area, "school": school, "force": people["forces"][area], "hospital": people["hospitals"][area]}


def _password() -> str:
    """The demonstration's one password, kept where only this user reads it; made up on first use."""
    kept = settings.DATA_FOLDER / environment.DEMONSTRATION
    if not kept.exists():
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump({"password": secrets.token_urlsafe(12)}, out)
    password: str = json.loads(kept.read_text())["password"]
    return password


def _invented(children: int, seed: int, say: history.Say) -> Path:
    today = clock.today()
    folder: Path = settings.DATA_FOLDER / "demonstration" / f"{children}-{seed}-{today}"
    done = folder / "done"
    if not done.exists():
        invent.write(
            folder / "deliveries",
            children=children,
            seed=seed,
            until=today,
            progress=lambda so_far, total: say("Inventing children", so_far, total),
        )
        done.touch()
    return folder / "deliveries"


def _know_places(folder: Path) -> None:
    """The invented postcodes, as a partnership loads its postcode directory; once."""
    directory = folder / invent.POSTCODES
    if directory.exists() and not PostcodeEdition.objects.exists():
        load_postcodes(directory, name="The invented partnership", by=PURPOSE)


@transaction.atomic
def _share_out(staff: list[User]) -> None:
    """Give every open child a social worker of its area, and a reviewer where one is owed."""
    people = _people()
    with as_engine():
        for area in people["areas"]:
            open_since = _since(area, _OPEN)
            workers = [user for user in staff if user.role == "social_worker" and user.area == area]
            needed = -(-len(open_since) // people["caseload"])
            workers += _more(people, area, needed - len(workers))
            _give(open_since, workers, sharing.ALLOCATED)
            for role, states in _REVIEWED.items():
                reviewers = [user for user in staff if user.role == role and user.area == area]
                _give(_since(area, states), reviewers, sharing.REVIEWER)
        _share_out_in_one_area(people, staff)


def _share_out_in_one_area(people: Mapping[str, Any], staff: list[User]) -> None:
    """Put those of the other roles beside children, and name records to whoever looks at how it went."""
    area = people["one_area"]
    for role, states in people["in_team"].items():
        [worker] = [user for user in staff if user.role == role]
        _give(dict(islice(_since(area, tuple(states)).items(), people["caseload"])), [worker], sharing.TEAM)
    warrants, today = people["warrants"], clock.today()
    for child in islice(_since(area, tuple(warrants["states"])), warrants["children"]):
        for user in staff:
            if user.role in warrants["roles"]:
                warrant = accounts.relate(user=user, child=child, kind=sharing.WARRANT, start=today, source=PURPOSE)
                warrant.end = today + timedelta(warrants["days"])
                warrant.save(update_fields=["end"])


def _since(area: str, states: tuple[str, ...]) -> dict[int, date]:
    """Children of an area in one of these states now, and since when; those with most to do first."""
    now = Segment.objects.filter(state__in=states, end__isnull=True, child__las__contains=[f"la:{area}"])
    since = dict(now.values_list("child_id").annotate(since=Min("start")))
    late = Instance.objects.filter(child_id__in=since, met_on__isnull=True, ended_why="", due_on__lte=clock.today())
    to_do = Counter(late.values_list("child_id", flat=True))
    return {child: since[child] or clock.today() for child in sorted(since, key=lambda c: (-to_do[c], c))}


def _more(people: Mapping[str, Any], area: str, how_many: int) -> list[User]:
    if how_many <= 0:
        return []
    held = User.objects.filter(demonstration=True).count()
    names = _names(people)
    for _ in range(held):
        next(names)
    seat = people["each_area"][0]
    users = [_user(people, seat, area, next(names), held + n) for n in range(how_many)]
    return accounts.let_in_for_demonstration(people=users, password=_password(), purpose=PURPOSE)


def _give(children: Mapping[int, date], users: list[User], kind: str) -> None:
    """The first of them gets those with most to do, so that a first look at the demonstration shows work."""
    each = -(-len(children) // len(users))
    for place, (child, since) in enumerate(children.items()):
        accounts.relate(user=users[place // each], child=child, kind=kind, start=since, source=PURPOSE)
