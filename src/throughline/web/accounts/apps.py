"""People who sign in, and why each may see which child."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, and why each may see which child."""

    name = "throughline.web.accounts"
    label = "accounts"
