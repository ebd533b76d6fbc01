"""Many guesses at the same moment: what counts them is not outrun."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from door import come_in, set_up, text
from throughline.web.accounts import guesses, proving

AT_ONCE = 2 * guesses.PER_ACCOUNT


@pytest.mark.usefixtures("own_database")
def test_of_twice_as_many_guesses_at_one_name_at_once_half_are_not_even_looked_at(settings, monkeypatch) -> None:
    set_up(settings)
    looked_at = []
    together = threading.Barrier(AT_ONCE)
    monkeypatch.setattr(proving, "authenticate", lambda request, **typed: looked_at.append(typed))

    def guess(number: int) -> str:
        together.wait(60)
        try:
            return text(come_in(Client(), "ana@example.org", f"guess {number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(guess, range(AT_ONCE)))
    assert len(looked_at) == guesses.PER_ACCOUNT
    assert sum(guesses.HELD in answer for answer in answers) == AT_ONCE - guesses.PER_ACCOUNT
