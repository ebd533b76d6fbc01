"""Settings of a real installation, and what is installed: Django's own check, headers, cookies, the lock."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections import defaultdict

from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from stronghold import Stronghold

from attempts import Attack
from house import ROOT, server, site_environment

OURS = {"throughline", "pip", "setuptools", "wheel"}
"""What is installed without standing in a lock: the project, and what installs it."""


def test_djangos_own_check_of_a_real_installation() -> None:
    real = {
        "THROUGHLINE_HTTPS": "yes",
        "THROUGHLINE_HOSTS": "throughline.example.org",
        "THROUGHLINE_ADDRESS": "https://throughline.example.org",
        "THROUGHLINE_SECRET_KEY": "".join(chr(33 + n % 90) for n in range(0, 3 * 64, 3)),
    }
    environment = os.environ | site_environment(server().urls) | real
    del environment["DJANGO_ALLOW_ASYNC_UNSAFE"]  # the tests' own
    done = subprocess.run(
        [sys.executable, "-m", "throughline.web.manage", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_cookies_that_scripts_and_other_sites_do_not_get(stronghold: Stronghold, attack: Attack) -> None:
    """Cookies, to be read by scripts or sent along by other sites"""
    answer = Browser().get(reverse("sign_in"))
    assert answer.cookies, "a cookie is given, or nothing is tried"
    for name, cookie in answer.cookies.items():
        attack.attempt(f"{name} from another site", cookie["samesite"] not in ("Lax", "Strict") and "sent along")
    attack.attempt("the session, from another site", settings.SESSION_COOKIE_SAMESITE != "Lax" and "sent along")
    attack.attempt("the session, by a script", not settings.SESSION_COOKIE_HTTPONLY and "read")


def test_what_is_installed_is_what_is_locked() -> None:
    """The part of a dependency audit that needs no network: nothing is here that was not locked, by version."""
    locked: dict[str, set[str]] = defaultdict(set)
    for name in ("requirements.txt", "requirements-dev.txt"):
        pinned = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
        for package, version in pinned:
            locked[_plain(package)].add(version)  # more than one where Python's version decides
    here = {_plain(each.metadata["Name"]): each.version for each in importlib.metadata.distributions()}
    other = {name: version for name, version in here.items() if name not in OURS and version not in locked[name]}
    assert not other, f"installed and not so locked: {other}"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
