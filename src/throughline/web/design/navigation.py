"""Where the words of the bar and the foot lead; which words a role has is said in `words`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.urls import NoReverseMatch, reverse

from throughline import words

FIND = "Find a child"
"""The word of the bar that leads to the search."""


class Entry(NamedTuple):
    """One word of the bar or the foot."""

    word: str
    href: str
    current: bool
    """The page being shown is this one or stands under it."""


class _Page(NamedTuple):
    url: str
    under: tuple[str, ...]
    not_for: frozenset[str]


@cache
def _pages(part: str) -> dict[str, _Page]:
    data = yaml.safe_load(Path(__file__).with_name("navigation.yaml").read_text(encoding="utf-8"))
    return {
        word: _Page(page["url"], tuple(page["under"]), frozenset(page.get("not_for", ())))
        for word, page in data[part].items()
    }


def bar(role: str, path: str) -> tuple[Entry, ...]:
    """The bar of a role, in its order, with only the words whose page exists. An unknown role has none."""
    known = words.roles().get(role)
    return _entries("bar", known.bar, path, role) if known else ()


def foot(path: str) -> tuple[Entry, ...]:
    """The words under every page."""
    return _entries("foot", _pages("foot"), path)


def _entries(part: str, wanted: Iterable[str], path: str, role: str = "") -> tuple[Entry, ...]:
    pages = _pages(part)
    found = []
    for word in wanted:
        page = pages.get(word)
        if page is None or role in page.not_for:
            continue
        try:
            href = reverse(page.url)
        except NoReverseMatch:
            continue
        found.append(Entry(word, href, any(_stands_under(path, root) for root in page.under)))
    return tuple(found)


def _stands_under(path: str, root: str) -> bool:
    return path == root or (root != "/" and path.startswith(root + "/"))
