"""How long a change of TTL is under way.

AWS takes up to an hour, shows ENABLING or DISABLING meanwhile, and refuses another change within that hour. Here a
change is under way as long as the configured delay of table updates: not at all by default.
"""

from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition

__all__ = ["is_changing", "status_of"]


def is_changing(scope: Scope, definition: TableDefinition) -> bool:
    """Whether the last change of TTL is still under way."""
    changed = definition.expiry_changed
    return changed is not None and scope.clock.now() < changed + scope.delays.update_seconds


def status_of(scope: Scope, definition: TableDefinition) -> str:
    """ENABLING, ENABLED, DISABLING or DISABLED."""
    if definition.expiry_attribute is not None:
        return "ENABLING" if is_changing(scope, definition) else "ENABLED"
    return "DISABLING" if is_changing(scope, definition) else "DISABLED"
