"""Signing in through one's own organisation: OpenID Connect, with a provider in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import requests
import yaml
from django.db import transaction
from django.test import Client

from stores import signed
from throughline.web import clock
from throughline.web.accounts import actions, again, providers, second_factor
from throughline.web.accounts.models import ProviderName, SignedIn, User
from throughline.web.audit.models import Change
from throughline.web.casework.engine_role import as_engine

pytestmark = pytest.mark.django_db

START, BACK = "/sign-in/with/norbrook", "/sign-in/from/norbrook"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that listens: it signs tokens with a key of its own and lets whoever asks choose who they are."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                requests.get(f"http://127.0.0.1:{port}/jwks", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        served.terminate()
        served.wait(20)


@pytest.fixture(autouse=True)
def _one_provider(settings, tmp_path, issuer) -> None:
    listed = {
        "id": "norbrook", "title": "Norbrook Council", "issuer": issuer, "client_id": "throughline",
        "client_secret": "a secret of the two", "agencies": ["la:971"],
    }  # fmt: skip
    file = tmp_path / "providers.yaml"
    file.write_text(yaml.safe_dump([listed]))
    settings.PROVIDERS = str(file)
    settings.SECOND_FACTOR = second_factor.EVERYONE


@pytest.fixture
def ana() -> User:
    signed("la:971")
    return actions.let_in(sign_in="ana@example.org", name="Ana", role="social_worker", agency="la:971", purpose="t")


def known_there(issuer: str, subject: str, **claims: object) -> None:
    """Write down at the provider who somebody is."""
    told = requests.put(f"{issuer}/users/{subject}", json={"email_verified": True} | claims, timeout=5)
    assert told.ok


def choose(address: str, subject: str) -> str:
    """Be somebody at the provider, as with its form; where it sends the browser then."""
    return requests.post(address, {"sub": subject}, allow_redirects=False, timeout=5).headers["Location"]


def through(client: Client, subject: str, start: str = START):
    """Sign in through the provider; what the site answers when the browser is back."""
    back = choose(client.get(start)["Location"], subject)
    return client.get(back.removeprefix("http://testserver"))


def is_in(client: Client) -> bool:
    return client.get("/your-sign-in").status_code == 200


def test_whoever_is_written_down_here_comes_in_through_their_council(ana, issuer, client) -> None:
    known_there(issuer, "u-1", email="Ana@Example.org")
    assert "Sign in through Norbrook Council" in client.get("/sign-in").content.decode()
    answer = through(client, "u-1", START + "?next=/rules")
    assert answer["Location"] == "/rules"
    assert is_in(client)
    assert SignedIn.objects.get().how == "Norbrook Council"
    assert ProviderName.objects.get().subject == "u-1"
    with transaction.atomic(), as_engine():
        assert Change.objects.filter(action="accounts.known_by_provider", subject_id=str(ana.pk)).count() == 1


def test_the_request_binds_this_browser_this_answer_and_this_code(client) -> None:
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(client.get(START)["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)


def test_from_then_on_the_provider_s_own_name_for_them_counts_and_not_the_address(ana, issuer) -> None:
    known_there(issuer, "u-2", email="ana@example.org")
    through(Client(), "u-2")
    known_there(issuer, "u-2", email="ana.married@example.org")
    married, other = Client(), Client()
    assert through(married, "u-2").status_code == 302
    known_there(issuer, "u-3", email="ana@example.org")
    assert through(other, "u-3").status_code == 403, "the address given to somebody else"
    assert is_in(married)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "nobody@example.org"}, "not written down here"),
        ({"email": "ana@example.org", "email_verified": False}, "an address nobody has checked"),
        ({"email": "pol@example.org"}, "somebody of an agency this provider may not speak for"),
        ({"email": "gone@example.org"}, "somebody shut out"),
        ({}, "no address at all"),
    ],
)
def test_nobody_else_comes_in(claims, why, ana, issuer, client) -> None:
    actions.let_in(sign_in="pol@example.org", name="P", role="police_desk", agency="police:castlereach", purpose="t")
    gone = actions.let_in(sign_in="gone@example.org", name="G", role="iro", agency="la:971", purpose="t")
    actions.shut_out(user=gone, purpose="t")
    known_there(issuer, "u-4", **claims)
    assert through(client, "u-4").status_code == 403, why
    assert not is_in(client)
    assert not ProviderName.objects.exists()


def test_an_answer_that_was_meant_for_another_browser_opens_nothing(ana, issuer) -> None:
    known_there(issuer, "u-5", email="ana@example.org")
    one, other = Client(), Client()
    back = choose(one.get(START)["Location"], "u-5").removeprefix("http://testserver")
    other.get(START)
    assert other.get(back).status_code == 403
    assert not is_in(other)
    assert one.get(back).status_code == 302
    assert one.get(back)["Location"] == "/sign-in", "nor a second time"


def test_a_changed_state_a_refusal_and_an_invented_code_open_nothing(ana, issuer, client) -> None:
    for query in ("state=x&code=y", "error=access_denied&state=x", "code=y", ""):
        client.get(START)
        assert client.get(f"{BACK}?{query}").status_code == 403
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(client.get(START)["Location"]).query)["state"][0]
    assert client.get(f"{BACK}?state={state}&code=invented").status_code == 403
    assert not is_in(client)


def test_a_token_of_another_issuer_or_for_another_site_opens_nothing(ana, issuer, client, monkeypatch) -> None:
    known_there(issuer, "u-6", email="ana@example.org")
    true = providers.named("norbrook")
    for wrong in ({"issuer": "https://elsewhere.example"}, {"client_id": "another site"}):
        back = choose(client.get(START)["Location"], "u-6").removeprefix("http://testserver")
        with monkeypatch.context() as patch:
            client_of = providers._client(true)
            patch.setattr(providers, "_client", lambda _, kept=client_of: kept)
            patch.setattr(providers, "named", lambda _, changed=wrong: replace(true, **changed))
            assert client.get(back).status_code == 403, wrong
    assert not is_in(client)


def test_a_token_made_for_another_request_opens_nothing(ana, issuer, client) -> None:
    known_there(issuer, "u-11", email="ana@example.org")
    back = choose(client.get(START)["Location"], "u-11").removeprefix("http://testserver")
    session = client.session
    [asked] = [name for name, _ in session.items() if name.startswith("_state_norbrook_")]
    session[asked] = {**session[asked], "data": {**session[asked]["data"], "nonce": "of another request"}}
    session.save()
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_a_provider_that_does_not_answer_is_said(settings, tmp_path, client) -> None:
    file = tmp_path / "silent.yaml"
    listed = yaml.safe_load(Path(settings.PROVIDERS).read_text())
    listed[0]["issuer"] = "http://127.0.0.1:9"
    file.write_text(yaml.safe_dump(listed))
    settings.PROVIDERS = str(file)
    answer = client.get(START)
    assert answer.status_code == 403
    assert "does not answer" in answer.content.decode()


def test_a_provider_nobody_named_is_no_page(client) -> None:
    assert client.get("/sign-in/with/elsewhere").status_code == 404
    assert client.get("/sign-in/from/elsewhere").status_code == 404


def test_whoever_has_set_up_a_second_factor_here_is_asked_for_it_whoever_vouches(ana, issuer, client) -> None:
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(clock.now())
    assert second_factor.enrol(user=ana, by=None, secret=secret, code=code)
    known_there(issuer, "u-7", email="ana@example.org")
    assert through(client, "u-7")["Location"] == "/sign-in/code"
    assert not is_in(client)


# --- proving once more who it is -----------------------------------------------------------------------


def stale(client: Client) -> None:
    session = client.session
    session[again.AT] = (clock.now() - timedelta(hours=1)).isoformat()
    session.save()


@pytest.mark.parametrize(("proved", "holds"), [(0, True), (-3600, False), (None, False)])
def test_the_gravest_acts_ask_the_provider_which_has_to_say_that_it_was_now(proved, holds, ana, issuer, client) -> None:
    known_there(issuer, "u-8", email="ana@example.org")
    through(client, "u-8")
    stale(client)
    asked = client.get("/your-sign-in/second-factor")
    assert asked.status_code == 403
    assert "Prove it through Norbrook Council" in asked.content.decode()
    assert 'name="again-password"' not in asked.content.decode(), "they have none"
    when = None if proved is None else int(clock.now().timestamp()) + proved
    known_there(issuer, "u-8", email="ana@example.org", auth_time=when)
    sent = client.get(START + "?next=/your-sign-in/second-factor")["Location"]
    assert "prompt=login" in sent
    assert "max_age=0" in sent
    client.get(choose(sent, "u-8").removeprefix("http://testserver"))
    assert client.get("/your-sign-in/second-factor").status_code == (200 if holds else 403)


def test_a_colleague_at_the_provider_does_not_prove_that_it_is_me(ana, issuer, client) -> None:
    actions.let_in(sign_in="jo@example.org", name="Jo", role="iro", agency="la:971", purpose="t")
    known_there(issuer, "u-9", email="ana@example.org")
    known_there(issuer, "u-10", email="jo@example.org", auth_time=int(clock.now().timestamp()))
    through(client, "u-9")
    stale(client)
    assert through(client, "u-10").status_code == 403
    assert client.get("/your-sign-in/second-factor").status_code == 403


# --- the file of providers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issuer": "http://council.example"}, "not an https"),
        ({"agencys": []}, "cannot be used"),
        (None, "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_before_anybody_signs_in(change, why, settings, tmp_path) -> None:
    [listed] = yaml.safe_load(Path(settings.PROVIDERS).read_text())
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump([listed | change] if change else "neither list nor map"))
    with pytest.raises(providers.Misconfigured, match=why):
        providers.read(str(file))
