"""Bulk puts from S3. Source: the service model and its sentences; the words of refusals are an assumption.

What stands in a report is an assumption as well and tested where it is written.
"""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.expect import refused

ACCOUNT = "000000000000"
BUCKET = "no-such-bucket-of-the-sandbox"
NO_ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders/bulk-operation/01700000000000-0123abcd"


def _asked(table: str, bucket: str = BUCKET, *, prefix: str | None = None, **more: Any) -> dict[str, Any]:
    source = {"S3Bucket": bucket, "InputFormat": "DYNAMODB_JSON"}
    if prefix is not None:
        source["S3KeyPrefix"] = prefix
    return {
        "TableName": table,
        "InputS3Configuration": source,
        "OutputS3Configuration": {"S3Bucket": bucket, "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"]},
        **more,
    }


def _begin(dynamodb: Any, table: str, bucket: str = BUCKET, **more: Any) -> Any:
    return dynamodb.start_bulk_put_items(**_asked(table, bucket, **more))["BulkOperationDescription"]


def _ended(dynamodb: Any, begun: Any) -> Any:
    deadline = time.monotonic() + 600
    while True:
        described = dynamodb.describe_bulk_operation(BulkOperationArn=begun["BulkOperationArn"])[
            "BulkOperationDescription"
        ]
        if described["BulkOperationStatus"] not in ("IN_PROGRESS", "CANCELLING"):
            return described
        assert time.monotonic() < deadline
        time.sleep(0.2)  # real AWS takes minutes


@pytest.fixture
def lay(client_of: Callable[..., Any], bucket: str) -> Callable[[str, bytes], None]:
    """Lay an object into the bucket."""
    s3 = client_of("s3")
    return lambda key, body: s3.put_object(Bucket=bucket, Key=key, Body=body)


def _lines(*asked: Any) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in asked)


def test_a_bulk_put_without_a_bucket_fails(dynamodb: Any, table: str) -> None:
    """It is described with the defaults of what was not said."""
    begun = _begin(dynamodb, table, ClientToken=f"{table}-none")
    described = dynamodb.describe_table(TableName=table)["Table"]
    assert begun["BulkOperationStatus"] == "IN_PROGRESS"
    assert begun["TableDetails"] == [{"TableName": table, "TableId": described["TableId"]}]
    assert begun["ClientToken"] == f"{table}-none"
    account_id = described["TableArn"].split(":")[4]
    assert begun["InputS3Configuration"] == {
        "S3BucketOwner": account_id,
        "S3Bucket": BUCKET,
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "NONE",
    }
    assert begun["OutputS3Configuration"] == {
        "S3BucketOwner": account_id,
        "S3Bucket": BUCKET,
        "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"],
    }
    assert begun["PerformanceTier"] == "STANDARD"
    assert not {"MaxWriteRequestUnits", "TotalInputBytes", "EndTime", "FailureCode"} & set(begun)
    failed = _ended(dynamodb, begun)
    assert (failed["BulkOperationStatus"], failed["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert (failed["ProcessedItemCount"], failed["FailedItemCount"]) == (0, 0)
    assert failed["EndTime"] >= failed["StartTime"] == begun["StartTime"]


@pytest.mark.parametrize(
    ("format_", "compression"),
    [("DYNAMODB_JSON", "NONE"), ("DYNAMODB_JSON", "GZIP"), ("ION", "NONE"), ("ION", "GZIP")],
)
def test_items_are_put_into_a_table_that_is_there(
    dynamodb: Any,
    make_table: Callable[..., str],
    bucket: str,
    lay: Callable[[str, bytes], None],
    format_: str,
    compression: str,
) -> None:
    """Into its indexes too; those that are there are replaced or stay, those that cannot be put are counted."""
    name = make_table(
        definitions=["a:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    for key in ("replaced", "kept", "beside"):
        dynamodb.put_item(TableName=name, Item={"pk": {"S": key}, "old": {"BOOL": True}})
    body = _lines(
        {"Item": {"pk": {"S": "new"}, "a": {"S": "x"}, "n": {"N": "1.50"}}},
        {"Item": {"pk": {"S": "replaced"}, "a": {"S": "y"}}},
        {"Item": {"pk": {"S": "kept"}}, "ConditionExpression": "attribute_not_exists(pk)"},
        {"Item": {"a": {"S": "no key"}}},
    )
    if format_ == "ION":
        body = b"".join(
            b"$ion_1_0 %s\n" % line
            for line in (
                b'{Item:{pk:"new",a:"x",n:1.50}}',
                b'{Item:{pk:"replaced",a:"y"}}',
                b'{Item:{pk:"kept"},ConditionExpression:"attribute_not_exists(pk)"}',
                b'{Item:{a:"no key"}}',
            )
        )
    lay("in/1", gzip.compress(body) if compression == "GZIP" else body)
    lay("elsewhere", b"rubbish")
    source = {
        "S3Bucket": bucket,
        "S3KeyPrefix": "in/",
        "InputFormat": format_,
        "InputCompressionType": compression,
    }
    ended = _ended(dynamodb, _begin(dynamodb, name, bucket, InputS3Configuration=source))
    assert ended["BulkOperationStatus"] == "COMPLETED_WITH_ERRORS"
    assert (ended["ProcessedItemCount"], ended["FailedItemCount"]) == (4, 1)
    assert ended["ProcessedInputBytes"] == ended["TotalInputBytes"]
    (usage,) = ended["BulkOperationUsage"]
    assert usage["TableName"] == name
    indexed = usage["GlobalSecondaryIndexes"]["by-a"]["BulkPutBytes"]
    assert usage["BulkPutBytes"] == usage["Table"]["BulkPutBytes"] + indexed > indexed > 0
    found = {item["pk"]["S"]: item for item in dynamodb.scan(TableName=name)["Items"]}
    assert found == {
        "new": {"pk": {"S": "new"}, "a": {"S": "x"}, "n": {"N": "1.5"}},
        "replaced": {"pk": {"S": "replaced"}, "a": {"S": "y"}},
        "kept": {"pk": {"S": "kept"}, "old": {"BOOL": True}},
        "beside": {"pk": {"S": "beside"}, "old": {"BOOL": True}},
    }
    in_index = dynamodb.scan(TableName=name, IndexName="by-a")["Items"]
    assert sorted(item["pk"]["S"] for item in in_index) == ["new", "replaced"]


def test_conditions_that_fail_are_no_errors(
    dynamodb: Any, table: str, bucket: str, lay: Callable[[str, bytes], None]
) -> None:
    lay("1", _lines({"Item": {"pk": {"S": "absent"}}, "ConditionExpression": "attribute_exists(pk)"}))
    ended = _ended(dynamodb, _begin(dynamodb, table, bucket, prefix="1"))
    assert ended["BulkOperationStatus"] == "COMPLETED"
    assert (ended["ProcessedItemCount"], ended["FailedItemCount"]) == (1, 0)


def test_puts_leave_records_in_the_stream(
    dynamodb: Any,
    streams: Any,
    make_table: Callable[..., str],
    bucket: str,
    lay: Callable[[str, bytes], None],
) -> None:
    """One for each put that changed something, in the order of the lines."""
    name = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    first, second = ({"pk": {"S": "a"}, "n": {"N": number}} for number in "12")
    lay("1", _lines({"Item": first}, {"Item": second}, {"Item": second}))
    assert _ended(dynamodb, _begin(dynamodb, name, bucket, prefix="1"))["BulkOperationStatus"] == "COMPLETED"
    arn = dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    records = [record["dynamodb"] for record in _records(streams, arn)]
    assert [(record.get("OldImage"), record["NewImage"]) for record in records] == [(None, first), (first, second)]


def _records(streams: Any, arn: str) -> Iterator[Any]:
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        begin = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        yield from streams.get_records(ShardIterator=begin["ShardIterator"])["Records"]


def test_a_table_by_its_arn(dynamodb: Any, table: str) -> None:
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    assert _begin(dynamodb, arn)["TableDetails"][0]["TableName"] == arn


def test_a_token_stands_for_one_bulk_put(dynamodb: Any, table: str, unique: Callable[[], str]) -> None:
    """With any other parameter it is refused, whatever became of the first."""
    token = unique()
    first = _begin(dynamodb, table, ClientToken=token)
    assert _begin(dynamodb, table, ClientToken=token)["BulkOperationArn"] == first["BulkOperationArn"]
    assert _begin(dynamodb, table)["BulkOperationArn"] != first["BulkOperationArn"]
    for other in ({"prefix": "elsewhere"}, {"MaxWriteRequestUnits": 2048}, {"PerformanceTier": "ACCELERATED"}):
        with refused("IdempotentParameterMismatchException"):
            _begin(dynamodb, table, ClientToken=token, **other)
    described = _ended(dynamodb, first)
    assert described["ClientToken"] == token


def test_what_was_asked_for_is_told(dynamodb: Any, table: str) -> None:
    begun = _begin(dynamodb, table, MaxWriteRequestUnits=1024, PerformanceTier="ACCELERATED")
    assert (begun["MaxWriteRequestUnits"], begun["PerformanceTier"]) == (1024, "ACCELERATED")


def test_bulk_operations_page_by_page(dynamodb: Any, table: str) -> None:
    """Newest first; a token is of hexadecimal digits, as the service model has it."""
    begun = [_begin(dynamodb, table) for _ in range(3)]
    first = dynamodb.list_bulk_operations(MaxResults=2)
    assert re.fullmatch("([0-9a-f]{16})+", first["NextToken"])
    second = dynamodb.list_bulk_operations(MaxResults=1, NextToken=first["NextToken"])
    listed = [each for page in (first, second) for each in page["BulkOperationsSummaryList"]]
    assert [each["BulkOperationArn"] for each in listed] == [each["BulkOperationArn"] for each in begun[::-1]]
    assert {each["StartTime"] for each in listed} == {each["StartTime"] for each in begun}
    assert len(dynamodb.list_bulk_operations()["BulkOperationsSummaryList"]) <= 10


def test_what_was_put_before_a_cancellation_stays(
    dynamodb: Any, make_table: Callable[..., str], bucket: str, lay: Callable[[str, bytes], None]
) -> None:
    name = make_table()
    lay("1", _lines(*[{"Item": {"pk": {"S": f"{number}"}}} for number in range(20_000)]))
    begun = _begin(dynamodb, name, bucket, prefix="1")
    arn = begun["BulkOperationArn"]
    answer = dynamodb.cancel_bulk_operation(BulkOperationArn=arn)
    assert (answer["BulkOperationArn"], answer["BulkOperationStatus"]) == (arn, "CANCELLING")
    ended = _ended(dynamodb, begun)
    assert ended["BulkOperationStatus"] == "CANCELLED"
    assert ended["FailureCode"]
    assert ended["ProcessedItemCount"] == dynamodb.scan(TableName=name, Select="COUNT")["Count"] < 20_000


def test_one_that_has_ended_cannot_be_cancelled(dynamodb: Any, table: str) -> None:
    ended = _ended(dynamodb, _begin(dynamodb, table))
    with refused("ValidationException"):
        dynamodb.cancel_bulk_operation(BulkOperationArn=ended["BulkOperationArn"])
    assert _ended(dynamodb, ended)["BulkOperationStatus"] == "FAILED"


@pytest.mark.parametrize("operation", ["describe_bulk_operation", "cancel_bulk_operation"])
@pytest.mark.parametrize(
    ("arn", "code", "message"),
    [
        pytest.param(NO_ARN, "ResourceNotFoundException", None, id="none there"),
        pytest.param(NO_ARN.replace(ACCOUNT, "123456789012"), "AccessDeniedException", None, id="elsewhere"),
        pytest.param(NO_ARN.replace("bulk-operation", "import"), "ValidationException", None, id="an import"),
        pytest.param(
            "arn",
            "ValidationException",
            "1 validation error detected: Value 'arn' at 'bulkOperationArn' failed to satisfy constraint: "
            "Member must have length greater than or equal to 37",
            id="too short",
        ),
    ],
)
def test_arns_that_name_none(dynamodb: Any, operation: str, arn: str, code: str, message: str | None) -> None:
    with refused(code, message):
        getattr(dynamodb, operation)(BulkOperationArn=arn)


def test_no_such_table(dynamodb: Any, unique: Callable[[], str]) -> None:
    name = unique()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        _begin(dynamodb, name)


def _at(member: str, value: Any, constraint: str) -> str:
    return f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            {"MaxWriteRequestUnits": 1023},
            _at("maxWriteRequestUnits", 1023, "Member must have value greater than or equal to 1024"),
            id="too slow",
        ),
        pytest.param(
            {"PerformanceTier": "FAST"},
            _at("performanceTier", "FAST", "Member must satisfy enum value set: [ACCELERATED, STANDARD]"),
            id="no tier",
        ),
        pytest.param(
            {"InputS3Configuration": {"S3Bucket": BUCKET, "InputFormat": "CSV"}},
            _at("inputS3Configuration.inputFormat", "CSV", "Member must satisfy enum value set: [ION, DYNAMODB_JSON]"),
            id="no format",
        ),
        pytest.param({"OutputS3Configuration": {"OutputType": ["ERROR"]}}, None, id="no bucket for the report"),
        pytest.param({"OutputS3Configuration": {"S3Bucket": BUCKET, "OutputType": []}}, None, id="no report"),
        pytest.param(
            {
                "OutputS3Configuration": {
                    "S3Bucket": BUCKET,
                    "OutputType": ["ERROR"],
                    "S3SseAlgorithm": "AES256",
                    "S3SseKmsKeyId": "alias/mine",
                }
            },
            "Invalid Request: KMS Key Id is not supported for this encryption type",
            id="a key for another encryption",
        ),
    ],
)
def test_refusals(dynamodb: Any, table: str, change: dict[str, Any], message: str | None) -> None:
    with refused("ValidationException", message):
        dynamodb.start_bulk_put_items(**{**_asked(table), **change})


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"MaxResults": 26},
            _at("maxResults", 26, "Member must have value less than or equal to 25"),
        ),
        (
            {"NextToken": "nowhere"},
            _at(
                "nextToken",
                "nowhere",
                "Member must satisfy regular expression pattern: ([0-9a-f]{16})+",
            ),
        ),
        ({"NextToken": "0" * 16}, None),
    ],
)
def test_pages_that_are_refused(dynamodb: Any, members: dict[str, Any], message: str | None) -> None:
    with refused("ValidationException", message):
        dynamodb.list_bulk_operations(**members)
