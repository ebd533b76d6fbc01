"""Who looked and who changed what."""
