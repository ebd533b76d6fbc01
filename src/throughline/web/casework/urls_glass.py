"""Addresses of opening a record in an emergency, and of a conflict of interest."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import glass, too_close

urlpatterns = [
    path("children/<uuid:child_id>/emergency", glass.open_record, name="glass_open"),
    path("children/<uuid:child_id>/too-close", too_close.too_close_to, name="too_close"),
    path("emergency", glass.opened, name="glass"),
    path("emergency/<uuid:ref>", glass.one, name="glass_opened"),
]
