"""The seeded invented partnership, written in the layouts agencies really send. See README.md."""

from throughline.invent.bench import write_cin_census, write_ssda903_return
from throughline.invent.county import write_county
from throughline.invent.setting import Partnership, partnership
from throughline.invent.writing import POSTCODES, Written, write

__all__ = [
    "POSTCODES",
    "Partnership",
    "Written",
    "partnership",
    "write",
    "write_cin_census",
    "write_county",
    "write_ssda903_return",
]
