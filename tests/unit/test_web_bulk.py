"""Lists as PostgreSQL writes them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from throughline.web.bulk import array_text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "{}"),
        ([""], '{""}'),
        (["a", "b"], '{"a","b"}'),
        (["NULL", "a,b", "{"], '{"NULL","a,b","{"}'),
        (['say "so"', "back\\slash"], '{"say \\"so\\"","back\\\\slash"}'),
        (["a", None], '{"a",NULL}'),
        (["a\x1fb", "c"], '{"a\x1fb","c"}'),
        ([1, True], '{"1","True"}'),
    ],
)
def test_values_are_quoted_and_nothing_is_taken_for_a_boundary(values: Sequence[object], text: str) -> None:
    assert array_text(values) == text
    assert array_text(iter(values)) == text
