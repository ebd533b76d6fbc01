"""Addresses of doubt: *Not this child*, *not the same*, the data desk, and taking a delivery back."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import desk, parting

urlpatterns = [
    path("children/<uuid:child_id>/question", desk.question, name="question"),
    path("children/<uuid:child_id>/part", parting.part, name="part"),
    path("children/<uuid:child_id>/parted/<int:number>/back", parting.join_again, name="join_again"),
    path("desk", desk.queue, name="desk"),
    path("desk/<int:number>", desk.judge, name="desk_question"),
    path("desk/pairs/<int:number>", desk.judge_pair, name="desk_pair"),
    path("intake/<int:number>/withdraw", desk.withdraw, name="delivery_withdraw"),
]
