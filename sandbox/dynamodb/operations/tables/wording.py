"""What AWS prints in refusals of table operations."""

from collections.abc import Iterable

from sandbox.dynamodb.faults import (
    ResourceInUseException,
    ResourceNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.storage.table import Table

__all__ = ["in_use", "invalid", "listed", "source_not_found", "table_not_found"]

_IN_USE = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}


def invalid(text: str) -> ValidationException:
    """A broken rule with the usual beginning. Source: dynamodb-exact §12, prefix P."""
    return ValidationException(f"One or more parameter values were invalid: {text}")


def listed(names: Iterable[str]) -> str:
    """A list as Java prints it: ``[a, b]``."""
    return f"[{', '.join(names)}]"


def table_not_found(name: str) -> ResourceNotFoundException:
    """No such table, in the words of control operations."""
    return ResourceNotFoundException(f"Requested resource not found: Table: {name.rpartition('/')[2]} not found")


def source_not_found(name: str) -> TableNotFoundException:
    """No such table, in the words of backups and recovery. Source: getmoto/moto 3995, checked against AWS."""
    return TableNotFoundException(f"Table not found: {name.rpartition('/')[2]}")


def in_use(table: Table) -> ResourceInUseException:
    """The table is in a passing status. Source: dynamodb-exact §19.2; the words for UPDATING and DELETING by analogy."""
    doing = _IN_USE[table.definition.status]
    return ResourceInUseException(
        f"Attempt to change a resource which is still in use: Table is being {doing}: {table.name}"
    )
