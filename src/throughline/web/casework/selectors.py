"""Everything pages read about children. Each takes the viewer, refuses by itself, and records the look."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404

from throughline import words
from throughline.web.accounts.models import Relation
from throughline.web.accounts.viewing import Viewer, in_force
from throughline.web.audit.actions import looked
from throughline.web.casework import pace
from throughline.web.casework.list_shapes import Monday, OwedLine
from throughline.web.casework.models import Draft, Event, Instance
from throughline.web.casework.reading import desk as desks
from throughline.web.casework.reading import known, monday, naming, owing, page, putting_off
from throughline.web.casework.reading import line as lines
from throughline.web.casework.reading.known import line_as_known
from throughline.web.casework.shapes import Hit, Item, Line, Owed, Page, Search, Source, Who
from throughline.web.intake import selectors as intake
from throughline.web.intake.selectors import DeliveryPage
from throughline.web.linkage import selectors as linkage
from throughline.web.linkage.models import Child, Judgement, SourcePerson

__all__ = [
    "child_for",
    "child_page",
    "delivery",
    "desk",
    "desk_question",
    "draft",
    "instance",
    "item",
    "line",
    "line_as_known",
    "my_monday",
    "owed",
    "owed_line",
    "page_and_line",
    "search",
    "sources",
    "told_with",
    "who",
]


def my_monday(viewer: Viewer, as_of: date | None = None) -> Monday:
    """The lists of the viewer's role, and what is new among their children."""
    found, named = monday.monday(viewer, as_of)
    _look(viewer, monday.PATH, *named)
    return found


def search(viewer: Viewer, query: str) -> Search:
    """Children by name, date of birth or number: the locator, and whether the page may be opened.

    Raises PermissionDenied for a role that does not search, or does so too fast. The token allows a child
    to be created.
    """
    pace.keep(viewer)
    found, more = linkage.find(viewer, query)
    numbers = [child.pk for child in found]
    viewer.relations_to(*numbers)  # all at once
    leads = {
        r.child_id: f"{r.user.name}, {r.user.phone}".rstrip(", ")
        for r in in_force(viewer.today)
        .filter(child_id__in=numbers, kind=Relation.Kind.ALLOCATED)
        .select_related("user")
    }
    hits = tuple(
        Hit(naming.who(child), viewer.may_open(child.pk), leads.get(child.pk, ""), _differs(child, found))
        for child in found
    )
    looked(
        user_id=viewer.id,
        role=viewer.role,
        purpose=viewer.purpose,
        path_kind="search",
        children=numbers,
        asked=query,
    )
    return Search(query, hits, more, linkage.search_token(viewer))


def _differs(child: Child, found: list[Child]) -> str:
    name = naming.who(child).name
    other = next((o for o in found if o.pk != child.pk and naming.who(o).name == name), None)
    return naming.differs(other, child) if other else ""


def child_for(viewer: Viewer, public_id: UUID, path_kind: str = "child page") -> Child:
    """The child of this address, if this viewer has a page of it; else 404, or a refusal that is recorded."""
    if isinstance(child := viewer.looked_up.get(public_id), Child):
        return child
    child = Child.objects.filter(public_id=public_id).first()
    if child is None:
        raise Http404
    if child.joined_into_id:  # few are: what nobody needs is not joined, every table that is has its walls
        child = Child.objects.filter(pk=child.joined_into_id).first() or child
    if not linkage.has_page(child, viewer.today):
        raise Http404
    if not viewer.may_open(child.pk):
        looked(
            user_id=viewer.id,
            role=viewer.role,
            purpose=viewer.purpose,
            path_kind=path_kind,
            children=[child.pk],
            refused=True,
        )
        raise PermissionDenied(
            f"You are not in the team around {naming.who(child).name}. The search says whom to ring."
        )
    viewer.looked_up[public_id] = child
    return child


def who(viewer: Viewer, child_id: UUID) -> Who:
    """How a child is named, for a viewer who has a page of it."""
    return naming.who(child_for(viewer, child_id))


def child_page(viewer: Viewer, child_id: UUID, as_of: date | None = None) -> Page:
    """The child's page above the fold."""
    child = child_for(viewer, child_id)
    _look(viewer, "child page", child.pk)
    return page.page(viewer, child, as_of, lines.kept(child))


def page_and_line(viewer: Viewer, child_id: UUID, duty: str | None = None) -> tuple[Page, Line]:
    """The child's page with the line as known today; what both are made of is read once.

    With `duty`, a duty's number as an address gives it, only that one of the line's is there (blank: none).
    """
    child = child_for(viewer, child_id)
    _look(viewer, "child page", child.pk)
    _look(viewer, "line", child.pk)
    kept = lines.kept(child)
    return page.page(viewer, child, None, kept), lines.line(child, viewer.today, kept, duty)


def line(viewer: Viewer, child_id: UUID, as_of: date | None = None, lens: str = "") -> Line:
    """The whole line: today's knowledge up to a day, or (with a lens) as known on that day."""
    child = child_for(viewer, child_id)
    if lens in {known.RECEIVED, known.RECORDED} and as_of is not None:
        _look(viewer, "line as known on", child.pk)
        return line_as_known(viewer, child, as_of, lens)
    _look(viewer, "line", child.pk)
    return lines.line(child, as_of or viewer.today, lines.kept(child))


def owed(viewer: Viewer, child_id: UUID, as_of: date | None = None) -> tuple[Owed, ...]:
    """Every duty ever owed to the child, what is late first."""
    child = child_for(viewer, child_id)
    _look(viewer, "owed", child.pk)
    rows = Instance.objects.filter(child=child).order_by("due_on", "duty_id", "pk")
    return tuple(sorted(owing.from_rows(rows, {child.pk: naming.who(child)}, as_of), key=owing.by_need))


def instance(viewer: Viewer, instance_id: int) -> Owed:
    """One duty opened to its *because*; 404 where the facts it rests on are not this viewer's to see."""
    row = Instance.objects.select_related("child").filter(pk=instance_id).first()
    if row is None:
        raise Http404
    built = owing.from_rows([row], {row.child_id: naming.who(row.child)}, None)
    if not built:
        raise Http404
    _look(viewer, "duty", row.child_id)
    return built[0]


def owed_line(viewer: Viewer, number: int) -> OwedLine:
    """One duty with what its owner may do about its line; 404 as `instance`."""
    owed = instance(viewer, number)
    put_off, may = putting_off.of_line(viewer, Instance.objects.get(pk=number))
    return OwedLine(owed, put_off, may)


def draft(viewer: Viewer, child_id: UUID, kind: str) -> dict[str, str]:
    """What the viewer had half typed; empty if nothing."""
    kept = Draft.objects.filter(user_id=viewer.id, child__public_id=child_id, kind=kind).first()
    return dict(kept.fields) if kept else {}


def sources(viewer: Viewer, child_id: UUID) -> tuple[Source, ...]:
    """Agencies whose records are taken to be this child's, and why each is."""
    child = child_for(viewer, child_id)
    _look(viewer, "sources", child.pk)
    people = SourcePerson.objects.filter(child=child).prefetch_related("claims").order_by("agency", "pk")
    keys = [person.key for person in people]
    why: dict[str, str] = {}
    for judgement in Judgement.objects.filter(
        Q(left__in=keys) | Q(right__in=keys), verdict=Judgement.Verdict.SAME, reversed_at__isnull=True
    ):
        why.setdefault(judgement.left, judgement.why)
        why.setdefault(judgement.right, judgement.why)
    return tuple(_source(person, why.get(person.key, "the only record of its kind here")) for person in people)


def _source(person: SourcePerson, why: str) -> Source:
    claims = [claim for claim in person.claims.all() if claim.live]
    name = next((f"{c.forename} {c.surname}".strip() for c in claims if c.surname or c.forename), "")
    own_id = person.key.rsplit("|", 1)[-1]
    known_as = f"{name} ({own_id})" if name else own_id
    return Source(words.agency_title(person.agency), known_as, why)


def item(viewer: Viewer, child_id: UUID, event_key: str) -> Item:
    """One item of the line, as the page that doubts it shows it; 404 if this viewer does not see it."""
    child = child_for(viewer, child_id)
    found = Event.objects.filter(child=child, key=event_key).first()
    if found is None:
        raise Http404
    return _item(child, found)


def told_with(viewer: Viewer, child_id: UUID, event_key: str) -> tuple[Item, ...]:
    """The other tellings of an item's happening that this viewer sees."""
    child = child_for(viewer, child_id)
    same = Event.objects.filter(child=child, key=event_key).values("happening")
    others = Event.objects.filter(child=child, happening__in=same).exclude(key=event_key)
    return tuple(_item(child, other) for other in others.order_by("happening", "telling"))


def _item(child: Child, found: Event) -> Item:
    return Item(
        naming.who(child),
        found.key,
        words.kinds()[found.kind].title,
        found.happened_on,
        words.agency_title(found.said_by),
        found.in_question,
    )


def desk(viewer: Viewer) -> desks.Queue:
    """What waits for the data desk; PermissionDenied for anyone else."""
    queue = desks.queue(viewer)
    _look(viewer, "data desk")
    return queue


def desk_question(viewer: Viewer, number: int) -> desks.QuestionRow | None:
    """One item in question; None if it has been judged."""
    return desks.question(viewer, number)


def delivery(viewer: Viewer, number: int) -> DeliveryPage:
    """A delivery, as intake shows it."""
    return intake.delivery(viewer, number)


def _look(viewer: Viewer, path_kind: str, *children: int) -> None:
    purpose = viewer.purpose_at(*children)
    looked(user_id=viewer.id, role=viewer.role, purpose=purpose, path_kind=path_kind, children=children)
