"""The line drawn: where everything stands on one axis of time. Pure geometry; a template makes the SVG.

`draw` places what `selectors.line` handed over. It decides nothing about a child: it only says where a
mark stands, what is folded into a bin, and what words go with it (LOOK.md, "The line").
"""

from throughline.web.casework.line.draw import draw
from throughline.web.casework.line.pieces import Drawing
from throughline.web.casework.line.window import SCALES, Window, window

__all__ = ["SCALES", "Drawing", "Window", "draw", "window"]
