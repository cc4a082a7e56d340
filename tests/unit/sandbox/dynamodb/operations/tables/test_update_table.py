from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import (
    InternalFailure,
    LimitExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope

P = "One or more parameter values were invalid: "
ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}

Call = Callable[..., Any]
Put = Callable[..., None]


def key(*parts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in parts]


def types(names: str, kind: str = "S") -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": kind} for name in names]


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def gsi(name: str, *parts: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": key(*parts), "Projection": {"ProjectionType": "ALL"}, **more}


@pytest.fixture
def orders(call: Call) -> None:
    call(create_table, TableName="orders", AttributeDefinitions=types("a"), KeySchema=key(("a", "HASH")), **ON_DEMAND)


@pytest.fixture
def provisioned(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=types("ab"),
        KeySchema=key(("a", "HASH")),
        ProvisionedThroughput=units(5, 5),
        GlobalSecondaryIndexes=[gsi("byb", ("b", "HASH"), ProvisionedThroughput=units(3, 3))],
    )


def update(call: Call, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = call(update_table, TableName="orders", **members)["TableDescription"]
    return answer


def described(call: Call) -> dict[str, Any]:
    table: dict[str, Any] = call(describe_table, TableName="orders")["Table"]
    return table


# -- throughput and billing ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("provisioned")
def test_answer_has_the_old_units_and_the_new_times(call: Call, scope: Scope) -> None:
    scope.clock.advance(10)
    answer = update(call, ProvisionedThroughput=units(9, 2))
    assert answer["TableStatus"] == "UPDATING"
    assert answer["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        **units(5, 5),
        "LastIncreaseDateTime": 1_700_000_010.25,
        "LastDecreaseDateTime": 1_700_000_010.25,
    }
    settled = described(call)
    assert settled["TableStatus"] == "ACTIVE"
    assert settled["ProvisionedThroughput"] == {
        **answer["ProvisionedThroughput"],
        **units(9, 2),
        "NumberOfDecreasesToday": 1,
    }


@pytest.mark.usefixtures("provisioned")
def test_decreases_of_a_day(call: Call, scope: Scope) -> None:
    """Four at any time, then one an hour, until the UTC day is over; the text is quoted in a public issue."""
    for read in (10, 9, 8, 7, 6):
        update(call, ProvisionedThroughput=units(read, 5))
    with pytest.raises(LimitExceededException) as refused:
        update(call, ProvisionedThroughput=units(1, 5))
    assert refused.value.message == (
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
        "decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. "
        "Number of decreases today: 4. Last decrease at Tuesday, November 14, 2023 at 10:13:20 PM Coordinated Universal Time. "
        "Next decrease can be made at Tuesday, November 14, 2023 at 11:13:20 PM Coordinated Universal Time"
    )
    scope.clock.advance(3600)
    update(call, ProvisionedThroughput=units(5, 5))
    assert described(call)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 5
    scope.clock.advance(3600)
    assert described(call)["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0


@pytest.mark.usefixtures("provisioned")
def test_decreases_begin_anew_at_midnight(call: Call, scope: Scope) -> None:
    """The sentence names midnight where that is nearer than an hour. Source: ack-api-quirks DDB-TABLE-184."""
    scope.clock.advance(3600)  # 11:13:20 PM
    update(call, ProvisionedThroughput=units(10, 5))
    for read in (9, 8, 7, 6):
        update(call, ProvisionedThroughput=units(read, 5))
    with pytest.raises(LimitExceededException, match="made at Wednesday, November 15, 2023 at 12:00:00 AM Coordinated"):
        update(call, ProvisionedThroughput=units(1, 5))


@pytest.mark.usefixtures("provisioned")
def test_index_units_change_alone(call: Call) -> None:
    answer = update(
        call, GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "byb", "ProvisionedThroughput": units(4, 3)}}]
    )
    assert (answer["TableStatus"], answer["GlobalSecondaryIndexes"][0]["IndexStatus"]) == ("ACTIVE", "UPDATING")
    settled = described(call)["GlobalSecondaryIndexes"][0]
    assert settled["IndexStatus"] == "ACTIVE"
    assert settled["ProvisionedThroughput"]["ReadCapacityUnits"] == 4


@pytest.mark.usefixtures("provisioned")
def test_to_on_demand_and_back(call: Call) -> None:
    answer = update(call, **ON_DEMAND)
    assert answer["BillingModeSummary"] == ON_DEMAND, "the time is that of the end of the switch"
    assert described(call)["BillingModeSummary"] == {**ON_DEMAND, "LastUpdateToPayPerRequestDateTime": 1_700_000_000.25}
    none = {"NumberOfDecreasesToday": 0, **units(0, 0)}
    assert answer["ProvisionedThroughput"] == {**none, "LastDecreaseDateTime": 1_700_000_000.25}
    assert described(call)["ProvisionedThroughput"] == none, "that units have gone is told while they go"
    assert described(call)["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 1,
        "LastDecreaseDateTime": 1_700_000_000.25,
        **units(0, 0),
    }
    answer = update(
        call,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(1, 1),
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "byb", "ProvisionedThroughput": units(2, 2)}}],
    )
    settled = described(call)
    assert settled["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    for told in (answer, settled):
        assert told["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **units(1, 1)}
        index = told["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
        assert (index["WriteCapacityUnits"], "LastIncreaseDateTime" in index) == (2, False)


@pytest.mark.usefixtures("provisioned")
def test_what_a_switch_to_on_demand_shows_meanwhile(call: Call, scope: Scope) -> None:
    """Source: ack-api-quirks DDB-TABLE-064, 370."""
    scope.delays = Delays(update_seconds=5)
    answer = update(call, **ON_DEMAND)
    assert described(call) == answer
    warm = {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 5, "Status": "ACTIVE"}
    assert (answer["WarmThroughput"], answer["ProvisionedThroughput"]["ReadCapacityUnits"]) == (warm, 0)
    with pytest.raises(ResourceInUseException, match="Table IOPS are currently being updated"):
        update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
    scope.clock.advance(5)
    assert described(call)["WarmThroughput"]["ReadUnitsPerSecond"] == 12000


@pytest.mark.usefixtures("orders")
def test_four_switches_to_on_demand_a_day(call: Call, scope: Scope) -> None:
    for _ in range(4):
        update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
        update(call, **ON_DEMAND)
    update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
    with pytest.raises(LimitExceededException, match="Update to PayPerRequest mode are limited"):
        update(call, **ON_DEMAND)
    scope.clock.advance(86_400)
    update(call, **ON_DEMAND)


@pytest.mark.usefixtures("orders")
def test_on_demand_limits_merge_and_go(call: Call) -> None:
    update(call, OnDemandThroughput={"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6})
    answer = update(call, OnDemandThroughput={"MaxReadRequestUnits": -1})
    assert answer["OnDemandThroughput"] == {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 6}
    assert described(call)["OnDemandThroughput"] == {"MaxWriteRequestUnits": 6}
    update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
    assert "OnDemandThroughput" not in described(call)


# -- indexes ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("orders")
def test_new_index_is_filled_from_what_is_there(call: Call, put: Put, scope: Scope) -> None:
    """Items without the key, of another type, or with an empty or too long key are left out."""
    put("orders", a={"S": "1"}, b={"S": "x"})
    put("orders", a={"S": "2"}, b={"N": "1"})
    put("orders", a={"S": "3"}, b={"S": ""})
    put("orders", a={"S": "4"}, b={"S": "y" * 2049})
    put("orders", a={"S": "5"})
    answer = update(
        call, AttributeDefinitions=types("b"), GlobalSecondaryIndexUpdates=[{"Create": gsi("byb", ("b", "HASH"))}]
    )
    shown = answer["GlobalSecondaryIndexes"][0]
    assert (answer["TableStatus"], shown["IndexStatus"], shown["Backfilling"]) == ("UPDATING", "CREATING", False)
    settled = described(call)
    assert settled["AttributeDefinitions"] == types("ab")
    shown = settled["GlobalSecondaryIndexes"][0]
    assert (shown["IndexStatus"], shown["ItemCount"], "Backfilling" in shown) == ("ACTIVE", 1, False)
    assert shown["IndexSizeBytes"] == 4
    put("orders", a={"S": "6"}, b={"S": "z"})
    assert scope.table("orders").indexes["byb"].entries.totals() == (2, 8)


@pytest.mark.usefixtures("orders")
def test_definitions_are_a_delta(call: Call) -> None:
    """A known type wins over one that is not used, unused ones are dropped, orphans go with their index. Source: §19.3."""
    update(
        call,
        AttributeDefinitions=types("a", "N") + types("bz"),
        GlobalSecondaryIndexUpdates=[{"Create": gsi("byb", ("b", "HASH"))}],
    )
    assert described(call)["AttributeDefinitions"] == types("ab")
    answer = update(call, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byb"}}])
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    settled = described(call)
    assert settled["AttributeDefinitions"] == types("a")
    assert "GlobalSecondaryIndexes" not in settled


@pytest.mark.usefixtures("orders")
def test_index_of_the_same_name_starts_empty(call: Call, put: Put) -> None:
    """Rows of a deleted index never come back: its number is not used again."""
    put("orders", a={"S": "1"}, b={"S": "x"})
    create = {
        "AttributeDefinitions": types("b"),
        "GlobalSecondaryIndexUpdates": [{"Create": gsi("byb", ("b", "HASH"))}],
    }
    update(call, **create)
    update(call, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byb"}}])
    put("orders", a={"S": "1"})
    update(call, **create)
    assert described(call)["GlobalSecondaryIndexes"][0]["ItemCount"] == 0


@pytest.mark.usefixtures("orders")
def test_only_one_index_is_built_at_a_time(call: Call, scope: Scope) -> None:
    scope.delays = Delays(index_seconds=60)
    update(call, AttributeDefinitions=types("b"), GlobalSecondaryIndexUpdates=[{"Create": gsi("byb", ("b", "HASH"))}])
    assert described(call)["TableStatus"] == "ACTIVE"
    with pytest.raises(LimitExceededException) as refused:
        update(
            call, AttributeDefinitions=types("c"), GlobalSecondaryIndexUpdates=[{"Create": gsi("byc", ("c", "HASH"))}]
        )
    assert refused.value.message == (
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
    )
    scope.clock.advance(60)
    assert described(call)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"


# -- streams ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("orders")
def test_stream_on_off_and_on_again(call: Call, scope: Scope) -> None:
    """Each enabling has its own label; the old stream keeps its records and is closed."""
    answer = update(call, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    first = answer["LatestStreamArn"]
    assert answer["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    with pytest.raises(ValidationException) as refused:
        update(call, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    assert refused.value.message == "Table already has an enabled stream: TableName: orders"
    off = update(call, StreamSpecification={"StreamEnabled": False})
    assert "StreamSpecification" not in off
    assert off["LatestStreamArn"] == first
    with pytest.raises(ValidationException, match="stream to disable"):
        update(call, StreamSpecification={"StreamEnabled": False})
    second = update(call, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})["LatestStreamArn"]
    assert second != first
    closed, opened = scope.store.log.by_arn(first), scope.store.log.by_arn(second)
    assert closed is not None
    assert opened is not None
    assert (closed.enabled, opened.enabled) == (False, True)
    assert all(shard.last_sequence is not None for shard in closed.shards)


# -- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("orders")
def test_settings(call: Call) -> None:
    assert update(call, DeletionProtectionEnabled=True)["TableStatus"] == "ACTIVE"
    answer = update(call, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert (answer["TableStatus"], "TableClassSummary" in answer) == ("UPDATING", False)
    answer = update(call, WarmThroughput={"ReadUnitsPerSecond": 13000})
    assert answer["TableStatus"] == "ACTIVE"
    assert answer["WarmThroughput"] == {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "UPDATING"}
    with pytest.raises(ValidationException, match="decreasing WarmThroughput is not supported"):
        update(call, WarmThroughput={"ReadUnitsPerSecond": 12500, "WriteUnitsPerSecond": 5000})
    answer = update(call, SSESpecification={"Enabled": True})
    assert (answer["TableStatus"], answer["SSEDescription"]) == ("ACTIVE", {"Status": "UPDATING"})
    settled = described(call)
    assert settled["DeletionProtectionEnabled"] is True
    assert settled["TableClassSummary"] == {
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "LastUpdateDateTime": 1_700_000_000.25,
    }
    assert settled["WarmThroughput"] == {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
    assert settled["SSEDescription"]["Status"] == "ENABLED"
    assert update(call, SSESpecification={"Enabled": False})["SSEDescription"] == {
        **settled["SSEDescription"],
        "Status": "UPDATING",
    }
    assert "SSEDescription" not in described(call)


@pytest.mark.usefixtures("orders")
def test_another_key_and_another_class_are_told_once_they_are_in_use(call: Call, scope: Scope) -> None:
    """Source: ack-api-quirks DDB-TABLE-180, 371, 444."""
    scope.delays = Delays(update_seconds=5)
    update(call, SSESpecification={"Enabled": True})
    with pytest.raises(ResourceInUseException, match="Server-Side Encryption is still being updated"):
        update(call, SSESpecification={"Enabled": True})
    scope.clock.advance(5)
    first = described(call)["SSEDescription"]
    own = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "arn:aws:kms:us-east-1:000000000000:key/mine"}
    answer = update(call, SSESpecification=own)
    assert answer["SSEDescription"] == {**first, "Status": "UPDATING"}
    scope.clock.advance(5)
    assert described(call)["SSEDescription"] == {**first, "KMSMasterKeyArn": own["KMSMasterKeyId"]}
    for table_class in ("STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        before = described(call).get("TableClassSummary")
        assert update(call, TableClass=table_class).get("TableClassSummary") == before
        scope.clock.advance(5)
        assert described(call)["TableClassSummary"] == {
            "TableClass": table_class,
            "LastUpdateDateTime": scope.clock.now(),
        }


@pytest.mark.usefixtures("orders")
def test_two_table_classes_in_thirty_days(call: Call, scope: Scope) -> None:
    """Source: awslabs/dynamodb-shell README; a class that is there already counts for nothing."""
    for table_class in ("STANDARD", "STANDARD_INFREQUENT_ACCESS", "STANDARD_INFREQUENT_ACCESS", "STANDARD", "STANDARD"):
        update(call, TableClass=table_class)
    limit = r"Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day\(s\)\.$"
    with pytest.raises(LimitExceededException, match=limit):
        update(call, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert described(call)["TableClassSummary"]["TableClass"] == "STANDARD"
    scope.clock.advance(30 * 86_400)
    update(call, TableClass="STANDARD_INFREQUENT_ACCESS")


@pytest.mark.usefixtures("orders")
def test_table_in_a_passing_status_is_in_use(call: Call, scope: Scope) -> None:
    scope.delays = Delays(update_seconds=5)
    update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
    with pytest.raises(ResourceInUseException) as refused:
        update(call, ProvisionedThroughput=units(2, 2))
    assert refused.value.message == (
        "Attempt to change a resource which is still in use: Table IOPS are currently being updated. Table: orders"
    )
    assert update(call, DeletionProtectionEnabled=True)["TableStatus"] == "UPDATING"
    assert scope.table("orders").name == "orders"  # items can be read and written while it is UPDATING


# -- refusals --------------------------------------------------------------------------------------------------------

NOTHING = (
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
    "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
    "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"
)
BLOCKED = (
    "This operation cannot be performed with given input values. "
    "Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate"
)
UNCHANGED = (
    "The provisioned throughput for the table will not change. The requested value equals the current value. "
    "Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. "
    "Current WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. "
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
)


@pytest.mark.usefixtures("provisioned")
@pytest.mark.parametrize(
    ("members", "fault", "message"),
    [
        ({}, ValidationException, NOTHING),
        ({"GlobalSecondaryIndexUpdates": []}, ValidationException, NOTHING),
        (
            {"BillingMode": "PROVISIONED"},
            ValidationException,
            P + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
        ),
        (
            {**ON_DEMAND, "ProvisionedThroughput": units(1, 1)},
            ValidationException,
            P + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST",
        ),
        ({"ProvisionedThroughput": units(5, 5)}, ValidationException, UNCHANGED),
        (
            {"GlobalSecondaryIndexUpdates": [{}]},
            ValidationException,
            P
            + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            + "GlobalSecondaryIndexUpdate.Delete must not be null",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "byb"}}, {"Delete": {"IndexName": "byb"}}]},
            ValidationException,
            P + "Only one global secondary index update per index is allowed simultaneously. Index: byb",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "byb"}}, {"Delete": {"IndexName": "byc"}}]},
            LimitExceededException,
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
        ),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"Update": {"IndexName": "byb", "ProvisionedThroughput": units(10**12 + 1, 1)}}
                ]
            },
            ValidationException,
            BLOCKED,
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "absent"}}]},
            ResourceNotFoundException,
            "Requested resource not found: Index absent for table orders",
        ),
        (
            {
                "AttributeDefinitions": types("a"),
                "GlobalSecondaryIndexUpdates": [
                    {"Create": gsi("new", ("b", "HASH"), ProvisionedThroughput=units(1, 1))}
                ],
            },
            ValidationException,
            P
            + "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]",
        ),
        (
            {
                "AttributeDefinitions": types("b"),
                "GlobalSecondaryIndexUpdates": [
                    {"Create": gsi("byb", ("b", "HASH"), ProvisionedThroughput=units(1, 1))}
                ],
            },
            ValidationException,
            "Attempting to create an index which already exists",
        ),
        (
            {
                "AttributeDefinitions": types("b"),
                "GlobalSecondaryIndexUpdates": [{"Create": gsi("new", ("b", "HASH"))}],
            },
            ValidationException,
            P + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new",
        ),
        (
            {"OnDemandThroughput": {"MaxWriteRequestUnits": 5}},
            ValidationException,
            P
            + "MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED",
        ),
        (
            {**ON_DEMAND, "OnDemandThroughput": {"MaxReadRequestUnits": 0}},
            ValidationException,
            P + "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range",
        ),
        ({"OnDemandThroughput": {}}, InternalFailure, None),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"Update": {"IndexName": "ghost", "WarmThroughput": {"ReadUnitsPerSecond": 9}}}
                ]
            },
            InternalFailure,
            None,
        ),
        ({"SSESpecification": {"Enabled": False}}, ValidationException, P + "Table is already encrypted by default"),
    ],
)
def test_refusals(
    call: Call, scope: Scope, members: dict[str, Any], fault: type[Exception], message: str | None
) -> None:
    """Each row of dynamodb-exact §19.3, in its words; nothing has changed afterwards."""
    before = scope.table("orders").definition
    with pytest.raises(fault) as refused:
        update(call, **members)
    assert getattr(refused.value, "message", None) == message
    assert scope.table("orders").definition == before


@pytest.mark.usefixtures("provisioned")
def test_every_index_needs_units_when_the_table_gets_them(call: Call) -> None:
    update(call, **ON_DEMAND)
    with pytest.raises(ValidationException) as refused:
        update(call, BillingMode="PROVISIONED", ProvisionedThroughput=units(1, 1))
    assert refused.value.message == P + "ProvisionedThroughput must be specified for index: byb"


def test_unknown_table(call: Call) -> None:
    with pytest.raises(ResourceNotFoundException) as refused:
        update(call, DeletionProtectionEnabled=True)
    assert refused.value.message == "Requested resource not found: Table: orders not found"
