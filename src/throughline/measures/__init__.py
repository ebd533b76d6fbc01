"""Counts of people and of what is owed to them, as tables that may be shown: nobody's number can be read off them."""

from throughline.measures.holding_back import ALL, EXACT, FEW, HELD, THRESHOLD, Place, Shown, hold_back

__all__ = ["ALL", "EXACT", "FEW", "HELD", "THRESHOLD", "Place", "Shown", "hold_back"]
