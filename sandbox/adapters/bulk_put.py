"""From the objects of a bucket into a table that is there, and a report of what was not put into another bucket."""

import logging
from collections.abc import Sequence

from msgspec.structs import replace

from sandbox.adapters.bulk_report import ReportWriter
from sandbox.adapters.input_objects import put_object, refuse_compression
from sandbox.adapters.job_bucket import Bucket, FoundObject
from sandbox.dynamodb.lifecycle.bulk_report import manifest_key
from sandbox.dynamodb.lifecycle.bulk_usage import with_changes
from sandbox.dynamodb.lifecycle.jobs import JobFailed
from sandbox.dynamodb.lifecycle.line_readers import ReadLine, read_conditional_ion, read_conditional_json
from sandbox.dynamodb.lifecycle.put_lines import PutLines
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.dynamodb.storage.jobs import Failure
from sandbox.dynamodb.storage.table import Table

__all__ = ["bulk_put", "current", "ended"]

_log = logging.getLogger(__name__)

_OBJECTS_MAX = 50_000
_READERS: dict[str, ReadLine] = {"DYNAMODB_JSON": read_conditional_json, "ION": read_conditional_ion}
_CANCELLED = Failure(code="Cancelled", message="The bulk operation was cancelled")


async def bulk_put(scope: Scope, source: Bucket, target: Bucket, operation: BulkOperation) -> BulkOperation:
    """Do *operation*; gives it as it has ended. How far it is is saved on the way.

    It reports what it did not put when it fails on the way, too. One that an earlier sandbox left in the middle of its
    objects fails: what it had read is not read again, for a condition may be false of an item that it put itself. How many
    objects there may be is in *Best practices for bulk put items in DynamoDB*; codes and sentences are an assumption.

    Raises:
        JobFailed: S3 refuses, what is asked for cannot be read, or it was left in the middle.
    """
    if operation.total_input_bytes is not None:
        raise JobFailed("InternalServerError", "The bulk operation was interrupted in the middle of its objects")
    refuse_compression(operation.asked["InputS3Configuration"]["InputCompressionType"])
    await target.check()
    await source.check()
    found = await source.objects(operation.asked["InputS3Configuration"].get("S3KeyPrefix", ""))
    if len(found) > _OBJECTS_MAX:
        raise JobFailed("InputObjectLimitExceeded", f"More than {_OBJECTS_MAX} objects have the key prefix")
    putting = _Putting(scope, operation, ReportWriter(scope, target, operation))
    failure = await putting.run(source, found)
    await putting.report.finish(ended(scope, current(scope, operation), failure))
    _tell(current(scope, operation))
    return ended(scope, current(scope, operation), failure)


def _tell(operation: BulkOperation) -> None:
    """Tell whoever reads the sandbox's log that items are missing, and where it is told why."""
    if operation.failed_item_count:
        output = operation.asked["OutputS3Configuration"]
        where = f"s3://{output['S3Bucket']}/{manifest_key(operation)} leads to the reasons"
        if "ERROR" not in output["OutputType"]:
            where = "the OutputType ERROR would tell why"
        _log.warning("%s: %d items were not put; %s", operation.arn, operation.failed_item_count, where)


def ended(scope: Scope, operation: BulkOperation, failure: Failure | None) -> BulkOperation:
    """The operation as it ends now."""
    if operation.is_cancelled:
        failure = _CANCELLED
    return replace(operation, ended=scope.clock.now(), failure=failure)


def current(scope: Scope, operation: BulkOperation) -> BulkOperation:
    """The operation as it is stored: somebody may have cancelled it meanwhile."""
    stored = scope.store.bulk_operations.with_arn((scope.account_id, scope.region), operation.arn)
    assert stored is not None, "no operation is ever forgotten"
    return stored


class _Cancelled(Exception):  # noqa: N818 - what was asked for
    """The operation is to end."""


class _Putting:
    """One operation whose objects are being put."""

    def __init__(self, scope: Scope, operation: BulkOperation, report: ReportWriter) -> None:
        self._scope = scope
        self._operation = operation
        self.report = report

    async def run(self, source: Bucket, found: Sequence[FoundObject]) -> Failure | None:
        """Put all objects; gives why that ended early."""
        asked = self._operation.asked["InputS3Configuration"]
        now = current(self._scope, self._operation)
        self._save(replace(now, total_input_bytes=sum(each.size_bytes for each in found)))
        try:
            for key, _ in found:
                self._table()
                size_bytes = await put_object(
                    self._scope,
                    source,
                    key,
                    format_=asked["InputFormat"],
                    compression=asked["InputCompressionType"],
                    reader=_READERS[asked["InputFormat"]],
                    table=self._table,
                    came=self._came,
                )
                now = current(self._scope, self._operation)
                self._save(replace(now, processed_input_bytes=now.processed_input_bytes + size_bytes))
        except JobFailed as failed:
            return failed.failure
        except _Cancelled:
            pass  # as the operation itself tells
        return None

    def _table(self) -> Table:
        """The table, while the operation is to go on. That it fails with its table is an assumption."""
        operation, scope = current(self._scope, self._operation), self._scope
        if operation.is_cancelled:
            raise _Cancelled
        name = operation.table_arn.rpartition("/")[2]
        table = scope.store.table(scope.account_id, scope.region, name)
        if table is None or table.definition.table_id != operation.table_id or table.definition.status == "DELETING":
            raise JobFailed("TableNotFoundException", f"Table not found: {operation.table_arn}")
        return table

    async def _came(self, key: str, lines_before: int, lines: Sequence[bytes], done: PutLines) -> None:
        now = current(self._scope, self._operation)
        self._save(
            replace(
                now,
                processed_item_count=now.processed_item_count + len(done.changes) + len(done.refused) + len(done.unmet),
                failed_item_count=now.failed_item_count + len(done.refused),
                usage=with_changes(now.usage, done.changes),
            )
        )
        await self.report.add(key, lines_before, lines, done)

    def _save(self, operation: BulkOperation) -> None:
        with self._scope.store.database.write(journaled=False):
            self._scope.store.bulk_operations.save(operation)
