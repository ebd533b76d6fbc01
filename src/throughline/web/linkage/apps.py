"""Which sources' people are one child."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    """Which sources' people are one child."""

    name = "throughline.web.linkage"
    label = "linkage"
