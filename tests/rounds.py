"""What tests of lists share: someone in each role, rows that tell of something, names that are shown."""

from __future__ import annotations

from django.test import Client

from stores import TODAY, load_rows, person

SCHOOL = "school:971001"


def someone(role: str, area: str = "971", name: str = "") -> object:
    """Someone of this role in an area, of the agency they usually sit in."""
    agency = {"dsl": SCHOOL, "senco": SCHOOL, "hospital_youth_worker": "hospital:royal"}.get(role, f"la:{area}")
    return person(role, name or f"A {role} {area}", agency=agency, area=area)


def told(tmp_path, *rows, sender: str = "la:971", name: str = "") -> None:
    load_rows(tmp_path, "events", rows, received=TODAY, sender=sender, name=name)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def names(shown) -> list[str]:
    return [row.child.name for row in shown.rows if row.child]
