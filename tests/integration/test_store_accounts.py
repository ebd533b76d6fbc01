"""Who may sign in; and that invented people and real ones never share an installation."""

from __future__ import annotations

import io
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cast import deliver
from stores import NOW
from throughline.web import walls
from throughline.web.accounts import actions, installation
from throughline.web.accounts.models import Installation, Relation, User
from throughline.web.casework import demonstration
from throughline.web.casework.engine_role import as_engine
from throughline.web.intake.models import Delivery

pytestmark = pytest.mark.django_db

SOMEONE = {
    "name": "Ana Reyes",
    "role": "social_worker",
    "agency": "la:971",
    "password": "a long enough one",
    "purpose": "t",
}


def said(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def the_cast_as_demonstration(settings, tmp_path, monkeypatch):
    """The demonstration with the cast's few deliveries instead of hundreds invented."""
    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = tmp_path / "data"
    settings.DATA_FOLDER.mkdir()
    monkeypatch.setattr(demonstration.invent, "write", lambda out, **asked: deliver(out))
    return settings.DATA_FOLDER


def build() -> bool:
    return demonstration.build(10, 1, lambda stage, done, total: None)


# --- letting people in ---------------------------------------------------------------------------------


def test_somebody_let_in_signs_in_under_an_address_however_it_is_typed(client) -> None:
    user = actions.let_in(sign_in=" Ana.Reyes@Example.org ", **SOMEONE)
    assert user.sign_in == "ana.reyes@example.org"
    assert client.login(username="ANA.REYES@example.org", password=SOMEONE["password"])


def test_nobody_is_let_in_without_a_role_that_is_known() -> None:
    with pytest.raises(actions.Refused, match="is no role"):
        actions.let_in(sign_in="x@example.org", **SOMEONE | {"role": "superuser"})


def test_somebody_shut_out_does_not_come_in_again(client) -> None:
    user = actions.let_in(sign_in="ana@example.org", **SOMEONE)
    assert "ana@example.org" in said("sign_ins")
    assert "no longer" in said("sign_ins", "--end", "ANA@example.org")
    assert not client.login(username=user.sign_in, password=SOMEONE["password"])
    assert "ana@example.org" not in said("sign_ins")


def test_adding_somebody_asks_for_what_is_missing() -> None:
    with pytest.raises(CommandError, match="--role, --agency"):
        call_command("sign_ins", "--add", "x@example.org", "--name", "X")


# --- demonstration and real -----------------------------------------------------------------------------


def test_a_demonstration_does_not_start_beside_real_people() -> None:
    actions.let_in(sign_in="ana@example.org", **SOMEONE)
    with pytest.raises(installation.NotHere, match="real installation"):
        build()
    assert not User.objects.filter(demonstration=True).exists()


def test_real_people_are_not_let_into_a_demonstration(the_cast_as_demonstration) -> None:
    build()
    with pytest.raises(installation.NotHere, match="demonstration installation"):
        actions.let_in(sign_in="ana@example.org", **SOMEONE)


def test_the_site_does_not_start_with_demonstration_accounts_beside_real_data() -> None:
    Installation.objects.create(kind=Installation.Kind.REAL, made_at=NOW)
    User.objects.create(sign_in="x", name="X", role="iro", agency="la:971", demonstration=True)
    with pytest.raises(installation.NotHere, match="beside real data"):
        installation.check()
    said("sign_ins", "--remove-demonstration")
    installation.check()


def test_the_demonstration_is_made_once_and_goes_on_where_it_was_broken_off(
    the_cast_as_demonstration, monkeypatch
) -> None:
    loaded: list[int] = []
    load = demonstration.history.loading.load

    def stop_after_two(number: int, **named: bool) -> Delivery:
        if len(loaded) == 2:
            raise KeyboardInterrupt
        loaded.append(number)
        return load(number, **named)

    with monkeypatch.context() as patch:
        patch.setattr(demonstration.history.loading, "load", stop_after_two)
        with pytest.raises(KeyboardInterrupt):
            build()
    assert Delivery.objects.filter(status=Delivery.Status.LOADED).count() == 2
    assert build()
    names = list(Delivery.objects.filter(status=Delivery.Status.LOADED).values_list("purpose", flat=True))
    assert len(names) == len(set(names)) == 6
    assert not build(), "a second run keeps what is there"
    kept = the_cast_as_demonstration / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_everyone_of_the_demonstration_has_a_first_page_that_opens(the_cast_as_demonstration, client) -> None:
    build()
    for user in User.objects.all():
        client.force_login(user)
        assert client.get("/", follow=True).status_code == 200, user.role
    with transaction.atomic(), as_engine():
        workers = set(Relation.objects.filter(kind="allocated").values_list("user__role", flat=True))
    assert workers == {"social_worker"}


# --- commands about the installation ----------------------------------------------------------------------


def test_settings_are_listed_with_what_they_mean_and_secrets_are_not_shown(settings) -> None:
    text = said("check_settings")
    assert "THROUGHLINE_HOSTS" in text
    assert "DATABASE_URL (set)" in text
    assert settings.SECRET_KEY not in text
    assert "Nothing wrong was found" in text


def test_a_setting_that_cannot_work_fails_the_check(settings) -> None:
    settings.SECRET_KEY = "short"
    with pytest.raises(CommandError, match="shorter than 50"):
        said("check_settings")


def test_a_table_nobody_decided_about_stops_the_migration(monkeypatch) -> None:
    monkeypatch.setattr(walls, "OPEN", tuple(name for name in walls.OPEN if name != "accounts_user"))
    with pytest.raises(walls.NoWall, match="accounts_user"):
        walls.put_up(connection)
