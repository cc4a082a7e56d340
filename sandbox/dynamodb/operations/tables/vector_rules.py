"""What a vector index may be: the rules of CreateTable, shared with UpdateTable.

Source: nubo-db/dynoxide (``validate_vector_index``, ``validate_vector_index_list``), as measured on AWS 2026-08-11 to 13,
in its order; *Requirements and limitations* of vector indexes and *Quotas in Amazon DynamoDB*, Amazon DynamoDB Developer
Guide. The sentence about too many filters, and their limit of 20, which ExtendDB/extenddb has for searches, are assumptions.
"""

from collections.abc import Mapping, Sequence

from sandbox.dynamodb.limits import INLINE_FILTERS_MAX, VECTOR_DIMENSIONS_MAX, VECTOR_INDEXES_MAX
from sandbox.dynamodb.operations.tables.projection_rules import check_projection, vector_count
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import VectorIndex
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition

__all__ = [
    "check_vector_billing",
    "check_vector_indexes",
    "check_vector_schema",
    "new_vector_index",
    "projected_count",
    "refuse_defined",
]


def check_vector_indexes(
    indexes: Sequence[VectorIndex], types: Mapping[str, str], names: set[str], billing_mode: str
) -> None:
    """Check the vector indexes of a new table, whose other indexes have these *names*.

    Raises:
        ValidationException: the first broken rule.
    """
    if not indexes:
        raise invalid("List of VectorIndexes is empty")
    check_vector_billing(billing_mode)
    for index in indexes:
        check_vector_schema(index, types)
    for index in indexes:
        if index.index_name in names:
            raise invalid(f"Duplicate index name: {index.index_name}")
        names.add(index.index_name)
    if len(indexes) > VECTOR_INDEXES_MAX:
        raise invalid(f"VectorIndex count exceeds the per-table limit of {VECTOR_INDEXES_MAX}")
    dimensions: dict[str, int] = {}
    for index in indexes:
        attribute = index.vector_attribute.attribute_name
        if dimensions.setdefault(attribute, index.dimensions) != index.dimensions:
            raise invalid(
                f"Conflicting attribute definition for '{attribute}'. "
                "All VectorIndexes on the same vector attribute must use the same dimensions."
            )
    for index in indexes:
        refuse_defined(index, types)


def check_vector_billing(billing_mode: str) -> None:
    """Check that a table with vector indexes is on demand.

    Raises:
        ValidationException: it is not.
    """
    if billing_mode != "PAY_PER_REQUEST":
        raise invalid("Vector indexes are only supported for PAY_PER_REQUEST tables")


def check_vector_schema(index: VectorIndex, types: Mapping[str, str]) -> None:
    """Check a vector index in itself; *types* are those that the request defines.

    Raises:
        ValidationException: the first broken rule.
    """
    if index.dimensions > VECTOR_DIMENSIONS_MAX:
        raise invalid(f"Number of dimensions must be between 1 and {VECTOR_DIMENSIONS_MAX} inclusive.")
    check_projection(index.projection)
    schema = index.search_schema or []
    if any(element.attribute_name not in types for element in schema):
        raise invalid("One element in SearchSchema is not defined in attribute definitions")
    kinds = [element.search_schema_element_type for element in schema]
    for kind, count_max in (("HASH", 1), ("INLINE_FILTER", INLINE_FILTERS_MAX)):
        count = sum(other == kind for other in kinds)
        if count > count_max:
            raise invalid(
                f"Value '{count}' at 'SearchSchema' failed to satisfy constraint: "
                f"Member must have {kind} count less than or equal to {count_max}"
            )
    if len({element.attribute_name for element in schema}) < len(schema):
        raise invalid("SearchSchema contains a duplicate AttributeName")


def refuse_defined(index: VectorIndex, types: Mapping[str, str]) -> None:
    """Refuse a definition of the attribute that holds the vectors: it can be no key.

    Raises:
        ValidationException: the request has one.
    """
    attribute = index.vector_attribute.attribute_name
    if attribute in types:
        raise invalid(
            f"Conflicting attribute definition for '{attribute}'. "
            "An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute."
        )


def projected_count(index: VectorIndex) -> int:
    """How many attributes of the index count among those that the indexes of a table may carry."""
    kinds = [element.search_schema_element_type for element in index.search_schema or ()]
    return vector_count(index.projection.non_key_attributes, kinds)


def new_vector_index(
    index: VectorIndex, settles_at: float, *, number: int, backfilling: bool = False
) -> VectorIndexDefinition:
    """A vector index as it is stored, CREATING until *settles_at* (epoch seconds)."""
    return VectorIndexDefinition(
        name=index.index_name,
        number=number,
        attribute=index.vector_attribute.attribute_name,
        dimensions=index.dimensions,
        distance_function=index.distance_function,
        search_schema=[
            (element.attribute_name, element.search_schema_element_type) for element in index.search_schema or ()
        ],
        projection_type=index.projection.projection_type or "ALL",
        non_key_attributes=index.projection.non_key_attributes,
        status="CREATING",
        settles_at=settles_at,
        backfilling=backfilling,
    )
