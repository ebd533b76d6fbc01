"""What may be set from outside, listed once: `settings` reads it, ``manage.py check_settings`` shows it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from psycopg import conninfo


@dataclass(frozen=True)
class Variable:
    """One environment variable the site reads."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False
    needed: bool = False
    """Without it the site does not start."""


VARIABLES = (
    Variable("DATABASE_URL", "PostgreSQL 15 or later, as the site signs in to it", secret=True, needed=True),
    Variable(
        "THROUGHLINE_OWNER_URL",
        "the same database as the owner of its tables, for migrations only; DATABASE_URL if not set",
        secret=True,
    ),
    Variable("THROUGHLINE_SECRET_KEY", "signs sessions and hashes; 50 random characters", secret=True, needed=True),
    Variable("THROUGHLINE_DATA", "folder for delivered files and what the site keeps beside the database", "var"),
    Variable("THROUGHLINE_HOSTS", "names the site answers to, commas between", "localhost,127.0.0.1"),
    Variable("THROUGHLINE_HTTPS", "yes: served over HTTPS only (cookies, redirects, HSTS)", "no"),
    Variable(
        "THROUGHLINE_PROXIES",
        "how many proxies stand before the site, each of which says in X-Forwarded-For whom it heard from",
        "0",
    ),
    Variable(
        "THROUGHLINE_SECOND_FACTOR",
        "who signs in with a code from a phone besides the password: everyone, no one, or roles, commas between; not "
        "set: everyone, in a demonstration no one",
    ),
    Variable(
        "THROUGHLINE_PROVIDERS",
        "a file that names the organisations people may sign in through (OpenID Connect), with their secrets; not set: "
        "passwords alone",
    ),
    Variable("THROUGHLINE_DEBUG", "yes: pages of errors for developers; never beside real data", "no"),
    Variable("THROUGHLINE_ADDRESS", "where people find the site, for links in mail", "http://127.0.0.1:8000"),
    Variable(
        "THROUGHLINE_SMTP",
        "mail server that takes messages, smtp://name:password@host:587 (smtps:// where TLS comes first); not set: "
        "messages stand on each person's page alone",
        secret=True,
    ),
    Variable("THROUGHLINE_MAIL_FROM", "who mail comes from", "throughline@localhost"),
    Variable("THROUGHLINE_URGENT_PHONE", "rung when a child may be in danger now", "01632 960100"),
    Variable("THROUGHLINE_SUPPORT_PHONE", "the data desk", "01632 960101"),
)

DEMONSTRATION = "demo.json"
"""Name of the file in the data folder that keeps the demonstration's password (mode 0600)."""

_BY_NAME = {variable.name: variable for variable in VARIABLES}


class NotSet(Exception):
    """A needed variable is missing; the message says which and what it is for."""


def value(name: str) -> str:
    """The variable's value or its default; raises `NotSet` if it is needed and missing."""
    variable = _BY_NAME[name]
    given = os.environ.get(name, "") or variable.default
    if variable.needed and not given:
        raise NotSet(f"{name} is not set: {variable.meaning}. 'manage.py check_settings' lists them all.")
    return given


def yes(name: str) -> bool:
    """Whether a yes/no variable says yes."""
    return value(name).strip().lower() in {"yes", "true", "1", "on"}


def data_folder() -> Path:
    """Where delivered files lie."""
    return Path(value("THROUGHLINE_DATA")).resolve()


def demonstration(data: Path) -> str | None:
    """The one password of the invented people, if this is a demonstration."""
    kept = data / DEMONSTRATION
    return json.loads(kept.read_text())["password"] if kept.exists() else None


def database(url: str, role: str = "") -> dict[str, object]:
    """A Django database entry for a connection URL; `role` is taken on as each connection opens.

    Taken on in the connection itself it costs no round trip, and is what a role for one transaction falls
    back to.
    """
    parts = conninfo.conninfo_to_dict(url)
    # Just-in-time compilation costs a second on statements with walls in them, which run for milliseconds.
    flags = "-c timezone=UTC -c jit=off" + (f" -c role={role}" if role else "")
    extra = {k: v for k, v in parts.items() if k not in {"host", "port", "user", "password", "dbname", "options"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "throughline"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 3600,
        "CONN_HEALTH_CHECKS": True,
        # A wall costs more to plan than to pass (docs/adr/0055): values go beside the statements, so that one which
        # comes again is planned once for a connection.
        "OPTIONS": {
            **extra,
            "options": f"{parts.get('options', '')} {flags}".strip(),
            "prepare_threshold": 2,
            "server_side_binding": True,
        },
    }
