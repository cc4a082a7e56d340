"""Exports of some items, or of some of each. Source: *Filtering a table export*, Amazon DynamoDB Developer Guide."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.adapters.table_jobs import TableJobs
from sandbox.dynamodb.operations.exports.describe_export import describe_export
from sandbox.dynamodb.operations.exports.export_table_to_point_in_time import export_table_to_point_in_time
from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.recovery.update_continuous_backups import update_continuous_backups
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from tests.unit.sandbox.adapters.bucket_in_memory import BucketInMemory

Call = Callable[..., Any]
Exported = Callable[..., tuple[list[Any], Any]]


@pytest.fixture
def exported(call: Call, jobs: TableJobs, bucket: BucketInMemory) -> Exported:
    """Export a table with the key ``pk`` (S) and ``sk`` (N); gives the lines and the description."""
    made = call(
        create_table,
        TableName="events",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    call(
        update_continuous_backups,
        TableName="events",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    arn = made["TableDescription"]["TableArn"]

    def export(specification: dict[str, Any], **members: Any) -> tuple[list[Any], Any]:
        bucket.content.clear()
        begun = call(
            export_table_to_point_in_time,
            TableArn=arn,
            S3Bucket="b-1",
            FilterSpecification=specification,
            **members,
        )["ExportDescription"]
        asyncio.run(jobs.do_all())
        described = call(describe_export, ExportArn=begun["ExportArn"])["ExportDescription"]
        assert described["ExportStatus"] == "COMPLETED"
        assert described["FilterSpecification"] == specification
        return ([] if "ExportFormat" in members else bucket.exported()), described

    return export


def event(pk: str, sk: int, **attributes: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"N": str(sk)}, **attributes}


def fill(put: Callable[..., None], partitions: int = 40, items: int = 5) -> None:
    """More items than one part has."""
    for pk in range(partitions):
        for sk in range(items):
            put("events", **event(f"p{pk}", sk, x={"S": "a"}, y={"N": str(sk)}))


def keys(lines: list[Any]) -> list[tuple[str, int]]:
    return sorted((line["Item"]["pk"]["S"], int(line["Item"]["sk"]["N"])) for line in lines)


def test_a_filter_chooses_items(exported: Exported, put: Callable[..., None]) -> None:
    """Of all partitions; it may look at the key. What it leaves out is billed."""
    fill(put)
    lines, described = exported(
        {
            "FilterExpression": "#y = :four AND pk <> :p",
            "ExpressionAttributeNames": {"#y": "y"},
            "ExpressionAttributeValues": {":four": {"N": "4.0"}, ":p": {"S": "p7"}},
        }
    )
    assert keys(lines) == sorted((f"p{pk}", 4) for pk in range(40) if pk != 7)
    assert described["ItemCount"] == 39
    nothing, all_of_it = exported({"FilterExpression": "attribute_exists(z)"})
    assert nothing == []
    assert all_of_it["BilledSizeBytes"] == described["BilledSizeBytes"] > 0


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("pk = :p", {}, [0, 1, 2, 3, 4]),
        ("pk = :p AND sk = :s", {":s": {"N": "3"}}, [3]),
        ("pk = :p AND sk > :s", {":s": {"N": "3"}}, [4]),
        ("pk = :p AND sk BETWEEN :s AND :t", {":s": {"N": "1"}, ":t": {"N": "2"}}, [1, 2]),
        ("pk = :p AND sk > :s", {":s": {"N": "9"}}, []),
    ],
)
def test_a_key_condition_chooses_a_partition(
    exported: Exported, put: Callable[..., None], condition: str, values: dict[str, Any], found: list[int]
) -> None:
    """In every place of the table; nothing else is read, or billed."""
    fill(put)
    for pk in ("p0", "p17", "p39"):
        lines, described = exported(
            {"KeyConditionExpression": condition, "ExpressionAttributeValues": {":p": {"S": pk}, **values}}
        )
        assert keys(lines) == [(pk, sk) for sk in found]
        size = sum(len("pkskxy") + len(pk) + len("a") + (1 if sk == 0 else 2) * 2 for sk in found)
        assert described["BilledSizeBytes"] == size


def test_a_projection_chooses_attributes(exported: Exported, put: Callable[..., None]) -> None:
    """Keys are shown where it names them, as in a Scan."""
    put("events", **event("a", 1, m={"M": {"b": {"S": "x"}, "c": {"S": "y"}}}))
    put("events", **event("b", 2))
    lines, described = exported({"ProjectionExpression": "pk, m.b"})
    assert sorted(lines, key=str) == [
        {"Item": {"pk": {"S": "a"}, "m": {"M": {"b": {"S": "x"}}}}},
        {"Item": {"pk": {"S": "b"}}},
    ]
    assert described["ItemCount"] == 2


def test_all_three_together_in_ion(exported: Exported, put: Callable[..., None], bucket: BucketInMemory) -> None:
    fill(put)
    exported(
        {
            "KeyConditionExpression": "pk = :p AND sk < :s",
            "FilterExpression": "y > :y",
            "ProjectionExpression": "sk",
            "ExpressionAttributeValues": {":p": {"S": "p3"}, ":s": {"N": "3"}, ":y": {"N": "0"}},
        },
        ExportFormat="ION",
    )
    (data,) = [body for key, body in bucket.content.items() if "/data/" in key]
    assert gzip.decompress(data) == b"$ion_1_0 {Item:{sk:1.}}\n$ion_1_0 {Item:{sk:2.}}\n"


def test_an_incremental_export_judges_the_latest_image(call: Call, scope: Scope, exported: Exported) -> None:
    """Of a deleted item, the old one. What is shown of images is chosen; their keys are told whole."""
    yes, no = {"t": {"BOOL": True}, "x": {"S": "-"}}, {"t": {"BOOL": False}}
    for name, attributes in (("comes in", no), ("goes out", yes), ("deleted", yes), ("deleted out", no)):
        call(put_item, TableName="events", Item=event(name, 1, **attributes))
    scope.clock.advance(10)
    begin = scope.clock.now()
    scope.clock.advance(10)
    for name, attributes in (("comes in", yes), ("goes out", no)):
        call(put_item, TableName="events", Item=event(name, 1, **attributes))
    for name in ("deleted", "deleted out"):
        call(delete_item, TableName="events", Key=event(name, 1))
    scope.clock.advance(1000)
    lines, described = exported(
        {
            "FilterExpression": "t = :yes",
            "ProjectionExpression": "t",
            "ExpressionAttributeValues": {":yes": {"BOOL": True}},
        },
        ExportType="INCREMENTAL_EXPORT",
        IncrementalExportSpecification={"ExportFromTime": begin},
    )
    assert described["ItemCount"] == 2
    told = {line["Keys"]["pk"]["S"]: line for line in lines}
    assert {name: {**line, "Metadata": None} for name, line in told.items()} == {
        "comes in": {
            "Metadata": None,
            "Keys": event("comes in", 1),
            "OldImage": {"t": {"BOOL": False}},
            "NewImage": {"t": {"BOOL": True}},
        },
        "deleted": {"Metadata": None, "Keys": event("deleted", 1), "OldImage": {"t": {"BOOL": True}}},
    }
