"""Items, keys, legacy conditions, batches and transactions as they stand in requests.

Attribute values stay plain dictionaries (``WireValue``): the engine wants them so, and the decoder has checked their
JSON types. What they may hold is judged by ``sandbox.values``, not here.

Source: dynamodb-exact §2 (Java names), §3.3 (order), §23 (bounds). The order of members without bounds, which shows
where two have the wrong JSON type: dynalite 4.0.0, asked 2026-11, here and in the requests of single items, Query and Scan.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from sandbox.dynamodb.members import (
    TABLE_ARN,
    AttributeAction,
    ComparisonOperator,
    ExpressionText,
    NamesMap,
    PartiQLStatement,
    ReturnValuesOnConditionCheckFailure,
    TableName,
    keyed_by_table,
)
from sandbox.dynamodb.structure import Structure
from sandbox.values.attribute import AttributeValue, WireValue
from sandbox.wire.constraints import Stated, bounds, length_at_least, length_at_most, whole
from sandbox.wire.shape import BlobShape, BooleanShape, ListShape, MapShape, Member, StringShape, StructureShape

__all__ = [
    "AttributeUpdatesMap",
    "AttributeValueUpdate",
    "AttributesToGet",
    "BatchGetMap",
    "BatchStatementRequest",
    "BatchStatements",
    "BatchWriteMap",
    "Condition",
    "ConditionCheck",
    "ConditionMap",
    "Delete",
    "DeleteRequest",
    "ExpectedAttributeValue",
    "ExpectedMap",
    "Get",
    "ItemMap",
    "KeyMap",
    "KeysAndAttributes",
    "ParameterizedStatement",
    "Put",
    "PutRequest",
    "StatementParameters",
    "TransactGetItem",
    "TransactGetItemList",
    "TransactStatements",
    "TransactWriteItem",
    "TransactWriteItemList",
    "Update",
    "Value",
    "ValuesMap",
    "WriteRequest",
]


def _attribute_value_members() -> tuple[Member, ...]:
    text, flag, blob = StringShape(), BooleanShape(), BlobShape()
    value, texts = Member(shape=_ATTRIBUTE_VALUE, keeps_null=True), Member(shape=text, keeps_null=True)
    return (
        Member(name="S", shape=text),
        Member(name="N", shape=text),
        Member(name="B", shape=blob),
        Member(name="SS", shape=ListShape(texts)),
        Member(name="NS", shape=ListShape(texts)),
        Member(name="BS", shape=ListShape(Member(shape=blob))),
        Member(name="M", shape=MapShape(value)),
        Member(name="L", shape=ListShape(value)),
        Member(name="NULL", shape=flag),
        Member(name="BOOL", shape=flag),
    )


_ATTRIBUTE_VALUE = StructureShape(f"{Structure.java_package}AttributeValue", _attribute_value_members, bounded=False)

if TYPE_CHECKING:
    Value = AttributeValue
    _Kept = AttributeValue
else:
    # The decoder checks it as a TypedDict; the engine takes it as the plain dictionary it is.
    Value = Annotated[WireValue, _ATTRIBUTE_VALUE]
    _Kept = Value | None
"""One attribute value of several; a JSON ``null`` among them stays, to be refused where values are checked."""
ItemMap = dict[str, _Kept]
KeyMap = dict[str, _Kept]
ValuesMap = dict[str, _Kept]
"""ExpressionAttributeValues."""
AttributesToGet = Annotated[list[str], Meta(min_length=1, max_length=255)]
StatementParameters = Annotated[list[_Kept], Meta(min_length=1)]
"""The values of a PartiQL statement's question marks."""


class ExpectedAttributeValue(Structure):
    """What the legacy ``Expected`` says about one attribute."""

    attribute_value_list: list[_Kept] | None = None
    comparison_operator: ComparisonOperator | None = None
    exists: bool | None = None
    value: Value | None = None


class AttributeValueUpdate(Structure):
    """What the legacy ``AttributeUpdates`` does to one attribute."""

    action: AttributeAction | None = None
    value: Value | None = None


class Condition(Structure):
    """A legacy filter or key condition on one attribute."""

    attribute_value_list: list[_Kept] | None = None
    comparison_operator: ComparisonOperator


ExpectedMap = dict[str, ExpectedAttributeValue | None]
AttributeUpdatesMap = dict[str, AttributeValueUpdate]
ConditionMap = dict[str, Condition | None]
"""KeyConditions, QueryFilter, ScanFilter."""


class KeysAndAttributes(Structure):
    """What BatchGetItem reads from one table."""

    keys: Annotated[
        list[KeyMap],
        Meta(min_length=1, max_length=100),
        Stated(check=bounds(Meta(min_length=1))),
        Stated(check=bounds(Meta(max_length=100)), named_as_on_wire=True, value_shown=False),
    ]
    attributes_to_get: AttributesToGet | None = None
    consistent_read: bool | None = None
    projection_expression: ExpressionText | None = None
    expression_attribute_names: NamesMap | None = None


class PutRequest(Structure):
    """An item to put in a batch."""

    item: ItemMap


class DeleteRequest(Structure):
    """A key to delete in a batch."""

    key: KeyMap


class WriteRequest(Structure):
    """One write of a batch; AWS wants exactly one member."""

    put_request: PutRequest | None = None
    delete_request: DeleteRequest | None = None


def _nothing(_: Any) -> tuple[str, ...]:
    return ()


def _write_map(requests: Mapping[str, Any]) -> Iterator[str]:
    """AWS reports the length of each table's list on the whole map.

    Source: dynamodb-exact §14; that two tables make two dynalite 4.0.0, asked 2026-11.
    """
    yield from keyed_by_table(requests)
    for writes in requests.values():
        if not 1 <= len(writes) <= 25:
            yield f"Map value must satisfy constraint: [{length_at_most(25)}, {length_at_least(1)}]"


_TableKey = Annotated[str, Meta(pattern=whole(rf"[a-zA-Z0-9_.-]{{3,255}}|{TABLE_ARN}"))]
BatchGetMap = Annotated[dict[_TableKey, KeysAndAttributes], Stated(check=keyed_by_table)]
"""BatchGetItem's ``RequestItems``; the operation itself refuses an empty one, in words of its own.

Tables are not counted, whatever the model says, but keys are: dynalite 4.0.0, DynamoDB Local 3.3.1, asked 2026-11.
"""
BatchWriteMap = Annotated[
    dict[_TableKey, Annotated[list[WriteRequest], Meta(min_length=1, max_length=25), Stated(check=_nothing)]],
    Stated(check=_write_map),
]
"""BatchWriteItem's ``RequestItems``; the operation itself refuses an empty one, and counts requests and not tables."""


class Get(Structure):
    """A read in a transaction."""

    key: KeyMap
    table_name: TableName
    projection_expression: ExpressionText | None = None
    expression_attribute_names: NamesMap | None = None


class TransactGetItem(Structure):
    """One entry of TransactGetItems."""

    get: Get


class Put(Structure):
    """A put in a transaction."""

    item: ItemMap
    table_name: TableName
    condition_expression: ExpressionText | None = None
    expression_attribute_names: NamesMap | None = None
    expression_attribute_values: ValuesMap | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


class Delete(Structure):
    """A delete in a transaction."""

    key: KeyMap
    table_name: TableName
    condition_expression: ExpressionText | None = None
    expression_attribute_names: NamesMap | None = None
    expression_attribute_values: ValuesMap | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


class Update(Structure):
    """An update in a transaction."""

    key: KeyMap
    update_expression: ExpressionText
    table_name: TableName
    condition_expression: ExpressionText | None = None
    expression_attribute_names: NamesMap | None = None
    expression_attribute_values: ValuesMap | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


class ConditionCheck(Structure):
    """A condition in a transaction, on an item that is not written."""

    key: KeyMap
    table_name: TableName
    condition_expression: ExpressionText
    expression_attribute_names: NamesMap | None = None
    expression_attribute_values: ValuesMap | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


class TransactWriteItem(Structure):
    """One entry of TransactWriteItems; AWS wants exactly one member."""

    condition_check: ConditionCheck | None = None
    put: Put | None = None
    delete: Delete | None = None
    update: Update | None = None


TransactGetItemList = Annotated[list[TransactGetItem], Meta(min_length=1, max_length=100)]
TransactWriteItemList = Annotated[list[TransactWriteItem], Meta(min_length=1, max_length=100)]


class BatchStatementRequest(Structure):
    """One PartiQL statement of a batch."""

    statement: PartiQLStatement
    parameters: StatementParameters | None = None
    consistent_read: bool | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


class ParameterizedStatement(Structure):
    """One PartiQL statement of a transaction."""

    statement: PartiQLStatement
    parameters: StatementParameters | None = None
    return_values_on_condition_check_failure: ReturnValuesOnConditionCheckFailure | None = None


BatchStatements = Annotated[list[BatchStatementRequest], Meta(min_length=1, max_length=25)]
TransactStatements = Annotated[list[ParameterizedStatement], Meta(min_length=1, max_length=100)]
