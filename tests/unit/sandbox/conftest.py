"""A store in memory with a clock that stands still, and a way to call operations as the wire does."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sandbox.clock import Clock
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.values.size import item_bytes
from sandbox.wire.decode import decode
from sandbox.wire.encode import encode
from sandbox.wire.operation import Operation


class StandingClock(Clock):
    """A clock that only ``advance`` moves."""

    def __init__(self) -> None:
        super().__init__()
        self.instant = 1_700_000_000.25

    def now(self) -> float:
        """Where it stands, moved by what it was advanced."""
        return self.instant + self.offset_seconds


@pytest.fixture
def scope() -> Scope:
    """An empty account."""
    return Scope(
        account_id="000000000000", region="us-east-1", store=Store(Database()), clock=StandingClock(), ids=Ids(seed=1)
    )


@pytest.fixture
def call(scope: Scope) -> Callable[..., Any]:
    """Call an operation with wire-named members; the answer is decoded, ``None`` for an empty body."""

    def call_operation(operation: Operation[Any], **members: Any) -> Any:
        request = decode(operation.request, msgspec.json.encode(members))
        response = operation.run(scope, request)
        return None if response is None else msgspec.json.decode(encode(response))

    return call_operation


@pytest.fixture
def put(scope: Scope) -> Callable[..., None]:
    """Store an item, whatever was there, through the one commit: ``put("orders", a={"S": "1"})``."""

    def put_item(table_name: str, **item: dict[str, Any]) -> None:
        table = scope.table(table_name)
        row_key = table.keys.of(item)
        stored = StoredItem(item_bytes(item), encode_item(item))
        scope.store.commit([Change(table, row_key, table.items.get(row_key), stored)], now=scope.clock.now())

    return put_item
