"""The published SSDA903 goes out in its shape and comes in the same, its XML and its repairs included."""

from datetime import date
from pathlib import Path

import pytest

from going_out import goes_out_and_in

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "ssda903"


@pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="THE PUBLISHED SAMPLES ARE NOT THERE: ../shared/samples beside the project"
)
def test_the_published_return_goes_out_and_comes_in_the_same(tmp_path):
    goes_out_and_in(SAMPLE, tmp_path, "ssda903", date(2026, 11, 22))
