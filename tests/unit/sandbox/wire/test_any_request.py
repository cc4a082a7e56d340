"""Whatever is sent, the answer is a request or one of the two refusals, never another exception.

The declarations say things twice, as bounds for the decoder and as sentences for AWS; where the two disagree, a request
would be neither accepted nor refused.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.dynamodb import parameters as p
from sandbox.faults import ApiFault
from sandbox.wire.decode import decode, decode_object
from sandbox.wire.faults import SerializationException, ValidationException
from sandbox.wire.members import violations
from sandbox.wire.operation import RequestShape
from sandbox.wire.shape import (
    BlobShape,
    BooleanShape,
    DocumentShape,
    ListShape,
    MapShape,
    NumberShape,
    Shape,
    StringShape,
    StructureShape,
    shape_of,
)


class Everything(RequestShape):
    """One member of every declared type."""

    table_name: p.TableName
    new_table_name: p.NewTableName | None = None
    index_name: p.IndexName | None = None
    limit: p.QueryLimit | None = None
    units: p.PositiveLong | None = None
    select: p.Select | None = None
    item: p.ItemMap | None = None
    expected: p.ExpectedMap | None = None
    filters: p.ConditionMap | None = None
    reads: p.BatchGetMap | None = None
    writes: p.BatchWriteMap | None = None
    transaction: p.TransactWriteItemList | None = None
    key_schema: p.TableKeySchema | None = None
    indexes: list[p.GlobalSecondaryIndex] | None = None
    throughput: p.ProvisionedThroughput | None = None
    blob: bytes | None = None
    real: float | None = None


NOISE: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(
        ["", "ab", "abc", "abc\n", "a b", "YWJj", "x" * 300, "NONE", "yes", "arn:aws:dynamodb:r:1:table/t"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


def likely(shape: Shape, depth: int = 0) -> st.SearchStrategy[Any]:
    """JSON that mostly fits *shape*, so that refusals are met at every depth."""
    fitting = st.deferred(lambda: _fitting(shape, depth))
    return st.integers(0, 7).flatmap(lambda number: NOISE if number == 7 else fitting)


def _fitting(shape: Shape, depth: int) -> st.SearchStrategy[Any]:
    if depth > 5:
        return NOISE
    match shape:
        case StringShape():
            return st.sampled_from([*shape.enum, "abc", "", "x" * 300])
        case BooleanShape():
            return st.booleans()
        case NumberShape():
            return st.integers(-2, 200)
        case BlobShape():
            return st.sampled_from(["YWJj", "YWI=", "", "a", "YWJ="])
        case ListShape():
            return st.lists(likely(shape.member.shape, depth + 1), max_size=3)
        case MapShape():
            names = st.sampled_from(["abc", "pk", "a b", ""])
            return st.dictionaries(names, likely(shape.value.shape, depth + 1), max_size=2)
        case StructureShape():
            return st.fixed_dictionaries(
                {}, optional={member.name: likely(member.shape, depth + 1) for member in shape.members}
            )
        case DocumentShape():
            return NOISE


@settings(max_examples=150, deadline=None)
@example(members={"TableName": "abc", "Expected": {"abc": {"Value": {"B": "a"}}}})
@given(members=likely(shape_of(Everything)))
def test_any_json(members: Any) -> None:
    body = msgspec.json.encode(members)
    try:
        request: ApiFault | Everything = decode(Everything, body)
    except (SerializationException, ValidationException) as refused:
        request = refused
    if isinstance(request, Everything):
        assert _violations_but_of_blobs(members) == []
        assert decode(Everything, msgspec.json.encode(request)) == request
    if isinstance(members, dict):
        _same_without_bytes(members, request)


def _violations_but_of_blobs(members: dict[str, Any]) -> list[str]:
    """The decoder leaves the blobs of attribute values to whoever reads the values, who refuses them in the same words."""
    try:
        return violations(Everything, members)
    except SerializationException as refused:
        if "Base64" in str(refused.message):
            return []
        raise


def _same_without_bytes(members: dict[str, Any], expected: ApiFault | Everything) -> None:
    """Decoded JSON is judged as its bytes are."""
    if isinstance(expected, Everything):
        assert decode_object(Everything, members) == expected
        return
    with pytest.raises(type(expected)) as refused:
        decode_object(Everything, members)
    assert refused.value.message == expected.message


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=60) | st.text(alphabet='{}[]":,\\ud8019eE.+-truefalsn', max_size=60).map(str.encode))
def test_any_bytes(body: bytes) -> None:
    with pytest.raises((SerializationException, ValidationException)):
        decode(Everything, body)
