"""Transactions over several items and tables."""
