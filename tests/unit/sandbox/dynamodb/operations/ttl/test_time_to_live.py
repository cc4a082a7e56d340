from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.ttl.describe_time_to_live import describe_time_to_live
from sandbox.dynamodb.operations.ttl.update_time_to_live import update_time_to_live
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
Put = Callable[..., None]


@pytest.fixture(autouse=True)
def orders(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def switch(call: Call, *, enabled: bool, attribute: str = "ttl", name: str = "orders") -> Any:
    specification = {"Enabled": enabled, "AttributeName": attribute}
    return call(update_time_to_live, TableName=name, TimeToLiveSpecification=specification)


def described(call: Call) -> Any:
    return call(describe_time_to_live, TableName="orders")["TimeToLiveDescription"]


def test_on_and_off(call: Call) -> None:
    assert described(call) == {"TimeToLiveStatus": "DISABLED"}
    assert switch(call, enabled=True) == {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}}
    assert described(call) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    switch(call, enabled=False)
    assert described(call) == {"TimeToLiveStatus": "DISABLED"}


def test_refusals(call: Call) -> None:
    with pytest.raises(ValidationException) as refused:
        switch(call, enabled=False)
    assert refused.value.message == "TimeToLive is already disabled"
    switch(call, enabled=True)
    with pytest.raises(ValidationException) as refused:
        switch(call, enabled=True)
    assert refused.value.message == "TimeToLive is already enabled"
    with pytest.raises(ValidationException) as refused:
        switch(call, enabled=True, attribute="other")
    assert refused.value.message == "TimeToLive is active on a different AttributeName: current AttributeName is ttl"
    with pytest.raises(ValidationException) as refused:
        switch(call, enabled=True, attribute="")
    assert refused.value.message == (
        "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    with pytest.raises(ResourceNotFoundException):
        switch(call, enabled=True, name="absent")


def test_change_under_way(call: Call, scope: Scope) -> None:
    """With delays a change of TTL lasts, and no other is taken meanwhile."""
    scope.delays = Delays(update_seconds=3600)
    switch(call, enabled=True)
    assert described(call) == {"TimeToLiveStatus": "ENABLING", "AttributeName": "ttl"}
    with pytest.raises(ValidationException) as refused:
        switch(call, enabled=False)
    assert refused.value.message == "Time to live has been modified multiple times within a fixed interval"
    scope.clock.advance(3600)
    assert described(call)["TimeToLiveStatus"] == "ENABLED"
    switch(call, enabled=False)
    assert described(call) == {"TimeToLiveStatus": "DISABLING"}


def test_items_from_before_are_noted(call: Call, put: Put, scope: Scope) -> None:
    put("orders", a={"S": "1"}, ttl={"N": "1700000100"})
    put("orders", a={"S": "2"}, ttl={"S": "1700000100"})
    put("orders", a={"S": "3"})
    switch(call, enabled=True)
    put("orders", a={"S": "4"}, ttl={"N": "1700000050"})
    due = scope.table("orders").expiry.due(earliest=0, latest=1_800_000_000, limit=9)
    assert [second for second, _ in due] == [1_700_000_050, 1_700_000_100]


def test_other_attribute_after_switching_off(call: Call, put: Put, scope: Scope) -> None:
    """Times noted for the old attribute do not outlive it."""
    put("orders", a={"S": "1"}, ttl={"N": "1700000100"}, until={"N": "1700000200"})
    switch(call, enabled=True)
    switch(call, enabled=False)
    switch(call, enabled=True, attribute="until")
    due = scope.table("orders").expiry.due(earliest=0, latest=1_800_000_000, limit=9)
    assert [second for second, _ in due] == [1_700_000_200]
