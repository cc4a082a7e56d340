"""Exports and imports on their way: what others see meanwhile, what an earlier sandbox left, what goes wrong."""

import asyncio
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.adapters.table_jobs import TableJobs
from sandbox.dynamodb.faults import ResourceInUseException, ResourceNotFoundException
from sandbox.dynamodb.operations.exports.describe_export import describe_export
from sandbox.dynamodb.operations.exports.export_table_to_point_in_time import export_table_to_point_in_time
from sandbox.dynamodb.operations.imports.describe_import import describe_import
from sandbox.dynamodb.operations.imports.import_table import import_table
from sandbox.dynamodb.operations.imports.imported_table import make_table
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.recovery.update_continuous_backups import update_continuous_backups
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.scope import Scope
from tests.unit.sandbox.adapters.bucket_in_memory import BucketInMemory, nothing

Call = Callable[..., Any]


@pytest.fixture
def orders(call: Call) -> str:
    """The ARN of a table with recovery and one item."""
    made = call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    call(
        update_continuous_backups,
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    call(put_item, TableName="orders", Item={"pk": {"S": "first"}})
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def begin_export(call: Call, table_arn: str, **members: Any) -> Callable[[], Any]:
    """Ask for an export; the answer describes it."""
    begun = call(export_table_to_point_in_time, TableArn=table_arn, S3Bucket="b-1", **members)["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    return lambda: call(describe_export, ExportArn=begun["ExportArn"])["ExportDescription"]


def begin_import(call: Call, name: str = "copy") -> Callable[[], Any]:
    """Ask for an import into a table with an index; the answer describes it."""
    begun = call(
        import_table,
        S3BucketSource={"S3Bucket": "b-1"},
        InputFormat="DYNAMODB_JSON",
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
    )["ImportTableDescription"]
    assert begun["ImportStatus"] == "IN_PROGRESS"
    return lambda: call(describe_import, ImportArn=begun["ImportArn"])["ImportTableDescription"]


def lines(*keys: str) -> bytes:
    return b"".join(json.dumps({"Item": {"pk": {"S": key}, "n": {"N": "1"}}}).encode() + b"\n" for key in keys)


def test_an_export_is_under_way_until_its_last_object(
    call: Call, jobs: TableJobs, bucket: BucketInMemory, orders: str
) -> None:
    """And AWS's order is kept: first what shows whether the bucket takes anything, last what tells of the whole."""
    describe = begin_export(call, orders)

    async def look() -> None:
        assert describe()["ExportStatus"] == "IN_PROGRESS"
        assert not {"ItemCount", "BilledSizeBytes", "ExportManifest", "EndTime"} & set(describe())

    bucket.meanwhile = look
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["ExportStatus"], told["ItemCount"]) == ("COMPLETED", 1)
    names = [key.partition(f"{told['ExportArn'].rpartition('/')[2]}/")[2] for key in bucket.content]
    assert names[0] == "_started"
    assert names[1].startswith("data/")
    assert names[2:] == ["manifest-files.json", "manifest-files.md5", "manifest-summary.json", "manifest-summary.md5"]


def test_objects_are_encrypted_as_asked_for(call: Call, jobs: TableJobs, bucket: BucketInMemory, orders: str) -> None:
    begin_export(call, orders, S3SseAlgorithm="KMS", S3SseKmsKeyId="alias/mine")
    asyncio.run(jobs.do_all())
    assert bucket.encryption == {("KMS", "alias/mine")}


def test_changes_in_ion(call: Call, scope: Scope, jobs: TableJobs, bucket: BucketInMemory, orders: str) -> None:
    """Each a record, on a line of its own; the data says what it is by its name, and so does the manifest."""
    begin = scope.clock.now()
    scope.clock.advance(1)
    call(put_item, TableName="orders", Item={"pk": {"S": "first"}, "n": {"N": "600"}})
    scope.clock.advance(1000)
    describe = begin_export(
        call,
        orders,
        ExportFormat="ION",
        ExportType="INCREMENTAL_EXPORT",
        IncrementalExportSpecification={"ExportFromTime": begin + 0.5},
    )
    asyncio.run(jobs.do_all())
    assert (describe()["ExportStatus"], describe()["ExportFormat"]) == ("COMPLETED", "ION")
    (data,) = [key for key in bucket.content if "/data/" in key]
    assert data.endswith(".ion.gz")
    assert gzip.decompress(bucket.content[data]).decode() == (
        "$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:170000000125d4},"
        'Keys:{pk:"first"},OldImage:{pk:"first"},NewImage:{pk:"first",n:6d2}}}\n'
    )
    assert json.loads(bucket.content[describe()["ExportManifest"]])["outputFormat"] == "ION"


@pytest.mark.parametrize("ending", ["deleted", "made anew", "recovery disabled"])
def test_an_export_fails_when_its_past_goes(
    call: Call, jobs: TableJobs, bucket: BucketInMemory, orders: str, ending: str
) -> None:
    describe = begin_export(call, orders)

    async def end() -> None:
        bucket.meanwhile = nothing
        if ending == "recovery disabled":
            call(
                update_continuous_backups,
                TableName="orders",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
            )
            return
        call(delete_table, TableName="orders")
        if ending == "made anew":
            call(
                create_table,
                TableName="orders",
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )

    bucket.meanwhile = end
    asyncio.run(jobs.do_all())
    code = "PointInTimeRecoveryUnavailableException" if ending == "recovery disabled" else "TableNotFoundException"
    assert (describe()["ExportStatus"], describe()["FailureCode"]) == ("FAILED", code)
    assert bucket.exported() == []


def test_a_table_is_creating_while_it_is_imported(call: Call, jobs: TableJobs, bucket: BucketInMemory) -> None:
    """It cannot be used, nor deleted, and another import of that name is taken. Source: DDB-IMPORT-001, 006, 019."""
    bucket.content["in.json"] = lines("a")
    describe = begin_import(call)
    with pytest.raises(ResourceNotFoundException):
        call(describe_table, TableName="copy")

    async def look() -> None:
        bucket.meanwhile = nothing
        table = call(describe_table, TableName="copy")["Table"]
        assert (table["TableStatus"], table["GlobalSecondaryIndexes"][0]["IndexStatus"]) == ("CREATING", "CREATING")
        assert table["TableId"] == describe()["TableId"]
        assert "ProcessedItemCount" not in describe()
        with pytest.raises(ResourceNotFoundException):
            call(put_item, TableName="copy", Item={"pk": {"S": "x"}})
        with pytest.raises(ResourceInUseException):
            call(delete_table, TableName="copy")
        others.append(begin_import(call))

    others: list[Callable[[], Any]] = []
    bucket.meanwhile = look
    asyncio.run(jobs.do_all())
    assert (describe()["ImportStatus"], describe()["ImportedItemCount"]) == ("COMPLETED", 1)
    assert call(describe_table, TableName="copy")["Table"]["TableStatus"] == "ACTIVE"
    (other,) = others
    assert (other()["ImportStatus"], other()["FailureCode"]) == ("FAILED", "TableAlreadyExists")
    with pytest.raises(ResourceInUseException, match="Table already exists: copy"):
        begin_import(call)


def test_an_object_that_goes_meanwhile_is_an_error(call: Call, jobs: TableJobs, bucket: BucketInMemory) -> None:
    """The others are read. Source: DDB-IMPORT-007."""
    bucket.content = {"1.json": lines("a"), "2.json": lines("b")}
    describe = begin_import(call)

    async def remove() -> None:
        bucket.content.pop("1.json", None)

    bucket.meanwhile = remove
    asyncio.run(jobs.do_all())
    told = describe()
    assert (told["ImportStatus"], told["FailureCode"]) == ("FAILED", "ItemValidationError")
    assert [told[f"{kind}Count"] for kind in ("ProcessedItem", "ImportedItem", "Error")] == [2, 1, 1]


def test_an_import_that_an_earlier_sandbox_left(
    call: Call, scope: Scope, jobs: TableJobs, bucket: BucketInMemory
) -> None:
    """Its bucket is gone; its table, which the earlier sandbox had made, is there to be used or deleted."""
    describe = begin_import(call)
    ((_, left),) = scope.store.imports.under_way()
    make_table(scope, left)
    bucket.is_there = False
    asyncio.run(jobs.do_all())
    assert (describe()["ImportStatus"], describe()["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    assert call(describe_table, TableName="copy")["Table"]["TableStatus"] == "ACTIVE"


def test_an_import_that_an_earlier_sandbox_left_goes_on_where_it_can(
    call: Call, scope: Scope, jobs: TableJobs, bucket: BucketInMemory
) -> None:
    describe = begin_import(call)
    ((_, left),) = scope.store.imports.under_way()
    make_table(scope, left)
    bucket.content["in.json"] = lines("a", "b")
    asyncio.run(jobs.do_all())
    assert (describe()["ImportStatus"], describe()["ImportedItemCount"]) == ("COMPLETED", 2)


def test_what_nobody_expected_ends_the_job_and_no_other(
    call: Call, jobs: TableJobs, bucket: BucketInMemory, orders: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A job that is tried again for ever would keep all that come behind it."""

    async def break_once() -> None:
        bucket.meanwhile = nothing
        raise RuntimeError("the hosted code has a bug")

    bucket.meanwhile = break_once
    first, second = begin_export(call, orders), begin_export(call, orders)
    asyncio.run(jobs.do_all())
    assert (first()["ExportStatus"], first()["FailureCode"]) == ("FAILED", "InternalServerError")
    assert second()["ExportStatus"] == "COMPLETED"
    assert "the hosted code has a bug" in caplog.text


def test_jobs_are_done_as_they_come(call: Call, scope: Scope, jobs: TableJobs, orders: str) -> None:
    """The operation wakes who does them; ``settled`` waits, but not for ever."""

    async def work() -> None:
        running = asyncio.create_task(jobs.run())
        await jobs.settled(5)
        for _ in range(2):
            describe = begin_export(call, orders)
            await jobs.settled(60)
            assert describe()["ExportStatus"] == "COMPLETED"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        begin_export(call, orders)
        await jobs.settled(0.01)

    asyncio.run(work())
    assert len(scope.store.exports.under_way()) == 1


@pytest.mark.parametrize("is_split", [False, True])
def test_a_large_table_goes_in_several_parts(
    call: Call,
    jobs: TableJobs,
    bucket: BucketInMemory,
    orders: str,
    put: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    is_split: bool,
) -> None:
    """More items than one part has, in one object or in several, and every one of them once."""
    for number in range(1000):
        put("orders", pk={"S": f"k{number}"})
    if is_split:
        monkeypatch.setattr("sandbox.adapters.packed_lines._FILE_BYTES", 1)
    describe = begin_export(call, orders)
    asyncio.run(jobs.do_all())
    keys = [line["Item"]["pk"]["S"] for line in bucket.exported()]
    assert sorted(keys) == sorted(["first", *(f"k{number}" for number in range(1000))])
    listed = [json.loads(line) for line in bucket.content[_files_manifest(describe())].splitlines()]
    assert sum(file["itemCount"] for file in listed) == describe()["ItemCount"] == 1001
    assert (len(listed) > 1) == is_split
    assert {file["dataFileS3Key"] for file in listed} == {key for key in bucket.content if "/data/" in key}


def _files_manifest(description: Any) -> str:
    manifest: str = description["ExportManifest"]
    return manifest.replace("summary", "files")


def test_an_export_of_before_jobs_had_ends_is_done(scope: Scope, jobs: TableJobs, call: Call, orders: str) -> None:
    """A data folder may hold jobs that said when they would have ended."""
    begin_export(call, orders)
    ((here, export),) = scope.store.exports.under_way()
    with scope.store.database.write():
        scope.store.exports.save(replace(export, ended=1.0))
        document = scope.store.database.connection.execute("SELECT document FROM exports").fetchall()[0][0]
        old = json.loads(bytes(document)) | {"ends": 2.0}  # type: ignore[arg-type]
        del old["ended"], old["failure"]
        scope.store.database.connection.execute("UPDATE exports SET document = ?", (json.dumps(old).encode(),))
    assert scope.store.exports.under_way() == [(here, export)]
    asyncio.run(jobs.do_all())
    assert scope.store.exports.under_way() == []
