"""One job, one line: on whose list a duty stands, and which duties are one line because they ask for one act.

A rule names one role (`owed_role`). Of the people of that role, the one who holds what `worklists.yaml` says under
`owners` has the line: a person by a relation of their own to the child, or whoever stands at the post by rota. Where
nobody holds it, it stands on the manager's list of what nobody holds. An alert (`view_of`) is its duty's line.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from throughline import sharing
from throughline.duties import Rulebook
from throughline.web.accounts.models import User
from throughline.web.accounts.viewing import Viewer
from throughline.web.casework.reading.worklists import as_written


@cache
def ways() -> Mapping[str, str]:
    """Role -> how one of them is related to a child whose duties are theirs; a role without one sees no child."""
    owners: Mapping[str, str] = as_written()["owners"]
    return owners


def owning(viewer: Viewer) -> list[str]:
    """The viewer's relations through which the duties of their seats are theirs."""
    return sorted({ways()[role] for role in viewer.policy.answers_for if role in ways()})


@lru_cache(maxsize=2)
def families(book: Rulebook) -> dict[str, str]:
    """Duty -> the duty whose line it is; only of those that have an alert or are one."""
    alerts = {duty: rule.view_of for duty, rule in book.items() if rule.view_of in book}
    return alerts | {of: of for of in alerts.values()}


@lru_cache(maxsize=2)
def roles(book: Rulebook) -> dict[str, str]:
    """Duty -> the one role on whose list it stands: an alert on that of its duty."""
    of = families(book)
    return {duty: book[of.get(duty, duty)].owed_role for duty in book}


def personal(role: str) -> bool:
    """Whether what this role owes is one person's, by a relation of their own, not a post's."""
    return ways().get(role) in sharing.PERSONAL


def nobody_there(viewer: Viewer) -> frozenset[str]:
    """Roles of posts at which nobody stands in the viewer's area."""
    if "nobody there" not in viewer.looked_up:
        posts = {role for role in ways() if not personal(role)}
        there = User.objects.filter(role__in=posts, is_active=True)
        if viewer.user.area:
            there = there.filter(area__in=("", viewer.user.area))
        viewer.looked_up["nobody there"] = frozenset(posts - set(there.values_list("role", flat=True)))
    found = viewer.looked_up["nobody there"]
    assert isinstance(found, frozenset)
    return found
