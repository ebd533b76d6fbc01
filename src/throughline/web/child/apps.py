"""What is made for the child themselves."""

from django.apps import AppConfig


class ChildConfig(AppConfig):
    """What is made for the child themselves."""

    name = "throughline.web.child"
    label = "child"
