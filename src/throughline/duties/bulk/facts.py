"""Lines as rows, for whoever works out the duties of many children at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from throughline.duties.conditions import WORKER
from throughline.timeline import Line, relations
from throughline.timeline.relations import Relation

_ARROW: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "integers": pa.list_(pa.int32()),
    "pairs": pa.map_(pa.string(), pa.string()),
}

_RELATIONS = {"happening": relations.HAPPENING, "child": relations.CHILD, "stretch": relations.STRETCH}
Row = tuple[Any, ...]


class Rows(NamedTuple):
    """Rows of the three relations that rules read, each with its subject first."""

    happenings: list[Row]
    children: list[Row]
    stretches: list[Row]


def rows(lines: Iterable[tuple[int, Line]], states: Iterable[str]) -> Rows:
    """Subjects and their lines as rows; of the states, these."""
    found = Rows([], [], [])
    states = tuple(states)
    for subject, line in lines:
        found.happenings.extend(_happenings(subject, line))
        found.children.append((subject, line.dob, sorted(line.las)))
        found.stretches.extend(_stretches(subject, line, states))
    return found


def arrow(relation: Relation, given: list[Row]) -> pa.Table:
    """Rows of one relation as an Arrow table, to be written as Parquet or handed to DuckDB."""
    fields = [pa.field("subject", pa.int64(), nullable=False)]
    fields += [pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in relation]
    columns = list(zip(*given, strict=True)) or [()] * len(fields)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def tables(found: Rows) -> dict[str, pa.Table]:
    """The three as Arrow tables, by name."""
    return {name: arrow(_RELATIONS[name], given) for name, given in zip(_RELATIONS, found, strict=True)}


def empty_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the three without a row."""
    for name, relation in _RELATIONS.items():
        connection.execute(relations.duckdb_table(name, relation))


def _happenings(subject: int, line: Line) -> Iterator[Row]:
    for number, h in enumerate(line.happenings):
        others = sorted({event.kind for event in h.events} - {h.kind}) if len(h.events) > 1 else []
        yield (
            subject, number, h.kind, others, h.happened_on, h.happened_at, h.earliest, h.latest, h.key, list(h.keys),
            h.reason, sorted({event.said_by for event in h.events}),
            sorted({f"{event.said_by}/{event.details.get(WORKER, '')}" for event in h.events}), sorted(h.marks),
            sorted(h.sure_marks), list(h.details.items()), sorted(h.refs),
        )  # fmt: skip


def _stretches(subject: int, line: Line, states: tuple[str, ...]) -> Iterator[Row]:
    number = {id(h): n for n, h in enumerate(line.happenings)}
    for state in states:
        for n, s in enumerate(line.segments(state)):
            closed = None if s.closed_by is None else number[id(s.closed_by)]
            parts = [number[id(part)] for part in s.parts]
            yield (
                subject, state, n, s.start, s.end, s.start_known, list(s.attrs.items()), number[id(s.opened_by)],
                closed, parts,
            )  # fmt: skip
