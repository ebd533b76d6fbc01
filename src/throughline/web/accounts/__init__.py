"""People who sign in, and why each may see which child."""
