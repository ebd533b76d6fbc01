"""Whose page a form or a list stands on: the child's name, age and numbers, and that they were shown."""

from __future__ import annotations

from uuid import UUID

from throughline import words
from throughline.web.accounts.viewing import Viewer
from throughline.web.audit.actions import looked
from throughline.web.casework import selectors
from throughline.web.casework.models import Draft
from throughline.web.casework.reading import naming
from throughline.web.casework.shapes import DraftRow, Who
from throughline.web.linkage.models import Child


def child(viewer: Viewer, child_id: UUID, path_kind: str) -> Child:
    """The child of this address, if there is a page of theirs for this viewer; the look is recorded.

    `path_kind` says what kind of page is shown. Raises Http404, or PermissionDenied with a plain sentence.
    """
    found = selectors.child_for(viewer, child_id, path_kind)
    looked(
        user_id=viewer.id,
        role=viewer.role,
        purpose=viewer.purpose_at(found.pk),
        path_kind=path_kind,
        children=[found.pk],
    )
    return found


def who(viewer: Viewer, child_id: UUID, path_kind: str) -> Who:
    """`child`, as the head of a page names them."""
    return naming.who(child(viewer, child_id, path_kind))


def drafts(viewer: Viewer, whose: Who) -> tuple[DraftRow, ...]:
    """The viewer's own half-typed words about one child, newest first."""
    kept = Draft.objects.filter(user_id=viewer.id, child__public_id=whose.id).order_by("-saved_at")
    kinds = words.kinds()
    return tuple(DraftRow(whose, d.kind, kinds[d.kind].title, d.saved_at) for d in kept if d.kind in kinds)
