"""Messages as mail, where mail is set up. Without it each person's page *Sent to me* is where they are read."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from throughline.web import clock
from throughline.web.accounts.models import User
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message

log = logging.getLogger(__name__)

STALE = timedelta(days=1)
"""A message that no mail server took for so long is news no more; it stays on its page."""


def post() -> int:
    """Send what was written since and not sent; how many. An invented person has no mailbox."""
    if not settings.EMAIL_HOST:
        return 0
    with transaction.atomic(), as_engine():
        waiting = list(Message.objects.filter(mailed_at__isnull=True, at__gte=clock.now() - STALE).order_by("pk"))
        people = User.objects.filter(is_active=True, demonstration=False).in_bulk({m.user_id for m in waiting})
    sent = 0
    for message in waiting:
        if message.user_id in people:
            sent += _send(message, people[message.user_id])
    return sent


def _send(message: Message, to: User) -> bool:
    """One mail, with a link that says nothing; whether a server took it. If none did, it is tried again."""
    link = settings.SITE_ADDRESS.rstrip("/") + reverse("message", args=[message.pk])
    try:
        with transaction.atomic():
            with as_engine():
                Message.objects.filter(pk=message.pk).update(mailed_at=clock.now())
            EmailMessage(f"Throughline: {message.subject}", f"{message.text}\n\n{link}\n", to=[to.sign_in]).send()
    except OSError as fault:
        log.warning("message %s was not taken: %s", message.pk, type(fault).__name__)
        return False
    return True
