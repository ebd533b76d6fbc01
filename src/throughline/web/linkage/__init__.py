"""Which sources' people are one child."""
