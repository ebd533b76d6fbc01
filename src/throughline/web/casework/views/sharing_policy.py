"""Who sees what: the policy as a page for everyone who signs in, and why a role sees one item. No child in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline import words
from throughline.sharing import Item
from throughline.web.accounts.viewing import Request
from throughline.web.casework.reading import sharing_policy


@require_GET
def policy(request: Request) -> HttpResponse:
    """Every role, with what it sees and may do."""
    return render(request, "casework/sharing_policy.html", {"roles": sharing_policy.roles(), "here": request.path})


@require_GET
def why(request: Request) -> HttpResponse:
    """Why a role, related so, sees an item or does not."""
    wanted = {name: request.GET.get(name, "") for name in ("role", "relation", "level", "kind")}
    tags = [tag for tag in request.GET.getlist("tags") if tag in words.tags()]
    known = {
        "role": words.roles(),
        "relation": {"", *sharing_policy.relations()},
        "level": words.levels(),
        "kind": {"", *sharing_policy.kinds()},
    }
    asked = all(wanted[name] in known[name] for name in wanted)
    item = Item(wanted["level"], frozenset(tags), wanted["kind"])
    context = {
        "wanted": {**wanted, "tags": tags},
        "roles": {role.id: role.title for role in words.roles().values()},
        "relations": sharing_policy.relations(),
        "levels": {id: f"{id} {level.title}" for id, level in words.levels().items()},
        "tags": {id: f"{tag.title} ({id})" for id, tag in words.tags().items()},
        "kinds": sharing_policy.kinds(),
        "answer": sharing_policy.answer(wanted["role"], wanted["relation"], item) if asked else None,
        "here": request.path,
    }
    return render(request, "casework/sharing_why.html", context)
