"""Functions: create, change, read, invoke, publish, delete."""
