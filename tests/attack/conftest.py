"""The attack's own fixtures: the partnership that is attacked, built once, and the table of what was tried."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from attempts import REPORTED, Attack
from house import pointed_at, server
from throughline.web.roles import Urls

if TYPE_CHECKING:
    from stronghold import Stronghold


@pytest.fixture
def attack(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Attack]:
    """Where a test counts its attempts, under the first line of what it says it does; a leak fails it."""
    made = Attack((request.function.__doc__ or request.function.__name__).strip().splitlines()[0].rstrip("."))
    yield made
    record_property(REPORTED, [made.what, made.tried, made.leaks])
    assert made.tried, f"{made.what}: nothing was tried"
    assert not made.leaks, made.said()


# --- the partnership, built once and copied -----------------------------------------------------------------


@functools.cache
def _built() -> tuple[str, Stronghold]:
    """The name of the database that holds it, which is only ever copied, and what stands in it."""
    from stronghold import build

    with pointed_at(server().clone()) as name, tempfile.TemporaryDirectory() as folder:
        return name, build(Path(folder))


@functools.cache
def _shared() -> tuple[Urls, Stronghold]:
    """The copy that those attacks share that leave it as it is."""
    name, built = _built()
    return server().clone(of=name), built.anew()


@pytest.fixture(scope="session")
def files_of_it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the partnership's files lie."""
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture
def on_the_day(settings: Any, files_of_it: Path) -> None:
    """The day the partnership is looked at."""
    from addresses import PROVIDER

    from stores import NOW

    settings.THROUGHLINE_NOW = NOW
    settings.DATA_FOLDER = files_of_it
    settings.FILE_UPLOAD_TEMP_DIR = files_of_it
    settings.PROVIDERS = str(files_of_it / "providers.yaml")
    listed = {"title": "Norbrook Council", "issuer": "http://127.0.0.1:9", "client_id": "x", "client_secret": "x"}
    Path(settings.PROVIDERS).write_text(yaml.safe_dump([{"id": PROVIDER, "agencies": ["la:971"], **listed}]))


@pytest.fixture
def stronghold(on_the_day: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stronghold]:
    """The partnership, to be tried and left as it is."""
    with django_db_blocker.unblock():
        urls, built = _shared()
        with pointed_at(urls):
            yield built


@pytest.fixture
def own_stronghold(on_the_day: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stronghold]:
    """The partnership, to be broken."""
    with django_db_blocker.unblock():
        template, built = _built()
        with pointed_at(server().clone(of=template)) as name:
            yield built.anew()
    server().administer(f"drop database {name} with (force)")
