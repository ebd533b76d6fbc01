"""Which kinds somebody here supplies: by deliveries that stand, and, of kinds that are born here, by the form.

A kind that is *born here* (`Kind.born`) has no file that would say when silence means something. From the day on which
somebody in an authority first records one, its being absent there means that it was not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from throughline import feeds
from throughline.web.intake.models import TypedHere
from throughline.words import Kind

_FOR_GOOD = date(9999, 1, 1)
"""A form does not stop answering, as a file does on its last day."""
_SUPPLIED = """
select k from intake_coverage v join intake_delivery d on d.id = v.delivery_id, unnest(v.kinds) k
 where d.withdrawn_on is null
 union
select kind from intake_typedhere
"""
_OF_THIS_ALONE = """
select distinct k from intake_coverage v, unnest(v.kinds) k
 where v.delivery_id = %(delivery)s
   and not exists (select from intake_typedhere t where t.kind = k and t.la = v.la)
   and not exists (select from intake_coverage o join intake_delivery d on d.id = o.delivery_id
                    where o.delivery_id <> v.delivery_id and d.withdrawn_on is null
                      and o.la = v.la and k = any(o.kinds))
"""
_FIRST_TYPED = """
insert into intake_typedhere (kind, la, since) select %s, la, %s from unnest(%s::text[]) la
on conflict do nothing returning la
"""


def supplied() -> frozenset[str]:
    """Kinds that somebody supplies today, for whatever authority."""
    with connection.cursor() as cursor:
        cursor.execute(_SUPPLIED)
        return frozenset(kind for (kind,) in cursor.fetchall())


def by_this_alone(delivery: int) -> frozenset[str]:
    """Kinds that, in some authority, nobody supplies but this delivery: rules that need them wake or sleep with it."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_THIS_ALONE, {"delivery": delivery})
        return frozenset(kind for (kind,) in cursor.fetchall())


def first_typed(kind: Kind, las: Iterable[str], day: date) -> bool:
    """Note that a kind born here is recorded by form in these authorities; whether that is new in one of them.

    `las` blank (``""``): everywhere, for what is about no child. Runs as the engine.
    """
    if kind.born != "ours":
        return False
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_TYPED, [kind.id, day, sorted(las)])
        return bool(cursor.fetchall())


def typed_here(known_on: date | None = None) -> list[feeds.Coverage]:
    """For how long each kind born here has been recorded by form, and where; or as it was on a day."""
    noted = TypedHere.objects.filter(since__lte=known_on) if known_on else TypedHere.objects.all()
    return [
        feeds.Coverage(la, frozenset((kind,)), since, _FOR_GOOD, la)
        for kind, la, since in noted.order_by("pk").values_list("kind", "la", "since")
    ]
