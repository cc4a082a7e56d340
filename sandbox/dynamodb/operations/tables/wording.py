"""What AWS prints in refusals of table operations."""

from collections.abc import Iterable, Sequence

from sandbox.dynamodb.faults import (
    ResourceInUseException,
    ResourceNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.storage.table import AnyIndexDefinition, Table, TableDefinition
from sandbox.wire.hash_order import hash_ordered

__all__ = [
    "ALREADY_EXISTS",
    "ONE_AT_A_TIME",
    "being_updated",
    "in_use",
    "index_in_use",
    "invalid",
    "key_schema",
    "listed",
    "listed_definitions",
    "no_such_index",
    "redefined",
    "source_not_found",
    "still_in_use",
    "table_not_found",
    "vector_schema",
]

ALREADY_EXISTS = "Attempting to create an index which already exists"
ONE_AT_A_TIME = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"


def invalid(text: str) -> ValidationException:
    """A broken rule with the usual beginning. Source: dynamodb-exact §12, prefix P."""
    return ValidationException(f"One or more parameter values were invalid: {text}")


def listed(names: Iterable[str]) -> str:
    """A list as Java prints it: ``[a, b]``."""
    return f"[{', '.join(names)}]"


def listed_definitions(names: Sequence[str]) -> str:
    """The names of attribute definitions as AWS lists them: a hash table made for so many."""
    buckets = 1 << max(0, len(names) - 1).bit_length()
    if len(names) > buckets * 3 // 4:
        buckets *= 2
    return listed(hash_ordered(names, buckets))


def table_not_found(name: str) -> ResourceNotFoundException:
    """No such table, in the words of control operations."""
    return ResourceNotFoundException(f"Requested resource not found: Table: {name.rpartition('/')[2]} not found")


def source_not_found(name: str) -> TableNotFoundException:
    """No such table, in the words of backups and recovery. Source: getmoto/moto 3995, checked against AWS."""
    return TableNotFoundException(f"Table not found: {name.rpartition('/')[2]}")


def in_use(table: Table) -> ResourceInUseException:
    """The table is in a passing status, in the words of most operations. Source: ack-api-quirks DDB-TABLE-444."""
    match table.definition.status:
        case "CREATING" | "DELETING" as status:
            doing = "created" if status == "CREATING" else "deleted"
            text = f"Table is being {doing}: {table.name}"
        case _ if table.definition.pending_throughput is not None:
            text = f"Table IOPS are currently being updated. Table: {table.name}"
        case _:
            text = being_updated(table.name)
    return still_in_use(text)


def being_updated(name: str) -> str:
    """What DeleteTable says of a table that is being updated, and UpdateTable of what it has no sentence for."""
    return f"Table: {name} is in the process of being updated."


def still_in_use(text: str) -> ResourceInUseException:
    """A resource is in the middle of another change."""
    return ResourceInUseException(f"Attempt to change a resource which is still in use: {text}")


def redefined(existing: str, new: str) -> ValidationException:
    """An attribute would be a key and a vector, or a vector of two lengths."""
    return invalid(
        "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. "
        f"Existing schema: {existing} New schema: {new}"
    )


def key_schema(name: str, type_: str, kind: str) -> str:
    """A key attribute, as AWS prints it."""
    return f"Schema:[SchemaElement: key{{{name}:{type_}:{kind}}}]"


def vector_schema(name: str, dimensions: int) -> str:
    """An attribute of vectors, as AWS prints it."""
    return f"VectorIndexSchema:[VectorAttribute: key{{{name}:L:{dimensions}}}]"


def no_such_index(definition: TableDefinition, name: str) -> ResourceNotFoundException:
    """The table has no index of that name and kind."""
    return ResourceNotFoundException(f"Requested resource not found: Index {name} for table {definition.name}")


def index_in_use(definition: TableDefinition, index: AnyIndexDefinition) -> ResourceInUseException:
    """It is being changed. The words, and their two blanks, are quoted in public issues (hashicorp/terraform 9559, 13243)."""
    doing = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}[index.status]
    return still_in_use(f"Index is being {doing}.  Table: {definition.name} Index: {index.name}")
