"""Addresses of sharing: one child's page, its forms, and requests between agencies."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import shares

urlpatterns = [
    path("requests", shares.requests, name="requests"),
    path("children/<uuid:child_id>/shares", shares.child_shares, name="shares"),
    path("children/<uuid:child_id>/shares/decide", shares.decide, name="share_decide"),
    path("children/<uuid:child_id>/shares/originator", shares.originator, name="share_originator"),
    path("children/<uuid:child_id>/shares/ask", shares.ask, name="share_ask"),
    path("children/<uuid:child_id>/shares/answer", shares.answer, name="share_answer"),
    path("children/<uuid:child_id>/shares/hold", shares.hold, name="share_hold"),
    path("children/<uuid:child_id>/shares/again", shares.look_again, name="share_look_again"),
]
