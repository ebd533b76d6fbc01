"""Reading about who is who: the search, children easily mistaken for each other, the data desk's queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404

from throughline.web.accounts.viewing import Viewer
from throughline.web.intake.models import Statement
from throughline.web.linkage.models import Child, Claim, Judgement, Page, Question, SearchKey
from throughline.web.linkage.searching import ask, plain, sound

SEARCH_COUNTS_FOR = timedelta(minutes=15)
"""How long after a search a new child may be opened."""
MOST_HITS = 20
_MOST_LOOKED_AT = 400
_SALT = "throughline.search"


def search_token(viewer: Viewer) -> str:
    """Proof that this person has just searched."""
    return signing.dumps(viewer.id, salt=_SALT)


def search_token_of(token: str) -> int:
    """Who made the search; raises `signing.BadSignature` for a token that is not ours or has grown old."""
    made_by: int = signing.loads(token, salt=_SALT, max_age=SEARCH_COUNTS_FOR)
    return made_by


def find(viewer: Viewer, query: str) -> tuple[list[Child], bool]:
    """Children a search speaks of, the best first; and whether there are more."""
    if not viewer.policy.searches:
        raise PermissionDenied("Your role does not search for children by name.")
    asked = ask(query)
    if not asked.keys:
        return [], False
    rows = (
        SearchKey.objects.filter(key__in=asked.keys)
        .values("child_id")
        .annotate(found=ArrayAgg("key"), n=Count("key"))
        .order_by("-n", "child_id")[:_MOST_LOOKED_AT]
    )
    scored = sorted(((asked.score(row["found"]), row["child_id"]) for row in rows), key=lambda s: (-s[0], s[1]))
    best = [child for score, child in scored if score][: MOST_HITS + 1]
    children = with_page(viewer.today).in_bulk(best)
    return [children[number] for number in best[:MOST_HITS] if number in children], len(best) > MOST_HITS


def alike(child: Child, limit: int = 3) -> list[Child]:
    """Other children here whose name is the same, or sounds the same."""
    first, last = plain(child.used_name or child.forename), plain(child.surname)
    if not first or not last:
        return []
    same_surname = SearchKey.objects.filter(key__in=[f"x:{sound(word)}" for word in last.split()])
    same_forename = SearchKey.objects.filter(key__in=[f"x:{sound(word)}" for word in first.split()[:1]])
    return list(
        Child.objects.filter(pk__in=same_surname.values("child_id"))
        .filter(pk__in=same_forename.values("child_id"))
        .exclude(pk=child.pk)
        .order_by("surname", "forename", "pk")[:limit]
    )


def with_page(day: date) -> QuerySet[Child]:
    """Children of whom there is a page on `day`: for some reason, as the walls say too."""
    holds = Q(page__until__isnull=True) | Q(page__until__gte=day)
    return Child.objects.filter(holds, page__since__lte=day)


def has_page(child: Child, day: date) -> bool:
    """Whether there is a page of this child on `day`, for anyone at all."""
    return Page.objects.filter(Q(until__isnull=True) | Q(until__gte=day), child_id=child.pk, since__lte=day).exists()


def located(public_id: UUID, day: date) -> Child:
    """The child of this address for whoever may see at least its locator, or who it turned out to be; else 404."""
    child = Child.objects.select_related("joined_into").filter(public_id=public_id).first()
    child = child.joined_into or child if child else None
    if child is None or not has_page(child, day):
        raise Http404
    return child


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for the data desk."""

    id: int
    child: Child
    statement: Statement
    file: str
    """Where it stands; blank: typed here."""
    why: str
    asked_at: datetime
    due_on: date


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sources' people a rule was not sure of, with what each source says of its one."""

    id: int
    why: str
    made_on: date
    left: tuple[Claim, ...]
    right: tuple[Claim, ...]


def open_questions(viewer: Viewer) -> list[Asked]:
    """What the data desk has to judge, the soonest due first."""
    _desk(viewer)
    waiting = Question.objects.filter(judged_at__isnull=True)
    return [_asked(q) for q in waiting.select_related("child", "statement__file").order_by("due_on", "pk")]


def open_question(viewer: Viewer, number: int) -> Asked | None:
    """One of them; None if it is not there or has been judged."""
    _desk(viewer)
    waiting = Question.objects.filter(pk=number, judged_at__isnull=True)
    return next((_asked(q) for q in waiting.select_related("child", "statement__file")), None)


def _asked(q: Question) -> Asked:
    file = q.statement.file
    where = f"{file.name}, row {q.statement.row}" if file else ""
    return Asked(q.pk, q.child, q.statement, where, q.why, q.asked_at, q.due_on)


def unsure_pairs(viewer: Viewer, limit: int = 100) -> list[Pair]:
    """Pairs whose identifiers contradict each other: a person has to say."""
    _desk(viewer)
    waiting = Judgement.objects.filter(verdict=Judgement.Verdict.UNSURE, reversed_at__isnull=True)
    found = list(waiting.order_by("made_on", "pk")[:limit])
    claims: dict[str, dict[tuple[object, ...], Claim]] = {}
    keys = {key for j in found for key in (j.left, j.right)}
    for claim in Claim.objects.filter(live=True, person__key__in=keys).select_related("person").order_by("pk"):
        said = (claim.forename, claim.surname, claim.dob, claim.la_id, claim.upn, claim.nhs_number, claim.postcode)
        claims.setdefault(claim.person.key, {})[said] = claim
    return [
        Pair(
            j.pk,
            j.why,
            j.made_on,
            tuple(claims.get(j.left, {}).values()),
            tuple(claims.get(j.right, {}).values()),
        )
        for j in found
    ]


def _desk(viewer: Viewer) -> None:
    if not viewer.policy.desk:
        raise PermissionDenied("The data desk judges whose an item is.")
