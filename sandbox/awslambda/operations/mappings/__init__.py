"""Event source mappings: create, change, read, delete."""
