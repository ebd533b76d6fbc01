"""What is attacked: one small partnership, with somebody in every role, who is told by `sharing` what is theirs to see.

The near child is known to everyone, each role in every way its policy names; nobody is related to the others any
more, or yet. `Seat.leaked` says which planted texts of an answer are not for whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pieces
from django.db import transaction
from django.test import Client as Browser
from planted import (
    AREA,
    CLOSED,
    COLUMNS,
    ELSEWHERE,
    FAR,
    FORMER,
    FORMULA,
    NEAR,
    PLACE,
    PLAN,
    SCRIPT,
    SEALED,
    SECRET,
    STRANGERS,
    THERE,
    Secret,
    later_rows,
    number,
    rows,
    secrets,
)

import cast
from stores import TODAY, load, person, relate
from throughline import sharing, words
from throughline.web.accounts.models import Concern, User
from throughline.web.casework.engine_role import as_engine
from throughline.web.linkage.models import Child, Page, Subject

_AGENCIES = {sharing.SCHOOL: "school:971001", sharing.HOSPITAL: "hospital:royal"}
_DAY, _LONG_AGO = timedelta(1), date(2020, 1, 1)


@dataclass(frozen=True)
class Seat:
    """Somebody who may sign in, and every way they are related to the near child."""

    name: str
    """Their role, and what is particular about them."""
    user: User
    relations: frozenset[str]
    known: Mapping[str, Secret] = field(repr=False)

    @property
    def role(self) -> str:
        return self.user.role

    @cached_property
    def policy(self) -> sharing.RolePolicy:
        return sharing.policy_for(self.role)

    def signed_in(self) -> Browser:
        """A browser in which they have just signed in."""
        made = Browser(raise_request_exception=False)
        made.force_login(self.user)
        return made

    @cached_property
    def browser(self) -> Browser:
        """The browser they keep."""
        return self.signed_in()

    def gives(self) -> tuple[str, ...]:
        """Seats around the near child that are theirs to give."""
        return sharing.gives(self.role, self.relations)

    def opens(self, child: str) -> bool:
        """Whether there is a page of this child for them."""
        return child == NEAR and sharing.may_open(self.role, self.relations)

    def may(self, secret: Secret) -> bool:
        """Whether the policy lets them see this text anywhere at all."""
        if secret.only:
            return secret.only == self.name
        if secret.through:
            return self.opens(secret.whose) and not secret.through.isdisjoint(self.relations)
        if secret.in_question and self.policy.desk:
            return True
        if secret.item is None:
            return self._may_name(secret.whose)
        brought_in = self.policy.intake
        if brought_in is not None and brought_in.sight(secret.item) == sharing.FULL:
            return True
        if secret.whose in words.subjects():
            return sharing.decide_about(self.role, secret.whose, secret.item).sight == sharing.FULL
        held = self.relations if secret.whose == NEAR else ()
        return sharing.decide(self.role, held, secret.item).sight == sharing.FULL

    def _may_name(self, whose: str) -> bool:
        brings_in = self.policy.intake is not None
        if whose in words.subjects():
            told = whose == PLACE and sharing.decide(self.role, self.relations, THERE.item).sight == sharing.FULL
            return told or whose in self.policy.subjects or brings_in
        if self.opens(whose):
            return True
        if whose == NEAR and sharing.CONFLICT in self.relations:
            return False
        if whose == CLOSED:
            return self.policy.desk or self.policy.keeps or brings_in
        return whose in (NEAR, FAR, FORMER) and (self.policy.searches or self.policy.desk or brings_in)

    @cached_property
    def _theirs(self) -> frozenset[str]:
        return frozenset(text for text, secret in self.known.items() if self.may(secret))

    def leaked(self, answer: str) -> list[str]:
        """Planted texts in an answer that are not theirs to see, in order."""
        found = {text.lower() for text in SECRET.findall(answer)} - self._theirs
        return sorted(text for text in found if not self._begins_theirs(text))

    def _begins_theirs(self, text: str) -> bool:
        """Whether an unknown text is the beginning of one of theirs, as search keys have it, or goes on from one."""
        return text not in self.known and any(own.startswith(text) or text.startswith(own) for own in self._theirs)


@dataclass(frozen=True)
class Stronghold:
    """The partnership: who sits where, and what is hidden where."""

    seats: tuple[Seat, ...]
    secrets: Mapping[str, Secret]
    ids: Mapping[str, int]
    """Each child's number inside."""
    public: Mapping[str, str]
    """Each child's address, and each subject's."""
    pieces: Mapping[str, tuple[int, ...]]
    """Numbers of what else stands here, by what it is (`pieces`)."""
    keys: tuple[str, ...]
    """Of items of the near child's line, one of each level."""

    def anew(self) -> Stronghold:
        """The same, with browsers in which nobody has signed in yet: for a copy of its database."""
        return replace(self, seats=tuple(replace(seat, user=copy(seat.user)) for seat in self.seats))

    def seat(self, role: str) -> Seat:
        """Whoever sits in this role."""
        return next(seat for seat in self.seats if seat.name == role)


def build(folder: Path) -> Stronghold:
    """Invent the partnership and load it as anyone's extracts are loaded; whoever calls commits."""
    planted = secrets()
    delivery = folder / f"{TODAY}_la.{AREA}"
    cast.write_csv(delivery / "events.csv", COLUMNS, rows(planted.values()))
    load(delivery, received=TODAY, sender=f"la:{AREA}")
    again = folder / "again"
    cast.write_csv(again / "events.csv", COLUMNS, later_rows())
    (again / f"{SCRIPT}.csv".replace("/", "")).write_text(f"{FORMULA},{SCRIPT}\n{FORMULA},1\n")
    load(again, received=TODAY, sender=f"la:{AREA}")
    with transaction.atomic(), as_engine():
        held = {name: Child.objects.get(la_id=number(name)) for name in (NEAR, *STRANGERS)}
        Child.objects.filter(pk=held[SEALED].pk).update(level="SL5", tags=["PROT-PERSON"])
        Page.objects.filter(child=held[CLOSED]).update(until=TODAY - _DAY)
    seats = (
        *(_seat(role, held, planted) for role in sharing.policy()), _too_close(held, planted),
        _in_an_emergency(planted), _of_the_whole(planted),
    )  # fmt: skip
    _sign_in_with_a_password(seats[0].user)
    with transaction.atomic(), as_engine():
        _posts(held)
        subjects = {kind: str(Subject.objects.get(kind=kind).public_id) for kind in (PLACE, PLAN)}
        keys = pieces.one_of_each_level(held[NEAR].pk)
        others = pieces.plant({seat.name: seat.user for seat in seats}, {name: c.pk for name, c in held.items()})
    addresses = {name: str(child.public_id) for name, child in held.items()}
    return Stronghold(
        seats, planted, {name: child.pk for name, child in held.items()},
        addresses | subjects, others, keys,
    )  # fmt: skip


def _sign_in_with_a_password(user: User) -> None:
    user.set_password("only for this one test")
    user.save(update_fields=["password"])


def _seat(role: str, held: Mapping[str, Child], planted: Mapping[str, Secret]) -> Seat:
    """Somebody of this role at the posts of the area, related to the near child in every way there is for them."""
    policy = sharing.policy_for(role)
    user = person(role, f"Post {role.replace('_', ' ')}", agency=_AGENCIES.get(policy.post, f"la:{AREA}"), area=AREA)
    for relation in policy.relations:
        if relation in sharing.PERSONAL:
            relate(user, held[NEAR], relation)
            relate(user, held[CLOSED], relation)
            _past_and_to_come(user, held[FORMER], relation)
        else:
            assert relation in sharing.POSTS, (
                f"{role} is related to children as {relation!r}, which is neither personal nor a post: say in "
                "tests/attack/stronghold.py, _seat, how somebody comes to be related so"
            )
    return Seat(role, user, frozenset(policy.relations), planted)


def _too_close(held: Mapping[str, Child], planted: Mapping[str, Secret]) -> Seat:
    """A social worker who leads the work with the near child, who is of their own family."""
    user = person("social_worker", "Too close", agency=f"la:{AREA}", area=AREA)
    relate(user, held[NEAR], sharing.ALLOCATED)
    return Seat("social_worker, too close", user, frozenset({sharing.ALLOCATED, sharing.CONFLICT}), planted)


def _in_an_emergency(planted: Mapping[str, Secret]) -> Seat:
    """A social worker to whom the near child's record stands open for some hours, and nothing else (`pieces`)."""
    user = person("social_worker", "Tonight alone", agency=f"la:{AREA}", area=AREA)
    return Seat("social_worker, in an emergency", user, frozenset({sharing.GLASS}), planted)


def _of_the_whole(planted: Mapping[str, Secret]) -> Seat:
    """Whoever keeps the terms of all agencies."""
    user = person("agency_administrator", "Keeps terms", agency="partnership:pan")
    return Seat("agency_administrator, of the whole", user, frozenset(), planted)


def _past_and_to_come(user: User, child: Child, relation: str) -> None:
    with transaction.atomic(), as_engine():
        for start, end in ((_LONG_AGO, TODAY - _DAY), (TODAY + _DAY, None)):
            user.relations.create(child_id=child.pk, kind=relation, start=start, end=end, source="test")


def _posts(held: Mapping[str, Child]) -> None:
    """Which posts a child concerns, in place of what followed from the rows: the near one every one of the area, the
    far one every one elsewhere, the former and the closed one those of the area until yesterday."""
    Concern.objects.all().delete()
    for post in sharing.POSTS:
        here = _AGENCIES.get(post, AREA)
        there = f"{here.partition(':')[0]}:elsewhere" if ":" in here else ELSEWHERE
        where = ((NEAR, here, None), (FAR, there, None), (FORMER, here, TODAY - _DAY), (CLOSED, here, TODAY - _DAY))
        for name, at, end in where:
            Concern.objects.create(child_id=held[name].pk, kind=post, post=at, start=_LONG_AGO, end=end)
