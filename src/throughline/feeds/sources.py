"""Where the files of a delivery lie: one file, a folder, a zip, a workbook; nothing is written for reading.

Members of a zip are streamed. A member that could harm (a path that climbs out, a bomb, a link) or that
cannot be opened (encrypted, odd compression) becomes a source that holds its fault and no bytes.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from throughline.feeds.base import Fault
from throughline.feeds.faults import file_fault
from throughline.feeds.files import READ_ERRORS, FileSource, column_name, shown
from throughline.feeds.workbooks import OLD_OFFICE, is_workbook, old_office, sheets

__all__ = ["FileSource", "column_name", "open_sources"]

MOST_MEMBERS = 10_000
MOST_BYTES = 32 << 30
"""Unpacked bytes of one zip."""
MOST_RATIO = 200
"""Unpacked to packed. Real extracts pack 5 to 30 times."""
SMALL = 1 << 20
"""Bytes below which a member's ratio is not looked at: a short file of one letter packs well."""
MOST_OFFICE = 64 << 20
"""Bytes of a workbook within a zip: it is held in memory."""

_JUNK = {"thumbs.db", "desktop.ini", "__macosx"}
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml")
_ENCRYPTED = 0x1


def open_sources(path: Path) -> list[FileSource]:
    """The files at `path` (a file, a folder with all below it, or a zip), sorted by name; a workbook's sheets.

    Hidden files and what desktops leave behind are passed over. Raises FileNotFoundError if there is
    nothing at `path`; everything else that is wrong is a fault of the source it concerns.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is nothing at {path}")
    if path.is_dir():
        return sorted(_in_folder(path), key=lambda source: source.name)
    return list(_at(path, shown(path.name), inside=""))


def _in_folder(root: Path) -> Iterator[FileSource]:
    unreadable: list[OSError] = []
    real_root = root.resolve()
    for folder, folders, files in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not _is_junk(name)]
        for file in files:
            if _is_junk(file):
                continue
            path = Path(folder, file)
            name = shown(path.relative_to(root).as_posix())
            if not path.resolve().is_relative_to(real_root):
                yield _refused(name, "file-outside", f"{name} is a link that leads out of the folder.")
            else:
                yield from _at(path, name, inside=name + "/")
    for error in unreadable:
        name = shown(Path(str(error.filename)).relative_to(root).as_posix())
        yield _refused(name, "file-unreadable", f"{name} cannot be opened ({error.strerror}).")


def _at(path: Path, name: str, inside: str) -> Iterator[FileSource]:
    """The source or, for a zip, the sources at one path; `inside` is put before members' names."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield _refused(name, "file-unreadable", f"{name} is not an ordinary file.")
            return
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        yield _refused(name, "file-unreadable", f"{name} cannot be opened ({error.strerror}).")
        return
    if start == b"PK\x03\x04":
        yield from _in_zip(path, name, inside)
    elif start == OLD_OFFICE:
        yield old_office(name, lambda: path.open("rb"))
    else:
        source = FileSource(name, status.st_size, lambda: path.open("rb"))
        source.path = path
        yield source


def _in_zip(path: Path, name: str, inside: str) -> Iterator[FileSource]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield _refused(name, "zip-broken", f"{name} is cut short or damaged ({error}); send it again, whole.")
        return
    members = [member for member in archive.infolist() if not member.is_dir()]
    names = {member.filename for member in members}
    if any(name in names for name in _OFFICE):  # a workbook or document is a zip too
        archive.close()
        yield from _office(FileSource(name, path.stat().st_size, lambda: path.open("rb")), names)
        return
    if too_much := _too_much(name, members, path.stat().st_size):
        archive.close()
        yield FileSource(name, 0, _nothing, too_much)
        return
    for member in sorted(members, key=lambda member: member.filename):
        if any(_is_junk(part) for part in member.filename.split("/")) and ".." not in member.filename:
            continue
        label = shown(inside + member.filename)
        refused = _refusal(label, member)
        yield from _member(FileSource(label, member.file_size, _opener(archive, member), refused))


def _member(source: FileSource) -> Iterator[FileSource]:
    """One file of a zip, or the sheets of a workbook in it."""
    start = source.head(4)
    if start == OLD_OFFICE:
        yield old_office(source.name, source.open)
    elif start == b"PK\x03\x04" and source.size <= MOST_OFFICE:
        unpacked = FileSource(source.name, source.size, _in_memory(source.open))
        try:
            with unpacked.open() as file, zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
        except READ_ERRORS:
            names = set()
        yield from _office(unpacked, names) if is_workbook(names) else (source,)
    else:
        yield source


def _office(source: FileSource, names: set[str]) -> Iterator[FileSource]:
    """The sheets of a workbook; any other document as it is."""
    if is_workbook(names):
        yield from sheets(source.name, source.size, source.open)
    else:
        yield source


def _in_memory(opener: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
    """Opens what `opener` does as a file one can go back in: within a zip that is slow otherwise."""

    def opened() -> BinaryIO:
        with opener() as file:
            return io.BytesIO(file.read())

    return opened


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(member))


def _nothing() -> BinaryIO:
    raise OSError("refused")


def _too_much(name: str, members: list[zipfile.ZipInfo], packed: int) -> Fault | None:
    """The fault of a zip that would unpack into more than any delivery is."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        what = f"holds {len(members):,} files, more than {MOST_MEMBERS:,}"
    elif unpacked > MOST_BYTES:
        what = f"would unpack to {unpacked:,} bytes, more than {MOST_BYTES:,}"
    elif unpacked > SMALL and unpacked > packed * MOST_RATIO:
        what = f"would unpack to {unpacked / packed:,.0f} times its size, as no extract does"
    else:
        return None
    return file_fault(name, "zip-bomb", f"{name} {what}. It was not opened.")


def _refusal(name: str, member: zipfile.ZipInfo) -> Fault | None:
    """Why one member is not opened, if it is not."""
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        return file_fault(name, "zip-path", f"The zip gives {name} a path that leads out of it; not opened.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return file_fault(name, "zip-link", f"{name} is a link inside a zip; send the file itself.")
    if member.flag_bits & _ENCRYPTED:
        return file_fault(name, "zip-encrypted", f"{name} is locked with a password; send it unlocked.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return file_fault(name, "zip-method", f"{name} is packed in a rare way; make the zip again.")
    if member.file_size > SMALL and member.file_size > member.compress_size * MOST_RATIO:
        return file_fault(name, "zip-bomb", f"{name} would unpack to far more than an extract does.")
    return None


def _is_junk(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _JUNK


def _refused(name: str, rule: str, message: str) -> FileSource:
    return FileSource(name, 0, _nothing, file_fault(name, rule, message))
