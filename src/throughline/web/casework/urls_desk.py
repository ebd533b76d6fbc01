"""Addresses of doubt: *Not this child*, the data desk, and taking a delivery back."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import desk

urlpatterns = [
    path("children/<uuid:child_id>/question", desk.question, name="question"),
    path("desk", desk.queue, name="desk"),
    path("desk/<int:number>", desk.judge, name="desk_question"),
    path("desk/pairs/<int:number>", desk.judge_pair, name="desk_pair"),
    path("intake/<int:number>/withdraw", desk.withdraw, name="delivery_withdraw"),
]
