"""Addresses of an agency's people and of what agencies have signed."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import people

urlpatterns = [
    path("people", people.listed, name="people"),
    path("people/new", people.new, name="person_new"),
    path("people/<int:number>", people.person, name="person"),
    path("people/<int:number>/link", people.link, name="person_link"),
    path("people/<int:number>/leave", people.leave, name="person_leave"),
    path("terms", people.terms, name="terms"),
]
