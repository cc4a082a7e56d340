"""From S3 into a table that is there, and on to a function, as a user of boto3 with a bucket on this endpoint sees it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox


def begin(sandbox: EmbeddedSandbox, table: str, **members: Any) -> str:
    """Ask for a bulk put of what lies below ``in/``; gives its ARN."""
    answer = sandbox.client("dynamodb").start_bulk_put_items(
        TableName=table,
        InputS3Configuration={"S3Bucket": "things", "S3KeyPrefix": "in/", "InputFormat": "DYNAMODB_JSON", **members},
        OutputS3Configuration={"S3Bucket": "things", "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"]},
    )
    arn: str = answer["BulkOperationDescription"]["BulkOperationArn"]
    return arn


def described(sandbox: EmbeddedSandbox, arn: str) -> Any:
    return sandbox.client("dynamodb").describe_bulk_operation(BulkOperationArn=arn)["BulkOperationDescription"]


def lines(*asked: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in asked)


def order(key: str, **members: str) -> dict[str, Any]:
    return {"Item": {"pk": {"S": key}}, **members}


@pytest.fixture
def s3(sandbox: EmbeddedSandbox) -> Any:
    """S3, with the bucket ``things``."""
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="things")
    return s3


def test_a_function_sees_what_is_put(sandbox: EmbeddedSandbox, s3: Any) -> None:
    """``drain`` waits for the bulk put and for its deliveries; what was not put lies in the bucket."""
    table = sandbox.table("orders")
    sandbox.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": "there"}})
    seen: list[str] = []

    def handler(event: Any, _context: object) -> None:
        seen.extend(record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"])

    sandbox.deploy(handler, table)
    new = "attribute_not_exists(pk)"
    body = lines(order("a", ConditionExpression=new), order("there", ConditionExpression=new), {"Item": {}}, order("b"))
    s3.put_object(Bucket="things", Key="in/orders.json.gz", Body=gzip.compress(body))
    arn = begin(sandbox, table, InputCompressionType="GZIP")
    sandbox.drain()
    assert seen == ["there", "a", "b"]
    told = described(sandbox, arn)
    assert (told["BulkOperationStatus"], told["ProcessedItemCount"]) == ("COMPLETED_WITH_ERRORS", 4)
    folder = f"AWSDynamoDB/{arn.rpartition('/')[2]}"
    manifest = json.loads(s3.get_object(Bucket="things", Key=f"{folder}/manifest.json")["Body"].read())
    assert (manifest["status"], manifest["failedItemCount"]) == ("COMPLETED_WITH_ERRORS", 1)
    report = {
        file["outputType"]: s3.get_object(Bucket="things", Key=file["dataFileS3Key"])["Body"].read()
        for file in manifest["files"]
    }
    (error,) = map(json.loads, gzip.decompress(report["ERROR"]).splitlines())
    assert (error["S3Key"], error["Line"]) == ("in/orders.json.gz", 3)
    (unmet,) = map(json.loads, gzip.decompress(report["CONDITION_CHECK_FAILURE"]).splitlines())
    assert unmet["Item"] == unmet["ExistingItem"] == {"pk": {"S": "there"}}


def test_a_report_is_an_input_again(sandbox: EmbeddedSandbox, s3: Any) -> None:
    """Lines of unmet conditions hold their items as inputs do, without the conditions."""
    table = sandbox.table("orders")
    s3.put_object(Bucket="things", Key="in/1", Body=lines(order("a", ConditionExpression="attribute_exists(pk)")))
    folder = f"AWSDynamoDB/{begin(sandbox, table).rpartition('/')[2]}/"
    sandbox.drain()
    again = begin(sandbox, table, S3KeyPrefix=f"{folder}CONDITION_CHECK_FAILURE/", InputCompressionType="GZIP")
    sandbox.drain()
    assert described(sandbox, again)["BulkOperationStatus"] == "COMPLETED"
    assert sandbox.client("dynamodb").scan(TableName=table)["Items"] == [{"pk": {"S": "a"}}]


def test_an_export_is_put_into_another_table(sandbox: EmbeddedSandbox, s3: Any) -> None:
    """In both formats, as an export writes them."""
    dynamodb = sandbox.client("dynamodb")
    source = sandbox.table("orders")
    arn = dynamodb.describe_table(TableName=source)["Table"]["TableArn"]
    dynamodb.update_continuous_backups(
        TableName=source, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    item = {"pk": {"S": "ada"}, "n": {"N": "1.5"}, "b": {"B": b"\xff"}, "s": {"SS": ["x", "y"]}}
    dynamodb.put_item(TableName=source, Item=item)
    for format_ in ("DYNAMODB_JSON", "ION"):
        export = dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket="things", ExportFormat=format_)
        sandbox.drain()
        folder = f"AWSDynamoDB/{export['ExportDescription']['ExportArn'].rpartition('/')[2]}/data/"
        target = sandbox.table(f"copy-{format_}")
        put = begin(sandbox, target, S3KeyPrefix=folder, InputFormat=format_, InputCompressionType="GZIP")
        sandbox.drain()
        assert described(sandbox, put)["BulkOperationStatus"] == "COMPLETED"
        assert dynamodb.scan(TableName=target)["Items"] == [item]
    assert s3.list_objects_v2(Bucket="things")["KeyCount"]


@pytest.mark.usefixtures("s3")
def test_a_bulk_put_of_what_is_not_read(sandbox: EmbeddedSandbox) -> None:
    """Python has no ZSTD of its own yet."""
    arn = begin(sandbox, sandbox.table("orders"), InputCompressionType="ZSTD")
    sandbox.drain()
    told = described(sandbox, arn)
    assert (told["BulkOperationStatus"], told["FailureCode"]) == ("FAILED", "UnsupportedCompression")


def test_bulk_puts_are_remembered_over_a_restart(tmp_path: Path) -> None:
    """With what they have put; buckets are not."""
    settings = Settings(port=0, runtime="in-process", watch_code=False, data_folder=tmp_path)
    with EmbeddedSandbox(settings) as first:
        first.client("s3").create_bucket(Bucket="things")
        first.client("s3").put_object(Bucket="things", Key="in/1", Body=lines(order("a")))
        done = begin(first, first.table("orders"))
        first.drain()
        before = described(first, done)
        assert before["BulkOperationStatus"] == "COMPLETED"
    with EmbeddedSandbox(settings) as second:
        assert described(second, done) == before
        assert second.client("dynamodb").scan(TableName="orders")["Items"] == [{"pk": {"S": "a"}}]
        again = begin(second, "orders")
        second.drain()
        assert described(second, again)["FailureCode"] == "S3NoSuchBucket"
        listed = second.client("dynamodb").list_bulk_operations()["BulkOperationsSummaryList"]
        assert [each["BulkOperationArn"] for each in listed] == [again, done]
