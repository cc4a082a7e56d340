"""A search of many vectors lets others in between: what they change must not break it."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any

import msgspec
import pytest

from sandbox.dynamodb.engine.vector_search import Search
from sandbox.dynamodb.faults import ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.operations.vectors.search_vectors import search_vectors
from sandbox.dynamodb.scope import Scope
from sandbox.wire.decode import decode
from sandbox.wire.encode import encode

Call = Callable[..., Any]
Put = Callable[..., None]
INDEX = {
    "IndexName": "near",
    "VectorAttribute": {"AttributeName": "v"},
    "Dimensions": 2,
    "DistanceFunction": "EUCLIDEAN",
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
NOT_THERE = r"^The table does not have the specified index: near$"


@pytest.fixture(autouse=True)
def _orders(call: Call, put: Put) -> None:
    """A table of more vectors than a search looks at together."""
    make(call)
    for number in range(2_100):
        put("orders", a={"S": str(number)}, v={"L": [{"N": str(number)}, {"N": "0"}]})


def make(call: Call) -> None:
    """A table with an index, empty."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        VectorIndexes=[INDEX],
    )


def begin(scope: Scope) -> Awaitable[Any]:
    """What comes to the three items nearest to zero."""
    members = {"TableName": "orders", "IndexName": "near", "SearchVector": [{"N": "0"}, {"N": "0"}], "TopK": 3}
    running: Awaitable[Any] = search_vectors.run(scope, decode(search_vectors.request, msgspec.json.encode(members)))
    return running


def search(scope: Scope, meanwhile: Callable[[], object]) -> list[str]:
    """The keys that are found nearest to zero, while *meanwhile* happens."""
    running = begin(scope)
    meanwhile()

    async def end() -> Any:
        return await running

    answer = msgspec.json.decode(encode(asyncio.run(end())))
    return [result["Item"]["a"]["S"] for result in answer["SearchResults"]]


def test_an_item_that_goes_is_not_found(call: Call, scope: Scope) -> None:
    assert search(scope, lambda: call(delete_item, TableName="orders", Key={"a": {"S": "1"}})) == ["0", "2", "3"]


def test_the_index_goes(call: Call, scope: Scope) -> None:
    def drop() -> None:
        call(update_table, TableName="orders", VectorIndexUpdates=[{"Delete": {"IndexName": "near"}}])

    with pytest.raises(ValidationException, match=NOT_THERE):
        search(scope, drop)


def test_the_table_goes(call: Call, scope: Scope) -> None:
    with pytest.raises(ResourceNotFoundException):
        search(scope, lambda: call(delete_table, TableName="orders"))


def test_another_table_takes_its_name(call: Call, scope: Scope) -> None:
    def renew() -> None:
        call(delete_table, TableName="orders")
        make(call)

    with pytest.raises(ValidationException, match=NOT_THERE):
        search(scope, renew)


def test_searches_take_turns(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever else asks waits for one step, however many search; a search that is given up gives up its turn."""
    steps: list[int] = []
    goes_on = Search.goes_on

    def watched(self: Search) -> bool:
        steps.append(id(self))
        return goes_on(self)

    monkeypatch.setattr(Search, "goes_on", watched)

    async def scenario() -> list[Any]:
        first, second, third = [asyncio.ensure_future(begin(scope)) for _ in range(3)]
        await asyncio.sleep(0)
        second.cancel()
        return [await first, await third]

    answers = asyncio.run(scenario())
    assert [len(answer.search_results) for answer in answers] == [3, 3]
    # Two steps each, one search after the other.
    assert [len(list(own)) for _, own in groupby(steps)] == [2, 2]
