"""Exports up to the bucket; test_imports.py has what is in it. Source: ack-api-quirks DDB-EXPORT-001 to 020."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conformance.expect import refused

P = "One or more parameter values were invalid: "
R = "Invalid Request: "
BUCKET = "no-such-bucket-of-the-sandbox"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def recoverable(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """The ARN of a table that can be exported."""
    name = make_table()
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    arn: str = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    return arn


def test_a_table_that_cannot_be_recovered(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    with refused(
        "PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{name}'"
    ):
        dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket=BUCKET)


def test_no_such_table(dynamodb: Any, recoverable: str) -> None:
    for arn in (f"{recoverable}-other", recoverable.replace(dynamodb.meta.region_name, "eu-north-1")):
        with refused("TableNotFoundException", f"Table not found: {arn}"):
            dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket=BUCKET)
    with refused("ValidationException", P + "tableArn is not a valid ARN"):
        dynamodb.export_table_to_point_in_time(TableArn="orders", S3Bucket=BUCKET)
    with refused("ValidationException", "Invalid TableArn: Invalid Table ARN"):  # ack-api-quirks DDB-TABLE-457
        dynamodb.export_table_to_point_in_time(TableArn="", S3Bucket=BUCKET)
    with refused("ValidationException", R + "Table ARN is invalid."):
        dynamodb.export_table_to_point_in_time(TableArn=f"{recoverable}/index/by-date", S3Bucket=BUCKET)
    with refused("AccessDeniedException", "Access is denied"):
        other = ":".join([*recoverable.split(":")[:4], "111122223333", recoverable.split(":")[5]])
        dynamodb.export_table_to_point_in_time(TableArn=other, S3Bucket=BUCKET)


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"S3SseKmsKeyId": "mine"},
            "ValidationException",
            R + "KMS Key Id is not supported for this encryption type",
        ),
        (
            {"ExportType": "INCREMENTAL_EXPORT"},
            "ValidationException",
            R + "Incremental Export Specification expected when export type is set as Incremental Export",
        ),
        (
            {"IncrementalExportSpecification": {"ExportFromTime": LONG_AGO}},
            "ValidationException",
            R + "Export Type expected to be Incremental Export when incremental export specification is provided",
        ),
        (
            {"ExportType": "FULL_EXPORT", "IncrementalExportSpecification": {"ExportFromTime": LONG_AGO}},
            "ValidationException",
            R + "When Export Type is Full Export , Incremental Export Specification should not be provided",
        ),
        (
            {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {}},
            "ValidationException",
            R + "ExportFromTime must be provided in IncrementalExportSpecification",
        ),
        (
            {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {"ExportFromTime": LONG_AGO}},
            "InvalidExportTimeException",
            "Incremental export period from time cannot be less than the table creation time : 2020-01-01T00:00:00Z",
        ),
        ({"ExportTime": LONG_AGO}, "InvalidExportTimeException", "Export Time is invalid"),
        (
            {"FilterSpecification": {}},
            "ValidationException",
            R + "Invalid FilterSpecification: The specification can not be empty",
        ),
    ],
)
def test_refusals(dynamodb: Any, recoverable: str, members: dict[str, Any], code: str, message: str) -> None:
    with refused(code, message):
        dynamodb.export_table_to_point_in_time(TableArn=recoverable, S3Bucket=BUCKET, **members)
    assert dynamodb.list_exports(TableArn=recoverable)["ExportSummaries"] == []


def test_a_period_that_is_too_short(dynamodb: Any, recoverable: str) -> None:
    created = dynamodb.describe_table(TableName=recoverable)["Table"]["CreationDateTime"]
    period = {"ExportFromTime": created + timedelta(milliseconds=1)}
    with refused(
        "InvalidExportTimeException",
        "Difference between export period from time and export period to time is less than 15 minutes",
    ):
        dynamodb.export_table_to_point_in_time(
            TableArn=recoverable,
            S3Bucket=BUCKET,
            ExportType="INCREMENTAL_EXPORT",
            IncrementalExportSpecification=period,
        )


def test_an_export_begins(dynamodb: Any, recoverable: str) -> None:
    """Whether there is a bucket is seen later."""
    answer = dynamodb.export_table_to_point_in_time(
        TableArn=recoverable, S3Bucket=BUCKET, ClientToken=f"{recoverable}-once"
    )
    begun = answer["ExportDescription"]
    assert begun["ExportArn"].startswith(f"{recoverable}/export/0")
    described = dynamodb.describe_table(TableName=recoverable)["Table"]
    assert (
        begun
        | {
            "ExportStatus": "IN_PROGRESS",
            "TableArn": recoverable,
            "TableId": described["TableId"],
            "S3Bucket": BUCKET,
            "S3SseAlgorithm": "AES256",
            "ExportFormat": "DYNAMODB_JSON",
            "ClientToken": f"{recoverable}-once",
        }
        == begun
    )
    assert "ExportType" not in begun
    (summary,) = dynamodb.list_exports(TableArn=recoverable)["ExportSummaries"]
    assert summary["ExportArn"] == begun["ExportArn"]


@pytest.mark.parametrize(
    "specification",
    [
        pytest.param({"FilterExpression": "n <"}, id="no expression"),
        pytest.param({"FilterExpression": "n < :n"}, id="no such value"),
        pytest.param({"ProjectionExpression": "n", "ExpressionAttributeNames": {"#n": "n"}}, id="a name for nothing"),
        pytest.param({"ExpressionAttributeNames": {"#n": "n"}}, id="names alone"),
        pytest.param(
            {"KeyConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}, id="no key"
        ),
        pytest.param(
            {"KeyConditionExpression": "pk > :p", "ExpressionAttributeValues": {":p": {"S": "x"}}},
            id="not one partition",
        ),
        pytest.param(
            {
                "KeyConditionExpression": "pk = :p",
                "FilterExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":p": {"S": "x"}},
            },
            id="the key in both",
        ),
    ],
)
def test_filters_that_are_refused(dynamodb: Any, recoverable: str, specification: dict[str, Any]) -> None:
    """That they are is documented; AWS's words are not known."""
    with refused("ValidationException"):
        dynamodb.export_table_to_point_in_time(TableArn=recoverable, S3Bucket=BUCKET, FilterSpecification=specification)


def test_a_filter_is_told_as_it_was_sent(dynamodb: Any, recoverable: str) -> None:
    specification = {
        "FilterExpression": "#n < :n",
        "ProjectionExpression": "pk",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": "1.0"}},
    }
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=recoverable, S3Bucket=BUCKET, FilterSpecification=specification
    )["ExportDescription"]
    assert begun["FilterSpecification"] == specification


def test_a_token_stands_for_one_export(dynamodb: Any, recoverable: str) -> None:
    arns = {
        dynamodb.export_table_to_point_in_time(TableArn=recoverable, S3Bucket=BUCKET, ClientToken=f"{recoverable}-1")[
            "ExportDescription"
        ]["ExportArn"]
        for _ in range(2)
    }
    assert len(arns) == 1
    with refused("ExportConflictException", "Export conflict: Duplicate request detected with conflicting parameters"):
        dynamodb.export_table_to_point_in_time(
            TableArn=recoverable, S3Bucket=BUCKET, ClientToken=f"{recoverable}-1", S3Prefix="elsewhere"
        )


def test_an_export_without_a_bucket_fails(dynamodb: Any, recoverable: str) -> None:
    arn = dynamodb.export_table_to_point_in_time(TableArn=recoverable, S3Bucket=BUCKET)["ExportDescription"][
        "ExportArn"
    ]
    deadline = time.monotonic() + 1800
    while (failed := dynamodb.describe_export(ExportArn=arn)["ExportDescription"])["ExportStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(1)  # real AWS takes minutes
    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert failed["FailureMessage"].startswith("The specified bucket does not exist (Service: Amazon S3; ")


def test_exports_page_by_page(dynamodb: Any, recoverable: str) -> None:
    """Newest first."""
    arns = [
        dynamodb.export_table_to_point_in_time(TableArn=recoverable, S3Bucket=BUCKET)["ExportDescription"]["ExportArn"]
        for _ in range(3)
    ]
    first = dynamodb.list_exports(TableArn=recoverable, MaxResults=2)
    second = dynamodb.list_exports(TableArn=recoverable, MaxResults=2, NextToken=first["NextToken"])
    listed = [summary["ExportArn"] for page in (first, second) for summary in page["ExportSummaries"]]
    assert listed == arns[::-1]
    assert "NextToken" not in second
    with refused("ValidationException", R + "Provided nextToken is invalid: nowhere"):
        dynamodb.list_exports(NextToken="nowhere")
