"""People who sign in, and why each may see which child."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, and why each may see which child."""

    name = "throughline.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen for people signing in; settings of the door that cannot work stop the site before it opens."""
        from throughline.web.accounts import providers, second_factor, sessions  # noqa: F401 - one listens by being here

        providers.every()
        second_factor.roles()
