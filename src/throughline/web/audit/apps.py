"""Who looked and who changed what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who looked and who changed what."""

    name = "throughline.web.audit"
    label = "audit"
