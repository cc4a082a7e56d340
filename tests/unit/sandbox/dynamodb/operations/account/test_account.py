from collections.abc import Callable
from typing import Any

from sandbox.dynamodb.operations.account.describe_endpoints import describe_endpoints
from sandbox.dynamodb.operations.account.describe_limits import describe_limits


def test_limits(call: Callable[..., Any]) -> None:
    assert call(describe_limits) == {
        "AccountMaxReadCapacityUnits": 80000,
        "AccountMaxWriteCapacityUnits": 80000,
        "TableMaxReadCapacityUnits": 40000,
        "TableMaxWriteCapacityUnits": 40000,
    }


def test_endpoints_where_nobody_serves(call: Callable[..., Any]) -> None:
    assert call(describe_endpoints) == {
        "Endpoints": [{"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}]
    }
