"""Changes at random while others are under way: refused or taken, and in the end all of it fits together."""

import base64
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.items.scan import scan
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope
from sandbox.faults import ApiFault

Call = Callable[..., Any]
ATTRIBUTES = ("x", "y", "z")
STEPS = 80


def units(chance: random.Random) -> dict[str, Any]:
    return {
        "ProvisionedThroughput": {
            "ReadCapacityUnits": chance.randint(1, 5),
            "WriteCapacityUnits": chance.randint(1, 5),
        }
    }


def described(call: Call) -> dict[str, Any]:
    table: dict[str, Any] = call(describe_table, TableName="orders")["Table"]
    return table


def is_provisioned(table: dict[str, Any]) -> bool:
    mode = table.get("BillingModeSummary", {}).get("BillingMode")
    return bool(mode != "PAY_PER_REQUEST")


def any_change(call: Call, chance: random.Random) -> dict[str, Any]:
    """A request that may or may not fit what the table is at this moment."""
    table = described(call)
    name = chance.choice(ATTRIBUTES)
    throughput = units(chance) if is_provisioned(table) else {}
    key = [{"AttributeName": name, "KeyType": "HASH"}]
    new = {"IndexName": f"by_{name}", "KeySchema": key, "Projection": {"ProjectionType": "ALL"}, **throughput}
    changes: list[dict[str, Any]] = [
        {
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"}],
            "GlobalSecondaryIndexUpdates": [{"Create": new}],
        },
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": f"by_{name}"}}]},
        {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": f"by_{name}", **units(chance)}}]},
        units(chance),
        {"BillingMode": "PAY_PER_REQUEST"},
        {
            "BillingMode": "PROVISIONED",
            **units(chance),
            "GlobalSecondaryIndexUpdates": [
                {"Update": {"IndexName": index["IndexName"], **units(chance)}}
                for index in table.get("GlobalSecondaryIndexes", ())
            ],
        },
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
        {"StreamSpecification": {"StreamEnabled": False}},
        {"TableClass": chance.choice(("STANDARD", "STANDARD_INFREQUENT_ACCESS"))},
        {"DeletionProtectionEnabled": chance.random() < 0.5},
        {"SSESpecification": {"Enabled": chance.random() < 0.5}},
        {"WarmThroughput": {"ReadUnitsPerSecond": chance.randint(12_000, 20_000)}},
        {"OnDemandThroughput": {"MaxReadRequestUnits": chance.choice((-1, 5, 9))}},
    ]
    return chance.choice(changes)


def any_item(chance: random.Random) -> dict[str, Any]:
    values = [{"S": "1"}, {"S": "2"}, {"N": "1"}]
    item = {name: chance.choice(values) for name in ATTRIBUTES if chance.random() < 0.7}
    return {"a": {"S": str(chance.randint(1, 30))}, **item}


def scanned(call: Call, **place: str) -> list[dict[str, Any]]:
    """The items there; operations on items make their own bytes, which ``call`` gives as base64."""
    items: list[dict[str, Any]] = json.loads(base64.b64decode(call(scan, TableName="orders", **place)))["Items"]
    return items


@pytest.mark.parametrize("seed", range(25))
def test_a_table_that_is_changed_at_random(call: Call, scope: Scope, seed: int) -> None:
    chance = random.Random(seed)
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    scope.delays = Delays(update_seconds=chance.choice((0, 3, 10)), index_seconds=chance.choice((0, 3, 10)))
    for _ in range(STEPS):
        what = chance.random()
        if what < 0.2:
            scope.clock.advance(chance.choice((1, 2, 5, 11)))
        else:
            with suppress(ApiFault):
                if what < 0.5:
                    call(put_item, TableName="orders", Item=any_item(chance))
                else:
                    call(update_table, TableName="orders", **any_change(call, chance))
    scope.clock.advance(20)
    check(call)


def check(call: Call) -> None:
    """That all is settled, and that indexes, definitions and units are those of the table."""
    table = described(call)
    indexes = table.get("GlobalSecondaryIndexes", [])
    assert {table["TableStatus"], *(index["IndexStatus"] for index in indexes)} == {"ACTIVE"}
    assert table.get("SSEDescription", {}).get("Status", "ENABLED") == "ENABLED"
    keys = {index["IndexName"]: index["KeySchema"][0]["AttributeName"] for index in indexes}
    assert {item["AttributeName"] for item in table["AttributeDefinitions"]} == {"a", *keys.values()}
    for place in (table, *indexes):
        assert (place["ProvisionedThroughput"]["ReadCapacityUnits"] > 0) == is_provisioned(table)
    items = scanned(call)
    for name, attribute in keys.items():
        found = scanned(call, IndexName=name)
        expected = [item for item in items if "S" in item.get(attribute, {})]
        assert sorted(found, key=repr) == sorted(expected, key=repr)
