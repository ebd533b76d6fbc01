"""Postcodes on the site: a directory loaded whole or not at all, and what a child's page then says and to whom."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from stores import NOW, event_row, load_rows, person, relate, the_child
from throughline.feeds.postcodes import NoDirectory
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Segment
from throughline.web.casework.reference import load_postcodes
from throughline.web.intake.models import Postcode, PostcodeEdition

pytestmark = pytest.mark.django_db

DIRECTORY = (
    "pcds,oslaua,oseast1m,osnrth1m\n"
    "ZH1 1AA,E06999971,535500,595500\n"
    "ZW1 1AA,E06999972,556000,616000\n"
    "ZT1 1AA,E06999974,584000,610000\n"
)
PLACED = "placement_type=U6;postcode={};home_postcode=ZH1 1AA"


@pytest.fixture(autouse=True)
def _at(settings: Any) -> None:
    settings.THROUGHLINE_NOW = NOW


def directory(tmp_path: Path, text: str = DIRECTORY, name: str = "november.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def placed(tmp_path: Path, postcode: str, *more: dict[str, str], level: str = "") -> None:
    rows = [
        event_row("rowan", "care_started", "2026-03-02", "0"),
        event_row("rowan", "placement_started", "2026-03-02", "1", details=PLACED.format(postcode), level=level),
        *more,
    ]
    load_rows(tmp_path, "events", rows, received=date(2026, 4, 20), sender="la:971")


def areas(client: Client, role: str = "social_worker", kind: str = "allocated") -> str:
    """What the page says of responsible, home and host, without its markup."""
    user, child = person(role), the_child("rowan")
    relate(user, child, kind)
    client.force_login(user)
    page = client.get(f"/children/{child.public_id}/").content.decode()
    (said,) = re.findall(r'<dl class="tl-child__areas">(.*?)</dl>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", said).replace("\xa0", " ").split())


def test_the_page_says_where_a_child_lives_how_far_from_home_and_how_that_is_known(
    tmp_path: Path, client: Client
) -> None:
    placed(tmp_path, "ZW1 1AA")
    load_postcodes(directory(tmp_path), name="November 2025", by="A desk")
    said = areas(client)
    assert "Responsible Port Halden council" in said
    assert "Home Port Halden council (by postcode, 2 Mar 2026)" in said
    assert "Wendmoor council : out of area, 18.0 miles from home" in said.replace("council:", "council :")


def test_before_a_directory_is_loaded_nothing_is_said_of_it(tmp_path: Path, client: Client) -> None:
    placed(tmp_path, "ZW1 1AA")
    said = areas(client)
    assert "Home not known" in said
    assert "out of area" not in said


def test_a_postcode_nobody_can_find_is_neither_in_nor_out(tmp_path: Path, client: Client) -> None:
    placed(tmp_path, "ZQ1 1AA")
    load_postcodes(directory(tmp_path), name="", by="A desk")
    said = areas(client)
    assert "cannot tell whether out of area" in said
    assert "cannot tell: the postcode given is not in the postcode directory" in said
    with transaction.atomic(), as_engine():
        assert Segment.objects.get(state="placement").attributes["out_of_area"] == ""


def test_what_somebody_named_later_stands_over_the_postcode(tmp_path: Path, client: Client) -> None:
    named = event_row(
        "rowan", "authority_named", "2026-03-20", "2", details="authority_part=host;la=la:974", recorded="2026-03-20"
    )
    placed(tmp_path, "ZW1 1AA", named)
    load_postcodes(directory(tmp_path), name="", by="A desk")
    assert "Isle of Torrin council" in areas(client)


def test_who_may_not_see_the_home_is_told_neither_where_nor_how_far(tmp_path: Path, client: Client) -> None:
    # Given a home held at a level the team's worker does not see (an adoptive home's address),
    placed(tmp_path, "ZW1 1AA", level="SL4")
    load_postcodes(directory(tmp_path), name="", by="A desk")
    # then who is allocated to the child is shown neither its authority, nor its distance, nor that it is unknown.
    said = areas(client)
    assert "Wendmoor" not in said
    assert "miles" not in said
    assert "out of area" not in said


def test_a_new_edition_replaces_the_last_and_says_when_and_by_whom(tmp_path: Path) -> None:
    placed(tmp_path, "ZW1 1AA")
    load_postcodes(directory(tmp_path), name="November 2025", by="A desk")
    moved = DIRECTORY.replace("E06999972", "E06999973") + "ZW1 1AB,E06999972,1,1\n"
    load_postcodes(directory(tmp_path, moved, "february.csv"), name="", by="Another desk")
    assert Postcode.objects.count() == 4
    kept = list(PostcodeEdition.objects.order_by("pk").values_list("name", "by", "postcodes"))
    assert kept == [("November 2025", "A desk", 3), ("february.csv", "Another desk", 4)]
    with transaction.atomic(), as_engine():
        assert Segment.objects.get(state="placement").attributes["host_la"] == "la:973", "worked out anew"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", DIRECTORY + "ZW1 1AB,E06999972,1\n", DIRECTORY.splitlines()[0] + "\n"])
def test_a_file_that_is_none_leaves_the_edition_in_use(tmp_path: Path, text: str) -> None:
    load_postcodes(directory(tmp_path), name="", by="A desk")
    with pytest.raises(NoDirectory), transaction.atomic():
        load_postcodes(directory(tmp_path, text, "other.csv"), name="", by="A desk")
    assert Postcode.objects.count() == 3
    assert PostcodeEdition.objects.count() == 1
    with pytest.raises(CommandError, match=r"directory|whole|postcode"), transaction.atomic():
        call_command("load_postcodes", str(tmp_path / "other.csv"), "--by", "A desk")


def test_the_site_reads_postcodes_and_cannot_write_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from intake_postcode")
    for statement in ("delete from intake_postcode", "insert into intake_postcode values ('ZH11AA', '', 1, 1, '')"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
