"""Throughline: one line through a child's life, across agencies, areas and into adulthood."""
