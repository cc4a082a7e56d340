"""What keys, attribute definitions and indexes of a table may be: the rules of CreateTable, shared with UpdateTable.

Source: dynamodb-exact §19.1 rows 5-17; ack-api-quirks DDB-TABLE-123 to 129, 366.
"""

from collections.abc import Mapping, Sequence

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import (
    GLOBAL_INDEXES_MAX,
    INDEX_KEY_SIDE_ATTRIBUTES_MAX,
    LOCAL_INDEXES_MAX,
)
from sandbox.dynamodb.operations.tables.projection_rules import check_projected_total, check_projection
from sandbox.dynamodb.operations.tables.throughput_rules import check_index_throughput
from sandbox.dynamodb.operations.tables.vector_rules import check_vector_indexes, projected_count
from sandbox.dynamodb.operations.tables.wording import invalid, listed, listed_definitions
from sandbox.dynamodb.parameters import (
    AttributeDefinition,
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
    VectorIndex,
)
from sandbox.wire.hash_order import hash_ordered

__all__ = [
    "check_definitions",
    "check_global_schema",
    "check_table_schema",
]


def check_table_schema(
    definitions: Sequence[AttributeDefinition],
    key_schema: Sequence[KeySchemaElement],
    local_indexes: Sequence[LocalSecondaryIndex] | None,
    global_indexes: Sequence[GlobalSecondaryIndex] | None,
    vector_indexes: Sequence[VectorIndex] | None,
    billing_mode: str,
) -> None:
    """Check everything about a new table's attributes and indexes, the units of indexes too.

    Raises:
        ValidationException: the first broken rule.
    """
    check_definitions(definitions)
    types = {definition.attribute_name: definition.attribute_type for definition in definitions}
    _check_schema(key_schema, types)
    has_indexes = not (local_indexes is None and global_indexes is None and vector_indexes is None)
    if not has_indexes and len(types) != len(key_schema):
        raise invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
        )
    indexes: list[LocalSecondaryIndex | GlobalSecondaryIndex] = [*(local_indexes or ()), *(global_indexes or ())]
    searched = [
        element.attribute_name for vector_index in vector_indexes or () for element in vector_index.search_schema or ()
    ]
    # That one which holds vectors is defined is told in words of its own.
    searched += {vector_index.vector_attribute.attribute_name for vector_index in vector_indexes or ()} & set(types)
    _check_all_used(types, [key_schema, *(index.key_schema for index in indexes)], searched)
    names: set[str] = set()
    if local_indexes is not None:
        _check_local_indexes(local_indexes, key_schema, types, names)
    if global_indexes is not None:
        _check_global_indexes(global_indexes, types, names, billing_mode)
    if vector_indexes is not None:
        check_vector_indexes(vector_indexes, types, names, billing_mode)
    counts = [len(index.projection.non_key_attributes or ()) for index in indexes]
    check_projected_total(counts + [projected_count(index) for index in vector_indexes or ()])


def _check_all_used(
    types: Mapping[str, str], schemas: Sequence[Sequence[KeySchemaElement]], searched: Sequence[str]
) -> None:
    """Check that each defined attribute is in a key: before any other rule of indexes. Source: DDB-TABLE-127.

    Where an index lacks a definition, its own rules say so.
    """
    used = [element.attribute_name for schema in schemas for element in schema] + [*searched]
    if set(used) < set(types):
        raise invalid(
            "Some AttributeDefinitions are not used. "
            f"AttributeDefinitions: {listed_definitions(list(types))}, keys used: {listed(hash_ordered(used, 16))}"
        )


def check_definitions(definitions: Sequence[AttributeDefinition]) -> None:
    """Check that no attribute is defined twice, even as the same.

    The sentence is quoted in a public issue (scylladb/scylladb 13870).

    Raises:
        ValidationException: one is.
    """
    names: set[str] = set()
    for definition in definitions:
        if definition.attribute_name in names:
            raise ValidationException(f"Attribute Name is duplicated: {definition.attribute_name}")
        names.add(definition.attribute_name)


def _check_local_indexes(
    indexes: Sequence[LocalSecondaryIndex],
    table_schema: Sequence[KeySchemaElement],
    types: Mapping[str, str],
    names: set[str],
) -> None:
    if not indexes:
        raise invalid("List of LocalSecondaryIndexes is empty")
    if len(table_schema) < 2:  # whatever the indexes are like: aws-cloudformation/cfn-lint 3110
        raise invalid(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
        )
    table_hash = table_schema[0].attribute_name
    for index in indexes:
        _check_schema(index.key_schema, types)
        if len(index.key_schema) < 2:
            raise invalid(f"Index KeySchema does not have a range key for index: {index.index_name}")
        index_hash = index.key_schema[0].attribute_name
        if index_hash != table_hash:
            raise invalid(
                f"Index KeySchema does not have the same leading hash key as table KeySchema for index: {index.index_name}. "
                f"index hash key: {index_hash}, table hash key: {table_hash}"
            )
        check_projection(index.projection)
        _check_name(index.index_name, names)
    if len(indexes) > LOCAL_INDEXES_MAX:
        raise invalid(f"Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_INDEXES_MAX}")


def _check_global_indexes(
    indexes: Sequence[GlobalSecondaryIndex], types: Mapping[str, str], names: set[str], billing_mode: str
) -> None:
    """Each index in its turn, its units before its name. Source of the order: dynalite 4.0.0, asked 2026-11."""
    if not indexes:
        raise invalid("List of GlobalSecondaryIndexes is empty")
    for index in indexes:
        check_global_schema(index.key_schema, types)
        check_projection(index.projection)
        check_index_throughput(billing_mode, index.index_name, index.provisioned_throughput)
        _check_name(index.index_name, names)
    if len(indexes) > GLOBAL_INDEXES_MAX:
        raise invalid(f"GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_INDEXES_MAX}")


def _check_name(name: str, names: set[str]) -> None:
    if name in names:
        raise invalid(f"Duplicate index name: {name}")
    names.add(name)


def _check_defined(schema: Sequence[KeySchemaElement], types: Mapping[str, str]) -> None:
    if any(element.attribute_name not in types for element in schema):
        keys = listed(element.attribute_name for element in schema)
        raise invalid(
            f"Some index key attributes are not defined in AttributeDefinitions. Keys: {keys}, AttributeDefinitions: {listed_definitions(list(types))}"
        )


def _check_schema(schema: Sequence[KeySchemaElement], types: Mapping[str, str]) -> None:
    """One HASH and perhaps one RANGE: the key of a table or of a local index."""
    if len(schema) > len(types):
        raise ValidationException("Invalid KeySchema: Some index key attribute have no definition")
    _check_defined(schema, types)
    if len({element.attribute_name for element in schema}) < len(schema):
        raise ValidationException("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    if schema[0].key_type != "HASH":
        raise ValidationException("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    if len(schema) > 1 and schema[1].key_type != "RANGE":
        raise ValidationException("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")


def check_global_schema(schema: Sequence[KeySchemaElement], types: Mapping[str, str]) -> None:
    """Up to four HASH, then up to four RANGE attributes.

    Keys without a definition are named, however many there are: AWS was seen to do so in 2026 (nubo-db/dynoxide 144;
    ack-api-quirks DDB-TABLE-127), having compared their numbers first in 2019 (alexdebrie/dynamodbguide.com 16).

    Source of the sentences about several attributes: ack-api-quirks DDB-TABLE-123, 442.

    Raises:
        ValidationException: the first broken rule.
    """
    _check_defined(schema, types)
    if len({element.attribute_name for element in schema}) < len(schema):
        raise ValidationException("The KeySchema contains multiple key attributes with the same name")
    if schema[0].key_type != "HASH":
        raise ValidationException("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    kinds = [element.key_type for element in schema]
    hashes = kinds.count("HASH")
    if "HASH" in kinds[hashes:]:
        raise invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")
    if hashes > INDEX_KEY_SIDE_ATTRIBUTES_MAX or len(kinds) - hashes > INDEX_KEY_SIDE_ATTRIBUTES_MAX:
        kind = "HASH" if hashes > INDEX_KEY_SIDE_ATTRIBUTES_MAX else "RANGE"
        raise invalid(f"The KeySchema exceeds the maximum allowed number of {kind} key attributes")
