"""Deliveries and the statements in them."""
