"""Cells that are half a code and half words: ``q) 6: Police``, ``6 - Police``, ``(6) Police``, ``Police``.

Ofsted's lists number their answers with letters, the department's codes stand behind the letter, and each
system spells the rest its own way (formats §1a). One lenient way reads them all; what it cannot place is a
fault, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from throughline.feeds.lookup import looked_up, tidy

Pair = tuple[str, str]
"""The code, and the problem: a key of `faults.PROBLEMS`, or blank."""

_LETTER = re.compile(r"([a-z]{1,2})\)\s*(.*)", re.DOTALL)
_BRACKETED = re.compile(r"[(\[]\s*([^)\]]{1,8}?)\s*[)\]]")
_LEADING = re.compile(r"(\w{1,6})(?:\s*[:)\]/–-]|\s+|$)")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def half_coded(
    codes: Mapping[str, str], spelt: Mapping[str, str] | None = None, lettered: Sequence[str] = ()
) -> Callable[[str], Pair]:
    """A look-up for one of `codes` (code -> label), however much of code and label the cell gives.

    `spelt`: other words -> code, blank for words that say it is not known. `lettered`: the codes in the order
    of the form's letters (a, b, c ...), for a cell with nothing behind its letter.
    """
    by_code = {code.upper(): code for code in codes}
    by_words = {_plain(label): code for code, label in codes.items()}
    by_words |= {_plain(words): code for words, code in (spelt or {}).items()}
    by_letter = {f"{chr(97 + place)})": code for place, code in enumerate(lettered)}

    def work_out(text: str) -> Pair:
        plain = tidy(text)
        if not plain:
            return "", ""
        for part in _parts(plain):
            code = by_code.get(part.upper(), by_words.get(_plain(part)))
            if code is not None:
                return code, ""
        code = by_letter.get(plain)
        return ("", "code-unknown") if code is None else (code, "")

    return looked_up(work_out)


def _parts(text: str) -> Iterator[str]:
    """What could be the code or its words in a cell, likeliest first: all of it, what stands behind the form's
    letter, the code in front, the code in brackets."""
    yield text
    if letter := _LETTER.fullmatch(text):
        text = letter[2]
        yield text
    # In capitals, unless it has a figure: the article "a" is no code.
    if (leading := _LEADING.match(text)) and (leading[1].isupper() or any(map(str.isdigit, leading[1]))):
        yield leading[1]
    yield from _BRACKETED.findall(text)


def _plain(text: str) -> str:
    """Words without case, punctuation or blanks, for comparing."""
    return _NOT_LETTERS.sub("", text.lower())
