"""What was sent to me, and following one message."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from throughline.web import clock
from throughline.web.accounts.viewing import Request
from throughline.web.casework import sent


@require_GET
def outbox(request: Request) -> HttpResponse:
    """Every message to whoever is signed in, mailed or not."""
    context = {"messages": sent.to(request.viewer), "today": clock.today(), "limit": sent.LIMIT}
    return render(request, "casework/sent.html", context)


@require_GET
def message(request: Request, number: int) -> HttpResponse:
    """Where one message leads: a page that asks for itself who may open it, or My work."""
    leads = sent.followed(message=number, by=request.viewer)
    if leads.opened:
        return redirect("glass_opened", leads.opened)
    return redirect("child", leads.child) if leads.child else redirect("monday")
