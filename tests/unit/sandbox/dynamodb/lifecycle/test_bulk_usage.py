"""What a bulk put used, index by index."""

from collections.abc import Callable
from typing import Any

import msgspec

from sandbox.dynamodb.lifecycle.bulk_usage import with_changes
from sandbox.dynamodb.lifecycle.line_readers import read_json
from sandbox.dynamodb.lifecycle.put_lines import put_lines
from sandbox.dynamodb.operations.bulk.descriptions import describe
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation, BulkUsage
from sandbox.wire.encode import encode


def test_each_kind_of_index_counts(call: Callable[..., Any], scope: Scope) -> None:
    """A vector of two dimensions takes 8 bytes, and is no part of the total; an entry that goes counts nothing."""
    call(
        create_table,
        TableName="things",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "l", "g")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        LocalSecondaryIndexes=[
            {
                "IndexName": "by-l",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-g",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        VectorIndexes=[
            {
                "IndexName": "near",
                "VectorAttribute": {"AttributeName": "v"},
                "Dimensions": 2,
                "DistanceFunction": "COSINE",
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    whole = b'{"Item":{"pk":{"S":"a"},"sk":{"S":"b"},"l":{"S":"c"},"g":{"S":"d"},"v":{"L":[{"N":"1"},{"N":"0"}]}}}\n'
    usage, items = BulkUsage(), 0
    for line in (whole, b'{"Item":{"pk":{"S":"a"},"sk":{"S":"b"}}}\n'):
        done = put_lines(scope.store, scope.table("things"), [line], read_json, scope.clock.now())
        (change,) = done.changes
        assert change.after is not None
        items += change.after.size
        usage = with_changes(usage, done.changes)
    keys = len("pk" + "a" + "sk" + "b")
    entry, vector = keys + len("l" + "c"), keys + len("v") + 8
    operation = BulkOperation(
        arn="arn",
        table_name="things",
        table_arn="arn",
        table_id="id",
        token="t",
        started=0.0,
        asked={"InputS3Configuration": {}, "OutputS3Configuration": {}, "PerformanceTier": "STANDARD"},
        usage=usage,
    )
    assert msgspec.json.decode(encode(describe(operation)))["BulkOperationUsage"] == [
        {
            "TableName": "things",
            "BulkPutBytes": items + 2 * entry,
            "Table": {"BulkPutBytes": items},
            "LocalSecondaryIndexes": {"by-l": {"BulkPutBytes": entry}},
            "GlobalSecondaryIndexes": {"by-g": {"BulkPutBytes": entry}},
            "VectorIndexes": {"near": {"BulkPutVectorBytes": vector}},
        }
    ]
