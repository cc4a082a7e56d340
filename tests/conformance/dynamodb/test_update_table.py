"""UpdateTable: billing, streams, indexes, protection.

Source, unless a test names another: dynamodb-exact §19.3; lambda-event-source-mappings §4.2 for streams.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "
ON = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
BY_A = {
    "IndexName": "by_a",
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
A = {"AttributeName": "a", "AttributeType": "S"}


def _wait(dynamodb: Any, name: str, is_so: Callable[[dict[str, Any]], bool] = lambda _table: True) -> dict[str, Any]:
    """The description once table and indexes are ACTIVE, and *is_so*."""
    for _ in range(600):
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        description: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
        indexes = description.get("GlobalSecondaryIndexes", [])
        if is_so(description) and all(index["IndexStatus"] == "ACTIVE" for index in indexes):
            return description
    raise AssertionError(f"{name} did not settle")


@pytest.mark.rule("4.2 table answers")
def test_a_stream_is_turned_on(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    answer = dynamodb.update_table(TableName=name, StreamSpecification=ON)["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    assert answer["StreamSpecification"] == ON
    assert answer["LatestStreamArn"].startswith(f"{answer['TableArn']}/stream/")
    description = _wait(dynamodb, name)
    assert description["LatestStreamArn"] == answer["LatestStreamArn"]


@pytest.mark.rule("4.2 view type")
def test_a_stream_that_is_on_cannot_be_turned_on(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(StreamSpecification=ON)
    for again in (ON, {**ON, "StreamViewType": "KEYS_ONLY"}):
        with refused("ValidationException", f"Table already has an enabled stream: TableName: {name}"):
            dynamodb.update_table(TableName=name, StreamSpecification=again)


@pytest.mark.rule("4.2 view type")
def test_a_stream_that_is_off_cannot_be_turned_off(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: aws-controllers-k8s/community 2782, hashicorp/terraform-provider-aws 1134."""
    name = make_table()
    with refused("ValidationException", f"Table has no stream to disable: TableName: {name}"):
        dynamodb.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: If stream is being disabled, then UpdateViewType must not be specified",
    ):
        dynamodb.update_table(TableName=name, StreamSpecification={**ON, "StreamEnabled": False})


def test_a_table_class_changes_alone(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: hashicorp/terraform-provider-aws 29816."""
    name = make_table()
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: TableClass modification must be the only operation in the request",
    ):
        dynamodb.update_table(TableName=name, TableClass="STANDARD", DeletionProtectionEnabled=True)


def test_the_table_class_changes_twice_in_thirty_days(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: the README of awslabs/dynamodb-shell."""
    name = make_table()
    for table_class in ("STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        dynamodb.update_table(TableName=name, TableClass=table_class)
        _wait(dynamodb, name)
    with refused(
        "LimitExceededException",
        "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).",
    ):
        dynamodb.update_table(TableName=name, TableClass="STANDARD_INFREQUENT_ACCESS")


@pytest.mark.rule("4.2 disabled stream", "3.9 disabled stream")
def test_a_stream_turned_on_again_is_another(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    name = make_table(StreamSpecification=ON)
    first = dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    dynamodb.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    description = _wait(dynamodb, name)
    assert "StreamSpecification" not in description
    assert streams.describe_stream(StreamArn=first)["StreamDescription"]["StreamStatus"] == "DISABLED"
    dynamodb.update_table(TableName=name, StreamSpecification=ON)
    assert _wait(dynamodb, name)["LatestStreamArn"] != first


def test_an_index_is_added_and_filled(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    for number in range(5):
        dynamodb.put_item(TableName=name, Item={"pk": {"S": str(number)}, "a": {"S": "x"}})
    dynamodb.put_item(TableName=name, Item={"pk": {"S": "without"}})
    answer = dynamodb.update_table(
        TableName=name, AttributeDefinitions=[A], GlobalSecondaryIndexUpdates=[{"Create": BY_A}]
    )["TableDescription"]
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    description = _wait(dynamodb, name)
    assert description["AttributeDefinitions"] == [A, {"AttributeName": "pk", "AttributeType": "S"}]
    found = dynamodb.query(
        TableName=name,
        IndexName="by_a",
        KeyConditionExpression="a = :a",
        ExpressionAttributeValues={":a": {"S": "x"}},
    )
    assert found["Count"] == 5


@pytest.mark.parametrize(
    ("older", "words"),
    [({"N": "1"}, "to unsupported type"), ({"S": "x" * 2049}, "beyond allowed size limits")],
    ids=["type", "size"],
)
def test_an_item_that_violates_a_later_index_is_read_only(
    dynamodb: Any, make_table: Callable[..., str], older: dict[str, str], words: str
) -> None:
    """It may be deleted, and mended. That the sentence is the one of values found in the item is an assumption.

    Source: developer guide, "Detecting and correcting index key violations" (all writes to such items are rejected);
    Maurice Borgmeier, "How to accidentally create read-only DynamoDB items" (tecracer.com, September 2024).
    """
    name = make_table()
    keys: list[dict[str, Any]] = [{"pk": {"S": "1"}}, {"pk": {"S": "2"}}]
    for key in keys:
        dynamodb.put_item(TableName=name, Item={**key, "a": older})
    dynamodb.update_table(TableName=name, AttributeDefinitions=[A], GlobalSecondaryIndexUpdates=[{"Create": BY_A}])
    _wait(dynamodb, name)
    assert dynamodb.scan(TableName=name, IndexName="by_a")["Count"] == 0
    elsewhere: dict[str, Any] = {
        "UpdateExpression": "SET b = :b",
        "ExpressionAttributeValues": {":b": {"S": "x"}},
    }
    sentence = f"The update expression attempted to update the secondary index key {words}"
    with refused("ValidationException", sentence):
        dynamodb.update_item(TableName=name, Key=keys[0], **elsewhere)
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=[{"Update": {"TableName": name, "Key": keys[0], **elsewhere}}])
    assert cancelled.value.response["CancellationReasons"] == [{"Code": "ValidationError", "Message": sentence}]
    dynamodb.delete_item(TableName=name, Key=keys[1])
    dynamodb.update_item(
        TableName=name,
        Key=keys[0],
        UpdateExpression="SET a = :a",
        ExpressionAttributeValues={":a": {"S": "x"}},
    )
    assert dynamodb.scan(TableName=name, IndexName="by_a")["Count"] == 1


def test_an_index_is_removed(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Definitions orphaned by the removal are pruned."""
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A])
    dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_a"}}])
    description = _wait(dynamodb, name, lambda table: "GlobalSecondaryIndexes" not in table)
    assert description["AttributeDefinitions"] == [{"AttributeName": "pk", "AttributeType": "S"}]
    with refused("ValidationException", "The table does not have the specified index: by_a"):
        dynamodb.scan(TableName=name, IndexName="by_a")


def test_from_provisioned_to_on_demand(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    description = _wait(dynamodb, name)
    assert description["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert description["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_limits_of_what_was_on_demand_are_gone_for_good(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Those of an index too. Source: go-to-k/cdkd issue 3403 (us-east-1, 2026-09-18)."""
    limits = {"OnDemandThroughput": {"MaxReadRequestUnits": 200}}
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A | limits], **limits)
    before = _wait(dynamodb, name)
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
    dynamodb.update_table(
        TableName=name,
        BillingMode="PROVISIONED",
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by_a"} | units}],
        **units,
    )
    provisioned = _wait(dynamodb, name)
    dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    after = _wait(dynamodb, name)
    told = [
        [place.get("OnDemandThroughput") for place in (table, *table["GlobalSecondaryIndexes"])]
        for table in (before, provisioned, after)
    ]
    assert told == [[{"MaxReadRequestUnits": 200}] * 2, [None, None], [None, None]]


def test_new_throughput(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    answer = dynamodb.update_table(
        TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 4}
    )["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    throughput = _wait(dynamodb, name)["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (7, 4)
    assert throughput["NumberOfDecreasesToday"] == 1


def test_unchanged_throughput(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})
    with refused(
        "ValidationException",
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. "
        "Current WriteCapacityUnits provisioned for the table: 6. Requested WriteCapacityUnits: 6. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    ):
        dynamodb.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})


def test_unchanged_throughput_of_an_index(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """The sentence names the index twice over. Source: ack-api-quirks DDB-TABLE-164, which quotes its first half."""
    units = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    indexed = {**BY_A, "ProvisionedThroughput": units}
    name = make_table(definitions=["a:S"], ProvisionedThroughput=units, GlobalSecondaryIndexes=[indexed])
    with refused(
        "ValidationException",
        "The provisioned throughput for the index by_a will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for index by_a: 2. Requested ReadCapacityUnits: 2. "
        "Current WriteCapacityUnits provisioned for index by_a: 3. Requested WriteCapacityUnits: 3. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    ):
        dynamodb.update_table(
            TableName=name,
            GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by_a", "ProvisionedThroughput": units}}],
        )


def test_switching_the_billing_mode(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """What units there are is told at once, by either switch. Source: ack-api-quirks DDB-TABLE-055, 064, 153, 165."""
    units = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    indexed = {**BY_A, "ProvisionedThroughput": units}
    name = make_table(definitions=["a:S"], ProvisionedThroughput=units, GlobalSecondaryIndexes=[indexed])
    answer = dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")["TableDescription"]
    assert (answer["TableStatus"], answer["BillingModeSummary"]) == ("UPDATING", {"BillingMode": "PAY_PER_REQUEST"})
    none = {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    assert answer["ProvisionedThroughput"].pop("LastDecreaseDateTime")
    assert answer["ProvisionedThroughput"] == none
    assert answer["WarmThroughput"]["ReadUnitsPerSecond"] == 2
    # Source: dynalite 4.0.0, asked 2026-11.
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    settled = _wait(dynamodb, name)
    assert settled["ProvisionedThroughput"] == none
    assert settled["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 1
    assert settled["WarmThroughput"]["ReadUnitsPerSecond"] == 12000
    answer = dynamodb.update_table(
        TableName=name,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by_a", "ProvisionedThroughput": units}}],
    )["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    for told in (answer, _wait(dynamodb, name)):
        assert told["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **units}
        assert told["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"].items() >= units.items()


def test_encrypting_a_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """The answer tells that something goes on, not yet with which key. Source: ack-api-quirks DDB-TABLE-361."""
    name = make_table()
    answer = dynamodb.update_table(TableName=name, SSESpecification={"Enabled": True})["TableDescription"]
    assert (answer["TableStatus"], answer["SSEDescription"]) == ("ACTIVE", {"Status": "UPDATING"})
    settled = _wait(dynamodb, name, lambda table: table["SSEDescription"]["Status"] == "ENABLED")
    assert settled["SSEDescription"]["SSEType"] == "KMS"
    answer = dynamodb.update_table(TableName=name, SSESpecification={"Enabled": False})["TableDescription"]
    assert answer["SSEDescription"] == {**settled["SSEDescription"], "Status": "UPDATING"}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param(
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
            P + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
            id="throughput on demand",
        ),
        pytest.param(
            {
                "BillingMode": "PAY_PER_REQUEST",
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            },
            P + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST",
            id="throughput while going on demand",  # ack-api-quirks DDB-TABLE-056
        ),
        pytest.param(
            {"BillingMode": "PROVISIONED"},
            P + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
            id="provisioned without throughput",
        ),
        pytest.param(
            {"GlobalSecondaryIndexUpdates": [{}]},
            P + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            "GlobalSecondaryIndexUpdate.Delete must not be null",
            id="empty index update",
        ),
    ],
)
def test_refusals(dynamodb: Any, table: str, members: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.update_table(TableName=table, **members)


NOTHING = (
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, "
    "ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
    "OnDemandThroughput, WarmThroughput or TableClass is required"
)
SSE = {"SSESpecification": {"Enabled": True}}
CLASS = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
PROTECTED = {"DeletionProtectionEnabled": True}
WARM = {"WarmThroughput": {"ReadUnitsPerSecond": 13000}}
LIMITED = {"OnDemandThroughput": {"MaxReadRequestUnits": 100}}
STREAM = {"StreamSpecification": ON}
UNITS = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
CREATE = {"AttributeDefinitions": [A], "GlobalSecondaryIndexUpdates": [{"Create": BY_A}]}


@pytest.mark.parametrize(
    "members",
    [{}, {"AttributeDefinitions": [A]}, {"GlobalSecondaryIndexUpdates": []}],
    ids=["nothing", "definitions", "no index updates"],
)
def test_nothing_to_do(dynamodb: Any, table: str, members: dict[str, Any]) -> None:
    """Source: ack-api-quirks DDB-TABLE-015, 359."""
    with refused("ValidationException", NOTHING):
        dynamodb.update_table(TableName=table, **members)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (SSE | CLASS, "Server-Side Encryption modification must be the only operation in the request"),
        (SSE | PROTECTED, "Server-Side Encryption modification must be the only operation in the request"),
        (CLASS | PROTECTED, "TableClass modification must be the only operation in the request"),
        (PROTECTED | WARM, "DeletionProtection modification must be the only operation in the request"),
        (PROTECTED | STREAM, "DeletionProtection modification must be the only operation in the request"),
        (WARM | STREAM, "WarmThroughput must be the only operation in the request"),
        (WARM | CREATE, "Create global secondary index cannot be specified when updating WarmThroughput"),
        (LIMITED | WARM, "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"),
        (LIMITED | STREAM, "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"),
        (UNITS | STREAM, "You cannot modify stream status while updating table IOPS"),
        (UNITS | CREATE, "You cannot create or delete index while updating table IOPS"),
        (STREAM | CREATE, "You cannot create or delete index while changing stream status"),
        (PROTECTED | {"GlobalSecondaryIndexUpdates": []}, "List of GlobalSecondaryIndexUpdates is empty"),
    ],
)
def test_changes_that_do_not_go_together(dynamodb: Any, table: str, members: dict[str, Any], message: str) -> None:
    """Nothing of it is done. Source: ack-api-quirks DDB-TABLE-174, 359, 382, 433."""
    before = dynamodb.describe_table(TableName=table)["Table"]
    with refused("ValidationException", P + message):
        dynamodb.update_table(TableName=table, **members)
    assert dynamodb.describe_table(TableName=table)["Table"] == before


def test_a_stream_and_limits_go_together_with_a_billing_mode(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: ack-api-quirks DDB-TABLE-433."""
    on_demand = {"BillingMode": "PAY_PER_REQUEST"}
    for more in (STREAM, LIMITED):
        name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
        dynamodb.update_table(TableName=name, **on_demand, **more)
        description = _wait(dynamodb, name)
        assert {member: description[member] for member in more} == more


def test_settings_do_not_make_a_table_updating(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: ack-api-quirks DDB-TABLE-410."""
    name = make_table()
    for change in (LIMITED, WARM, SSE, PROTECTED, {"DeletionProtectionEnabled": False}):
        answer = dynamodb.update_table(TableName=name, **change)["TableDescription"]
        assert answer["TableStatus"] == "ACTIVE", change
    answer = dynamodb.update_table(TableName=name, **CLASS)["TableDescription"]
    assert (answer["TableStatus"], "TableClassSummary" in answer) == ("UPDATING", False)
    assert _wait(dynamodb, name)["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_a_stream_needs_a_view_type(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-050."""
    with refused("ValidationException", P + "If stream is being enabled then UpdateViewType is required"):
        dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": True})


def test_warm_throughput_does_not_shrink(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Nor does it follow when provisioned units do. Source: ack-api-quirks DDB-TABLE-058, 059."""
    name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    dynamodb.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 2})
    warm = {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"}
    assert _wait(dynamodb, name)["WarmThroughput"] == warm
    with refused(
        "ValidationException",
        P + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, "
        "decreasing WarmThroughput is not supported",
    ):
        dynamodb.update_table(TableName=name, WarmThroughput={"ReadUnitsPerSecond": 4})


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (
            {"Update": {"IndexName": "by_a"}, "Delete": {"IndexName": "by_a"}},
            P + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
        ),
        (
            {"Update": {"IndexName": "by_a"}},
            P + "The only Updates for index: by_a when TableThroughputMode is PAY_PER_REQUEST can be to "
            "OnDemandThroughput, WarmThroughput",
        ),
        (
            {"Update": {"IndexName": "by_a", **UNITS}},
            P + "The only Updates for index: by_a when TableThroughputMode is PAY_PER_REQUEST can be to "
            "OnDemandThroughput, WarmThroughput",
        ),
        (
            {"Update": {"IndexName": "ghost", "WarmThroughput": {}}},
            P + "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified "
            "for index: ghost",
        ),
        (
            {"Update": {"IndexName": "local", **UNITS}},
            "Cannot update an index that is not a GlobalSecondaryIndex: local",
        ),
        ({"Delete": {"IndexName": "local"}}, "Cannot delete an index that is not a GlobalSecondaryIndex: local"),
        (
            {"Create": {**BY_A, "IndexName": "other"}},
            P + "AttributeDefinitions is not specified for index: other",
        ),
    ],
)
def test_index_updates_that_are_none(
    dynamodb: Any, make_table: Callable[..., str], update: dict[str, Any], message: str
) -> None:
    """Source: ack-api-quirks DDB-TABLE-152, 160, 162, 442, 456."""
    local = {
        "IndexName": "local",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "a", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    name = make_table("pk:S", "sk:S", definitions=["a:S"], GlobalSecondaryIndexes=[BY_A], LocalSecondaryIndexes=[local])
    with refused("ValidationException", message):
        dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=[update])


UNITS_OUT_OF_BOUNDS = {"ProvisionedThroughput": {"ReadCapacityUnits": 10**12 + 1, "WriteCapacityUnits": 1}}
BLOCKED = (
    "This operation cannot be performed with given input values. "
    "Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate"
)
EMPTY_UPDATE = (
    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
    "GlobalSecondaryIndexUpdate.Delete must not be null"
)
TWICE = "Only one global secondary index update per index is allowed simultaneously. Index: by_a"
BLOCKED_UPDATE = {"Update": {"IndexName": "by_a", **UNITS_OUT_OF_BOUNDS}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"BillingMode": "PROVISIONED", "GlobalSecondaryIndexUpdates": [{}]},
            P + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
        ),
        (
            UNITS_OUT_OF_BOUNDS | {"GlobalSecondaryIndexUpdates": [{}]},
            "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
        ),
        (
            UNITS_OUT_OF_BOUNDS | {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_a"}}]},
            "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
        ),
        ({"GlobalSecondaryIndexUpdates": [BLOCKED_UPDATE, {}]}, P + EMPTY_UPDATE),
        ({"GlobalSecondaryIndexUpdates": [BLOCKED_UPDATE, BLOCKED_UPDATE]}, P + TWICE),
        ({"GlobalSecondaryIndexUpdates": [BLOCKED_UPDATE]}, BLOCKED),
    ],
)
def test_units_out_of_bounds_and_other_faults(
    dynamodb: Any, make_table: Callable[..., str], members: dict[str, Any], message: str
) -> None:
    """The table's are told before faults of index updates, an index's after. Source: dynalite 4.0.0, asked 2026-11."""
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A])
    with refused("ValidationException", message):
        dynamodb.update_table(TableName=name, **members)


def test_units_of_an_index_are_bounded_once_the_table_is_found(dynamodb: Any, unique: Unique) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    name = f"none-{unique()}"
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=[BLOCKED_UPDATE])


def test_every_index_that_lacks_units_is_named(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A, {**BY_A, "IndexName": "other"}])
    with refused("ValidationException", P + "ProvisionedThroughput must be specified for index: by_a,other"):
        dynamodb.update_table(TableName=name, BillingMode="PROVISIONED", **UNITS)


def test_violations_of_a_new_index(dynamodb: Any, table: str) -> None:
    """In the order of an override of a restore, and of the units' members. Source: ack-api-quirks DDB-TABLE-457."""
    new = {"IndexName": "a;b", "KeySchema": [], "Projection": {"ProjectionType": "x"}, "ProvisionedThroughput": {}}
    where = "globalSecondaryIndexUpdates.1.member.create"
    with refused(
        "ValidationException",
        "5 validation errors detected: "
        f"Value 'a;b' at '{where}.indexName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "
        f"Value '[]' at '{where}.keySchema' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        f"Value 'x' at '{where}.projection.projectionType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]; "
        f"Value null at '{where}.provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: "
        "Member must not be null; "
        f"Value null at '{where}.provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
        "Member must not be null",
    ):
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Create": new}])


def test_an_index_twice_in_one_call(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A])
    with refused(
        "ValidationException",
        P + "Only one global secondary index update per index is allowed simultaneously. Index: by_a",
    ):
        dynamodb.update_table(
            TableName=name,
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_a"}}, {"Delete": {"IndexName": "by_a"}}],
        )


def test_two_indexes_created_in_one_call(dynamodb: Any, make_table: Callable[..., str]) -> None:
    with refused(
        "LimitExceededException",
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    ):
        dynamodb.update_table(
            TableName=make_table(),
            AttributeDefinitions=[A],
            GlobalSecondaryIndexUpdates=[{"Create": BY_A}, {"Create": {**BY_A, "IndexName": "other"}}],
        )


@pytest.mark.parametrize("members", [{}, {"AttributeDefinitions": [A]}], ids=["alone", "definitions"])
def test_consistency_between_regions_asks_for_nothing(dynamodb: Any, table: str, members: dict[str, Any]) -> None:
    """And is not asked for in turn. Source: ack-api-quirks DDB-TABLE-442."""
    with refused("ValidationException", NOTHING.replace("MultiRegionConsistency, ", "")):
        dynamodb.update_table(TableName=table, MultiRegionConsistency="EVENTUAL", **members)


def test_an_unknown_index_cannot_be_changed(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-161."""
    with refused("ResourceNotFoundException", f"Requested resource not found: Index ghost for table {table}"):
        dynamodb.update_table(
            TableName=table, GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "ghost", **LIMITED}}]
        )


def test_an_unknown_index_cannot_be_deleted(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-446."""
    with refused("ResourceNotFoundException", f"Requested resource not found: Index none for table {table}"):
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "none"}}])


def test_a_new_index_key_must_be_defined_in_this_request(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Even if the table already defines it."""
    name = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[BY_A])
    with refused(
        "ValidationException",
        re.compile(re.escape(P) + "Some index key attributes are not defined in AttributeDefinitions.*"),
    ):
        dynamodb.update_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {**BY_A, "IndexName": "other"}}],
        )


def _typed(**types: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


@pytest.mark.parametrize(
    ("definitions", "keys", "existing", "new"),
    [
        (_typed(pk="N"), {"pk": "HASH"}, "pk:S:HASH", "pk:N:HASH"),
        (_typed(b="S", a="B"), {"b": "HASH", "a": "RANGE"}, "a:S:HASH", "a:B:RANGE"),
        (_typed(sk="S", b="S"), {"sk": "HASH", "b": "RANGE"}, "sk:N:RANGE", "sk:S:HASH"),
    ],
    ids=["table key", "index key", "sort key"],
)
def test_a_new_index_key_keeps_the_type_it_has(
    dynamodb: Any,
    make_table: Callable[..., str],
    definitions: list[dict[str, str]],
    keys: dict[str, str],
    existing: str,
    new: str,
) -> None:
    """Source: scylladb/scylladb pull request 14556 and DynamoDB Local 3.3.1; of the sentence nubo-db/dynoxide."""
    name = make_table("pk:S", "sk:N", definitions=["a:S"], GlobalSecondaryIndexes=[BY_A])
    schema = [{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()]
    with refused(
        "ValidationException",
        P + "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. "
        f"Existing schema: Schema:[SchemaElement: key{{{existing}}}] New schema: Schema:[SchemaElement: key{{{new}}}]",
    ):
        dynamodb.update_table(
            TableName=name,
            AttributeDefinitions=definitions,
            GlobalSecondaryIndexUpdates=[{"Create": {**BY_A, "IndexName": "other", "KeySchema": schema}}],
        )


def test_another_type_of_a_key_the_new_index_lacks_is_ignored(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: paritysuite/dynamodb-conformance issue 78, measured in eu-west-2 in July 2026."""
    name = make_table("pk:S")
    dynamodb.update_table(
        TableName=name,
        AttributeDefinitions=_typed(pk="N", a="S"),
        GlobalSecondaryIndexUpdates=[{"Create": BY_A}],
    )
    assert _wait(dynamodb, name)["AttributeDefinitions"] == _typed(a="S", pk="S")


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    name = unique()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.update_table(TableName=name, WarmThroughput={})  # ack-api-quirks DDB-TABLE-446


ELSEWHERE = {"RegionName": "eu-west-1"}
NOT_A_REPLICA = (
    "Update global table operation failed because one or more replicas were not part of the global table. "
    "Please retry the request without these replicas: [eu-west-1]."
)


@pytest.mark.parametrize(
    ("updates", "message"),
    [
        ([{}], "There are no actions specified in the Replica Update Action of the request."),
        ([{"Update": ELSEWHERE}], "There are no actions specified in the Replica Update Action of the request."),
        (
            [{"Create": ELSEWHERE, "Delete": ELSEWHERE}],
            "Update table operation with more than one type of replica actions not allowed.",
        ),
        (
            [{"Create": ELSEWHERE}, {"Create": {"RegionName": "eu-west-3"}}],
            "Update table operation with more than one create or delete replica actions not allowed",
        ),
        ([{"Create": {}}], "One or more parameter values were invalid"),
        (
            [{"Update": {}}],
            (
                "1 validation error detected: Value null at 'replicaUpdates.1.member.update.regionName' failed to satisfy "
                "constraint: Member must not be null"
            ),
        ),
        (
            [{"Update": {**ELSEWHERE, "KMSMasterKeyId": ""}}],
            (
                "1 validation error detected: Value '' at 'replicaUpdates.1.member.update.kMSMasterKeyId' failed to satisfy "
                "constraint: Member must have length greater than or equal to 1"
            ),
        ),
        ([{"Delete": ELSEWHERE}], NOT_A_REPLICA),
        ([{"Update": {**ELSEWHERE, "TableClassOverride": "STANDARD"}}], NOT_A_REPLICA),
    ],
)
def test_replicas_there_are_none_of(dynamodb: Any, table: str, updates: list[Any], message: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-223, 265, 307, 457; of the key hashicorp/terraform-provider-aws 31153."""
    with refused("ValidationException", message):
        dynamodb.update_table(TableName=table, ReplicaUpdates=updates)


@pytest.mark.parametrize("action", ["Create", "Delete"])
def test_the_region_of_a_table_is_no_replica(dynamodb: Any, table: str, action: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-223."""
    message = (
        "Cannot add or delete the local region through ReplicaUpdates. "
        "Use CreateTable, DeleteTable, or UpdateTable as required."
    )
    with refused("ValidationException", message):
        dynamodb.update_table(TableName=table, ReplicaUpdates=[{action: {"RegionName": dynamodb.meta.region_name}}])
