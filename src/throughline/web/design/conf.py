"""The part of Django's settings that the look needs; `web.settings` takes these names in."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": True,  # <app>/jinja2/<app>/page.html
        "OPTIONS": {
            "environment": "throughline.web.design.environment.environment",
            "context_processors": ["throughline.web.design.context.page"],
        },
    },
]

PAGE_HEADERS = "throughline.web.design.csp.PageHeadersMiddleware"
"""Goes high in MIDDLEWARE, before anything that may answer by itself."""

CSRF_FAILURE_VIEW = "throughline.web.design.errors.form_expired"

STATIC_URL = "/static/"

URGENT_PHONE = os.environ.get("THROUGHLINE_URGENT_PHONE", "01632 960100")
"""Rung when a child may be in danger now and a page cannot be shown (a number of the invented range by default)."""
SUPPORT_PHONE = os.environ.get("THROUGHLINE_SUPPORT_PHONE", "01632 960101")
"""The data desk: rung when the page itself is at fault."""
