"""The attack on the attack: a leak that is put there is found, by every way in which leaks are looked for."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from planted import FAR, NEAR, SCRIPT
from probing import wrong_with
from stronghold import Stronghold
from test_rows_attacked import Table, got_out, tables

from attempts import Attack, table
from house import server
from stores import NOW
from throughline import sharing
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Message


def table_called(name: str) -> Table:
    return next(each for each in tables() if each.name == name)


def as_owner(*statements: str) -> None:
    """What only the tables' owner may do, to the database under attack."""
    with psycopg.connect(server().urls.owner, dbname=connection.settings_dict["NAME"], autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement.encode())


def test_a_wall_taken_down(own_stronghold: Stronghold) -> None:
    seat, events = own_stronghold.seat("dsl"), table_called("casework_event")
    with viewing(seat.user):
        assert not list(got_out(seat, events, own_stronghold))
    as_owner("alter table casework_event disable row level security")
    with viewing(seat.user):
        found = list(got_out(seat, events, own_stronghold))
    assert any("far child" in each for each in found)
    assert any("that the policy hides" in each for each in found)
    assert any(each.startswith("zqvzqnear") for each in found)


def test_a_policy_that_has_grown_in_the_database(own_stronghold: Stronghold) -> None:
    """What the database lets through is compared with the file, not with itself."""
    seat, events = own_stronghold.seat("dsl"), table_called("casework_event")
    as_owner("update accounts_sharingrule set level = 'SL5' where role = 'dsl'")
    with viewing(seat.user):
        assert list(got_out(seat, events, own_stronghold))


def test_a_table_with_no_wall(own_stronghold: Stronghold) -> None:
    as_owner(
        "set row_security = on",
        "create table newest as select id, child_id, details from casework_event",
        "grant select on newest to throughline_web",
    )
    seat = own_stronghold.seat("social_worker")
    with viewing(seat.user):
        assert list(got_out(seat, table_called("newest"), own_stronghold))


def test_a_page_that_tells_too_much(own_stronghold: Stronghold) -> None:
    seat, address = own_stronghold.seat("dsl"), reverse("sent")
    assert not list(wrong_with(seat, address, seat.browser.get(address)))
    hidden = next(secret.text for secret in own_stronghold.secrets.values() if not seat.may(secret))
    with transaction.atomic(), as_engine():
        Message.objects.create(user_id=seat.user.pk, sort="digest", about="x", subject=hidden, text="", at=NOW)
    assert hidden in list(wrong_with(seat, address, seat.browser.get(address)))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HttpResponse("zqvzqfarfirst"), "zqvzqfarfirst"),
        (HttpResponse("ZQVZQFARFIRST", headers={"Cache-Control": "no-store"}), "zqvzqfarfirst"),
        (HttpResponse("zqvzqnearfirst"), "may be kept"),
        (HttpResponse(SCRIPT), "as markup"),
        (HttpResponse("a,=1+1\r\n", content_type="text/csv"), "is worked out"),
        (HttpResponse(headers={"Location": "/children/zqvzqnearfirst"}), "tells of somebody"),
        (HttpResponse("fine"), "no Content-Security-Policy"),
    ],
)
def test_what_one_answer_can_have_wrong(stronghold: Stronghold, answer: HttpResponse, said: str) -> None:
    assert any(said in each for each in wrong_with(stronghold.seat("dsl"), "/", answer))


def test_a_leak_fails_and_is_counted() -> None:
    attack = Attack("pages")
    attack.attempt("one", [])
    attack.attempt("two", ["zqvzqfarfirst"])
    assert attack.leaks == ["two: zqvzqfarfirst"]
    assert table([attack])[-1] == "tried 2, refused 1, leaked 1"


def test_the_oracle_is_the_policy(stronghold: Stronghold) -> None:
    """Something is theirs and something is hidden for whoever sees children at all."""
    for seat in stronghold.seats:
        theirs = [secret for secret in stronghold.secrets.values() if secret.item and seat.may(secret)]
        assert len(theirs) < len(stronghold.secrets)
        assert all(
            secret.item is None or secret.whose != NEAR or sharing.decide(seat.role, seat.relations, secret.item)
            for secret in theirs
        )
        assert not [secret for secret in theirs if secret.whose == FAR] or seat.policy.intake
