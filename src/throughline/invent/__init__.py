"""The seeded invented partnership, written in the layouts agencies really send. See README.md."""

from throughline.invent.bench import write_cin_census, write_ssda903_return
from throughline.invent.setting import Partnership, partnership
from throughline.invent.writing import Written, write

__all__ = ["Partnership", "Written", "partnership", "write", "write_cin_census", "write_ssda903_return"]
