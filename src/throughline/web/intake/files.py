"""Delivered bytes, kept once under their SHA-256 in the data folder, whatever names they came under."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings

_CHUNK = 1 << 20


class DiskFull(Exception):
    """There is no room for the files; nothing of the delivery was kept."""

    def __init__(self) -> None:
        super().__init__(
            "There is no room left on the disk, so nothing of this delivery was kept. "
            "Make room, then hand the files in again."
        )


class Removed(Exception):
    """The bytes have been let go, because somebody in them was; what was used of them is kept as statements."""

    def __init__(self) -> None:
        super().__init__("A file of this delivery has been let go. If it is needed, ask its agency to send it again.")


def keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write bytes to where they belong; their SHA-256 and how many there are. Raises `DiskFull`."""
    folder = settings.DATA_FOLDER / "files"
    digest, size = hashlib.sha256(), 0
    with _room_or_say_so():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".arriving-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            place = where(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size


def where(sha256: str) -> Path:
    """Where the bytes of this hash lie."""
    return Path(settings.DATA_FOLDER) / "files" / sha256[:2] / sha256


@contextmanager
def laid_out(files: Iterable[tuple[str, str]]) -> Iterator[Path]:
    """A folder with these files under the names they came with: (name, SHA-256). Gone afterwards.

    Raises `DiskFull`, and `Removed` where one of them has been let go.
    """
    base = Path(settings.DATA_FOLDER) / "reading"
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=base))
    try:
        with _room_or_say_so():
            for name, sha256 in files:
                if not where(sha256).exists():
                    raise Removed
                place = folder / safe_name(name)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(where(sha256), place)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget(hashes: Iterable[str]) -> None:
    """Remove the bytes of these files, and any link to them that a reader which was killed left behind."""
    for sha256 in hashes:
        place = where(sha256)
        for link in _left_behind() if place.exists() else ():
            with suppress(FileNotFoundError):  # its reader has just ended
                if link.samefile(place):
                    link.unlink()
        place.unlink(missing_ok=True)


def sweep(hashes: Iterable[str], before: datetime) -> None:
    """Remove the bytes of files that were let go but are here again, and what a killed upload or reader left before
    this moment."""
    forget(hashes)
    arriving = (Path(settings.DATA_FOLDER) / "files").glob(".arriving-*")
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*")
    for path in (*arriving, *uploads, *_left_behind()):
        with suppress(FileNotFoundError):
            if path.stat().st_ctime < before.timestamp():
                path.unlink()


def _left_behind() -> list[Path]:
    return [path for path in (Path(settings.DATA_FOLDER) / "reading").rglob("*") if path.is_file()]


def safe_name(name: str) -> str:
    """A name within a delivery that cannot lead out of it: forward slashes, no dots that climb, not hidden."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", ".", ".."}]
    kept = [part.replace(":", "_").lstrip(".") or "_" for part in parts]
    return "/".join(kept)[-400:] or "file"


@contextmanager
def _room_or_say_so() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise
