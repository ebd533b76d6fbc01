"""The Django app that carries the look."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, static files and nothing stored."""

    name = "throughline.web.design"
    label = "design"
