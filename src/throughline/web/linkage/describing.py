"""What is shown of a child before their page is opened: worked out from what sources claim, newest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from throughline.feeds.cells import upn_is_sound
from throughline.web import bulk
from throughline.web.linkage.models import Child, Claim
from throughline.web.linkage.searching import child_keys

_BATCH = 2_000
_UNKNOWN_SEX = {"", "U"}

_DESCRIBE = """
update linkage_child c
   set forename = n.forename, surname = n.surname, dob = n.dob, sex = n.sex, la = n.la, la_id = n.la_id,
       las = n.las::text[], upn = n.upn
  from unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[],
              %s::text[]) as n (id, forename, surname, dob, sex, la, la_id, las, upn)
 where c.id = n.id
"""


@dataclass(frozen=True)
class _Said:
    """One claim, as far as a description needs it."""

    forename: str
    surname: str
    dob: date | None
    sex: str
    la: str
    la_id: str
    upn: str
    nhs_number: str


def describe(children: Iterable[int]) -> None:
    """Work out locators and search keys of these children from their standing claims."""
    ordered = sorted(children)
    for start in range(0, len(ordered), _BATCH):
        _describe(ordered[start : start + _BATCH])


def rename(used: Mapping[int, str]) -> None:
    """Write down the name each of these children uses (blank: nobody has said); found by it from then on."""
    if not used:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update linkage_child c set used_name = n.name from unnest(%s::bigint[], %s::text[]) as n (id, name)"
            " where c.id = n.id and c.used_name <> n.name returning c.id",
            [list(used), list(used.values())],
        )
        describe(child for (child,) in cursor.fetchall())


def _describe(children: list[int]) -> None:
    said: dict[int, list[_Said]] = defaultdict(list)
    used = dict(Child.objects.filter(pk__in=children).exclude(used_name="").values_list("pk", "used_name"))
    claims = Claim.objects.filter(live=True, person__child_id__in=children).order_by("-received_on", "-pk")
    for child, *facts in claims.values_list("person__child_id", *_Said.__annotations__):
        said[child].append(_Said(*facts))
    with connection.cursor() as cursor:
        rows = [(child, *_locator(said[child])) for child in children]
        cursor.execute(_DESCRIBE, [list(column) for column in zip(*rows, strict=True)])
        cursor.execute("delete from linkage_searchkey where child_id = any(%s)", [children])
        keys = ((key, child) for child in children for key in sorted(_keys(said[child], used.get(child, ""))))
        bulk.insert("linkage_searchkey", {"key": "text", "child_id": "bigint"}, keys)


def _locator(said: list[_Said]) -> tuple[str, str, date | None, str, str, str, str, str]:
    """Newest name; the date of birth most say, the newer one where they tie; the newest known rest."""
    named = next((s for s in said if s.surname or s.forename), None)
    births = Counter(s.dob for s in said if s.dob)
    numbered = next((s for s in said if s.la_id), None)
    upns = [s.upn for s in said if s.upn]
    return (
        named.forename if named else "",
        named.surname if named else "",
        births.most_common(1)[0][0] if births else None,
        next((s.sex for s in said if s.sex not in _UNKNOWN_SEX), ""),
        numbered.la if numbered else "",
        numbered.la_id if numbered else "",
        bulk.array_text(sorted({s.la for s in said if s.la})),
        next((upn for upn in upns if upn_is_sound(upn)), ""),
    )


def _keys(said: list[_Said], used_name: str) -> set[str]:
    return child_keys(
        (used_name, *(name for s in said for name in (s.forename, s.surname))),
        (s.dob for s in said if s.dob),
        (number for s in said for number in (s.la_id, s.upn, s.nhs_number) if number),
    )
