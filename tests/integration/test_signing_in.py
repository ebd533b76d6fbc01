"""The door: passwords, wrong guesses, a second factor, and the link that sets a first password."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pyotp
import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from door import DOOR, NOW, PASSWORD, code_now, come_in, is_in, later, let_in, on_record, set_up, text, with_phone
from stores import signed
from throughline import words
from throughline.web import settings as real
from throughline.web.accounts import actions, guesses, passwords, second_factor, whence
from throughline.web.accounts.models import Guess, PasswordLink, RecoveryCode, SecondFactor, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_april(settings):
    set_up(settings)


@pytest.fixture
def ana() -> User:
    return let_in()


# --- passwords -----------------------------------------------------------------------------------------


def test_a_new_password_is_kept_by_argon2_and_an_older_one_is_made_anew_when_its_owner_comes_in(
    settings, ana, client
) -> None:
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$")
    ana.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    ana.save()
    assert come_in(client).status_code == 302
    ana.refresh_from_db()
    assert ana.password.startswith("argon2$argon2id$")


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(ana, client) -> None:
    wrong, unknown = come_in(client, password="not this one"), come_in(client, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 200
    same = "This address and password do not go together"
    assert same in text(wrong)
    assert same in text(unknown)
    assert not is_in(client)


# --- wrong guesses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ana@example.org", "nobody@example.org"])
def test_after_ten_wrong_passwords_a_name_waits_whether_anybody_has_it_or_not(name, ana, client, settings) -> None:
    for _ in range(guesses.PER_ACCOUNT):
        assert guesses.HELD not in text(come_in(client, name, "not this one"))
    assert guesses.HELD in text(come_in(client, name, PASSWORD)), "even the right one is not looked at"
    assert guesses.HELD in text(come_in(client, f" {name.upper()} ", PASSWORD)), "however the name is typed"
    assert on_record("accounts.hold") == 1
    later(settings, minutes=16)
    assert come_in(client, name, PASSWORD).status_code == (302 if name == ana.sign_in else 200)


def test_one_password_tried_on_many_names_makes_the_address_wait_and_nobody_elsewhere(ana, settings) -> None:
    stranger, colleague = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="192.0.2.8")
    for number in range(guesses.PER_ADDRESS):
        come_in(stranger, f"worker{number}@example.org", "Winter2026")
    assert guesses.HELD in text(come_in(stranger))
    assert come_in(colleague).status_code == 302


def test_coming_in_forgives_what_was_typed_wrongly_before(ana, client) -> None:
    for _ in range(guesses.PER_ACCOUNT - 1):
        come_in(client, password="not this one")
    come_in(client)
    client.post("/sign-out")
    for _ in range(guesses.PER_ACCOUNT - 1):
        come_in(client, password="not this one")
    assert come_in(client).status_code == 302


def test_what_is_kept_of_a_guess_names_nobody(ana, client) -> None:
    come_in(client, "somebody@example.org", "not this one")
    kept = Guess.objects.get()
    assert re.fullmatch(r"[0-9a-f]{64}", kept.account_hash)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.address_hash)


@given(proxies=st.integers(0, 3), heard=st.lists(st.from_regex(r"10\.0\.0\.[1-9]", fullmatch=True), max_size=5))
def test_an_address_is_what_the_outermost_of_our_proxies_saw_never_what_the_asker_wrote(proxies, heard) -> None:
    with override_settings(PROXIES=proxies):
        request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=", ".join(heard))
        saw = [*heard, "127.0.0.1"]
        expected = saw[-1 - proxies] if proxies <= len(heard) else "127.0.0.1"
        assert whence.address(request) == expected


# --- the second factor ---------------------------------------------------------------------------------


def test_whoever_has_a_second_factor_is_not_in_before_its_code(ana, client, settings) -> None:
    with_phone(ana, settings)
    assert come_in(client)["Location"] == "/sign-in/code"
    assert not is_in(client)
    assert "does not fit" in text(client.post("/sign-in/code", {"code": "000000"}))
    assert not is_in(client)
    assert client.post("/sign-in/code", {"code": code_now(ana, settings)})["Location"] == "/"
    assert is_in(client)


def test_a_code_is_taken_once_and_never_an_older_one(ana, settings) -> None:
    with_phone(ana, settings)
    used, before = code_now(ana, settings), code_now(ana, settings, steps=-1)
    assert second_factor.accepts(user=ana, code=used)
    assert not second_factor.accepts(user=ana, code=used)
    assert not second_factor.accepts(user=ana, code=before)
    later(settings, seconds=30)
    assert second_factor.accepts(user=ana, code=code_now(ana, settings))


@given(steps=st.integers(-20, 20))
def test_a_phone_s_clock_may_be_half_a_minute_off_and_no_more(steps) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    code = pyotp.TOTP(secret).at(NOW, counter_offset=steps)
    taken = second_factor._step_of(secret, code, NOW, after=-1)
    assert (taken is not None) == (abs(steps) <= second_factor.DRIFT)


def test_a_recovery_code_works_once_however_it_is_typed(ana, client, settings) -> None:
    code = with_phone(ana, settings)[0]
    come_in(client)
    assert client.post("/sign-in/code", {"code": code.lower().replace("-", " ")})["Location"] == "/"
    assert second_factor.codes_left(ana) == second_factor.RECOVERY_CODES - 1
    assert not second_factor.accepts(user=ana, code=code)
    assert on_record("accounts.recovery_code_used") == 1


def test_neither_secret_nor_recovery_codes_stand_in_the_database_as_they_are(ana, settings) -> None:
    codes = with_phone(ana, settings)
    sealed = SecondFactor.objects.get(user=ana).sealed
    assert second_factor.unseal(sealed) not in sealed
    kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(kept) == len(codes)
    assert not kept & {code.replace("-", "") for code in codes}


def test_wrong_codes_are_counted_like_wrong_passwords(ana, client, settings) -> None:
    with_phone(ana, settings)
    come_in(client)
    for _ in range(guesses.PER_ACCOUNT):
        client.post("/sign-in/code", {"code": "000000"})
    assert guesses.HELD in text(client.post("/sign-in/code", {"code": code_now(ana, settings)}))
    assert guesses.HELD in text(come_in(Client())), "and elsewhere"


@pytest.mark.parametrize("happens", ["waits too long", "another password", "shut out"])
def test_the_step_between_password_and_code_does_not_last(happens, ana, client, settings) -> None:
    with_phone(ana, settings)
    come_in(client)
    if happens == "waits too long":
        later(settings, minutes=11)
    elif happens == "another password":
        ana.set_password("another one altogether")
        ana.save()
    else:
        actions.shut_out(user=ana, purpose="t")
    assert client.post("/sign-in/code", {"code": code_now(ana, settings)})["Location"] == DOOR
    assert not is_in(client)


@pytest.mark.parametrize(
    ("setting", "asked"), [("everyone", True), ("no one", False), ("iro, social_worker", True), ("iro", False)]
)
def test_who_has_to_have_one_is_a_setting(setting, asked, ana, client, settings) -> None:
    settings.SECOND_FACTOR = setting
    assert come_in(client)["Location"] == ("/sign-in/second-factor" if asked else "/")
    assert is_in(client) != asked


def test_whoever_has_to_have_one_sets_it_up_before_they_are_in(ana, client, settings) -> None:
    settings.SECOND_FACTOR = second_factor.EVERYONE
    assert client.get("/sign-in/second-factor")["Location"] == DOOR, "not without the password"
    come_in(client, next="/rules")
    page = text(client.get("/sign-in/second-factor"))
    assert "<svg" in page
    assert "style=" not in page[page.index("<svg") : page.index("</svg>")], "no inline style: the policy forbids it"
    secret = re.search(r'tl-code">([A-Z2-7 ]+)</code>', page)
    assert secret
    assert "is not the code" in text(client.post("/sign-in/second-factor", {"code": "000000"}))
    assert not is_in(client)
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(NOW)
    shown = text(client.post("/sign-in/second-factor", {"code": code}))
    assert len(re.findall(r"[A-Z2-9]{5}-[A-Z2-9]{5}", shown)) == second_factor.RECOVERY_CODES
    assert is_in(client)
    assert client.post("/your-sign-in/second-factor/remove").status_code == 403


def test_nobody_sets_up_a_second_factor_for_somebody_who_has_one(ana, client, settings) -> None:
    with_phone(ana, settings)
    settings.SECOND_FACTOR = second_factor.EVERYONE
    come_in(client)
    kept = SecondFactor.objects.get(user=ana).sealed
    client.get("/sign-in/second-factor")
    client.post("/sign-in/second-factor", {"code": "000000"})
    assert SecondFactor.objects.get(user=ana).sealed == kept


def test_a_lost_phone_is_forgotten_by_command_and_that_is_on_record(ana, client, settings) -> None:
    with_phone(ana, settings)
    call_command("sign_ins", "--forget-second-factor", "ANA@example.org")
    assert come_in(client)["Location"] == "/"
    assert on_record("accounts.second_factor_forgotten") == 1


def test_a_real_installation_asks_everybody_and_a_demonstration_nobody_unless_set() -> None:
    asked = "import throughline.web.settings as s; print(s.SECOND_FACTOR)"
    for demonstration, expected in ((False, "everyone"), (True, "no one")):
        with tempfile.TemporaryDirectory() as folder:
            if demonstration:
                (Path(folder) / "demo.json").write_text('{"password": "x"}')
            said = subprocess.run(
                [sys.executable, "-c", asked], env=os.environ | {"THROUGHLINE_DATA": folder}, text=True,
                capture_output=True, check=True,
            )  # fmt: skip
            assert said.stdout.strip() == expected


# --- the first password --------------------------------------------------------------------------------


@pytest.fixture
def new_colleague() -> User:
    signed("la:971")
    return actions.let_in(sign_in="sam@example.org", name="Sam", role="iro", agency="la:971", purpose="t")


def test_whoever_is_let_in_without_a_password_sets_it_by_a_link_once(new_colleague, client) -> None:
    assert come_in(client, "sam@example.org", "").status_code == 200
    secret = passwords.open_link(user=new_colleague, purpose="t")
    assert client.get(f"/first-password/{secret}")["Location"] == "/first-password", "the secret leaves the address"
    assert "For Sam" in text(client.get("/first-password"))
    typed = {"password": "a thimble of weather", "once_more": "a thimble of weather"}
    assert "is set" in text(client.post("/first-password", typed))
    assert come_in(client, "sam@example.org", typed["password"]).status_code == 302
    again_with_it = Client()
    again_with_it.get(f"/first-password/{secret}")
    assert again_with_it.post("/first-password", typed).status_code == 404


def test_a_link_ends_after_a_day_with_the_next_link_and_with_the_account(new_colleague, settings) -> None:
    def opens(secret: str) -> bool:
        return passwords.opened_by(passwords.link_hash(secret)) is not None

    first = passwords.open_link(user=new_colleague, purpose="t")
    second = passwords.open_link(user=new_colleague, purpose="t")
    assert not opens(first)
    assert opens(second)
    assert second not in PasswordLink.objects.get(ended_at=None).token_hash
    later(settings, hours=25)
    assert not opens(second)
    third = passwords.open_link(user=new_colleague, purpose="t")
    actions.shut_out(user=new_colleague, purpose="t")
    assert not opens(third)


def test_a_password_that_is_the_name_or_known_to_everybody_is_refused(new_colleague) -> None:
    for easy in ("password1234", "sam@example.org", "112233445566"):
        secret = passwords.open_link(user=new_colleague, purpose="t")
        with pytest.raises(ValidationError):
            passwords.set_by_link(token_hash=passwords.link_hash(secret), password=easy)
        assert passwords.opened_by(passwords.link_hash(secret)), "and the link still works"


def test_the_command_gives_links_and_no_passwords(settings, capsys) -> None:
    settings.SITE_ADDRESS = "https://throughline.example"
    said = io.StringIO()
    who = ("--name", "Sam", "--role", "iro", "--agency", "la:971")
    call_command("sign_ins", "--add", "sam@example.org", *who, stdout=said)
    secret = re.search(r"https://throughline.example/first-password/(\S+)", said.getvalue())
    assert secret
    assert passwords.opened_by(passwords.link_hash(secret[1]))
    with pytest.raises(CommandError, match="Nobody signs in as"):
        call_command("sign_ins", "--link", "nobody@example.org")


# --- settings that cannot work ---------------------------------------------------------------------------


def test_a_role_that_is_none_stops_the_site_rather_than_letting_people_in_without(settings) -> None:
    settings.SECOND_FACTOR = "everybody"
    with pytest.raises(words.UnknownWord):
        apps.get_app_config("accounts").ready()
