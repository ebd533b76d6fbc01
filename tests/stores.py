"""The store's tests: the cast's deliveries loaded, and people who look at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from cast import CHILDREN, columns, row, write_csv
from throughline.web.accounts import actions as accounts
from throughline.web.accounts import agencies
from throughline.web.accounts.models import AgencyTerms, User
from throughline.web.casework import loading
from throughline.web.casework.engine_role import as_engine
from throughline.web.casework.models import Event
from throughline.web.intake import actions as intake
from throughline.web.intake.models import Delivery
from throughline.web.linkage.models import Child

NOW = datetime(2026, 4, 21, 9, 30, tzinfo=UTC)
"""The day after the cast's last delivery: set `settings.THROUGHLINE_NOW` to it."""
TODAY = date(2026, 4, 21)


def person(role: str, name: str = "", **given: str) -> User:
    """Someone who may sign in (the same one when asked again); the password is not usable."""
    name = name or f"A {role}"
    sign_in = f"{name.lower().replace(' ', '.')}@example.org"
    if found := User.objects.filter(sign_in=sign_in).first():
        return found
    user = User(sign_in=sign_in, name=name, role=role, **given)
    user.agency = user.agency or "la:971"
    user.set_unusable_password()
    user.save()
    signed(user.agency)
    return user


def signed(agency: str) -> None:
    """Have an agency's terms signed, if they are not, for as long as any test lasts."""
    if agencies.terms_of(agency) is None:
        with transaction.atomic(), as_engine():
            AgencyTerms.objects.create(
                agency=agency, version="1", signed_by="A chief officer", signed_on=date(2000, 1, 1),
                until=date(2100, 1, 1), recorded_at=datetime(2000, 1, 1, tzinfo=UTC),
            )  # fmt: skip


def relate(user: User, child: Child, kind: str) -> None:
    """Give someone a seat around a child, since long ago."""
    with transaction.atomic(), as_engine():
        accounts.relate(user=user, child=child.pk, kind=kind, start=date(2020, 1, 1), source="test")


def the_child(name: str) -> Child:
    """One of the cast, as the store holds them."""
    who = CHILDREN[name]
    with transaction.atomic(), as_engine():
        return Child.objects.get(la_id=who.la_id, dob=who.dob, joined_into__isnull=True)


def load(folder: Path, *, received: date, sender: str = "", work_out: bool = True) -> Delivery:
    """Load one folder as a delivery."""
    delivery = hand_in(folder, received=received, sender=sender)
    return loading.load(delivery.pk, work_out=work_out)


def hand_in(folder: Path, *, received: date, sender: str = "") -> Delivery:
    """Hand a folder in, and leave it waiting."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return intake.receive(
        files=[(path.relative_to(folder).as_posix(), [path.read_bytes()]) for path in files],
        sender=sender,
        received_on=received,
        by=None,
        purpose="test",
        enqueue=False,
    )


def load_dated(folder: Path) -> Delivery:
    """Load a folder whose name says when it came and from whom: ``2026-04-20_la.971``."""
    day, _, sender = folder.name.partition("_")
    return load(folder, received=date.fromisoformat(day), sender=sender.replace(".", ":"))


def load_rows(
    tmp_path: Path, layout: str, rows: Iterable[Mapping[str, str]], *, received: date, sender: str, name: str = ""
) -> Delivery:
    """Load rows of one layout as a delivery of their own."""
    folder = tmp_path / f"{received}-{sender.replace(':', '.')}-{name or layout}"
    write_csv(folder / f"{name or layout}.csv", columns(layout), rows)
    return load(folder, received=received, sender=sender)


def event_row(child: str, kind: str, happened: str, record: str, *, agency: str = "la:971", **cells: str):
    """One row of the layout for any kind of event."""
    return row("events", child, agency=agency, kind=kind, happened=happened, source_record_id=record, **cells)


POLICE = "police:castlereach"
HUB = "missing_hub:971"


def episode(**cells: str) -> dict[str, str]:
    """One missing episode of Rowan's, from 1 March, as the police list it."""
    return row(
        "missing_police", "rowan", agency=POLICE, source_record_id="MP-1", episode_ref="MP-1",
        missing_from_type="care", category="M", missing_since="2026-03-01T20:00", **cells,
    )  # fmt: skip


def events_of(name: str, kind: str = "") -> list[str]:
    """Days of what is on a child's line, in order."""
    with transaction.atomic(), as_engine():
        found = Event.objects.filter(child=the_child(name)).order_by("happened_on", "happened_at")
        return [str(e.happened_on) for e in (found.filter(kind=kind) if kind else found)]
