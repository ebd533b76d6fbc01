"""Daily attendance: a county's register marks, read as runs.

`FEED` is the whole of it. `register.yaml` says what a code counts as, `marks` keeps one file's marks while they
are put together, `reading` turns rows into marks and marks into statements, `runs` says what one child's
statements mean.
"""

from __future__ import annotations

from throughline.feeds.attendance.feed import FEED

__all__ = ["FEED"]
