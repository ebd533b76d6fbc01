"""Addresses of the door, and of the pages anyone may read."""

from __future__ import annotations

from django.urls import path

from throughline.web.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("privacy", views.privacy, name="privacy"),
    path("help", views.help_page, name="help"),
]
