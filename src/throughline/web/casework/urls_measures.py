"""Addresses of the measures: all, one, whom a number is about, and their tables as files."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import measures

urlpatterns = [
    path("measures", measures.index, name="measures"),
    path("measures/tables/<slug:table>.csv", measures.index_csv, name="measures_csv"),
    path("measures/fairness", measures.fairness, name="fairness"),
    path("measures/fairness/tables/<slug:table>.csv", measures.fairness_csv, name="fairness_csv"),
    path("measures/<slug:duty_id>", measures.measure, name="measure"),
    path("measures/<slug:duty_id>/names", measures.names, name="measure_names"),
    path("measures/<slug:duty_id>/tables/<slug:table>.csv", measures.measure_csv, name="measure_csv"),
]
