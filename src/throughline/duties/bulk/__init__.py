"""Duties of many children at once: what `engine.evaluate` says, set-wise in Ibis, one query per shape.

For a folder or a county on DuckDB; the same expressions are for Spark. Not imported with `duties`: Ibis takes
half a second to load.
"""

from throughline.duties.bulk.evaluating import carried, evaluate
from throughline.duties.bulk.facts import empty_tables, instance_row, rows, tables

__all__ = ["carried", "empty_tables", "evaluate", "instance_row", "rows", "tables"]
