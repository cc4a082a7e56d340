"""Structures and scalars against the public service model: members, types, enums, required members, bounds.

What AWS does differently from its model stands here by name, so that a new model shows what has changed.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import msgspec
import pytest

from sandbox.dynamodb import item_structures, parameters, table_structures
from sandbox.wire.operation import RequestShape
from sandbox.wire.shape import (
    BlobShape,
    BooleanShape,
    ListShape,
    MapShape,
    Member,
    NumberShape,
    Shape,
    StringShape,
    StructureShape,
    shape_of,
)

MODEL: dict[str, Any] = json.loads(
    gzip.decompress((Path(botocore.__file__).parent / "data/dynamodb/2012-08-10/service-2.json.gz").read_bytes())
)["shapes"]
KINDS: dict[str, type[Shape]] = {
    "string": StringShape,
    "boolean": BooleanShape,
    "integer": NumberShape,
    "long": NumberShape,
    "double": NumberShape,
    "blob": BlobShape,
    "list": ListShape,
    "map": MapShape,
    "structure": StructureShape,
}
STRUCTURES = [
    getattr(module, name)
    for module in (item_structures, table_structures)
    for name in module.__all__
    if isinstance(getattr(module, name), type) and issubclass(getattr(module, name), RequestShape)
]


REQUIRED_IN_A_SENTENCE = {"Tag": {"Key", "Value"}}
"""Members whose absence AWS does not list with other violations. Source: ack-api-quirks DDB-TABLE-457."""


def test_there_are_structures() -> None:
    assert len(STRUCTURES) > 30


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda structure: structure.__name__)
def test_a_structure_is_the_models(structure: type[msgspec.Struct]) -> None:
    compare(shape_of(structure), structure.__name__)


def compare(shape: Shape, name: str, depth: int = 0) -> None:
    model = MODEL[name]
    assert isinstance(shape, KINDS[model["type"]]), name
    match shape:
        case NumberShape():
            assert shape.java.lower() == model["type"], name
        case StringShape():
            assert set(shape.enum) == set(model.get("enum", ())), name
        case ListShape():
            compare(shape.member.shape, model["member"]["shape"], depth)
        case MapShape():
            compare(shape.value.shape, model["value"]["shape"], depth)
        case StructureShape():
            assert shape.java == f"com.amazonaws.dynamodb.v20120810.{name}"
            members = {member.name: member for member in shape.members}
            assert set(members) == set(model["members"]), name
            required = {member.name for member in shape.members if member.required}
            assert required | REQUIRED_IN_A_SENTENCE.get(name, set()) == set(model.get("required", ())), name
            for member_name, member in members.items() if depth < 4 else ():
                compare(member.shape, model["members"][member_name]["shape"], depth + 1)
        case _:
            pass  # a boolean or a blob has nothing more to compare


class Bounded(RequestShape):
    """Every bounded scalar and container, by the name of its shape in the model."""

    index_name: parameters.IndexName | None = None
    backup_name: parameters.BackupName | None = None
    table_name: parameters.PlainTableName | None = None
    key_schema_attribute_name: parameters.KeyAttributeName | None = None
    time_to_live_attribute_name: parameters.TimeToLiveAttributeName | None = None
    resource_arn_string: parameters.ResourceArn | None = None
    stream_arn: parameters.StreamArn | None = None
    client_request_token: parameters.ClientRequestToken | None = None
    parti_ql_statement: parameters.PartiQLStatement | None = msgspec.field(default=None, name="PartiQLStatement")
    parti_ql_next_token: parameters.PartiQLNextToken | None = msgspec.field(default=None, name="PartiQLNextToken")
    positive_integer_object: parameters.PageLimit | None = None
    list_tables_input_limit: parameters.TableListLimit | None = None
    scan_segment: parameters.Segment | None = None
    scan_total_segments: parameters.TotalSegments | None = None
    positive_long_object: parameters.PositiveLong | None = None
    key_schema: parameters.KeySchema | None = None
    non_key_attribute_name_list: parameters.NonKeyAttributes | None = None
    prepared_statement_parameters: parameters.StatementParameters | None = None
    transact_get_item_list: parameters.TransactGetItemList | None = None
    transact_write_item_list: parameters.TransactWriteItemList | None = None
    parameterized_statements: parameters.TransactStatements | None = None
    batch_get_request_map: parameters.BatchGetMap | None = None
    batch_write_item_request_map: parameters.BatchWriteMap | None = None


REFUSED_BY_THE_OPERATION = {"BatchGetRequestMap", "BatchWriteItemRequestMap"}
"""Maps of requests: of an empty one AWS has words of its own, and it counts requests in place of tables.

Source: dynamodb-exact §14; dynalite 4.0.0, DynamoDB Local 3.3.1, asked 2026-11.
"""
BOUNDED_MEMBERS = [member for member in shape_of(Bounded).members if member.name not in REFUSED_BY_THE_OPERATION]


@pytest.mark.parametrize("member", BOUNDED_MEMBERS, ids=lambda member: member.name)
def test_bounds_are_the_models(member: Member) -> None:
    model = MODEL[member.name]
    lower, upper = model.get("min"), model.get("max")
    for bound, outside in ((lower, -1), (upper, +1)):
        if bound is None:
            continue
        assert broken(member, sample(model, bound)) == [], member.name
        if bound + outside >= 0 or isinstance(member.shape, NumberShape):
            assert broken(member, sample(model, bound + outside)), member.name


def sample(model: dict[str, Any], size: int) -> Any:
    """A value of the model's type at this length, or of this number."""
    match model["type"]:
        case "string":
            return "a" * size
        case "list":
            return ["a"] * size
        case "map":
            return {f"table{number}": ["a"] for number in range(size)}
        case _:
            return size


def broken(member: Member, value: Any) -> list[str]:
    return [sentence for constraint in member.constraints for sentence in constraint.check(value)]


def test_what_is_sent_back_leaves_out_what_was_not_given() -> None:
    projection = parameters.Projection(projection_type="ALL")
    assert msgspec.json.encode(projection) == b'{"ProjectionType":"ALL"}'
    specification = parameters.SSESpecification(enabled=True, sse_type="KMS")
    assert msgspec.json.encode(specification) == b'{"Enabled":true,"SSEType":"KMS"}'
