"""The command: a folder of extracts in, what is owed and late out. See README.md."""

from throughline.check.pipeline import NothingRecognised, run
from throughline.check.summary import Summary

__all__ = ["NothingRecognised", "Summary", "run"]
