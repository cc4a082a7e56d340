"""Who led to what: noted by trace header, looked up by sequence number."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sandbox.adapters.lineage import Lineage
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.streams.log import sequence_to_wire

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"


@pytest.fixture
def lineage(scope: Scope, call: Callable[..., Any]) -> Lineage:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    return Lineage(scope.store.log)


def event(scope: Scope, *sequences: int) -> bytes:
    (stream,) = scope.store.log.all_streams()
    records = [
        {"dynamodb": {"SequenceNumber": sequence_to_wire(one)}, "eventSourceARN": stream.arn} for one in sequences
    ]
    return msgspec.json.encode({"Records": records})


def write(lineage: Lineage, put: Callable[..., None], header: str, key: str) -> None:
    written = lineage.writing(header)
    put("orders", a={"S": key})
    if written is not None:
        written()


def test_turns_add_up_along_a_chain_and_a_batch_has_the_most_of_its_records(
    lineage: Lineage, scope: Scope, put: Callable[..., None]
) -> None:
    lineage.invoked(FUNCTION, b"{}", "Root=1-a")
    write(lineage, put, "Root=1-a", "1")
    first = scope.store.log.sequence
    assert lineage.of_event(event(scope, first)) == {FUNCTION: 1}
    # An SDK may add to the header; a version or alias is the same function.
    lineage.invoked(f"{FUNCTION}:live", event(scope, first), "Root=1-b")
    write(lineage, put, "Self=x;Root=1-b;Sampled=1", "2")
    second = scope.store.log.sequence
    put("orders", a={"S": "3"})
    assert lineage.of_event(event(scope, first, second, second + 1)) == {FUNCTION: 2}
    assert lineage.of_event(event(scope, second + 1)) == {}
    lineage.forgive(f"{FUNCTION}:$LATEST")
    assert lineage.of_event(event(scope, first, second)) == {}


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b'{"Records": [{}]}', b'{"Records":[{"dynamodb":{"SequenceNumber":"x"}}]}']
)
def test_other_events_have_no_lineage(lineage: Lineage, put: Callable[..., None], payload: bytes) -> None:
    lineage.invoked(FUNCTION, payload, "Root=1-a")
    write(lineage, put, "Root=1-a", "1")
    assert lineage.of_event(payload) == {}


def test_unknown_headers_are_nobodys(lineage: Lineage) -> None:
    assert lineage.writing("Root=1-unheard") is None
    assert lineage.writing("") is None
