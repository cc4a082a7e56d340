"""Bulk puts on their way: what others see meanwhile, what ends them early, what they report."""

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.adapters.table_jobs import TableJobs
from sandbox.dynamodb.operations.bulk.cancel_bulk_operation import cancel_bulk_operation
from sandbox.dynamodb.operations.bulk.describe_bulk_operation import describe_bulk_operation
from sandbox.dynamodb.operations.bulk.start_bulk_put_items import start_bulk_put_items
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range
from tests.unit.sandbox.adapters.bucket_in_memory import BucketInMemory, nothing

Call = Callable[..., Any]
BOTH = ["ERROR", "CONDITION_CHECK_FAILURE"]


def make_orders(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "n", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-n",
                "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


@pytest.fixture
def begin(call: Call) -> Callable[..., Callable[[], Any]]:
    """Ask for a bulk put into the table ``orders``; the answer describes it."""
    make_orders(call)

    def start(output_type: list[str] = BOTH, format_: str = "DYNAMODB_JSON", **output: Any) -> Callable[[], Any]:
        begun = call(
            start_bulk_put_items,
            TableName="orders",
            InputS3Configuration={"S3Bucket": "b-1", "S3KeyPrefix": "in/", "InputFormat": format_},
            OutputS3Configuration={"S3Bucket": "b-1", "S3KeyPrefix": "out", "OutputType": output_type, **output},
        )["BulkOperationDescription"]
        assert begun["BulkOperationStatus"] == "IN_PROGRESS"
        return lambda: call(describe_bulk_operation, BulkOperationArn=begun["BulkOperationArn"])[
            "BulkOperationDescription"
        ]

    return start


def lines(*asked: Any) -> bytes:
    """Each an item, by its key alone or whole, or a line as it is."""
    items = [{"Item": {"pk": {"S": one}, "n": {"N": "1"}}} if isinstance(one, str) else one for one in asked]
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def keys_in(scope: Scope) -> list[str]:
    rows = scope.table("orders").items.fetch(Range(b"", None), descending=False, limit=100)
    return sorted(json.loads(row[2])["pk"]["S"] for row in rows)


def folder_of(description: Any) -> str:
    return f"out/AWSDynamoDB/{description['BulkOperationArn'].rpartition('/')[2]}"


def reported(bucket: BucketInMemory, description: Any) -> dict[str, list[Any]]:
    """The lines of a report by their types, found by its manifest, which is all else that was written."""
    folder = folder_of(description)
    manifest = json.loads(bucket.content[f"{folder}/manifest.json"])
    assert manifest["bulkOperationArn"] == description["BulkOperationArn"]
    assert manifest["status"] == description["BulkOperationStatus"]
    found: dict[str, list[Any]] = {}
    for file in manifest["files"]:
        told = gzip.decompress(bucket.content[file["dataFileS3Key"]]).splitlines()
        assert len(told) == file["itemCount"]
        assert file["dataFileS3Key"].startswith(f"{folder}/{file['outputType']}/")
        found.setdefault(file["outputType"], []).extend(map(json.loads, told))
    written = {key for key in bucket.content if key.startswith("out")}
    assert written == {f"{folder}/manifest.json", *(file["dataFileS3Key"] for file in manifest["files"])}
    return found


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}


def test_items_are_put_and_the_others_reported(
    call: Call, scope: Scope, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]
) -> None:
    """By object and line, as they were read; unmet conditions are no errors."""
    there = {"pk": {"S": "there"}, "n": {"N": "7"}}
    call(put_item, TableName="orders", Item=there)
    bad = {"Item": {"n": {"N": "1"}}}
    unmet = {"Item": {"pk": {"S": "there"}, "a": {"B": "/w=="}}, **NEW}
    bucket.content = {
        "in/1.json": lines("a", bad, "b"),
        "in/2.json": b"\n" + lines(unmet, {"Item": {"pk": {"S": "c"}}, **NEW}) + b"rubbish\n" + lines("never"),
        "in/3.json": lines({"Item": {"pk": {"S": "gone"}}, "ConditionExpression": "attribute_exists(pk)"}),
        "elsewhere.json": lines("x"),
    }
    sizes = sum(len(body) for key, body in bucket.content.items() if key.startswith("in/"))
    describe = begin()
    asyncio.run(jobs.do_all())
    told = describe()
    assert keys_in(scope) == ["a", "b", "c", "there"]
    assert told["BulkOperationStatus"] == "COMPLETED_WITH_ERRORS"
    assert (told["ProcessedItemCount"], told["FailedItemCount"]) == (7, 2)
    assert told["ProcessedInputBytes"] == told["TotalInputBytes"] == sizes
    assert not {"FailureCode", "FailureMessage"} & set(told)
    missing = "One or more parameter values were invalid: Missing the key pk in the item"
    report = reported(bucket, told)
    (first, second) = report["ERROR"]
    assert first == {
        "S3Key": "in/1.json",
        "Line": 2,
        "ErrorCode": "ValidationException",
        "ErrorMessage": missing,
        "Record": json.dumps(bad) + "\n",
    }
    assert (second["S3Key"], second["Line"], second["Record"]) == ("in/2.json", 4, "rubbish\n")
    assert report["CONDITION_CHECK_FAILURE"] == [
        {"S3Key": "in/2.json", "Line": 2, "Item": unmet["Item"], "ExistingItem": there},
        {"S3Key": "in/3.json", "Line": 1, "Item": {"pk": {"S": "gone"}}},
    ]


def test_ion_structs_may_take_several_lines(
    scope: Scope, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]
) -> None:
    """Or one of several; a report names the line at which each begins."""
    bucket.content["in/1.ion"] = (
        b'$ion_1_0 {Item:{pk:"a"}} {Item:{pk:"b"}}\n{\n  Item: {\n    pk: "c"\n  }\n}\n\n{\n  Item: {pk: 1}\n}\n'
    )
    describe = begin(format_="ION")
    asyncio.run(jobs.do_all())
    assert (describe()["ProcessedItemCount"], describe()["FailedItemCount"]) == (4, 1)
    assert keys_in(scope) == ["a", "b", "c"]
    (error,) = reported(bucket, describe())["ERROR"]
    assert (error["Line"], error["Record"]) == (8, "\n\n{\n  Item: {pk: 1}\n}")


def test_only_what_was_asked_for_is_reported(
    jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The sandbox's log tells of errors in any case, and where to look."""
    bucket.content["in/1.json"] = lines(
        {"Item": {}}, {"Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_exists(pk)"}
    )
    for output_type in BOTH:
        bucket.content = {"in/1.json": bucket.content["in/1.json"]}
        describe = begin([output_type])
        asyncio.run(jobs.do_all())
        assert set(reported(bucket, describe())) == {output_type}
        assert describe()["FailedItemCount"] == 1
    told = [record.getMessage().partition(": ")[2] for record in caplog.records]
    assert told[0].startswith("1 items were not put; s3://b-1/out/AWSDynamoDB/")
    assert told[1] == "1 items were not put; the OutputType ERROR would tell why"


@pytest.mark.parametrize(
    ("output", "encryption"),
    [
        pytest.param({}, (None, None), id="as the bucket has it"),
        pytest.param({"S3SseAlgorithm": "AES256"}, ("AES256", None), id="AES256"),
        pytest.param({"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": "alias/mine"}, ("KMS", "alias/mine"), id="KMS"),
    ],
)
def test_a_report_is_encrypted_as_asked_for(
    jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], output: Any, encryption: Any
) -> None:
    """One without lines has its manifest all the same."""
    describe = begin(**output)
    asyncio.run(jobs.do_all())
    assert (describe()["BulkOperationStatus"], reported(bucket, describe())) == ("COMPLETED", {})
    assert bucket.encryption == {encryption}


def test_a_long_report_goes_in_several_objects(
    jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.adapters.packed_lines._FILE_BYTES", 1)
    bucket.content["in/1.json"] = lines(*[{"Item": {}}] * 60)
    describe = begin()
    asyncio.run(jobs.do_all())
    assert [entry["Line"] for entry in reported(bucket, describe())["ERROR"]] == list(range(1, 61))
    assert sum(f"{folder_of(describe())}/ERROR/" in key for key in bucket.content) == 3


def test_how_far_it_is_shows_meanwhile(jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]) -> None:
    bucket.content = {"in/1.json": lines("a"), "in/2.json": lines("bb")}
    describe = begin()
    seen: list[Any] = [describe()]

    async def look() -> None:
        seen.append(describe())

    bucket.meanwhile = look
    asyncio.run(jobs.do_all())
    assert {each["BulkOperationStatus"] for each in seen} == {"IN_PROGRESS"}
    assert not any("EndTime" in each for each in seen)
    assert [each["ProcessedItemCount"] for each in seen] == [0, 0, 1, 2]
    assert "TotalInputBytes" not in seen[0]
    sizes = [len(bucket.content["in/1.json"]), len(bucket.content["in/2.json"])]
    assert [each["ProcessedInputBytes"] for each in seen] == [0, 0, sizes[0], sum(sizes)]
    assert seen[1]["TotalInputBytes"] == sum(sizes)


def test_usage_counts_what_was_put(jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]) -> None:
    """Items in the table, entries in the index; not what is as it was, there."""
    bucket.content["in/1.json"] = lines("a", "b", {"Item": {"pk": {"S": "a"}, "n": {"N": "1"}, "t": {"S": "xyz"}}})
    describe = begin()
    asyncio.run(jobs.do_all())
    entry, item = len("pk" + "a" + "n") + 2, len("pk" + "a" + "n") + 2
    assert describe()["BulkOperationUsage"] == [
        {
            "TableName": "orders",
            "BulkPutBytes": 3 * item + 4 + 2 * entry,
            "Table": {"BulkPutBytes": 3 * item + 4},
            "GlobalSecondaryIndexes": {"by-n": {"BulkPutBytes": 2 * entry}},
        }
    ]


@pytest.mark.parametrize("when", ["before it begins", "in the middle"])
def test_a_cancelled_one_ends_early(
    call: Call, scope: Scope, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], when: str
) -> None:
    """What it has put stays, and what it has not put is reported."""
    bucket.content = {"in/1.json": lines("a", {"Item": {}}), "in/2.json": lines("b")}
    describe = begin()

    async def cancel() -> None:
        if describe()["ProcessedItemCount"] < 2 and when == "in the middle":
            return
        bucket.meanwhile = nothing
        for _ in range(2):
            answer = call(cancel_bulk_operation, BulkOperationArn=describe()["BulkOperationArn"])
            assert answer == {
                "BulkOperationArn": describe()["BulkOperationArn"],
                "BulkOperationStatus": "CANCELLING",
            }
        assert describe()["BulkOperationStatus"] == "CANCELLING"

    if when == "before it begins":
        asyncio.run(cancel())
    bucket.meanwhile = cancel
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["BulkOperationStatus"], told["FailureCode"]) == ("CANCELLED", "Cancelled")
    assert told["FailureMessage"] == "The bulk operation was cancelled"
    assert "EndTime" in told
    assert keys_in(scope) == (["a"] if when == "in the middle" else [])
    assert len(reported(bucket, told).get("ERROR", [])) == (1 if when == "in the middle" else 0)


@pytest.mark.parametrize("ending", ["deleted", "made anew"])
def test_it_fails_with_its_table(
    call: Call, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], ending: str
) -> None:
    """One of the same name is another one."""
    bucket.content = {"in/1.json": lines("a"), "in/2.json": lines("b")}
    describe = begin()

    async def end() -> None:
        if not describe()["ProcessedItemCount"]:
            return
        bucket.meanwhile = nothing
        call(delete_table, TableName="orders")
        if ending == "made anew":
            make_orders(call)

    bucket.meanwhile = end
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["BulkOperationStatus"], told["FailureCode"]) == ("FAILED", "TableNotFoundException")
    assert told["FailureMessage"].startswith("Table not found: arn:")
    assert told["ProcessedItemCount"] == 1
    assert reported(bucket, told) == {}


def test_without_its_buckets_it_fails(jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]) -> None:
    """As does one that an earlier sandbox left before it read anything: its buckets have gone."""
    bucket.is_there = False
    describe = begin()
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["BulkOperationStatus"], told["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert bucket.content == {}


def test_one_that_an_earlier_sandbox_left_in_the_middle_fails(
    scope: Scope, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]
) -> None:
    """Begun again from the front, its conditions would be asked of its own items."""
    bucket.content["in/1.json"] = lines({"Item": {"pk": {"S": "a"}}, **NEW})
    describe = begin()
    ((_, left),) = scope.store.bulk_operations.under_way()
    with scope.store.database.write():
        scope.store.bulk_operations.save(replace(left, total_input_bytes=99, processed_item_count=3))
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["BulkOperationStatus"], told["FailureCode"]) == ("FAILED", "InternalServerError")
    assert told["ProcessedItemCount"] == 3
    assert keys_in(scope) == []


def test_an_object_that_goes_meanwhile_is_an_error(
    scope: Scope, jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any]
) -> None:
    bucket.content = {"in/1.json": lines("a"), "in/2.json": lines("b")}
    describe = begin()

    async def remove() -> None:
        bucket.content.pop("in/1.json", None)

    bucket.meanwhile = remove
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["BulkOperationStatus"], told["FailedItemCount"]) == ("COMPLETED_WITH_ERRORS", 1)
    assert reported(bucket, told)["ERROR"] == [
        {"S3Key": "in/1.json", "ErrorCode": "ValidationException", "ErrorMessage": "The specified key does not exist"}
    ]
    assert keys_in(scope) == ["b"]


def test_more_objects_than_there_may_be(
    jobs: TableJobs, bucket: BucketInMemory, begin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.adapters.bulk_put._OBJECTS_MAX", 1)
    bucket.content = {"in/1.json": lines("a"), "in/2.json": lines("b")}
    describe = begin()
    asyncio.run(jobs.do_all())
    assert (describe()["BulkOperationStatus"], describe()["FailureCode"]) == ("FAILED", "InputObjectLimitExceeded")
