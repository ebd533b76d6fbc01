"""A child's line, what is owed, and what people do about it."""
