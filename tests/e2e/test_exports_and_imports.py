"""Tables to S3 and back, as a user of boto3 who made a bucket on this endpoint sees it."""

import base64
import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox

ITEMS: list[dict[str, Any]] = [
    {"pk": {"S": "ada"}, "n": {"N": "1"}, "blob": {"B": b"\x00\xff"}, "flags": {"SS": ["a", "b"]}},
    {"pk": {"S": 'zoë, "quoted"\n'}, "n": {"N": "-12.5"}, "list": {"L": [{"NULL": True}, {"BOOL": False}]}},
    {"pk": {"S": "o'hara"}, "map": {"M": {"deep": {"NS": ["1", "2.5"]}, "blobs": {"BS": [b"x"]}}}},
]


@pytest.fixture
def dynamodb(sandbox: EmbeddedSandbox) -> Any:
    return sandbox.client("dynamodb")


@pytest.fixture
def s3(sandbox: EmbeddedSandbox) -> Any:
    """S3, with the bucket ``things``."""
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="things")
    return s3


@pytest.fixture
def orders(sandbox: EmbeddedSandbox, dynamodb: Any) -> str:
    """The ARN of a table with recovery and three items."""
    name = sandbox.table("orders")
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for item in ITEMS:
        dynamodb.put_item(TableName=name, Item=item)
    arn: str = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
    return arn


def exported(sandbox: EmbeddedSandbox, table_arn: str, **members: Any) -> Any:
    """The description of an export that has ended."""
    dynamodb = sandbox.client("dynamodb")
    begun = dynamodb.export_table_to_point_in_time(TableArn=table_arn, **{"S3Bucket": "things", **members})
    sandbox.drain()
    return dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])["ExportDescription"]


def imported(sandbox: EmbeddedSandbox, name: str, format_: str, prefix: str, **members: Any) -> Any:
    """The description of an import that has ended, into a table with an index on the number ``n``."""
    dynamodb = sandbox.client("dynamodb")
    begun = dynamodb.import_table(
        S3BucketSource={"S3Bucket": "things", "S3KeyPrefix": prefix},
        InputFormat=format_,
        TableCreationParameters={
            "TableName": name,
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "n", "AttributeType": "N"},
            ],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-n",
                    "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        },
        **members,
    )
    sandbox.drain()
    return dynamodb.describe_import(ImportArn=begun["ImportTableDescription"]["ImportArn"])["ImportTableDescription"]


def by_key(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: item["pk"]["S"])


def md5(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).digest()


def content(s3: Any, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket="things", Key=key)["Body"].read()
    return body


def lines(s3: Any, description: Mapping[str, Any]) -> list[Any]:
    """What an export wrote, found the way its readers find it: from the summary to the list to the data."""
    summary = json.loads(content(s3, description["ExportManifest"]))
    files = [json.loads(line) for line in content(s3, summary["manifestFilesS3Key"]).splitlines()]
    found = []
    for file in files:
        told = gzip.decompress(content(s3, file["dataFileS3Key"])).splitlines()
        assert len(told) == file["itemCount"]
        found += [json.loads(line) for line in told]
    return found


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("format_", ["DYNAMODB_JSON", "ION"])
def test_a_table_goes_to_s3_and_comes_back(sandbox: EmbeddedSandbox, dynamodb: Any, orders: str, format_: str) -> None:
    """Every type of value; the new table's index can be queried."""
    export = exported(sandbox, orders, S3Prefix="backup", ExportFormat=format_)
    assert (export["ExportStatus"], export["ItemCount"]) == ("COMPLETED", 3)
    assert export["EndTime"] >= export["StartTime"]
    folder = export["ExportManifest"].removesuffix("manifest-summary.json")
    made = imported(sandbox, "copy", format_, f"{folder}data/", InputCompressionType="GZIP")
    assert (made["ImportStatus"], made["ErrorCount"]) == ("COMPLETED", 0)
    assert made["ProcessedItemCount"] == made["ImportedItemCount"] == 3
    assert by_key(dynamodb.scan(TableName="copy")["Items"]) == by_key(dynamodb.scan(TableName="orders")["Items"])
    table = dynamodb.describe_table(TableName="copy")["Table"]
    assert (table["TableStatus"], table["GlobalSecondaryIndexes"][0]["IndexStatus"]) == ("ACTIVE", "ACTIVE")
    assert (table["TableArn"], table["TableId"]) == (made["TableArn"], made["TableId"])
    found = dynamodb.query(
        TableName="copy",
        IndexName="by-n",
        KeyConditionExpression="n = :n",
        ExpressionAttributeValues={":n": {"N": "-12.5"}},
    )["Items"]
    assert found == [ITEMS[1]]


def test_the_objects_are_those_aws_writes(sandbox: EmbeddedSandbox, s3: Any, orders: str) -> None:
    """Their names, and checksums that are right: what reads exports checks them."""
    export = exported(sandbox, orders, S3Prefix="here/")
    folder = f"here/AWSDynamoDB/{export['ExportArn'].rpartition('/')[2]}"
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="things")["Contents"]]
    (data,) = [key for key in keys if key.startswith(f"{folder}/data/") and key.endswith(".json.gz")]
    manifests = [f"{folder}/manifest-{name}" for name in ("files.json", "files.md5", "summary.json", "summary.md5")]
    assert sorted(keys) == sorted([f"{folder}/_started", data, *manifests])
    for name in ("files", "summary"):
        manifest = content(s3, f"{folder}/manifest-{name}.json")
        assert base64.b64decode(content(s3, f"{folder}/manifest-{name}.md5")) == md5(manifest)
    listed = json.loads(content(s3, f"{folder}/manifest-files.json"))
    packed = s3.get_object(Bucket="things", Key=data)
    assert listed == {
        "itemCount": 3,
        "md5Checksum": base64.b64encode(md5(packed["Body"].read())).decode(),
        "etag": packed["ETag"].strip('"'),
        "dataFileS3Key": data,
    }
    summary = json.loads(content(s3, export["ExportManifest"]))
    assert summary["manifestFilesS3Key"] == f"{folder}/manifest-files.json"
    assert (summary["exportArn"], summary["tableArn"], summary["itemCount"]) == (export["ExportArn"], orders, 3)
    assert datetime.fromisoformat(summary["exportTime"]) == export["ExportTime"]


def test_an_empty_table(sandbox: EmbeddedSandbox, dynamodb: Any, s3: Any, orders: str) -> None:
    for item in ITEMS:
        dynamodb.delete_item(TableName="orders", Key={"pk": item["pk"]})
    export = exported(sandbox, orders)
    assert (export["ExportStatus"], export["ItemCount"], export["BilledSizeBytes"]) == ("COMPLETED", 0, 0)
    assert lines(s3, export) == []


def test_an_export_shows_its_moment(sandbox: EmbeddedSandbox, dynamodb: Any, s3: Any, orders: str) -> None:
    """The one it was asked for at, or one of the past; whatever happened since."""
    sandbox.clock.advance(10)
    past = datetime.fromtimestamp(int(sandbox.clock.now()), tz=UTC)
    sandbox.clock.advance(10)
    dynamodb.delete_item(TableName="orders", Key={"pk": {"S": "ada"}})
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "new"}})
    begun = dynamodb.export_table_to_point_in_time(TableArn=orders, S3Bucket="things")["ExportDescription"]
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "late"}})
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "new"}, "changed": {"BOOL": True}})
    sandbox.drain()
    now = dynamodb.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]
    items = [line["Item"] for line in lines(s3, now)]
    assert {item["pk"]["S"] for item in items} == {"new", *(item["pk"]["S"] for item in ITEMS[1:])}
    assert {"pk": {"S": "new"}} in items
    then = exported(sandbox, orders, ExportTime=past)
    assert then["ExportTime"] == past
    assert len(lines(s3, then)) == then["ItemCount"] == 3


@pytest.mark.parametrize("view_type", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE"])
def test_an_incremental_export(sandbox: EmbeddedSandbox, dynamodb: Any, s3: Any, orders: str, view_type: str) -> None:
    """Each item once, as it was and as it is; what came and went is not told."""
    sandbox.clock.advance(5)
    begin = datetime.fromtimestamp(int(sandbox.clock.now()), tz=UTC)
    sandbox.clock.advance(5)
    for number in ("7", "8"):
        dynamodb.put_item(TableName="orders", Item={"pk": {"S": "ada"}, "n": {"N": number}})
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "new"}})
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "passing"}})
    dynamodb.delete_item(TableName="orders", Key={"pk": {"S": "passing"}})
    written = sandbox.clock.now()
    dynamodb.delete_item(TableName="orders", Key={"pk": {"S": "o'hara"}})
    sandbox.clock.advance(1000)
    end = datetime.fromtimestamp(int(sandbox.clock.now()), tz=UTC)
    sandbox.clock.advance(10)
    dynamodb.put_item(TableName="orders", Item={"pk": {"S": "ada"}, "n": {"N": "9"}})
    export = exported(
        sandbox,
        orders,
        ExportType="INCREMENTAL_EXPORT",
        IncrementalExportSpecification={
            "ExportFromTime": begin,
            "ExportToTime": end,
            "ExportViewType": view_type,
        },
    )
    assert (export["ExportStatus"], export["ItemCount"]) == ("COMPLETED", 3)
    assert export["BilledSizeBytes"] == 10_000_000
    told = {line["Keys"]["pk"]["S"]: line for line in lines(s3, export)}
    micros = int(told["ada"].pop("Metadata")["WriteTimestampMicros"]["N"])
    assert begin.timestamp() < micros / 1_000_000 <= written
    olds = view_type == "NEW_AND_OLD_IMAGES"
    ada_before = {**ITEMS[0], "blob": {"B": "AP8="}}
    assert told["ada"] == {
        "Keys": {"pk": {"S": "ada"}},
        **({"OldImage": ada_before} if olds else {}),
        "NewImage": {"pk": {"S": "ada"}, "n": {"N": "8"}},
    }
    assert set(told["new"]) == {"Metadata", "Keys", "NewImage"}
    assert set(told["o'hara"]) == {"Metadata", "Keys"} | ({"OldImage"} if olds else set())
    summary = json.loads(content(s3, export["ExportManifest"]))
    assert (summary["exportType"], summary["outputView"]) == ("INCREMENTAL_EXPORT", view_type)
    data = json.loads(content(s3, summary["manifestFilesS3Key"]))["dataFileS3Key"]
    assert data.startswith("AWSDynamoDB/data/")


@pytest.mark.parametrize(
    ("members", "code", "sentence"),
    [
        (
            {"S3Bucket": "no-such-bucket"},
            "S3NoSuchBucket",
            "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; ",
        ),
        (
            {"S3BucketOwner": "111122223333"},
            "S3AccessDenied",
            "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; ",
        ),
    ],
    ids=["no bucket", "another's bucket"],
)
def test_an_export_that_fails(
    sandbox: EmbeddedSandbox, s3: Any, orders: str, members: dict[str, str], code: str, sentence: str
) -> None:
    export = exported(sandbox, orders, **members)
    assert (export["ExportStatus"], export["FailureCode"]) == ("FAILED", code)
    assert export["FailureMessage"].startswith(sentence)
    assert "ExportManifest" not in export
    assert s3.list_objects_v2(Bucket="things").get("Contents") is None


def test_a_csv_file_becomes_a_table(sandbox: EmbeddedSandbox, dynamodb: Any, s3: Any) -> None:
    """Keys have their types, everything else is a string; any column may be quoted."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([["a;1", "1", "x"], ['say "hi"', "2.50", ""]])
    s3.put_object(Bucket="things", Key="in/a.csv", Body=text.getvalue())
    s3.put_object(Bucket="things", Key="in/b.csv", Body="b;3;y")
    made = imported(
        sandbox,
        "people",
        "CSV",
        "in/",
        InputFormatOptions={"Csv": {"Delimiter": ";", "HeaderList": ["pk", "n", "text"]}},
    )
    assert (made["ImportStatus"], made["ImportedItemCount"]) == ("COMPLETED", 3)
    assert made["ProcessedSizeBytes"] == len(text.getvalue()) + 5
    assert by_key(dynamodb.scan(TableName="people", IndexName="by-n")["Items"]) == [
        {"pk": {"S": "a;1"}, "n": {"N": "1"}, "text": {"S": "x"}},
        {"pk": {"S": "b"}, "n": {"N": "3"}, "text": {"S": "y"}},
        {"pk": {"S": 'say "hi"'}, "n": {"N": "2.5"}, "text": {"S": ""}},
    ]


def test_what_cannot_be_imported_is_counted_and_logged(sandbox: EmbeddedSandbox, dynamodb: Any, s3: Any) -> None:
    """The rest is imported, and the table can be used: AWS's FAILED is no roll-back."""
    s3.put_object(
        Bucket="things",
        Key="in/some.json",
        Body='{"Item":{"pk":{"S":"a"}}}\n{"Item":{"n":{"N":"1"}}}\n{"Item":{"pk":{"S":"b"},"n":{"S":"no number"}}}\n'
        '{"Item":{"pk":{"S":"c"}}}\nnot JSON\n{"Item":{"pk":{"S":"unread"}}}\n',
    )
    s3.put_object(Bucket="things", Key="in/other.json", Body='{"Item":{"pk":{"S":"d"}}}')
    made = imported(sandbox, "half", "DYNAMODB_JSON", "in/")
    assert (made["ImportStatus"], made["FailureCode"]) == ("FAILED", "ItemValidationError")
    assert made["FailureMessage"].startswith("Some of the items failed validation checks and were not imported.")
    counts = [made[f"{kind}Count"] for kind in ("ProcessedItem", "ImportedItem", "Error")]
    assert counts == [6, 3, 3]
    assert [item["pk"]["S"] for item in by_key(dynamodb.scan(TableName="half")["Items"])] == ["a", "c", "d"]
    logged = sandbox.client("logs").filter_log_events(logGroupName="/aws-dynamodb/imports")["events"]
    told = [json.loads(event["message"]) for event in logged]
    assert [(line["s3Key"], line["line"]) for line in told] == [("in/some.json", number) for number in (2, 3, 5)]
    assert told[0]["errorMessage"] == "One or more parameter values were invalid: Missing the key pk in the item"


@pytest.mark.usefixtures("s3")
def test_a_prefix_without_objects_makes_an_empty_table(sandbox: EmbeddedSandbox, dynamodb: Any) -> None:
    made = imported(sandbox, "empty", "DYNAMODB_JSON", "nowhere/")
    assert (made["ImportStatus"], made["ProcessedItemCount"]) == ("COMPLETED", 0)
    assert dynamodb.describe_table(TableName="empty")["Table"]["TableStatus"] == "ACTIVE"


@pytest.mark.usefixtures("s3")
def test_an_import_of_what_is_not_read(sandbox: EmbeddedSandbox, dynamodb: Any) -> None:
    """Python has no ZSTD of its own yet."""
    made = imported(sandbox, "none", "DYNAMODB_JSON", "", InputCompressionType="ZSTD")
    assert (made["ImportStatus"], made["FailureCode"]) == ("FAILED", "UnsupportedCompression")
    assert dynamodb.list_tables()["TableNames"] == []


def test_exports_go_on_over_a_restart(tmp_path: Path) -> None:
    """What was exported is remembered, and so is the past; the bucket is not, and is made anew."""
    settings = Settings(port=0, runtime="in-process", watch_code=False, data_folder=tmp_path)
    with EmbeddedSandbox(settings) as first:
        dynamodb = first.client("dynamodb")
        arn = dynamodb.describe_table(TableName=first.table("orders"))["Table"]["TableArn"]
        dynamodb.update_continuous_backups(
            TableName="orders", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        dynamodb.put_item(TableName="orders", Item=ITEMS[0])
        first.client("s3").create_bucket(Bucket="things")
        before = exported(first, arn)
        assert (before["ExportStatus"], before["ItemCount"]) == ("COMPLETED", 1)
        dynamodb.put_item(TableName="orders", Item=ITEMS[1])
    with EmbeddedSandbox(settings) as second:
        s3, dynamodb = second.client("s3"), second.client("dynamodb")
        assert dynamodb.describe_export(ExportArn=before["ExportArn"])["ExportDescription"] == before
        s3.create_bucket(Bucket="things")
        dynamodb.delete_item(TableName="orders", Key={"pk": ITEMS[0]["pk"]})
        after = exported(second, arn)
        assert [line["Item"] for line in lines(s3, after)] == [ITEMS[1]]
