"""What children's events mention, set down while their answers are worked out, taken up subject by subject after.

A county mentions its places more often than fits in memory; only where each mention stands is held there.
"""

from __future__ import annotations

import pickle
import shutil
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path

from throughline.feeds.subjects import Subject
from throughline.timeline import Happening, Mention


class Mentions:
    """A file beside the answers, written by this very run and gone with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")

    def add(self, subject: Subject, child: int, happening: Happening) -> None:
        """Set one mention down; `child` is the child's number."""
        pickle.dump((subject.key, child, tuple(happening)), self._file, pickle.HIGHEST_PROTOCOL)

    def append(self, path: Path) -> None:
        """Add what another process has set down."""
        with path.open("rb") as part:
            shutil.copyfileobj(part, self._file, 1 << 20)

    def flush(self) -> None:
        """Write down what is still held back."""
        self._file.flush()

    def close(self) -> None:
        """Nothing is added any more."""
        self._file.close()

    def places(self) -> Mapping[str, array[int]]:
        """`Subject.key` -> where in the file each of its mentions stands."""
        self.flush()
        found: dict[str, array[int]] = {}
        with self._path.open("rb") as file:
            end = self._path.stat().st_size
            while (place := file.tell()) < end:
                key, _, _ = pickle.load(file)
                found.setdefault(key, array("q")).append(place)
        return found

    def at(self, places: array[int]) -> Iterator[tuple[int, Mention]]:
        """The mentions that stand there, each with its child's number."""
        with self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                _, child, happening = pickle.load(file)
                yield child, Mention(str(child), Happening(*happening))
