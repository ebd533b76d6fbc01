"""Files that are handed in: names that climb, archives that burst, markup that fetches; and what they may not do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from planted import FORMULA, SCRIPT
from probing import wrong_with
from stronghold import Stronghold

from attempts import Attack
from throughline.web.casework import loading
from throughline.web.intake.models import DeliveredFile, Delivery

DAY = {"received_on-day": "20", "received_on-month": "4", "received_on-year": "2026", "sender": "", "purpose": SCRIPT}
ENTITY = b"""<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]><Message>&b;</Message>"""
LAUGHS = (
    b"<!DOCTYPE m [<!ENTITY a0 'zq'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><Message>&a9;</Message>"
)


def archive(*names: str, content: bytes = b"a,b\n1,2\n") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name in names:
            book.writestr(name, content)
    return out.getvalue()


HARMFUL = {
    "../../../evil.csv": b"a,b\n1,2\n",
    "/etc/evil.csv": b"a,b\n1,2\n",
    "..\\..\\evil.csv": b"a,b\n1,2\n",
    "evil\r\nSet-Cookie: zq=1.csv": b"a,b\n1,2\n",
    f"{SCRIPT}.csv": f"{FORMULA},{SCRIPT}\n{FORMULA},{SCRIPT}\n".encode(),
    "climbs.zip": archive("../../evil.csv", "/tmp/evil.csv", "..\\evil.csv"),
    "bursts.zip": archive("zeros.csv", content=b"0" * 60_000_000),
    "within.zip": archive("a.zip", content=archive("b.zip", content=archive("evil.csv"))),
    "evil.xml": ENTITY,
    "laughs.xml": LAUGHS,
    "evil.xlsx": archive("[Content_Types].xml", "xl/workbook.xml", content=ENTITY),
    "program.exe": b"MZ" + bytes(2000),
    "page.html": b"<script>alert(7)</script>",
    "nothing.csv": b"",
}


def test_harmful_files_handed_in(own_stronghold: Stronghold, attack: Attack, settings, tmp_path: Path) -> None:
    """Files handed in: climbing names, bursting archives, entities, programs"""
    settings.DATA_FOLDER = tmp_path / "deep" / "down" / "data"
    seat = own_stronghold.seat("analyst")
    before = outside(tmp_path)
    for name, content in HARMFUL.items():
        file = SimpleUploadedFile("x.csv", content)
        file.name, file._name = name, name  # as a client that is no browser sends it
        answer = seat.browser.post(reverse("delivery_new"), {"files": [file], **DAY})
        wrong = list(wrong_with(seat, name, answer))
        if delivery := Delivery.objects.filter(status=Delivery.Status.WAITING).order_by("-pk").first():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("throughline.web.casework.telling.tell", lambda: 0)
                loading.load(delivery.pk)
            for page in ("delivery", "faults", "faults_csv"):
                shown = seat.browser.get(reverse(page, args=[delivery.pk]))
                wrong += wrong_with(seat, page, shown)
                wrong += ["a file of this machine was read"] if b"root:" in shown.content else []
            wrong += [f"kept as {kept}" for kept in climbing(delivery)]
        wrong += [f"written to {path}" for path in sorted(outside(tmp_path) - before)]
        attack.attempt(repr(name), wrong)


def outside(folder: Path) -> set[Path]:
    """What lies beside the data folder, where nothing of a delivery belongs."""
    data = folder / "deep" / "down" / "data"
    return {path for path in folder.rglob("*") if data not in path.parents and path != data} - {*data.parents}


def climbing(delivery: Delivery) -> list[str]:
    """Names under which its files are kept that lead somewhere else."""
    names = DeliveredFile.objects.filter(delivery=delivery).values_list("name", flat=True)
    return [name for name in names if name.startswith("/") or ".." in name or "\\" in name or "\n" in name]


def test_files_handed_in_by_those_who_may_not(stronghold: Stronghold, attack: Attack) -> None:
    """Files handed in by roles that bring nothing in"""
    for seat in stronghold.seats:
        if seat.policy.intake is None:
            file = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
            answer = seat.browser.post(reverse("delivery_new"), {"files": [file], **DAY})
            attack.attempt(seat.name, answer.status_code != 403 and f"answered {answer.status_code}")


def test_paths_to_files_of_this_machine(stronghold: Stronghold, attack: Attack) -> None:
    """Paths that climb out of the site's own files"""
    browser = stronghold.seat("social_worker").browser
    for path in (
        "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2f..%2fetc/passwd", "/static//etc/passwd",
        "/files/00/x", "/var/demo.json", "/.env", "/media/x", "/static/design/../../demo.json", "//etc/passwd",
    ):  # fmt: skip
        answer = browser.get(path)
        attack.attempt(path, answer.status_code == 200 and "it was given")
