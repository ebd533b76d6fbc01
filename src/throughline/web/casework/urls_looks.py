"""Addresses of who looked: one's own, at a child, of a person, and what is to be checked."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import looks

urlpatterns = [
    path("who-looked", looks.own_looks, name="who_looked"),
    path("children/<uuid:child_id>/looks", looks.child_looks, name="child_looks"),
    path("looks", looks.to_check, name="looks"),
    path("looks/people", looks.people, name="looks_people"),
    path("looks/people/<int:number>", looks.person, name="looks_person"),
    path("looks/found/<uuid:ref>", looks.finding, name="looks_finding"),
]
