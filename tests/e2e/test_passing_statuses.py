"""Tables that take a while, as AWS's do, for programs that must wait for them; ready at once unless asked for."""

import json

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


ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
STATEMENT = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "dynamodb:GetItem", "Resource": ARN}
POLICY = {"ResourceArn": ARN, "Policy": json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})}
KINESIS = NAMED | {"StreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/changes"}
STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: "
INSIGHTS = "Table or Index is not in a valid state to update Key Access Insights: "


def backups(sandbox: EmbeddedSandbox) -> str:
    answer = sandbox.call("DescribeContinuousBackups", NAMED)["ContinuousBackupsDescription"]
    return str(answer["ContinuousBackupsStatus"])


@pytest.mark.sandbox_settings(create_delay_seconds=60.0)
def test_what_belongs_to_a_table_that_is_being_created(sandbox: EmbeddedSandbox) -> None:
    """Source: ack-api-quirks DDB-TABLE-111, 115."""
    sandbox.call("CreateTable", TABLE)
    with pytest.raises(ApiFault, match=f"^{INSIGHTS}TableStatus must be ACTIVE to enable ContributorInsights"):
        sandbox.call("UpdateContributorInsights", NAMED | {"ContributorInsightsAction": "ENABLE"})
    with pytest.raises(ApiFault, match=r"Table is being created: orders$"):
        sandbox.call("EnableKinesisStreamingDestination", KINESIS)
    with pytest.raises(ApiFault, match=r"ResourceArn: \S+:table/orders not found$"):
        sandbox.call("ListTagsOfResource", {"ResourceArn": ARN})
    assert backups(sandbox) == "DISABLED"
    sandbox.clock.advance(61)
    assert backups(sandbox) == "ENABLED"


@pytest.mark.sandbox_settings(update_delay_seconds=60.0)
def test_what_belongs_to_a_table_that_is_being_updated_can_be_changed(sandbox: EmbeddedSandbox) -> None:
    """Source: ack-api-quirks DDB-TABLE-119, 234."""
    sandbox.call("CreateTable", TABLE)
    sandbox.call("UpdateTable", NAMED | {"TableClass": "STANDARD_INFREQUENT_ACCESS"})
    sandbox.call("PutResourcePolicy", POLICY)
    sandbox.call("EnableKinesisStreamingDestination", KINESIS)
    sandbox.call("UpdateContributorInsights", NAMED | {"ContributorInsightsAction": "ENABLE"})
    sandbox.call("TagResource", {"ResourceArn": ARN, "Tags": [{"Key": "k", "Value": "v"}]})
    assert status(sandbox) == "UPDATING"


@pytest.mark.sandbox_settings(delete_delay_seconds=60.0)
def test_what_belongs_to_a_table_that_is_being_deleted(sandbox: EmbeddedSandbox) -> None:
    """Source: ack-api-quirks DDB-TABLE-104, 236, 342, 374."""
    sandbox.call("CreateTable", TABLE)
    sandbox.call("PutResourcePolicy", POLICY)
    sandbox.call("EnableKinesisStreamingDestination", KINESIS)
    sandbox.call("UpdateContributorInsights", NAMED | {"ContributorInsightsAction": "ENABLE"})
    sandbox.call("DeleteTable", NAMED)
    assert sandbox.call("GetResourcePolicy", {"ResourceArn": ARN})["Policy"]
    for operation, request in (("PutResourcePolicy", POLICY), ("DeleteResourcePolicy", {"ResourceArn": ARN})):
        with pytest.raises(ApiFault, match=r"Table is being deleted: orders$"):
            sandbox.call(operation, request)
    with pytest.raises(ApiFault, match=f"^{STATE}EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED"):
        sandbox.call("EnableKinesisStreamingDestination", KINESIS)
    with pytest.raises(ApiFault, match=f"^{STATE}KinesisStreamingDestination must be ACTIVE to perform DISABLE"):
        sandbox.call("DisableKinesisStreamingDestination", KINESIS)
    off = sandbox.call("UpdateContributorInsights", NAMED | {"ContributorInsightsAction": "DISABLE"})
    assert off["ContributorInsightsStatus"] == "DISABLING"
    with pytest.raises(ApiFault, match=r"ResourceArn: \S+:table/orders not found$"):
        sandbox.call("ListTagsOfResource", {"ResourceArn": ARN})
    sandbox.clock.advance(61)
    with pytest.raises(ApiFault, match=r"^Requested resource not found: Table: orders not found$"):
        sandbox.call("GetResourcePolicy", {"ResourceArn": ARN})
