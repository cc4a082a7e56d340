"""Imports, and what they make of an export. Source: ack-api-quirks DDB-IMPORT-001 to 020."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

P = "One or more parameter values were invalid: "
BUCKET = "no-such-bucket-of-the-sandbox"


@pytest.fixture
def name(make_table: Callable[..., str]) -> str:
    """A name that no table has."""
    return f"{make_table()}-imported"


def _asked(name: str, **more: Any) -> dict[str, Any]:
    return {
        "S3BucketSource": {"S3Bucket": BUCKET},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": {
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
        **more,
    }


def _begin(dynamodb: Any, name: str, **more: Any) -> Any:
    return dynamodb.import_table(**_asked(name, **more))["ImportTableDescription"]


def test_an_import_without_a_bucket_fails(dynamodb: Any, name: str) -> None:
    """And makes no table, although it has its ARN from the first."""
    begun = _begin(dynamodb, name)
    assert begun["ImportStatus"] == "IN_PROGRESS"
    assert begun["TableArn"].endswith(f":table/{name}")
    assert begun["ImportArn"].startswith(f"{begun['TableArn']}/import/0")
    account_id = begun["TableArn"].split(":")[4]
    assert begun["S3BucketSource"] == {"S3BucketOwner": account_id, "S3Bucket": BUCKET}
    assert begun["InputCompressionType"] == "NONE"
    assert begun["TableCreationParameters"] == _asked(name)["TableCreationParameters"]
    assert begun["CloudWatchLogGroupArn"].endswith(f":{account_id}:log-group:/aws-dynamodb/imports:*")
    failed = _ended(dynamodb, begun)
    assert (failed["ImportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert failed["FailureMessage"].startswith("The specified bucket does not exist (Service: Amazon S3; ")
    assert [failed[f"{kind}Count"] for kind in ("ProcessedItem", "ImportedItem", "Error")] == [0, 0, 0]
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.describe_table(TableName=name)


def _ended(dynamodb: Any, begun: Any) -> Any:
    deadline = time.monotonic() + 600
    while True:
        described = dynamodb.describe_import(ImportArn=begun["ImportArn"])["ImportTableDescription"]
        if described["ImportStatus"] != "IN_PROGRESS":
            return described
        assert time.monotonic() < deadline
        time.sleep(1)  # real AWS takes minutes


def test_an_export_is_imported(dynamodb: Any, make_table: Callable[..., str], name: str, bucket: str) -> None:
    """Its folder of data; its manifests are in error when they are taken for items (DDB-IMPORT-020)."""
    source = make_table()
    dynamodb.update_continuous_backups(
        TableName=source, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    items = [{"pk": {"S": f"{number}"}, "b": {"B": b"\xff"}, "n": {"N": f"{number}"}} for number in range(3)]
    for item in items:
        dynamodb.put_item(TableName=source, Item=item)
    arn = dynamodb.describe_table(TableName=source)["Table"]["TableArn"]
    export_arn = dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket=bucket)["ExportDescription"]["ExportArn"]
    deadline = time.monotonic() + 1800
    while (export := dynamodb.describe_export(ExportArn=export_arn)["ExportDescription"])[
        "ExportStatus"
    ] != "COMPLETED":
        assert export["ExportStatus"] == "IN_PROGRESS"
        assert time.monotonic() < deadline
        time.sleep(1)  # real AWS takes minutes
    assert export["ItemCount"] == 3
    folder = export["ExportManifest"].removesuffix("manifest-summary.json")
    for suffix, status, errors in (("data/", "COMPLETED", 0), ("", "FAILED", 4)):
        target = f"{name}-{errors}"
        asked = {"S3BucketSource": {"S3Bucket": bucket, "S3KeyPrefix": folder + suffix}, "InputCompressionType": "GZIP"}
        made = _ended(dynamodb, _begin(dynamodb, target, **asked))
        assert (made["ImportStatus"], made["ImportedItemCount"], made["ErrorCount"]) == (status, 3, errors)
        assert made.get("FailureCode") == (None if errors == 0 else "ItemValidationError")
        found = dynamodb.scan(TableName=target)["Items"]
        assert sorted(found, key=lambda item: item["pk"]["S"]) == items
        dynamodb.delete_table(TableName=target)


def test_a_table_of_that_name(dynamodb: Any, table: str) -> None:
    with refused("ResourceInUseException", f"Table already exists: {table}"):
        dynamodb.import_table(**_asked(table))


def test_a_table_that_cannot_be(dynamodb: Any, name: str) -> None:
    """Every rule of CreateTable holds."""
    asked = _asked(name)
    del asked["TableCreationParameters"]["BillingMode"]
    message = "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
    with refused("ValidationException", P + message):
        dynamodb.import_table(**asked)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"InputFormatOptions": {"Csv": {"Delimiter": ";"}}},
            "Invalid Request: Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON.",
        ),
        (
            {"InputCompressionType": "BZIP2"},
            (
                "1 validation error detected: Value 'BZIP2' at 'inputCompressionType' failed to satisfy constraint: "
                "Member must satisfy enum value set: [ZSTD, NONE, GZIP]"
            ),
        ),
    ],
)
def test_refusals(dynamodb: Any, name: str, members: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.import_table(**_asked(name, **members))


def test_a_token_stands_for_one_table(dynamodb: Any, name: str) -> None:
    """Another prefix is not noticed, another table is."""
    source = {"S3Bucket": BUCKET, "S3KeyPrefix": "elsewhere/"}
    first = _begin(dynamodb, name, ClientToken=f"{name}-1")
    again = _begin(dynamodb, name, ClientToken=f"{name}-1", S3BucketSource=source)
    assert again["ImportArn"] == first["ImportArn"]
    with refused("ImportConflictException", "Import conflict: Duplicate request detected with conflicting parameters"):
        _begin(dynamodb, f"{name}-2", ClientToken=f"{name}-1")


def test_imports_page_by_page(dynamodb: Any, name: str) -> None:
    """Newest first."""
    begun = [_begin(dynamodb, name) for _ in range(3)]
    table_arn = begun[0]["TableArn"]
    first = dynamodb.list_imports(TableArn=table_arn, PageSize=2)
    second = dynamodb.list_imports(TableArn=table_arn, PageSize=2, NextToken=first["NextToken"])
    listed = [summary["ImportArn"] for page in (first, second) for summary in page["ImportSummaryList"]]
    assert listed == [description["ImportArn"] for description in begun[::-1]]
    assert "NextToken" not in second
    with refused("ValidationException", "Invalid Request: Provided nextToken is invalid: nowhere"):
        dynamodb.list_imports(NextToken="nowhere")
