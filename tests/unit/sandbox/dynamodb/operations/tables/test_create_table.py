from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import ResourceInUseException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.scope import Delays, Scope

P = "One or more parameter values were invalid: "
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"

Call = Callable[..., Any]


def key(*parts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in parts]


def types(names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}
PLAIN: dict[str, Any] = {
    "TableName": "orders",
    "AttributeDefinitions": types("a"),
    "KeySchema": key(("a", "HASH")),
    "BillingMode": "PAY_PER_REQUEST",
}


def index(name: str, *parts: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": key(*parts), "Projection": {"ProjectionType": "ALL"}, **more}


def test_on_demand_table_as_recorded(call: Call) -> None:
    """The exact members of the answers. Source: aws-recorded-answers §9, dynamodb-exact §19.2."""
    created = call(create_table, **PLAIN)["TableDescription"]
    table_id = created.pop("TableId")
    assert created == {
        "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "CreationDateTime": 1_700_000_000.25,
        "DeletionProtectionEnabled": False,
        "ItemCount": 0,
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        "TableArn": ARN,
        "TableName": "orders",
        "TableSizeBytes": 0,
        "TableStatus": "CREATING",
        "TableThroughputModeSummary": {"TableThroughputMode": "PAY_PER_REQUEST"},
    }
    described = call(describe_table, TableName="orders")["Table"]
    assert described == {
        **created,
        "TableId": table_id,
        "TableStatus": "ACTIVE",
        "BillingModeSummary": {
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": 1_700_000_000.25,
        },
        "TableThroughputModeSummary": {
            "TableThroughputMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": 1_700_000_000.25,
        },
        "WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"},
    }


def test_provisioned_table_has_no_billing_summary(call: Call) -> None:
    call(create_table, **{**PLAIN, "BillingMode": "PROVISIONED"}, ProvisionedThroughput=UNITS)
    described = call(describe_table, TableName=ARN)["Table"]
    assert "BillingModeSummary" not in described
    assert described["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **UNITS}
    assert described["WarmThroughput"] == {"ReadUnitsPerSecond": 1, "WriteUnitsPerSecond": 2, "Status": "ACTIVE"}


def test_everything_that_is_asked_for_is_described(call: Call) -> None:
    created = call(
        create_table,
        **{
            **PLAIN,
            "AttributeDefinitions": types("dbca"),
            "KeySchema": key(("a", "HASH"), ("b", "RANGE")),
            "GlobalSecondaryIndexes": [
                index("many", ("c", "HASH"), ("d", "HASH"), ("a", "RANGE"), ("b", "RANGE")),
            ],
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "local",
                    "KeySchema": key(("a", "HASH"), ("c", "RANGE")),
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
                }
            ],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/mine"},
            "TableClass": "STANDARD_INFREQUENT_ACCESS",
            "DeletionProtectionEnabled": True,
            "OnDemandThroughput": {"MaxReadRequestUnits": 5},
            "WarmThroughput": {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000},
        },
    )["TableDescription"]
    assert [item["AttributeName"] for item in created["AttributeDefinitions"]] == ["a", "b", "c", "d"]
    assert created["GlobalSecondaryIndexes"] == [
        {
            "IndexArn": f"{ARN}/index/many",
            "IndexName": "many",
            "IndexSizeBytes": 0,
            "IndexStatus": "CREATING",
            "ItemCount": 0,
            "KeySchema": key(("c", "HASH"), ("d", "HASH"), ("a", "RANGE"), ("b", "RANGE")),
            "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        }
    ]
    assert created["LocalSecondaryIndexes"] == [
        {
            "IndexArn": f"{ARN}/index/local",
            "IndexName": "local",
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "KeySchema": key(("a", "HASH"), ("c", "RANGE")),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
        }
    ]
    assert created["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert created["LatestStreamLabel"] == "2023-11-14T22:13:20.250"
    assert created["LatestStreamArn"] == f"{ARN}/stream/2023-11-14T22:13:20.250"
    assert created["SSEDescription"] == {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:us-east-1:000000000000:alias/mine",
    }
    assert created["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert created["DeletionProtectionEnabled"] is True
    assert created["OnDemandThroughput"] == {"MaxReadRequestUnits": 5}
    warm = {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 5000}
    assert created["WarmThroughput"] == {**warm, "Status": "UPDATING"}
    described = call(describe_table, TableName="orders")["Table"]
    assert described["WarmThroughput"] == {**warm, "Status": "ACTIVE"}
    assert described["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert "WarmThroughput" in described["GlobalSecondaryIndexes"][0]


def test_name_is_taken_whatever_the_status(call: Call, scope: Scope) -> None:
    scope.delays = Delays(create_seconds=10)
    call(create_table, **PLAIN)
    with pytest.raises(ResourceInUseException) as refused:
        call(create_table, **{**PLAIN, "TableName": ARN})
    assert refused.value.message == "Attempt to change a resource which is still in use: Table is being created: orders"
    scope.clock.advance(10)
    with pytest.raises(ResourceInUseException) as refused:
        call(create_table, **{**PLAIN, "TableName": ARN})
    assert refused.value.message == "Table already exists: orders"


def test_creating_lasts_as_long_as_asked_for(call: Call, scope: Scope) -> None:
    """Item operations do not see the table before, and nobody has to describe it for the status to be right."""
    scope.delays = Delays(create_seconds=10)
    call(create_table, **PLAIN)
    scope.clock._offset_seconds = 9.9
    assert call(describe_table, TableName="orders")["Table"]["TableStatus"] == "CREATING"
    with pytest.raises(ResourceNotFoundException):
        scope.table("orders")
    scope.clock._offset_seconds = 10
    assert call(describe_table, TableName="orders")["Table"]["TableStatus"] == "ACTIVE"
    assert scope.table("orders").name == "orders"


def test_unknown_table(call: Call) -> None:
    for name in ("absent", "arn:aws:dynamodb:us-east-1:000000000000:table/absent"):
        with pytest.raises(ResourceNotFoundException) as refused:
            call(describe_table, TableName=name)
        assert refused.value.message == "Requested resource not found: Table: absent not found"


GLOBAL = index("gsi", ("b", "HASH"))
LOCAL = index("lsi", ("a", "HASH"), ("c", "RANGE"))
WITH_RANGE = {"AttributeDefinitions": types("abc"), "KeySchema": key(("a", "HASH"), ("b", "RANGE"))}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"ProvisionedThroughput": UNITS},
            P + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ),
        (
            {"BillingMode": None},
            P + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ),
        (
            {"BillingMode": None, "ProvisionedThroughput": {"ReadCapacityUnits": 10**12 + 1, "WriteCapacityUnits": 1}},
            "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
        ),
        (
            {"KeySchema": key(("a", "HASH"), ("b", "RANGE"))},
            "Invalid KeySchema: Some index key attribute have no definition",
        ),
        (
            {"KeySchema": key(("b", "HASH"))},
            P
            + "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]",
        ),
        (
            {"AttributeDefinitions": types("ab"), "KeySchema": key(("a", "HASH"), ("a", "RANGE"))},
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
        ),
        ({"KeySchema": key(("a", "RANGE"))}, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        (
            {"AttributeDefinitions": types("ab"), "KeySchema": key(("a", "HASH"), ("b", "HASH"))},
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
        ),
        (
            {"AttributeDefinitions": types("ab")},
            P
            + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
        ),
        (
            {"AttributeDefinitions": types("cab"), "GlobalSecondaryIndexes": [GLOBAL]},
            P + "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], keys used: [a, b]",
        ),
        ({"LocalSecondaryIndexes": []}, P + "List of LocalSecondaryIndexes is empty"),
        ({"GlobalSecondaryIndexes": []}, P + "List of GlobalSecondaryIndexes is empty"),
        (
            {"AttributeDefinitions": types("ac"), "LocalSecondaryIndexes": [LOCAL]},
            P + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
        ),
        (
            {
                **WITH_RANGE,
                "AttributeDefinitions": types("ab"),
                "LocalSecondaryIndexes": [index("lsi", ("a", "HASH"))],
            },
            P + "Index KeySchema does not have a range key for index: lsi",
        ),
        (
            {**WITH_RANGE, "LocalSecondaryIndexes": [index("lsi", ("b", "HASH"), ("c", "RANGE"))]},
            P
            + "Index KeySchema does not have the same leading hash key as table KeySchema for index: lsi. "
            + "index hash key: b, table hash key: a",
        ),
        (
            {"AttributeDefinitions": types("ab"), "GlobalSecondaryIndexes": [{**GLOBAL, "Projection": {}}]},
            P + "Unknown ProjectionType: null",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [
                    {**GLOBAL, "Projection": {"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]}}
                ],
            },
            P + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [{**GLOBAL, "Projection": {"ProjectionType": "INCLUDE"}}],
            },
            P + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        ),
        (
            {**WITH_RANGE, "LocalSecondaryIndexes": [LOCAL], "GlobalSecondaryIndexes": [index("lsi", ("b", "HASH"))]},
            P + "Duplicate index name: lsi",
        ),
        (
            {**WITH_RANGE, "LocalSecondaryIndexes": [{**LOCAL, "IndexName": f"lsi{number}"} for number in range(6)]},
            P + "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [{**GLOBAL, "IndexName": f"gsi{number}"} for number in range(21)],
            },
            P + "GlobalSecondaryIndex count exceeds the per-table limit of 20",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [{**GLOBAL, "ProvisionedThroughput": UNITS}],
            },
            P + "ProvisionedThroughput should not be specified for index: gsi when BillingMode is PAY_PER_REQUEST",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [GLOBAL],
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": UNITS,
            },
            P + "ProvisionedThroughput is not specified for index: gsi",
        ),
        (
            {"StreamSpecification": {"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}},
            P + "Table is being created with a stream disabled, UpdateViewType should not be specified",
        ),
        (
            {"BillingMode": None, "ProvisionedThroughput": UNITS, "OnDemandThroughput": {"MaxReadRequestUnits": 0}},
            P + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.",
        ),
        (
            {"OnDemandThroughput": {"MaxWriteRequestUnits": -1}},
            P + "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [index("gsi", ("c", "HASH"), ("a", "RANGE"), ("d", "RANGE"))],
            },
            P + "Some index key attributes are not defined in AttributeDefinitions. "
            "Keys: [c, a, d], AttributeDefinitions: [a, b]",
        ),
        (
            {
                "AttributeDefinitions": types("abc"),
                "GlobalSecondaryIndexes": [index("gsi", ("b", "HASH"), ("a", "RANGE"), ("c", "HASH"))],
            },
            P + "All HASH key attributes must precede RANGE key attributes in the KeySchema",
        ),
        (
            {
                "AttributeDefinitions": types("abcde"),
                "GlobalSecondaryIndexes": [index("gsi", *((name, "HASH") for name in "abcde"))],
            },
            P + "The KeySchema exceeds the maximum allowed number of HASH key attributes",
        ),
        (
            {
                "AttributeDefinitions": types("abcdef"),
                "GlobalSecondaryIndexes": [index("gsi", ("a", "HASH"), *((name, "RANGE") for name in "bcdef"))],
            },
            P + "The KeySchema exceeds the maximum allowed number of RANGE key attributes",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [index("gsi", ("b", "HASH"), ("b", "RANGE"))],
            },
            "The KeySchema contains multiple key attributes with the same name",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [
                    {**GLOBAL, "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y", "x"]}}
                ],
            },
            P + "Duplicate element in NonKeyAttributes: x",
        ),
        (
            {
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "a", "b", "c")
                ],
                "KeySchema": key(("pk", "HASH"), ("sk", "RANGE")),
                "GlobalSecondaryIndexes": [index("gsi", ("a", "HASH"))],
            },
            P
            + "Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]",
        ),
        (
            {"StreamSpecification": {"StreamEnabled": True}},
            P + "Table is being created with a stream enabled, UpdateViewType is required",
        ),
        (
            {"TableClass": "X"},
            (
                "Invalid table-class parameter provided. Please try again with a valid table-class value: "
                "[STANDARD, STANDARD_INFREQUENT_ACCESS]."
            ),
        ),
        (
            {"WarmThroughput": {"ReadUnitsPerSecond": 1}},
            P
            + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. "
            "See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
            "#on-demand-capacity-mode-initial",
        ),
        (
            {"BillingMode": None, "ProvisionedThroughput": UNITS, "WarmThroughput": {"WriteUnitsPerSecond": 1}},
            P + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than WriteCapacityUnits of "
            "ProvisionedThroughput",
        ),
        (
            {
                "AttributeDefinitions": types("ab"),
                "GlobalSecondaryIndexes": [{**GLOBAL, "OnDemandThroughput": {"MaxReadRequestUnits": 0}}],
            },
            P + "Requested MaxReadRequestUnits for OnDemandThroughput for index : gsi is outside of valid range",
        ),
        (
            {"SSESpecification": {"Enabled": False, "SSEType": "KMS"}},
            P + "SSEType can not be specified if Enabled is false",
        ),
        ({"SSESpecification": {"Enabled": True, "SSEType": "AES256"}}, P + "SSEType AES256 is not supported"),
        ({"AttributeDefinitions": types("aa")}, "Attribute Name is duplicated: a"),
        (
            {"TableName": ARN.replace("us-east-1", "eu-west-1")},
            f"1 validation error detected: Invalid AWS region in '{ARN.replace('us-east-1', 'eu-west-1')}'",
        ),
        (
            {"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]},
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ),
        (
            {"SSESpecification": {"Enabled": True, "KMSMasterKeyId": "alias/mine"}},
            P + "SSEType KMS is required if KMSMasterKeyId is specified",
        ),
    ],
)
def test_refusals(call: Call, scope: Scope, members: dict[str, Any], message: str) -> None:
    """Each row of dynamodb-exact §19.1, in its words; nothing is left behind."""
    with pytest.raises(ValidationException) as refused:
        call(create_table, **{**PLAIN, **members})
    assert refused.value.message == message
    assert scope.store.table_names("000000000000", "us-east-1") == []


def test_empty_on_demand_limits_are_ignored(call: Call) -> None:
    created = call(create_table, **PLAIN, OnDemandThroughput={})["TableDescription"]
    assert "OnDemandThroughput" not in created
