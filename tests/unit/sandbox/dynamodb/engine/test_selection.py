from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.items.query import query
from sandbox.dynamodb.operations.items.scan import scan
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]

_QUERY = {"KeyConditionExpression": "b = :b", "ExpressionAttributeValues": {":b": {"S": "x"}}}


def test_an_index_that_is_still_being_filled_is_not_read(call: Call, scope: Scope) -> None:
    """AWS's own sentence, quoted in public threads; only with a delay can a client meet it."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    scope.delays = Delays(index_seconds=60)
    call(
        update_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "b", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-b",
                    "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    for operation, members in ((query, _QUERY), (scan, {})):
        with pytest.raises(ValidationException) as refusal:
            call(operation, TableName="orders", IndexName="by-b", **members)
        assert refusal.value.message == "Cannot read from backfilling global secondary index: by-b"
