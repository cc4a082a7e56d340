"""Replicas in other regions, which are not written yet: what AWS would refuse is refused in its words, the rest in ours."""

from collections.abc import Sequence
from typing import Any

from sandbox.dynamodb.faults import ValidationException

__all__ = ["check_replica_updates"]

_ACTIONS = ("Create", "Update", "Delete")


def check_replica_updates(updates: Sequence[Any]) -> None:
    """Refuse to replicate.

    Raises:
        ValidationException: always; in AWS's words where an update has no action (ack-api-quirks DDB-TABLE-442).
    """
    if any(not isinstance(update, dict) or not any(update.get(action) for action in _ACTIONS) for update in updates):
        raise ValidationException("There are no actions specified in the Replica Update Action of the request.")
    # Not AWS's words: replicas are not written yet, and pretending would be worse than saying so.
    raise ValidationException("ReplicaUpdates are not supported by this sandbox")
