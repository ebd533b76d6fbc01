"""Lines of the site's log: what was asked for and what broke, with nobody and no secret in it.

An address may be its own key (a calendar's, a first password's), and what an error says may name a child: a line gives
the address as the URL map has it, and of an error its sort and where it happened.
"""

from __future__ import annotations

import logging
import traceback
from copy import copy
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(logging.Formatter):
    """One record as text."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line, and where it broke if it did."""
        said = copy(record)
        said.exc_text = None  # what another formatter made of it
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            path, found = getattr(request, "path", None), getattr(request, "resolver_match", None)
            said.args = tuple(_address(found) if arg == path else arg for arg in record.args)
        return super().format(said)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - logging's own name
        """Where it happened and the sort of error, not what it says; what it came from before it."""
        parts: list[str] = []
        error = ei[1]
        while error is not None:
            where = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"{where}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhich came of\n".join(parts)


def _address(found: object) -> str:
    return f"/{route}" if (route := getattr(found, "route", "")) else "an address there is none of"
