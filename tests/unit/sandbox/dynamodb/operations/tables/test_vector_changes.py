"""What a vector index answers while it is being built or deleted, with delays as AWS has them.

Source: nubo-db/dynoxide (the phases of a creation), ExtendDB/extenddb (``VectorIndexDescription``), as measured on AWS in
August 2026.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from sandbox.dynamodb.faults import LimitExceededException, ResourceInUseException, ValidationException
from sandbox.dynamodb.lifecycle.backfill import FILL_AT_ONCE_ITEMS
from sandbox.dynamodb.lifecycle.lifecycle import Lifecycle
from sandbox.dynamodb.operations.items.scan import scan
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.operations.vectors.search_vectors import search_vectors
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
Put = Callable[..., None]
VECTOR = {"L": [{"N": "1"}, {"N": "2"}]}
INDEX = {
    "IndexName": "near",
    "VectorAttribute": {"AttributeName": "v"},
    "Dimensions": 2,
    "DistanceFunction": "COSINE",
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
BUILT = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"


@pytest.fixture
def orders(call: Call, scope: Scope) -> None:
    """A table without an index; what comes later takes a while."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    scope.delays = Delays(update_seconds=5, index_seconds=60)


def begin(call: Call, **action: Any) -> dict[str, Any]:
    answer: dict[str, Any] = call(update_table, TableName="orders", VectorIndexUpdates=[action])["TableDescription"]
    return answer


def phase(call: Call) -> tuple[Any, ...]:
    """Status of the table and of its index, and whether that is being filled."""
    table = call(describe_table, TableName="orders")["Table"]
    [index] = table.get("VectorIndexes", [{}])
    return table["TableStatus"], index.get("IndexStatus"), index.get("Backfilling")


def search(call: Call, **members: Any) -> list[str]:
    asked = {"TableName": "orders", "IndexName": "near", "SearchVector": VECTOR["L"], "TopK": 100, **members}
    return [result["Item"]["a"]["S"] for result in call(search_vectors, **asked)["SearchResults"]]


@pytest.mark.usefixtures("orders")
def test_an_index_is_allotted_then_filled_then_active(call: Call, scope: Scope, put: Put) -> None:
    put("orders", a={"S": "before"}, v=VECTOR)
    begin(call, Create=INDEX)
    assert phase(call) == ("UPDATING", "CREATING", False)
    scope.clock.advance(5)
    assert phase(call) == ("ACTIVE", "CREATING", True)
    put("orders", a={"S": "meanwhile"}, v=VECTOR)
    with pytest.raises(ValidationException, match=r"^Cannot search backfilling vector index: near$"):
        search(call)
    with pytest.raises(ValidationException, match=r"^Cannot read from backfilling global secondary index: near$"):
        call(scan, TableName="orders", IndexName="near")
    scope.clock.advance(55)
    assert phase(call) == ("ACTIVE", "ACTIVE", None)
    assert sorted(search(call)) == ["before", "meanwhile"]


@pytest.mark.usefixtures("orders")
def test_a_creation_can_be_given_up_once_it_is_allotted(call: Call, scope: Scope) -> None:
    begin(call, Create=INDEX)
    with pytest.raises(ResourceInUseException) as refusal:
        begin(call, Delete={"IndexName": "near"})
    assert refusal.value.message == (
        "Attempt to change a resource which is still in use: Index creation is in resource allocation phase. "
        "Retry deletion during backfilling phase or when the index is active. Table: orders Index: near"
    )
    scope.clock.advance(5)
    begin(call, Delete={"IndexName": "near"})
    scope.clock.advance(60)
    assert phase(call) == ("ACTIVE", None, None)


@pytest.mark.usefixtures("orders")
def test_one_index_at_a_time(call: Call, scope: Scope) -> None:
    """Be it one of vectors or not."""
    begin(call, Create=INDEX)
    scope.clock.advance(5)
    with pytest.raises(LimitExceededException, match=BUILT):
        begin(call, Create={**INDEX, "IndexName": "far"})
    by_b = {"IndexName": "by_b", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}]}
    with pytest.raises(LimitExceededException, match=BUILT):
        call(
            update_table,
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "b", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {**by_b, "Projection": {"ProjectionType": "ALL"}}}],
        )
    with pytest.raises(ResourceInUseException, match=r"Index is being created\.  Table: orders Index: near$"):
        begin(call, Create=INDEX)
    with pytest.raises(ResourceInUseException, match="Cannot delete table while indexes are being created"):
        call(delete_table, TableName="orders")


@pytest.mark.usefixtures("orders")
def test_an_index_that_is_deleted_is_not_searched(call: Call, scope: Scope, put: Put) -> None:
    begin(call, Create=INDEX)
    scope.clock.advance(60)
    put("orders", a={"S": "a"}, v=VECTOR)
    begin(call, Delete={"IndexName": "near"})
    assert phase(call) == ("UPDATING", "DELETING", None)
    with pytest.raises(ValidationException, match=r"^The table does not have the specified index: near$"):
        search(call)
    # It binds writes no longer.
    put("orders", a={"S": "b"}, v={"S": "no vector"})
    scope.clock.advance(60)
    assert phase(call) == ("ACTIVE", None, None)


@pytest.mark.usefixtures("orders")
def test_a_large_table_is_filled_step_by_step(call: Call, scope: Scope, put: Put) -> None:
    scope.delays = Delays()
    for number in range(FILL_AT_ONCE_ITEMS + 5):
        put("orders", a={"S": str(number)}, v={"L": [{"N": "1"}, {"N": str(number)}]})
    begin(call, Create=INDEX)
    assert phase(call) == ("ACTIVE", "CREATING", True)
    lifecycle = Lifecycle(scope.store, scope.clock)
    while lifecycle.fill_step():
        pass
    assert phase(call) == ("ACTIVE", "ACTIVE", None)
    assert scope.table("orders").vector_indexes["near"].entries.totals()[0] == FILL_AT_ONCE_ITEMS + 5


@pytest.mark.usefixtures("orders")
def test_long_vectors_are_filled_in_smaller_steps(call: Call, scope: Scope, put: Put) -> None:
    """A step keeps all others waiting: a megabyte of items with 768 dimensions takes a tenth of a second."""
    scope.delays = Delays()
    for number in range(60):
        put("orders", a={"S": str(number)}, v={"L": [{"N": f"0.{number}"}] * 768})
    begin(call, Create={**INDEX, "Dimensions": 768})
    entries = scope.table("orders").vector_indexes["near"].entries
    lifecycle, counts = Lifecycle(scope.store, scope.clock), [0]
    while lifecycle.fill_step():
        counts.append(entries.totals()[0])
    assert phase(call) == ("ACTIVE", "ACTIVE", None)
    assert counts[-1] == 60
    assert max(after - before for before, after in pairwise(counts[1:])) < 20


def test_a_switch_to_on_demand_may_bring_an_index(call: Call) -> None:
    """What counts is the mode that results."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    call(update_table, TableName="orders", BillingMode="PAY_PER_REQUEST", VectorIndexUpdates=[{"Create": INDEX}])
    assert phase(call) == ("ACTIVE", "ACTIVE", None)
