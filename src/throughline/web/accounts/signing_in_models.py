"""What is kept about signing in: sessions, wrong guesses, second factors, one-time links, names at providers.

Of every secret only what is needed to know it again is kept: a hash, or for a second factor the encrypted secret.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignedIn(models.Model):
    """One session of one person; gone when it ends. What it did stays in the audit."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    how = models.CharField(max_length=200)
    """``password``, or the name of the provider who vouched."""
    device = models.CharField(max_length=80)
    """Browser and system in words, as the browser itself says."""


class Guess(models.Model):
    """One wrong password or code: keyed hashes of the name that was typed and of where it came from."""

    account_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account_hash", "at"], name="guess_account"),
            models.Index(fields=["address_hash", "at"], name="guess_address"),
        ]


class SecondFactor(models.Model):
    """The secret somebody shares with the app on their phone (RFC 6238)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="second_factor")
    sealed = models.TextField()
    """The secret, encrypted with a key made of the installation's own."""
    made_at = models.DateTimeField()
    last_step = models.BigIntegerField()
    """Half-minutes since 1970 of the last code taken: no code is taken twice."""


class RecoveryCode(models.Model):
    """A code for the day the phone is lost; each works once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]


class PasswordLink(models.Model):
    """A link by which somebody sets their password, once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="password_links")
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the secret, which is too long to be guessed from it."""
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When it was used or another took its place; null: it works until `until`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="password_link_one_open")
        ]


class ProviderName(models.Model):
    """As whom a provider (OpenID Connect) knows somebody. Its subject never changes, an e-mail address may."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="provider_names")
    issuer = models.CharField(max_length=400)
    subject = models.CharField(max_length=255)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="provider_name_once"),
            models.UniqueConstraint(fields=["issuer", "user"], name="provider_name_one_each"),
        ]
