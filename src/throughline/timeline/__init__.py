"""One child's line: happenings, states, and what can be known of them. See README.md."""

from throughline.timeline import relations
from throughline.timeline.coverage import NO_COVERAGE, CoverageIndex
from throughline.timeline.happenings import Happening
from throughline.timeline.holding import NOT_OF_THE_LINE, Page, page, reasons
from throughline.timeline.joining import Parted
from throughline.timeline.known import (
    Recorded,
    first_received,
    not_yet_receiving,
    received_by,
    recorded_by,
)
from throughline.timeline.line import Line, build
from throughline.timeline.mentions import Mention, mentions_in
from throughline.timeline.places import NO, YES, Places, Whereabouts
from throughline.timeline.states import Change, Segment

__all__ = [
    "NO",
    "NOT_OF_THE_LINE",
    "NO_COVERAGE",
    "YES",
    "Change",
    "CoverageIndex",
    "Happening",
    "Line",
    "Mention",
    "Page",
    "Parted",
    "Places",
    "Recorded",
    "Segment",
    "Whereabouts",
    "build",
    "first_received",
    "mentions_in",
    "not_yet_receiving",
    "page",
    "reasons",
    "received_by",
    "recorded_by",
    "relations",
]
