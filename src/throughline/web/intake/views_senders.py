"""Mapping an unknown file's columns, and how well each sender sends."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from throughline.feeds.base import Named
from throughline.web.accounts.viewing import Request
from throughline.web.intake import actions, mapping, scorecards

_PREFIX = "column."


@require_http_methods(["GET", "POST"])
def mapped(request: Request, number: int, file: int) -> HttpResponse:
    """An unknown file beside the layout it is nearest to: choose, try, save."""
    viewer = request.viewer
    layout = request.POST.get("layout", "") or request.GET.get("layout", "")
    shown = mapping.proposal(viewer, number, file, layout)
    theirs = mapping.columns_of(viewer, number, file)
    chosen = dict(shown.chosen.columns) if shown.chosen else {}
    trial = None
    if request.method == "POST" and shown.chosen:
        given = {name: request.POST.get(_PREFIX + name, "") for name in theirs}
        chosen = {name: ours for name, ours in given.items() if ours in shown.ours}
        twice = sorted({ours for ours in chosen.values() if list(chosen.values()).count(ours) > 1})
        named = Named(shown.chosen.feed, shown.chosen.table, dict.fromkeys(theirs, "") | chosen)
        if not twice and request.POST.get("act") == "save":
            mapping.save(number=number, file=file, named=named, by=viewer, purpose=viewer.purpose)
            again = actions.receive_again(delivery=number, by=viewer.id, purpose="Read with its columns named")
            return redirect("delivery", again)
        if not twice:
            trial = mapping.try_out(viewer, number, file, named)
    else:
        twice = []
    context = {
        "page": shown,
        "theirs": theirs,
        "chosen": chosen,
        "missing": [name for name in shown.ours if name not in chosen.values()],
        "layout": f"{shown.chosen.feed}/{shown.chosen.table}" if shown.chosen else "",
        "trial": trial,
        "twice": twice,
        "errors": {"columns": f"Two columns cannot both be {', '.join(twice)}"} if twice else {},
    }
    return render(request, "intake/mapping.html", context, status=422 if twice else 200)


@require_GET
def senders(request: Request) -> HttpResponse:
    """Every sender: when it last sent, and whether it is late."""
    return render(request, "intake/senders.html", {"senders": scorecards.senders(request.viewer)})


@require_GET
def sender(request: Request, agency: str) -> HttpResponse:
    """One sender's scorecard."""
    return render(request, "intake/sender.html", {"card": scorecards.scorecard(request.viewer, agency)})
