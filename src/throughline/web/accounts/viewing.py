"""Who is looking: entering the database's walls for one person, for one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.models import Concern, Relation, User


@dataclass(frozen=True)
class Viewer:
    """One person looking, on one day, for one purpose. Selectors and actions take it; it holds no rows."""

    user: User
    today: date
    purpose: str

    @property
    def id(self) -> int:
        return self.user.pk

    @property
    def role(self) -> str:
        return self.user.role

    @property
    def agency(self) -> str:
        return self.user.agency

    @cached_property
    def policy(self) -> sharing.RolePolicy:
        """What this person's role may do at all."""
        return sharing.policy_for(self.role)

    @cached_property
    def posts(self) -> list[str] | None:
        """Whose concerns are this person's, as the walls say it; None: the whole partnership's."""
        if self.policy.post in sharing.OF_AN_AGENCY:
            return [self.agency]
        return ["", self.user.area] if self.user.area else None

    def relations_to(self, *children: int) -> dict[int, frozenset[str]]:
        """How this person is related to each of these children today; asked once a request for each child.

        Children they are related to may be tens of thousands (a duty team's), so they are never all listed.
        """
        known: dict[int, frozenset[str]] = self.looked_up.setdefault("relations", {})  # type: ignore[assignment]
        if new := set(children) - set(known):
            found: dict[int, set[str]] = {child: set() for child in new}
            own = in_force(self.today).filter(user_id=self.id, child_id__in=new)
            for child, kind in own.values_list("child_id", "kind"):
                found[child].add(kind)
            if self.policy.post:
                for child, kind in at_post(self.today).filter(child_id__in=new).values_list("child_id", "kind"):
                    found[child].add(kind)
            known |= {child: frozenset(kinds) for child, kinds in found.items()}
        return {child: known[child] for child in children}

    @cached_property
    def children(self) -> frozenset[int]:
        """Every child with a page for this person. A post may have very many: pages ask in SQL instead."""
        own = in_force(self.today).filter(user_id=self.id, kind__in=self.policy.relations)
        mine = set(own.values_list("child_id", flat=True))
        if self.policy.post:
            mine |= set(at_post(self.today).values_list("child_id", flat=True))
        return frozenset(mine)

    @cached_property
    def looked_up(self) -> dict[object, object]:
        """What this one request has already looked up for this person, kept by whoever looked it up."""
        return {}

    def mine(self, column: str = "child_id") -> Q:
        """A condition: the child in this column has a page for this person."""
        own = in_force(self.today).filter(user_id=self.id, kind__in=self.policy.relations)
        mine = Q(**{f"{column}__in": own.values("child_id")})
        return mine | Q(**{f"{column}__in": at_post(self.today).values("child_id")}) if self.policy.post else mine

    def may_open(self, child: int) -> bool:
        """Whether this child has a page for this person."""
        return sharing.may_open(self.role, self.relations_to(child)[child])

    def for_purpose(self, purpose: str) -> Viewer:
        """The same person, with another purpose recorded beside what they look at."""
        return replace(self, purpose=purpose)


class Request(HttpRequest):
    """A request whose sender has signed in, as views that need it are given it."""

    viewer: Viewer
    csp_nonce: str
    user: User


def in_force(day: date) -> QuerySet[Relation]:
    """People's own relations that hold on `day`."""
    return Relation.objects.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)


def at_post(day: date) -> QuerySet[Concern]:
    """What concerns the post of whoever has entered, on `day`: the walls show no other post's."""
    return Concern.objects.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)


def enter(user: User) -> Viewer:
    """Enter the walls for the rest of this transaction. Call again after a relation of theirs has changed."""
    if not connection.in_atomic_block:
        raise RuntimeError("the walls are entered inside a transaction: settings outside one would outlive it")
    today = clock.today()
    with connection.cursor() as cursor:
        cursor.execute("select app_enter(%s, %s)", [user.pk, today])
    return Viewer(user, today, sharing.policy_for(user.role).purpose)


@contextmanager
def viewing(user: User) -> Iterator[Viewer]:
    """A transaction in which `user` is looking: for commands, jobs and tests. Pages get it from middleware."""
    with transaction.atomic():
        yield enter(user)
