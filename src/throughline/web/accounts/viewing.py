"""Who is looking: entering the database's walls for one person, for one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from throughline import sharing
from throughline.web import clock
from throughline.web.accounts.models import BreakGlass, Concern, Conflict, Relation, User


@dataclass(frozen=True)
class Viewer:
    """One person looking, on one day, for one purpose. Selectors and actions take it; it holds no rows."""

    user: User
    today: date
    purpose: str
    at: datetime
    """When they entered: what ends at a moment holds or not for the whole of one request."""

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
        # One dictionary keeps whatever a request has looked up; under this name it is always this.
        known: dict[int, frozenset[str]] = self.looked_up.setdefault("relations", {})  # type: ignore[assignment]
        if new := set(children) - set(known):
            found: dict[int, set[str]] = {child: set() for child in new}
            own = in_force(self.today).filter(user_id=self.id, child_id__in=new)
            for child, kind in own.values_list("child_id", "kind"):
                found[child].add(kind)
            if self.policy.post:
                for child, kind in at_post(self.today).filter(child_id__in=new).values_list("child_id", "kind"):
                    found[child].add(kind)
            for child in new & set(self.opened):
                found[child].add(sharing.GLASS)
            for child in new & self.too_close:
                found[child].add(sharing.CONFLICT)
            known |= {child: frozenset(kinds) for child, kinds in found.items()}
        return {child: known[child] for child in children}

    @cached_property
    def opened(self) -> dict[int, BreakGlass]:
        """Children whose record stands open to this person in an emergency, each with the last to close."""
        standing = BreakGlass.objects.filter(user_id=self.id, opened_at__lte=self.at, until__gt=self.at)
        return {opened.child_id: opened for opened in standing.order_by("until")}

    @property
    def open_until(self) -> datetime | None:
        """When the last of them closes; None: none stands open."""
        return max((opened.until for opened in self.opened.values()), default=None)

    def purpose_at(self, *children: int) -> str:
        """What a look at these children is recorded with: an emergency outweighs what the seat is for, and at one
        child's it follows from how they are related, where they have not said another."""
        emergencies = [self.opened[child].reason for child in children if child in self.opened]
        if not emergencies:
            if self.purpose != self.policy.purpose or len(children) != 1:
                return self.purpose
            return self.policy.purpose_towards(self.relations_to(*children)[children[0]])
        return f"In an emergency: {sharing.glass().reasons.get(emergencies[0], emergencies[0])}"

    @cached_property
    def too_close(self) -> frozenset[int]:
        """Children with whom this person has a conflict: nothing of them is theirs to see, whatever their seat."""
        mine = Conflict.objects.filter(user_id=self.id, ended_at__isnull=True)
        return frozenset(mine.values_list("child_id", flat=True))

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
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select app_enter(%s, %s)", [user.pk, at])
    return Viewer(user, at.astimezone(clock.LONDON).date(), sharing.policy_for(user.role).purpose, at)


@contextmanager
def viewing(user: User) -> Iterator[Viewer]:
    """A transaction in which `user` is looking: for commands, jobs and tests. Pages get it from middleware."""
    with transaction.atomic():
        yield enter(user)
