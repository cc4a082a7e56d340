"""CreateTable: the answer, and every refusal in AWS's order.

Source, unless a test names another: dynamodb-exact §3.6, §19.1, §19.2; aws-recorded-answers §9.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "
HASH = [{"AttributeName": "pk", "KeyType": "HASH"}]
BOTH = [*HASH, {"AttributeName": "sk", "KeyType": "RANGE"}]
PK = {"AttributeName": "pk", "AttributeType": "S"}
SK = {"AttributeName": "sk", "AttributeType": "S"}
A = {"AttributeName": "a", "AttributeType": "S"}
ALL = {"ProjectionType": "ALL"}


@pytest.fixture
def create(dynamodb: Any, unique: Unique) -> Iterator[Callable[..., dict[str, Any]]]:
    """Create an on-demand table keyed by ``pk``, with other members as given (``None`` leaves one out)."""
    made: list[str] = []

    def create(**members: Any) -> dict[str, Any]:
        request = {
            "TableName": f"create-{unique()}",
            "KeySchema": HASH,
            "AttributeDefinitions": [PK],
            "BillingMode": "PAY_PER_REQUEST",
            **members,
        }
        answer = dynamodb.create_table(**{name: value for name, value in request.items() if value is not None})
        made.append(request["TableName"])
        dynamodb.get_waiter("table_exists").wait(TableName=request["TableName"], WaiterConfig={"Delay": 1})
        description: dict[str, Any] = answer["TableDescription"]
        return description

    yield create
    for name in made:
        dynamodb.delete_table(TableName=name)


def test_the_answer_for_an_on_demand_table(create: Callable[..., dict[str, Any]]) -> None:
    answer = create()
    assert set(answer) == {
        "AttributeDefinitions",
        "BillingModeSummary",
        "CreationDateTime",
        "DeletionProtectionEnabled",
        "ItemCount",
        "KeySchema",
        "ProvisionedThroughput",
        "TableArn",
        "TableId",
        "TableName",
        "TableSizeBytes",
        "TableStatus",
    }
    assert answer["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert answer["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 0,
        "WriteCapacityUnits": 0,
    }
    assert answer["TableStatus"] == "CREATING"
    assert answer["DeletionProtectionEnabled"] is False
    assert (answer["ItemCount"], answer["TableSizeBytes"]) == (0, 0)
    assert answer["TableArn"] == f"arn:aws:dynamodb:us-east-1:000000000000:table/{answer['TableName']}"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["TableId"])


def test_the_answer_for_a_provisioned_table_names_no_billing_mode(create: Callable[..., dict[str, Any]]) -> None:
    answer = create(BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})
    assert "BillingModeSummary" not in answer
    assert answer["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 5,
        "WriteCapacityUnits": 6,
    }


def test_attribute_definitions_come_sorted(create: Callable[..., dict[str, Any]]) -> None:
    answer = create(KeySchema=BOTH, AttributeDefinitions=[SK, PK])
    assert answer["AttributeDefinitions"] == [PK, SK]


@pytest.mark.rule("4.2 table answers", "4.3 stream ARN")
def test_a_stream_is_named_in_the_answer(create: Callable[..., dict[str, Any]]) -> None:
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    answer = create(StreamSpecification=specification)
    assert answer["StreamSpecification"] == specification
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", answer["LatestStreamLabel"])
    assert answer["LatestStreamArn"] == f"{answer['TableArn']}/stream/{answer['LatestStreamLabel']}"


def test_indexes_are_described(create: Callable[..., dict[str, Any]]) -> None:
    answer = create(
        KeySchema=BOTH,
        AttributeDefinitions=[PK, SK, A],
        GlobalSecondaryIndexes=[
            {"IndexName": "gsi", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "Projection": ALL}
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "lsi",
                "KeySchema": [*HASH, {"AttributeName": "a", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            }
        ],
    )
    (gsi,), (lsi,) = answer["GlobalSecondaryIndexes"], answer["LocalSecondaryIndexes"]
    assert gsi == {
        "IndexArn": f"{answer['TableArn']}/index/gsi",
        "IndexName": "gsi",
        "IndexSizeBytes": 0,
        "IndexStatus": "CREATING",
        "ItemCount": 0,
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "Projection": ALL,
        "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
    }
    assert lsi == {
        "IndexArn": f"{answer['TableArn']}/index/lsi",
        "IndexName": "lsi",
        "IndexSizeBytes": 0,
        "ItemCount": 0,
        "KeySchema": [*HASH, {"AttributeName": "a", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
    }


def test_a_table_that_exists(dynamodb: Any, table: str) -> None:
    with refused("ResourceInUseException", f"Table already exists: {table}"):
        dynamodb.create_table(TableName=table, KeySchema=HASH, AttributeDefinitions=[PK], BillingMode="PAY_PER_REQUEST")


def _gsi(**members: Any) -> dict[str, Any]:
    return {
        "IndexName": "gsi",
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "Projection": ALL,
        **members,
    }


def _lsi(**members: Any) -> dict[str, Any]:
    return {
        "IndexName": "lsi",
        "KeySchema": [*HASH, {"AttributeName": "a", "KeyType": "RANGE"}],
        "Projection": ALL,
        **members,
    }


THROUGHPUT = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param(
            {"ProvisionedThroughput": THROUGHPUT},
            P + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
            id="throughput on demand",
        ),
        pytest.param(
            {"BillingMode": "PROVISIONED"},
            P + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
            id="provisioned without throughput",
        ),
        pytest.param(
            {"BillingMode": None},
            P + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
            id="provisioned is the default",
        ),
        pytest.param(
            {"KeySchema": BOTH},
            "Invalid KeySchema: Some index key attribute have no definition",
            id="fewer definitions",
        ),
        pytest.param(
            {"AttributeDefinitions": [A]},
            P
            + "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [a]",
            id="key not defined",
        ),
        pytest.param(
            {
                "KeySchema": [*HASH, {"AttributeName": "pk", "KeyType": "RANGE"}],
                "AttributeDefinitions": [PK, SK],
            },
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
            id="one name twice",
        ),
        pytest.param(
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "RANGE"}]},
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            id="range first",
        ),
        pytest.param(
            {
                "KeySchema": [*HASH, {"AttributeName": "sk", "KeyType": "HASH"}],
                "AttributeDefinitions": [PK, SK],
            },
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
            id="two hashes",
        ),
        pytest.param({"LocalSecondaryIndexes": []}, P + "List of LocalSecondaryIndexes is empty", id="no LSI"),
        pytest.param({"GlobalSecondaryIndexes": []}, P + "List of GlobalSecondaryIndexes is empty", id="no GSI"),
        pytest.param(
            {"AttributeDefinitions": [PK, A], "LocalSecondaryIndexes": [_lsi()]},
            P + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
            id="LSI without table range key",
        ),
        pytest.param(
            {"LocalSecondaryIndexes": [_lsi(KeySchema=[{"AttributeName": "pk", "KeyType": "RANGE"}])]},
            P + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
            id="LSI that is wrong itself without table range key",
        ),
        pytest.param(
            {"KeySchema": BOTH, "AttributeDefinitions": [PK, SK], "LocalSecondaryIndexes": [_lsi(KeySchema=HASH)]},
            P + "Index KeySchema does not have a range key for index: lsi",
            id="LSI without range key",
        ),
        pytest.param(
            {
                "KeySchema": BOTH,
                "AttributeDefinitions": [PK, SK, A],
                "LocalSecondaryIndexes": [
                    _lsi(
                        KeySchema=[
                            {"AttributeName": "a", "KeyType": "HASH"},
                            {"AttributeName": "sk", "KeyType": "RANGE"},
                        ]
                    )
                ],
            },
            P + "Index KeySchema does not have the same leading hash key as table KeySchema for index: lsi. "
            "index hash key: a, table hash key: pk",
            id="LSI of another hash key",
        ),
        pytest.param(
            {"AttributeDefinitions": [PK, A], "GlobalSecondaryIndexes": [_gsi(Projection={})]},
            P + "Unknown ProjectionType: null",
            id="no projection type",
        ),
        pytest.param(
            {
                "AttributeDefinitions": [PK, A],
                "GlobalSecondaryIndexes": [_gsi(Projection={"ProjectionType": "ALL", "NonKeyAttributes": ["x"]})],
            },
            P + "ProjectionType is ALL, but NonKeyAttributes is specified",
            id="ALL with attributes",
        ),
        pytest.param(
            {
                "AttributeDefinitions": [PK, A],
                "GlobalSecondaryIndexes": [_gsi(Projection={"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]})],
            },
            P + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
            id="KEYS_ONLY with attributes",
        ),
        pytest.param(
            {
                "AttributeDefinitions": [PK, A],
                "GlobalSecondaryIndexes": [_gsi(Projection={"ProjectionType": "INCLUDE"})],
            },
            P + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
            id="INCLUDE without attributes",
        ),
        pytest.param(
            {"AttributeDefinitions": [PK, A], "GlobalSecondaryIndexes": [_gsi(), _gsi()]},
            P + "Duplicate index name: gsi",
            id="index twice",
        ),
        pytest.param(
            {"AttributeDefinitions": [PK, A], "GlobalSecondaryIndexes": [_gsi(IndexName=f"gsi{n}") for n in range(21)]},
            P + "GlobalSecondaryIndex count exceeds the per-table limit of 20",
            id="21 GSIs",
        ),
        pytest.param(
            {
                "KeySchema": BOTH,
                "AttributeDefinitions": [PK, SK, A],
                "LocalSecondaryIndexes": [_lsi(IndexName=f"lsi{n}") for n in range(6)],
            },
            P + "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
            id="6 LSIs",
        ),
        pytest.param(
            {"AttributeDefinitions": [PK, A], "GlobalSecondaryIndexes": [_gsi(ProvisionedThroughput=THROUGHPUT)]},
            P + "ProvisionedThroughput should not be specified for index: gsi when BillingMode is PAY_PER_REQUEST",
            id="index throughput on demand",
        ),
        pytest.param(
            {"StreamSpecification": {"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}},
            P + "Table is being created with a stream disabled, UpdateViewType should not be specified",
            id="view type of no stream",
        ),
    ],
)
def test_refusals(create: Callable[..., dict[str, Any]], members: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        create(**members)


def test_units_of_an_index_come_after_its_projection_and_before_its_name(
    create: Callable[..., dict[str, Any]],
) -> None:
    """Index by index. Source: dynalite 4.0.0, asked 2026-11."""
    with_units, unprojected = _gsi(ProvisionedThroughput=THROUGHPUT), _gsi(IndexName="other", Projection={})
    units = P + "ProvisionedThroughput should not be specified for index: gsi when BillingMode is PAY_PER_REQUEST"
    for indexes, message in (
        ([with_units, unprojected], units),
        ([with_units, with_units], units),
        ([_gsi(), with_units], units),
        ([_gsi(ProvisionedThroughput=THROUGHPUT, Projection={})], P + "Unknown ProjectionType: null"),
    ):
        with refused("ValidationException", message):
            create(AttributeDefinitions=[PK, A], GlobalSecondaryIndexes=indexes)


def test_a_superfluous_definition(create: Callable[..., dict[str, Any]]) -> None:
    """Which of two sentences AWS uses where is inferred, not captured. Source: §25 row 19."""
    with refused(
        "ValidationException",
        re.compile(
            P
            + "(Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
            r"|Some AttributeDefinitions are not used\. AttributeDefinitions: \[.*\], keys used: \[.*\])"
        ),
    ):
        create(AttributeDefinitions=[PK, A])


def test_three_key_elements(create: Callable[..., dict[str, Any]]) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
        "KeySchemaElement(attributeName=sk, keyType=RANGE), KeySchemaElement(attributeName=a, keyType=RANGE)]' "
        "at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    ):
        create(KeySchema=[*BOTH, {"AttributeName": "a", "KeyType": "RANGE"}], AttributeDefinitions=[PK, SK, A])


def test_an_index_of_nothing(create: Callable[..., dict[str, Any]]) -> None:
    """As AWS answers to an override of a restore, which is the same structure. Source: ack-api-quirks DDB-TABLE-457."""
    at = "Value null at 'globalSecondaryIndexes.1.member"
    null = "failed to satisfy constraint: Member must not be null"
    with refused(
        "ValidationException",
        f"3 validation errors detected: {at}.indexName' {null}; {at}.keySchema' {null}; {at}.projection' {null}",
    ):
        create(GlobalSecondaryIndexes=[{}])


def test_bad_enums_are_listed(create: Callable[..., dict[str, Any]]) -> None:
    """In the order that was worked out from other lists: ``sandbox.wire.hash_order``."""
    with refused(
        "ValidationException",
        "3 validation errors detected: "
        "Value 'Y' at 'billingMode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; "
        "Value 'Z' at 'keySchema.1.member.keyType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [HASH, RANGE]; "
        "Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [B, N, S]",
    ):
        create(
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "X"}],
            BillingMode="Y",
            KeySchema=[{"AttributeName": "pk", "KeyType": "Z"}],
        )


@pytest.mark.parametrize(
    ("name", "constraint"),
    [
        ("ab", "Member must have length greater than or equal to 3"),
        ("a b c", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
    ],
)
def test_bad_table_names(create: Callable[..., dict[str, Any]], name: str, constraint: str) -> None:
    with refused(
        "ValidationException",
        f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}",
    ):
        create(TableName=name)


def test_capacity_units_below_one(create: Callable[..., dict[str, Any]]) -> None:
    """Order within: write before read. Source: §3.3."""
    with refused(
        "ValidationException",
        "2 validation errors detected: "
        "Value '0' at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; "
        "Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
    ):
        create(BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 0})


def test_the_mode_by_the_name_that_no_model_has(
    dynamodb: Any, raw: Callable[..., Any], unique: Callable[[], str]
) -> None:
    """``BillingMode`` wins, and refusals speak of it; a wrong value is refused by its own name.

    Source: ExtendDB/extenddb pull request 320 (AWS's answers of 2026-08-21, to requests signed by hand).
    """
    name = f"create-{unique()}"

    def send(operation: str, **members: Any) -> Any:
        return raw(operation, json.dumps({"TableName": name, **members})).json

    table = {"KeySchema": HASH, "AttributeDefinitions": [PK]}
    try:
        made = send("CreateTable", **table, TableThroughputMode="PAY_PER_REQUEST")["TableDescription"]
        assert made["TableThroughputModeSummary"] == {"TableThroughputMode": "PAY_PER_REQUEST"}
        assert made["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        kept = send("DescribeTable")["Table"]
        assert set(kept["TableThroughputModeSummary"]) == {"TableThroughputMode", "LastUpdateToPayPerRequestDateTime"}
        refusal = send("UpdateTable", TableThroughputMode="PROVISIONED")
        assert refusal["message"].endswith("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    finally:
        dynamodb.delete_table(TableName=name)
    refusal = send("CreateTable", **table, BillingMode="PROVISIONED", TableThroughputMode="PAY_PER_REQUEST")
    assert refusal["message"].endswith("must both be specified when BillingMode is PROVISIONED")
    refusal = send("CreateTable", **table, BillingMode="PAY_PER_REQUEST", TableThroughputMode="X")
    assert refusal["message"].startswith("1 validation error detected: Value 'X' at 'tableThroughputMode' failed")
