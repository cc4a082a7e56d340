"""Tables that take a while, as AWS's do, for programs that must wait for them; ready at once unless asked for."""

import pytest

from sandbox.faults import ApiFault
from sandbox.testing.embedded import EmbeddedSandbox

TABLE = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
NAMED = {"TableName": "orders"}
ITEM = {"pk": {"S": "a"}}
INDEX = {
    "Create": {
        "IndexName": "by_customer",
        "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
}


def status(sandbox: EmbeddedSandbox) -> str:
    table = sandbox.call("DescribeTable", NAMED)["Table"]
    return str(table["TableStatus"])


@pytest.mark.sandbox_settings(create_delay_seconds=60.0)
def test_a_table_that_is_being_created_is_there_for_few(sandbox: EmbeddedSandbox) -> None:
    assert sandbox.call("CreateTable", TABLE)["TableDescription"]["TableStatus"] == "CREATING"
    assert sandbox.call("ListTables", {})["TableNames"] == ["orders"]
    with pytest.raises(
        ApiFault, match=r"^Attempt to change a resource which is still in use: Table is being created: orders$"
    ):
        sandbox.call("DeleteTable", NAMED)
    with pytest.raises(ApiFault, match=r"^Requested resource not found$"):
        sandbox.call("PutItem", NAMED | {"Item": ITEM})
    with pytest.raises(ApiFault, match=r"^Requested resource not found$"):
        sandbox.call(
            "Query", NAMED | {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": ITEM["pk"]}}
        )
    sandbox.clock.advance(59)
    assert status(sandbox) == "CREATING"
    sandbox.clock.advance(2)
    assert status(sandbox) == "ACTIVE"
    sandbox.call("PutItem", NAMED | {"Item": ITEM})


@pytest.mark.sandbox_settings(update_delay_seconds=60.0)
def test_a_table_that_is_being_updated_serves_its_items(sandbox: EmbeddedSandbox) -> None:
    sandbox.call("CreateTable", TABLE)
    sandbox.call("UpdateTable", NAMED | {"TableClass": "STANDARD_INFREQUENT_ACCESS"})
    sandbox.call("PutItem", NAMED | {"Item": ITEM})
    assert status(sandbox) == "UPDATING"
    with pytest.raises(ApiFault, match="still in use"):
        sandbox.call("DeleteTable", NAMED)
    sandbox.clock.advance(61)
    assert status(sandbox) == "ACTIVE"
    assert sandbox.call("Scan", NAMED)["Count"] == 1


@pytest.mark.sandbox_settings(index_delay_seconds=60.0)
def test_an_index_that_is_being_built_is_not_read(sandbox: EmbeddedSandbox) -> None:
    sandbox.call("CreateTable", TABLE)
    definitions = [{"AttributeName": "customer", "AttributeType": "S"}]
    sandbox.call("UpdateTable", NAMED | {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [INDEX]})
    sandbox.call("PutItem", NAMED | {"Item": ITEM | {"customer": {"S": "c"}}})
    with pytest.raises(ApiFault, match="backfilling"):
        sandbox.call("Scan", NAMED | {"IndexName": "by_customer"})
    sandbox.clock.advance(61)
    assert sandbox.call("Scan", NAMED | {"IndexName": "by_customer"})["Count"] == 1


@pytest.mark.sandbox_settings(delete_delay_seconds=60.0)
def test_a_table_that_is_being_deleted_keeps_its_name(sandbox: EmbeddedSandbox) -> None:
    sandbox.call("CreateTable", TABLE)
    assert sandbox.call("DeleteTable", NAMED)["TableDescription"]["TableStatus"] == "DELETING"
    assert status(sandbox) == "DELETING"
    with pytest.raises(ApiFault, match=r"^Table already exists: orders$"):
        sandbox.call("CreateTable", TABLE)
    with pytest.raises(ApiFault, match=r"^Requested resource not found$"):
        sandbox.call("GetItem", NAMED | {"Key": ITEM})
    sandbox.clock.advance(61)
    assert sandbox.call("ListTables", {})["TableNames"] == []
    sandbox.call("CreateTable", TABLE)
