"""Addresses of an agency's people, of what agencies have signed, and of who works with a child."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import around, people

urlpatterns = [
    path("people", people.listed, name="people"),
    path("people/new", people.new, name="person_new"),
    path("people/<int:number>", people.person, name="person"),
    path("people/<int:number>/link", people.link, name="person_link"),
    path("people/<int:number>/second-factor", people.second_factor_away, name="person_second_factor"),
    path("people/<int:number>/leave", people.leave, name="person_leave"),
    path("children/<uuid:child_id>/around", around.around_child, name="around"),
    path("children/<uuid:child_id>/around/<int:number>/end", around.around_end, name="around_end"),
    path("terms", people.terms, name="terms"),
]
