"""Pages of casework: each asks a selector, or calls an action, and draws what comes back."""
