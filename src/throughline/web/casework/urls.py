"""Addresses of casework. The child's own page and its drawn line have theirs in `urls_child`."""

from __future__ import annotations

from django.urls import include, path

from throughline.web.casework.views import boards, find, looks, monday, quick, record, rules

urlpatterns = [
    path("", monday.home, name="home"),
    path("work", monday.monday, name="monday"),
    path("boards", boards.first, name="boards"),
    path("boards/<slug:board_id>", boards.board, name="board"),
    path("meetings", boards.meetings, name="meetings"),
    path("pupils", boards.pupils, name="pupils"),
    path("ring", boards.ring, name="ring"),
    path("ring/found", boards.ring_found, name="ring_found"),
    path("notices/<int:notice_id>/read", monday.notice_read, name="notice_read"),
    path("find", find.find, name="find"),
    path("find/results", find.found, name="found"),
    path("children/new", find.child_new, name="child_new"),
    path("children/<uuid:child_id>/record", record.record, name="record"),
    path("children/<uuid:child_id>/record/draft", record.draft, name="record_draft"),
    path("children/<uuid:child_id>/quick/<slug:form_id>", quick.quick, name="quick"),
    path("children/<uuid:child_id>/recorded", record.recorded, name="recorded"),
    path("children/<uuid:child_id>/looks", looks.child_looks, name="child_looks"),
    path("who-looked", looks.own_looks, name="who_looked"),
    path("rules", rules.rules, name="rules"),
    path("rules/<slug:duty_id>", rules.rule, name="rule"),
    path("", include("throughline.web.casework.urls_area")),
    path("", include("throughline.web.casework.urls_child")),
]
