"""The three roles the site needs in its database, and the passwords of those that sign in.

``throughline_owner`` owns and migrates the tables. ``throughline_web`` is the site: it owns nothing, so
row-level security holds for it. ``throughline_engine`` cannot sign in: the site becomes it, by SET ROLE
and for one transaction, where rules must read every fact about a child (DESIGN §5).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

DATABASE = "throughline"
OWNER, WEB, ENGINE = "throughline_owner", "throughline_web", "throughline_engine"


@dataclass(frozen=True)
class Urls:
    """Two ways into one database."""

    owner: str
    """As the owner: to migrate."""
    web: str
    """As the site."""


def keep_secrets(file: Path, *names: str) -> dict[str, str]:
    """The named secrets kept in `file`, made up on first use; only the file's owner can read it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump({name: secrets.token_urlsafe(48) for name in names}, out)
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def create_database(admin_url: str) -> None:
    """Make the database, where missing, in the server `admin_url` reaches. Nobody enters it uninvited."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        if not admin.execute("select from pg_database where datname = %s", [DATABASE]).rowcount:
            _do(admin, "create database {} template template0", DATABASE)
            _do(admin, "revoke all on database {} from public", DATABASE)


def prepare(admin_url: str) -> None:
    """Make the three roles, where missing, and let them work in the database `admin_url` reaches.

    `admin_url` signs in as someone who owns that database and may create roles; it can then become each
    of the three. Safe to repeat. Raises `psycopg.errors.InsufficientPrivilege` for anyone else.
    """
    with psycopg.connect(admin_url) as admin:
        for role in (OWNER, WEB, ENGINE):
            if not admin.execute("select from pg_roles where rolname = %s", [role]).rowcount:
                _do(admin, "create role {} noinherit", role)
        _do(admin, "grant {} to {}", ENGINE, WEB)  # not inherited: only SET ROLE brings its rights
        _do(admin, "grant {}, {}, {} to {}", OWNER, WEB, ENGINE, admin.info.user)
        _do(admin, "grant connect, create on database {} to {}", admin.info.dbname, OWNER)
        _do(admin, "grant connect on database {} to {}", admin.info.dbname, WEB)
        _do(admin, "grant usage, create on schema public to {}", OWNER)
        _do(admin, "grant usage on schema public to {}, {}", WEB, ENGINE)


def let_sign_in(admin_url: str, passwords: dict[str, str]) -> Urls:
    """Give the owner and the site their own sign-in with these passwords, and say how each comes in."""
    with psycopg.connect(admin_url) as admin:
        for role in (OWNER, WEB):
            hashed = admin.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            change = sql.SQL("alter role {} login password {}")
            admin.execute(change.format(sql.Identifier(role), sql.Literal(hashed.decode())))
    owner, web = (_as_role(admin_url, role, passwords[role]) for role in (OWNER, WEB))
    return Urls(owner=owner, web=web)


def _do(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _as_role(admin_url: str, role: str, password: str) -> str:
    """`admin_url` with another user: same server, same database."""
    parts = conninfo_to_dict(admin_url)
    where = urlencode({name: parts[name] for name in ("host", "port") if parts.get(name)})
    return f"postgresql://{role}:{password}@/{parts['dbname']}?{where}"
