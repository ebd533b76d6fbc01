"""Addresses. Each app has its own; a page that takes no sign-in says so at its view."""

from __future__ import annotations

from django.urls import include, path

_APPS = ("accounts", "intake", "child", "casework")  # the copy before the child's page, whose tabs take any word

urlpatterns = [
    path("", include("throughline.web.casework.urls_desk")),  # before the child's own page, whose tabs take any word
    *(path("", include(f"throughline.web.{app}.urls")) for app in _APPS),
]

handler400 = "throughline.web.design.errors.bad_request"
handler403 = "throughline.web.design.errors.denied"
handler404 = "throughline.web.design.errors.not_found"
handler500 = "throughline.web.design.errors.broken"
