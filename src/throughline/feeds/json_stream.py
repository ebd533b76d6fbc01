"""JSON extracts, one child at a time: an array, a line each, or a single object; memory does not grow with the file.

What breaks off gives what stood before the break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import ijson

from throughline.feeds.base import Fault, Source, Unreadable
from throughline.feeds.faults import file_fault

_LOOKED_AT = 65_536
_MOST_OF_ONE = 16 << 20
"""Bytes of one child: no record of a child is so long."""
_DEEPEST = 64
"""Brackets inside brackets: the API has six. What is deeper brings the parser down, and us with it."""
_LONGEST_NUMBER = 2_000
"""Digits of a number: a longer one does the same."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_ESCAPE_OPEN = re.compile(rb"(?<!\\)(?:\\\\)*+\\\Z", re.DOTALL)
_NUMBER = re.compile(rb"\d{%d}" % _LONGEST_NUMBER)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {**dict.fromkeys(b"[{", 1), **dict.fromkeys(b"]}", -1)}
_BOM = b"\xef\xbb\xbf"


def head_text(source: Source) -> str:
    """The first bytes as text; only good for looking at."""
    return source.head(_LOOKED_AT).removeprefix(_BOM).decode("utf-8", "replace").lstrip()


def is_json(source: Source) -> bool:
    """Whether a file begins as JSON does."""
    return head_text(source)[:1] in ("[", "{")


def objects(source: Source) -> Iterator[Any]:
    """Each thing of the outermost array, or each outermost thing: what a JSON value becomes in Python, numbers
    with a point as Decimal. Raises `Unreadable` where the file breaks off or is no JSON.
    """
    prefix = "item" if head_text(source)[:1] == "[" else ""
    fed = _Fed(source)
    count = 0
    try:
        for thing in ijson.items(fed, prefix, multiple_values=True):
            count += 1
            fed.since = 0
            yield thing
    except (ijson.JSONError, ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(_broken(source.name, count, error)) from error


class _Fed:
    """The bytes of a source as a file, up to what would bring the parser down or never ends."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._chunks = iter(source.stream())
        self._rest = b""
        self._first = True
        self._open = b""
        """What puts the next chunk inside the string it begins in."""
        self._depth = 0
        self._stop: Fault | None = None
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; empty at the end. (Asked for none, to see that they are bytes.)"""
        if size == 0:
            return b""
        if not self._rest:
            if self._stop:
                raise Unreadable(self._stop)
            chunk = next(self._chunks, b"")
            if self._first:
                chunk, self._first = chunk.removeprefix(_BOM), False
            self._rest = self._harmless(chunk)
        taken, self._rest = (self._rest[:size], self._rest[size:]) if size > 0 else (self._rest, b"")
        self.since += len(taken)
        if self.since > _MOST_OF_ONE:
            raise Unreadable(_swollen(self._name))
        return taken

    def _harmless(self, chunk: bytes) -> bytes:
        """The chunk up to where it nests deeper, or a number goes on for longer, than in any extract."""
        before = len(self._open)
        text = self._open + chunk
        outside, quote, rest = _STRING.sub(b"", text).partition(b'"')
        depths = list(accumulate(map(_STEP.__getitem__, outside.translate(None, _NOT_BRACKETS)), initial=self._depth))
        if max(depths) <= _DEEPEST and not _NUMBER.search(outside):
            self._open = quote + (b"\\" if _ESCAPE_OPEN.search(rest) else b"")
            self._depth = depths[-1]
            return chunk
        harm = self._harm(text)
        self._stop = _harmful(self._name)
        return text[before:harm]

    def _harm(self, text: bytes) -> int:
        """Where what is harmful begins; gone through only once there is something."""
        depth, at = self._depth, 0
        for string in (*_STRING.finditer(text), None):
            end = string.start() if string else len(text)
            if number := _NUMBER.search(text, at, end):
                end = number.start()
            for place in range(at, end):
                depth += _STEP.get(text[place], 0)
                if depth > _DEEPEST:
                    return place
            if number or string is None:
                return end
            at = string.end()
        return len(text)


def _broken(name: str, count: int, error: Exception) -> Fault:
    said = " ".join(str(error).split())[:120]
    return file_fault(
        name,
        "json-broken",
        f"The file stops being JSON after its record {count} ({said}). What stood before that was used; send the "
        "file again, whole.",
        row=count,
    )


def _harmful(name: str) -> Fault:
    return file_fault(
        name,
        "json-harmful",
        f"The file nests its records more than {_DEEPEST} deep or holds a number of more than {_LONGEST_NUMBER:,} "
        "figures, as no extract does. What stood before that was used.",
    )


def _swollen(name: str) -> Fault:
    return file_fault(
        name,
        "json-swollen",
        f"One record of the file goes on for more than {_MOST_OF_ONE >> 20} MiB, as no child's does. What stood "
        "before it was used.",
    )
