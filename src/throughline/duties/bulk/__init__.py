"""Duties of many children at once: what `engine.evaluate` says, set-wise in Ibis, one query per shape.

For a folder or a county on DuckDB, for a country on Spark. Not imported with `duties`: Ibis takes
half a second to load.
"""

from throughline.duties.bulk.engines import DuckDB, Engine, Spark
from throughline.duties.bulk.evaluating import carried, evaluate
from throughline.duties.bulk.facts import empty_tables, rows, tables

__all__ = ["DuckDB", "Engine", "Spark", "carried", "empty_tables", "evaluate", "rows", "tables"]
