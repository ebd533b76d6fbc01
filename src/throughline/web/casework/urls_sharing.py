"""Addresses of the policy of who sees what."""

from __future__ import annotations

from django.urls import path

from throughline.web.casework.views import sharing_policy

urlpatterns = [
    path("who-sees-what", sharing_policy.policy, name="sharing_policy"),
    path("who-sees-what/why", sharing_policy.why, name="sharing_why"),
]
