"""That there is no such global table."""

__all__ = ["no_global_table"]


def no_global_table(name: str) -> str:
    """What AWS says of a name that no global table has. Source: ack-api-quirks DDB-TABLE-187, DDB-GLOBALTABLE-004."""
    return f"Global table with name: '{name}' does not exist."
