"""A child's line, what is owed, and what people do about it."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """A child's line, what is owed, and what people do about it."""

    name = "throughline.web.casework"
    label = "casework"
