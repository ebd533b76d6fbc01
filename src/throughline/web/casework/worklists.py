"""What pages about many children read: boards, meetings, pupils, whom to ring, short forms.

Each takes the viewer, refuses by itself, and records the look.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from throughline import words
from throughline.web import clock
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import pace, selectors
from throughline.web.casework.list_shapes import BoardPage, Episode, Known, Ring, Shown
from throughline.web.casework.models import Event
from throughline.web.casework.reading import freshness, naming, ringing, working
from throughline.web.casework.reading import worklists as lists
from throughline.web.casework.reading.worklists import Quick
from throughline.web.design import forms
from throughline.web.linkage import locating
from throughline.web.linkage.models import Child

ON_A_BOARD = 40
"""Rows of each list of a board; a Monday shows fewer."""
OF_A_SCHOOL = 200


def boards_of(role: str) -> tuple[tuple[str, str], ...]:
    """Id and title of each board there is for a role."""
    return tuple((board.id, board.title) for board in lists.boards_of(role))


def board(viewer: Viewer, id: str) -> BoardPage:
    """One board; 404 where this role has none of that name."""
    found = next((board for board in lists.boards_of(viewer.role) if board.id == id), None)
    if found is None:
        raise Http404
    made, _ = working.shown(viewer, found.lists, None, ON_A_BOARD)
    _look(viewer, f"board {found.title}", made)
    came, silent = freshness.came_and_silent(viewer, found.rests_on)
    return BoardPage(found.id, found.title, viewer.today, made, came, silent, boards_of(viewer.role))


def meetings(viewer: Viewer) -> tuple[Shown, ...]:
    """What the role's meetings of these weeks are about; PermissionDenied for a role without any."""
    wanted = lists.meetings(viewer.role)
    if not wanted:
        raise PermissionDenied("Your role has no meetings here.")
    made, _ = working.shown(viewer, wanted, None, ON_A_BOARD)
    _look(viewer, "meetings", made)
    return made


def pupils(viewer: Viewer) -> tuple[Shown, ...]:
    """Every pupil of the viewer's school who has a page, and what stands out about them."""
    wanted = lists.pupils(viewer.role)
    if not wanted:
        raise PermissionDenied("This page is for a school's own leads.")
    made, _ = working.shown(viewer, wanted, None, OF_A_SCHOOL)
    _look(viewer, "my pupils", made)
    return made


def ring(viewer: Viewer, query: str) -> tuple[Ring, ...]:
    """Children a search finds, each with whom to ring, how to reach them and how to keep them safe tonight."""
    found = selectors.search(viewer, query)
    cards = ringing.cards(viewer, found.hits)
    opened = [card.hit.who.id for card in cards if card.hit.may_open]
    _look_at(viewer, "who do I ring", opened)
    return cards


def ring_exactly(viewer: Viewer, query: str) -> tuple[Ring, ...]:
    """The child of exactly this name and date of birth, with whom to ring; raises `locating.NotExact`.

    Asked by who may not look around: that it was asked is recorded, whatever was found.
    """
    pace.keep(viewer)
    found = locating.locate(viewer, query)
    looked(
        user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind="who do I ring",
        children=[one.child for one in found], asked=query,
    )  # fmt: skip
    open_to = {one.child for one in found if viewer.may_open(one.child)}
    return ringing.located(viewer, found, open_to)


def quick_form(id: str) -> Quick:
    """One short form; 404 for a name there is none of."""
    if id not in lists.quick():
        raise Http404
    return lists.quick()[id]


def known(viewer: Viewer, child_id: UUID, form: Quick) -> Known:
    """What a short form need not ask: who is recording, their school, the episode it belongs to."""
    child = selectors.child_for(viewer, child_id, "short form")
    _look_at(viewer, "short form", [child_id])
    given = {"said_by": viewer.agency if not form.said_by else _usual(child, form.said_by)}
    given |= forms.typed_day("happened_on", viewer.today)
    if form.now:
        given["happened_time"] = clock.now().astimezone(clock.LONDON).strftime("%H:%M")
    given |= {field: _answer(viewer, source) for field, source in form.know.items()}
    episode = _episode(child, form.episode) if form.episode else None
    return Known({name: value for name, value in given.items() if value}, episode)


def _answer(viewer: Viewer, source: str) -> str:
    """Where `quick.yaml` says that an answer is."""
    if source.startswith("'"):
        return source.strip("'")
    type, _, body = viewer.agency.partition(":")
    mine = {"me": viewer.user.name, "my_agency": viewer.agency, "my_school": body if type == "school" else ""}
    return mine[source]


def _usual(child: Child, agency_type: str) -> str:
    """The body of this type that has told of the child last, else the type alone."""
    told = Event.objects.filter(child=child, said_by__startswith=f"{agency_type}:").order_by(
        "-happened_on", "-happening", "-telling"
    )
    return told.values_list("said_by", flat=True).first() or agency_type


def _episode(child: Child, kind: str) -> Episode | None:
    """The newest telling of this kind about the child, which what is being recorded belongs to."""
    told = (
        Event.objects.filter(child=child, kind=kind)
        .order_by("-happened_on", "-happened_at", "happening", "telling")
        .first()
    )
    if told is None:
        return None
    facts = tuple(naming.detail(kind, name, value) for name, value in told.details.items() if value)
    at = told.happened_at or told.happened_on
    return Episode(words.kinds()[kind].title, at, words.agency_title(told.said_by), told.ref, facts)


def _look(viewer: Viewer, path_kind: str, made: Iterable[Shown]) -> None:
    _look_at(viewer, path_kind, {row.child.id for one in made for row in one.rows if row.child})


def _look_at(viewer: Viewer, path_kind: str, children: Iterable[UUID]) -> None:
    numbers = Child.objects.filter(public_id__in=children).values_list("pk", flat=True)
    looked(user_id=viewer.id, role=viewer.role, purpose=viewer.purpose, path_kind=path_kind, children=numbers)
