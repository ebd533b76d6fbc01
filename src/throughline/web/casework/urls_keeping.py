"""Addresses of keeping: what is due, what is proposed, what is held, what is gone, and the schedule."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import keeping

urlpatterns = [
    path("keeping", keeping.first, name="keeping"),
    path("keeping/schedule", keeping.shown_schedule, name="keeping_schedule"),
    path("keeping/propose", keeping.propose, name="keeping_propose"),
    path("keeping/propose/one", keeping.propose_one, name="keeping_propose_one"),
    path("keeping/proposed/<int:number>", keeping.proposed, name="keeping_proposed"),
    path("keeping/proposed/<int:number>/sign", keeping.sign, name="keeping_sign"),
    path("keeping/proposed/<int:number>/back", keeping.take_back, name="keeping_take_back"),
    path("keeping/holds/new", keeping.hold, name="keeping_hold"),
    path("keeping/holds/<int:number>/end", keeping.end_hold, name="keeping_end_hold"),
]
