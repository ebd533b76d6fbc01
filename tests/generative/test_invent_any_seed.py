"""Whatever the seed and the day, lives hold together."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from throughline.invent import setting
from throughline.invent.days import MINUTES, eighteen
from throughline.invent.deliveries import deliveries
from throughline.invent.extract_files import RECORDS
from throughline.invent.life import everyone, lives
from throughline.invent.people import World

worlds = st.builds(
    World.ending,
    st.dates(date(2019, 1, 1), date(2029, 12, 31)),
    st.integers(1, 4),
    st.integers(0, 2**32),
)


@given(worlds)
def test_nothing_happens_before_birth_after_childhood_or_after_the_last_day(world: World) -> None:
    for life in lives(world, 12):
        born, adult = life.child.born, eighteen(life.child.born)
        last = min(world.until, adult)
        for case in life.cases:
            assert born - 280 <= case.referred <= last
            assert case.closed is None or case.referred <= case.closed <= adult
        for spell in life.spells:
            assert born <= spell.start <= last
            assert all(day <= last for day, _ in spell.reviews)
        for absence in life.absences:
            assert born < absence.since // MINUTES <= last
        for row in life.told:
            assert born <= row.at // MINUTES <= last
        for occurrence in life.occurrences:
            assert born <= occurrence.at // MINUTES <= last
        for visit in life.visits:
            assert born <= visit.at // MINUTES <= last + 1
            assert visit.at < visit.left


@given(worlds)
def test_a_child_is_on_one_roll_at_a_time(world: World) -> None:
    for life in everyone(world, 12):
        for one, following in zip(life.roll, life.roll[1:], strict=False):
            assert one.leaving is not None
            assert one.entry < one.leaving <= following.entry
        for one in life.roll:
            assert one.entry <= world.until
            assert one.school < len(world.partnership.areas[one.area].schools)


@given(worlds)
def test_a_row_only_ever_grows_and_each_version_is_later_than_the_last(world: World) -> None:
    columns = setting.columns()
    for life in lives(world, 6):
        for file, rows in RECORDS.items():
            layout = next((held[file] for held in world.partnership.channels.values() if file in held), file)
            for record in rows(world, Random(1), life):
                moments = [version.since for version in record.versions]
                assert moments == sorted(set(moments)), file
                assert {len(version.cells) for version in record.versions} == {len(columns[layout])}, file
                for before, after in pairwise(record.versions):
                    gone = [a for a, b in zip(before.cells, after.cells, strict=True) if a and not b]
                    assert not gone, file


@given(worlds)
def test_no_delivery_comes_after_the_last_day_or_tells_of_what_is_to_come(world: World) -> None:
    for sender in world.partnership.senders:
        plan = deliveries(world, sender)
        assert plan, sender.agency
        assert [delivery.cut for delivery in plan] == sorted(delivery.cut for delivery in plan)
        told = {(delivery.folder, delivery.year) for delivery in plan}
        assert len(told) == len(plan), "one folder holds one extract, or one return of a year"
        for delivery in plan:
            assert delivery.cut // MINUTES <= delivery.received <= world.until


@given(worlds, st.integers(1, 20))
def test_fewer_children_are_the_first_of_more(world: World, some: int) -> None:
    assert list(lives(world, some)) == list(lives(world, 20))[:some]
