"""XML returns, one child at a time: nothing outside the file is opened, nothing inside it is expanded.

A file that declares a document type (where entities and bombs live) is not read at all; one that is cut
short or broken gives what stood before the break. Memory does not grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, cast

from lxml import etree

from throughline.feeds.base import Fault, Source, Unreadable
from throughline.feeds.faults import file_fault

_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]+:)?(\w[\w.-]*)[\s/>]")
_NOT_ELEMENTS = re.compile(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_LOOKED_AT = 8192
_LONGEST_HEAD = 1 << 20
_MOST_WITHOUT = 32 << 20
"""Bytes of a file without a single child: what is not asked for is kept in memory until one comes."""


def root_name(source: Source) -> str:
    """Local name of the root element, from the first bytes; blank for what is not XML."""
    text = head_text(source)
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return ""
    found = _FIRST_ELEMENT.search(_NOT_ELEMENTS.sub("", text))
    return found[1] if found else ""


def head_text(source: Source) -> str:
    """The first bytes as text, whatever the encoding; only good for looking at."""
    head = source.head(_LOOKED_AT)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return head[: len(head) & ~1 if encoding == "utf-16" else None].decode(encoding, "replace")


@lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def line_of(element: etree._Element) -> int:
    """The line an element starts on (beyond line 65,535 perhaps the next: libxml2 counts no further)."""
    line: Any = element.sourceline
    return line or 0


def elements(source: Source, *names: str, chunks: Iterable[bytes] | None = None) -> Iterator[etree._Element]:
    """Each element of these local names, once it has ended; it is emptied when the next is asked for.

    `chunks`: in place of the file's own bytes. Raises `Unreadable` where the file breaks off, is no XML, or declares
    a document type.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    fed = 0
    looked_for_doctype = False
    for chunk in source.stream() if chunks is None else chunks:
        broken = _feed(parser, chunk)
        fed += len(chunk)
        for _, ended in parser.read_events():
            element = cast(etree._Element, ended)
            if not looked_for_doctype:
                _refuse_doctype(source.name, element)
                looked_for_doctype = True
            fed = 0
            yield element
            _forget(element)
        if broken:
            raise Unreadable(_broken(source.name, broken)) from broken
        if fed > _MOST_WITHOUT:
            raise Unreadable(_swollen(source.name, names))
    try:
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise Unreadable(_broken(source.name, error)) from error
    _refuse_doctype(source.name, root)


def without_the_first(chunks: Iterable[bytes], element: bytes, skipped: int) -> Iterator[bytes]:
    """The bytes with only the line ends of what lies between the first such element and the first after `skipped`.

    So whoever reads them finds each element on the line it stands on. The element's tag must begin a line and bear
    no prefix: where none does, nothing follows.
    """
    begins = re.compile(rb"\n[ \t]*<" + element + rb"[\s>]")
    held, at, lines, before, after = b"", 0, 0, True, False  # `at`: where in the file what is held begins
    for chunk in chunks:
        if after:
            yield chunk
            continue
        held += chunk
        if before and (found := begins.search(held)):
            yield held[: found.start()]
            held, at, before = held[found.start() :], found.start(), False
        elif before and len(held) > _LONGEST_HEAD:
            return
        if not before:
            found = begins.search(held, max(skipped - at, 1))
            done = found.start() if found else max(len(held) - _LOOKED_AT, 0)
            lines += held.count(b"\n", 0, done)
            held, at = held[done:], at + done
            if found:
                yield b"\n" * lines
                yield held
                after = True


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> etree.XMLSyntaxError | None:
    """Feed the parser; the error, so that what ended before it can still be read."""
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _forget(element: etree._Element) -> None:
    """Empty an element that has been read, and let go of those before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _refuse_doctype(name: str, element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            file_fault(
                name,
                "xml-doctype",
                "The file declares a document type or entities, which no return does and which can do harm. "
                "It was not read; export it again from the system it comes from.",
            )
        )


def _broken(name: str, error: etree.XMLSyntaxError) -> Fault:
    line = error.lineno or 0
    return file_fault(
        name,
        "xml-broken",
        f"The file stops being XML on line {line} ({error.msg}). What stood before that was used; send the "
        "file again, whole.",
        row=line,
    )


def _swollen(name: str, names: tuple[str, ...]) -> Fault:
    return file_fault(
        name,
        "xml-swollen",
        f"The file goes on for {_MOST_WITHOUT >> 20} MiB without a {names[0]} element, as no return does. "
        "What stood before that was used.",
    )
