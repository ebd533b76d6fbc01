"""Addresses of looking wider: all areas, one area, and their tables as files."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import area

urlpatterns = [
    path("areas", area.page, name="areas"),
    path("areas/tables.xlsx", area.tables_xlsx, name="areas_xlsx"),
    path("areas/tables/<slug:table>.csv", area.table_csv, name="areas_csv"),
    path("areas/<slug:code>", area.page, name="area"),
    path("areas/<slug:code>/tables.xlsx", area.tables_xlsx, name="area_xlsx"),
    path("areas/<slug:code>/tables/<slug:table>.csv", area.table_csv, name="area_csv"),
]
