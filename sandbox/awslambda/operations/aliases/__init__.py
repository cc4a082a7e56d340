"""Aliases of functions."""
