"""Many files written side by side, in little memory and with one file open at a time.

Rows arrive child by child and each child's rows go to dozens of files; they wait in memory until there are
a few megabytes of them and are then appended, file by file.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

HELD = 3_000_000
"""Characters that may wait before they are written."""


class Files:
    """Text files under one folder. Use as a context manager: leaving it writes what waits and the endings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, list[str]] = {}
        self._endings: dict[str, str] = {}
        self._held = 0
        self.count = 0
        """Files begun."""

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        for name, ending in self._endings.items():
            self.add(name, ending)
        self._flush()

    def begin(self, name: str, text: str, ending: str = "") -> None:
        """Start a file with its header; it is there even if nothing follows. `ending` closes it."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        self.count += 1
        if ending:
            self._endings[name] = ending

    def place(self, name: str) -> Path:
        """Where a file that somebody else writes as a whole goes."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.count += 1
        return path

    def add(self, name: str, text: str) -> None:
        """Append text to a file begun before."""
        waiting = self._waiting.get(name)
        if waiting is None:
            self._waiting[name] = [text]
        else:
            waiting.append(text)
        self._held += len(text)
        if self._held > HELD:
            self._flush()

    def _flush(self) -> None:
        for name, texts in self._waiting.items():
            with (self._folder / name).open("ab") as stream:
                stream.write("".join(texts).encode())
        self._waiting.clear()
        self._held = 0
