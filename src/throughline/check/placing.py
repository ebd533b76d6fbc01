"""Where children's placements lie, as lines of the command's file and counts of its report."""

from __future__ import annotations

from throughline import timeline
from throughline.check.outputs import quoted
from throughline.check.summary import Summary

_STATE = "placement"


def placement_lines(child: str, line: timeline.Line, summary: Summary) -> str:
    """The lines of ``placements.csv`` of one child (`child` as it stands in a line); counts on the way."""
    places = line.places
    if places is None:
        return ""
    lines = []
    for placement in line.segments(_STATE):
        attrs, opened = placement.attrs, placement.opened_by
        summary.postcodes.update(places.tally(opened, line.las))
        if placement.holds_on(line.day):
            summary.placed_now[attrs["out_of_area"]] += 1
        level = max(event.level for event in opened.events)
        tags = sorted(set().union(*(event.tags for event in opened.events)))
        lines.append(
            f"{child},{placement.start if placement.start_known else ''},{placement.end or ''},"
            f"{quoted(attrs['placement_type'])},{attrs['responsible_la']},"
            f"{attrs['home_la']},{attrs['host_la']},{attrs['miles']},{attrs['out_of_area']},{attrs['at_a_distance']},"
            f"{level},{';'.join(tags)}\n"
        )
    return "".join(lines)
