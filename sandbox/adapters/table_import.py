"""From the objects of a bucket to a new table."""

import logging
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from sandbox.adapters.input_objects import put_object, refuse_compression
from sandbox.adapters.job_bucket import Bucket
from sandbox.dynamodb.lifecycle.input_lines import line_number
from sandbox.dynamodb.lifecycle.jobs import JobFailed, job_id
from sandbox.dynamodb.lifecycle.line_readers import CsvReader, ReadLine, read_ion, read_json
from sandbox.dynamodb.lifecycle.put_lines import PutLines
from sandbox.dynamodb.operations.imports.descriptions import LOG_GROUP
from sandbox.dynamodb.operations.imports.imported_table import imported_table, make_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.jobs import Failure
from sandbox.dynamodb.storage.table import Table
from sandbox.logs.store import LogStore

__all__ = ["import_table"]

_log = logging.getLogger(__name__)

_ITEMS_REFUSED = Failure(
    code="ItemValidationError",
    message="Some of the items failed validation checks and were not imported. "
    "Please check CloudWatch error logs for more details.",
)


async def import_table(scope: Scope, bucket: Bucket, logs: LogStore, made: Import) -> Import:
    """Make the table of *made* and fill it; gives the import as it has ended, while the table is still CREATING.

    Raises:
        JobFailed: S3 refuses, the name is taken, the table has gone, or what is asked for cannot be read.
    """
    asked = made.asked
    refuse_compression(asked.get("InputCompressionType"))
    await bucket.check()
    found = await bucket.objects(asked["S3BucketSource"].get("S3KeyPrefix", ""))
    make_table(scope, made)
    reading = _Reading(scope, logs, made)
    for key, _ in found:
        await reading.read(bucket, key)
    done = reading.made
    if done.error_count:
        _log.warning(
            "%s: %d items were not imported; the log group %s tells why", done.arn, done.error_count, LOG_GROUP
        )
    return replace(done, ended=scope.clock.now(), failure=_ITEMS_REFUSED if done.error_count else None)


class _Reading:
    """One import that is being read.

    Attributes:
        made: the import, with what has been counted so far.
    """

    def __init__(self, scope: Scope, logs: LogStore, made: Import) -> None:
        self.made = made
        self._scope = scope
        self._logs = logs.of(scope.account_id, scope.region)

    async def read(self, bucket: Bucket, key: str) -> None:
        """Read one object; one that has gone meanwhile is an item in error, as DDB-IMPORT-007 counts them."""
        await put_object(
            self._scope,
            bucket,
            key,
            format_=self.made.asked["InputFormat"],
            compression=self.made.asked.get("InputCompressionType", "NONE"),
            reader=self._line_reader(self._table()),
            table=self._table,
            came=self._count,
        )

    def _table(self) -> Table:
        table = imported_table(self._scope, self.made)
        if table is None:
            raise JobFailed("TableNotFoundException", f"Table not found: {self.made.table_arn}")
        return table

    def _line_reader(self, table: Table) -> ReadLine:
        if self.made.asked["InputFormat"] == "ION":
            return read_ion
        if self.made.asked["InputFormat"] == "DYNAMODB_JSON":
            return read_json
        options = self.made.asked.get("InputFormatOptions", {}).get("Csv", {})
        return CsvReader(
            delimiter=options.get("Delimiter", ","),
            header=options.get("HeaderList"),
            key_types=table.definition.attribute_types,
        )

    async def _count(self, key: str, lines_before: int, lines: Sequence[bytes], done: PutLines) -> None:
        """Count what was put, and log what was not, as the group that AWS writes to has it."""
        made = self.made
        self.made = replace(
            made,
            processed_size_bytes=made.processed_size_bytes + done.size_bytes,
            processed_item_count=made.processed_item_count + len(done.changes) + len(done.refused),
            imported_item_count=made.imported_item_count + len(done.changes),
            error_count=made.error_count + len(done.refused),
        )
        for number, reason in done.refused:
            told = {
                "importArn": made.arn,
                "s3Bucket": made.asked["S3BucketSource"]["S3Bucket"],
                "s3Key": key,
                "line": line_number(lines_before, lines, number),
                "errorMessage": reason,
            }
            line = msgspec.json.encode(told).decode()
            self._logs.write(log_group=LOG_GROUP, log_stream=f"{job_id(made.arn)}/error", line=line, request_id="")
