"""Addresses of casework. The child's own page and its drawn line have theirs in `urls_child`."""

from __future__ import annotations

from django.urls import include, path

from throughline.web.casework.views import boards, calendar, find, lines, monday, quick, record, sent, subjects

urlpatterns = [
    path("", monday.home, name="home"),
    path("work", monday.monday, name="monday"),
    path("boards", boards.first, name="boards"),
    path("boards/<slug:board_id>", boards.board, name="board"),
    path("meetings", boards.meetings, name="meetings"),
    path("pupils", boards.pupils, name="pupils"),
    path("ring", boards.ring, name="ring"),
    path("ring/found", boards.ring_found, name="ring_found"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/subscribe", calendar.subscribe, name="calendar_subscribe"),
    path("calendar/feed/<slug:secret>.ics", calendar.feed, name="calendar_feed"),
    path("sent", sent.outbox, name="sent"),
    path("sent/<int:number>", sent.message, name="message"),
    path("owed/<int:number>", lines.owed_line, name="owed_line"),
    path("notices/<int:notice_id>/read", monday.notice_read, name="notice_read"),
    path("find", find.find, name="find"),
    path("find/results", find.found, name="found"),
    path("children/new", find.child_new, name="child_new"),
    path("children/<uuid:child_id>/record", record.record, name="record"),
    path("children/<uuid:child_id>/record/draft", record.draft, name="record_draft"),
    path("children/<uuid:child_id>/quick/<slug:form_id>", quick.quick, name="quick"),
    path("children/<uuid:child_id>/recorded", record.recorded, name="recorded"),
    path("places", subjects.subjects, name="subjects"),
    path("places/named", subjects.named, name="subject_named"),
    path("places/<uuid:subject_id>", subjects.subject, name="subject"),
    path("places/<uuid:subject_id>/record", subjects.record, name="record_about"),
    path("", include("throughline.web.casework.urls_glass")),
    path("", include("throughline.web.casework.urls_looks")),
    path("", include("throughline.web.casework.urls_people")),
    path("", include("throughline.web.casework.urls_keeping")),
    path("", include("throughline.web.casework.urls_rules")),
    path("", include("throughline.web.casework.urls_sharing")),
    path("", include("throughline.web.casework.urls_area")),
    path("", include("throughline.web.casework.urls_measures")),
    path("", include("throughline.web.casework.urls_shares")),
    path("", include("throughline.web.casework.urls_child")),
]
