"""Addresses of intake. Taking a delivery back has its address in casework, which works lines out again."""

from __future__ import annotations

from django.urls import path

from throughline.web.intake import views, views_senders

urlpatterns = [
    path("intake", views.intake, name="intake"),
    path("intake/new", views.delivery_new, name="delivery_new"),
    path("intake/<int:number>", views.delivery, name="delivery"),
    path("intake/<int:number>/progress", views.delivery_progress, name="delivery_progress"),
    path("intake/<int:number>/again", views.delivery_again, name="delivery_again"),
    path("intake/<int:number>/files/<int:file>", views_senders.mapped, name="mapping"),
    path("intake/apart", views.kept_apart, name="kept_apart"),
    path("intake/senders", views_senders.senders, name="senders"),
    path("intake/senders/<str:agency>", views_senders.sender, name="sender"),
    path("intake/<int:number>/faults", views.faults, name="faults"),
    path("intake/<int:number>/faults.csv", views.faults_csv, name="faults_csv"),
]
