"""For tests that count across an area: many children at once, with a state, a duty or a question each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from stores import NOW, TODAY, person
from throughline.web.accounts.viewing import viewing
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event, Instance, Segment
from throughline.web.casework.reading import area, area_counts
from throughline.web.casework.reading.area_counts import Counts
from throughline.web.casework.reading.area_shapes import AreaPage, Row, Table
from throughline.web.intake.models import Coverage, Delivery, Postcode, PostcodeEdition
from throughline.web.linkage.models import Child, Page

_numbers = itertools.count(1)
HERE, THERE, BEYOND = "la:971", "la:972", "la:973"


def children(n: int, la: str = HERE, **given: Any) -> list[Child]:
    """So many children of an area, each with a name and a reason for a page."""
    made = [Child(la=la, forename="Invented", surname=f"Child-{next(_numbers)}", **given) for _ in range(n)]
    with transaction.atomic(), as_engine():
        who = Child.objects.bulk_create(made)
        Page.objects.bulk_create(Page(child=child, since=date(2020, 1, 1)) for child in who)
    return who


def hold(who: Iterable[Child], state: str, start: date | None = TODAY, **given: Any) -> None:
    """Each of them in a state from that day on."""
    given = {"level": "SL2", **given}
    with transaction.atomic(), as_engine():
        Segment.objects.bulk_create(Segment(child=child, state=state, start=start, **given) for child in who)


def missing(who: Iterable[Child], hours: int) -> None:
    """Each of them missing for so many hours, and not back."""
    at = NOW - timedelta(hours=hours)
    hold(who, "missing", at.date(), started_at=at)


def ask(who: Iterable[Child], kind: str, day: date, ref: str = "", **given: Any) -> None:
    """One event for each of them."""
    given = {
        "level": "SL2", "said_by": "camhs", "precision": "day", "received_on": day, "on_day": day, "telling": 0,
        "statement_id": 0, **given,
    }  # fmt: skip
    with transaction.atomic(), as_engine():
        Event.objects.bulk_create(
            Event(child=child, key=f"k{next(_numbers)}", kind=kind, happened_on=day, ref=ref,
                  **{"happening": next(_numbers), **given})
            for child in who
        )  # fmt: skip


def owe(who: Iterable[Child], duty: str, due: date, **given: Any) -> None:
    """One duty for each of them, as it is stored; covered to today unless it is said otherwise."""
    values: dict[str, Any] = {
        "subject_kind": "child", "duty_id": duty, "version": "1", "trigger_kind": "missing_end", "trigger_key": "t",
        "opened_on": due - timedelta(days=3), "due_on": due, "warn_on": due - timedelta(days=1), "precision": "day",
        "unit": "days", "covered_to": TODAY, "learnt_on": due, "level": "SL2", **given,
    }  # fmt: skip
    values.setdefault("kinds", [values["trigger_kind"]])
    told = [[values["trigger_kind"], values["opened_on"].isoformat(), None, "t"]]
    values.setdefault("story", {"told": told, "facts": [], "evidence": [0], "met_by": None})
    with transaction.atomic(), as_engine():
        Instance.objects.bulk_create(Instance(child=child, **values) for child in who)


def tell(agency: str, kinds: Iterable[str], until: date = TODAY, la: str = "", since: date = date(2024, 1, 1)) -> None:
    """A delivery of that agency that answers for these kinds up to a day."""
    delivery = Delivery.objects.create(
        sender=agency, received_on=until, received_at=datetime.combine(until, NOW.timetz()), purpose="test",
        status=Delivery.Status.LOADED,
    )  # fmt: skip
    Coverage.objects.create(
        delivery=delivery, feed="events", agency=agency, kinds=sorted(kinds), start=since, end=until, la=la
    )


def postcodes(places: dict[str, tuple[str, int, int]]) -> None:
    """A postcode directory: postcode -> ONS code, easting and northing."""
    with transaction.atomic(), as_engine():
        Postcode.objects.bulk_create(
            Postcode(postcode=code, authority=area, easting=e, northing=n) for code, (area, e, n) in places.items()
        )
        PostcodeEdition.objects.create(
            name="November 2025", sha256="0" * 64, postcodes=len(places), passed_over=0, loaded_at=NOW, by="test"
        )


PLACES = {
    "ZH11AA": ("E06999971", 540_000, 600_000),
    "ZW11AA": ("E06999972", 556_000, 600_000),
    "ZC11AA": ("E06999973", 640_000, 600_000),
    "B11AA": ("E08000025", 407_000, 287_000),
}


def placed(how_many: int, postcode: str, **given: Any) -> None:
    """So many children of this area, placed at a postcode."""
    attributes = {"postcode": postcode, "home_postcode": "ZH1 1AA"}
    hold(children(how_many), "placement", date(2025, 9, 1), attributes=attributes, **given)


def counted(role: str = "business_manager") -> Counts:
    """The numbers, as somebody in this role has them counted."""
    with viewing(person(role)):
        return area_counts.counts(NOW)


def page(code: str = "", role: str = "business_manager") -> AreaPage:
    """The page of an area, for somebody in this role."""
    with viewing(person(role)) as viewer:
        return area.area_page(viewer, code)[0]


def signed_in(role: str) -> Client:
    """Somebody in this role at a browser."""
    client = Client(raise_request_exception=False)
    client.force_login(person(role))
    return client


def table(found: AreaPage, id: str) -> Table:
    """One table of a page."""
    return next(each for each in found.tables if each.id == id)


def texts(rows: tuple[Row, ...]) -> dict[str, tuple[str, ...]]:
    """What the rows of a table say, by their titles."""
    return {row.title: tuple(cell.text for cell in row.cells) for row in rows}
