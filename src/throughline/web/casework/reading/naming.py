"""Children, codes and details in words a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from throughline import words
from throughline.web.casework.shapes import Similar, Who
from throughline.web.linkage.models import Child


def who(child: Child) -> Who:
    """A child as lists and headers name them."""
    used = child.used_name or child.forename
    legal = " ".join(filter(None, (child.forename, child.surname)))
    numbers = [f"LA {child.la_id}"] if child.la_id else []
    if child.upn:
        numbers.append(f"UPN ..{child.upn[-3:]}")
    return Who(
        id=child.public_id,
        name=" ".join(filter(None, (used, child.surname))) or _unnamed(child),
        legal_name=legal,
        dob=child.dob,
        identity=" · ".join(numbers),
        area=area(child),
    )


def _unnamed(child: Child) -> str:
    """A child of whom no source gives a name: many returns give a number only."""
    return f"Name not given (LA {child.la_id})" if child.la_id else "Name not given"


def area(child: Child) -> str:
    """Title of the authority that knows the child; empty where no source names one, or several do."""
    named = {la for la in (child.la, *child.las) if ":" in la}
    la = child.la if child.la in named else named.pop() if len(named) == 1 else ""
    return words.agency_title(la) if la else ""


def similar(child: Child, others: Iterable[Child]) -> tuple[Similar, ...]:
    """Children who could be mistaken for this one, each with what tells them apart."""
    return tuple(Similar(who(other).name, differs(child, other)) for other in others)


def differs(child: Child, other: Child) -> str:
    """What tells `other` from `child`: born when, known where, else only its number."""
    parts = []
    if other.dob and other.dob != child.dob:
        parts.append(f"born {other.dob.day} {other.dob:%b %Y}")
    if other.la != child.la and other.la:
        parts.append(area(other))
    return ", ".join(parts) or who(other).identity or "having no number or date of birth yet"


@lru_cache
def _fields(kind: str) -> Mapping[str, words.Field]:
    known = words.kinds().get(kind)
    anywhere = {"not_to": words.fields()["not_to"]}  # a child may ask so of anything that is recorded
    return anywhere | {field.id: field for field in known.fields} if known else anywhere


@lru_cache(maxsize=20_000)
def detail(kind: str, name: str, value: str) -> tuple[str, str]:
    """One detail of an event: what it is called, and its value or the code's meaning."""
    field = _fields(kind).get(name)
    title = field.title if field else name.replace("_", " ").capitalize()
    if field and field.codes:
        codes = words.codes(field.codes)
        parts = [codes[part].label if part in codes else part for part in value.split(";")]
        return title, "; ".join(parts)
    if field and field.type == "yes_no":
        return title, {"Y": "Yes", "N": "No"}.get(value, value)
    if field and field.type == "agency":
        return title, words.agency_title(value)
    if field and field.type == "keys":
        number = len(value.split("\n"))
        return title, "1 record" if number == 1 else f"{number} records"
    return title, value


@lru_cache(maxsize=2_000)
def state_title(state: str, attribute: str, value: str) -> str:
    """A state with its telling attribute: ``In care (Care order)``."""
    title = words.states()[state].title
    if not value:
        return title
    opening = words.states()[state].opened_by[0].partition("+")[0].partition("-")[0]
    return f"{title} ({detail(opening, attribute, value)[1]})"
