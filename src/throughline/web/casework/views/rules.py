"""The rules: what is owed to children, by which law, counted how. Open to everyone who signs in."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from throughline import duties
from throughline.duties.model import Rule
from throughline.web import clock
from throughline.web.casework import rule_words


@cache
def _rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in duties.load()}


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, those that are switched off apart."""
    known, today = _rules().values(), clock.today()
    context = {
        "active": rule_words.by_area((rule for rule in known if rule.active), today),
        "off": rule_words.by_area((rule for rule in known if not rule.active), today),
        "unchecked": sum(rule.active and not rule.verified for rule in known),
    }
    return render(request, "casework/rules.html", context)


@require_GET
def rule(request: HttpRequest, duty_id: str) -> HttpResponse:
    """One rule, whole."""
    found = _rules().get(duty_id)
    if found is None:
        raise Http404
    return render(request, "casework/rule.html", {"page": rule_words.page(found, clock.today())})
