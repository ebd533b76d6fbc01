"""The children's social care API as one of the feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from throughline.feeds.base import Context, Derived, Source, Statement
from throughline.feeds.dfe_api.deriving import derive
from throughline.feeds.dfe_api.reader import Reader
from throughline.feeds.dfe_api.tables import FEED_ID, TABLES
from throughline.feeds.json_stream import head_text, is_json

_NOBODY: Mapping[str, date] = {}
JSON_TABLE = "json"
_SIGN = '"la_child_id"'


class _DfeApi:
    """The feed; see `base.Feed`."""

    id = FEED_ID
    title = "Children's social care API"
    tables: Mapping[str, tuple[str, ...]] = {name: table.names for name, table in TABLES.items()}
    looked_for = (
        "DfE children's social care API: JSON with la_child_id and social_care_episodes in it, an array of children, "
        "a child a line, or one child a file"
    )

    def recognise(self, source: Source) -> str | None:
        """`json` for a file of the API's children."""
        return JSON_TABLE if is_json(source) and _SIGN in head_text(source) else None

    def reader(self, context: Context) -> Reader:
        """Reads one delivery."""
        return Reader(context)

    def events(self, statements: Sequence[Statement], covered_to: Mapping[str, date] = _NOBODY) -> Derived:
        """Events of one child from all its live statements; `covered_to` changes nothing: see `Reader.finish`."""
        return derive(statements)


FEED = _DfeApi()
