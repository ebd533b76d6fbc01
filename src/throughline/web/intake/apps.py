"""Deliveries and the statements in them."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Deliveries and the statements in them."""

    name = "throughline.web.intake"
    label = "intake"
