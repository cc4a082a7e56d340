"""Does the exports, imports and bulk puts that operations have asked for: one after the other, each in many small parts.

A job that an earlier sandbox left begins again from the front: an export reads the same moment, an import puts the same
items. A bulk put does so only where it had not read anything. Source of how jobs end: ack-api-quirks DDB-EXPORT-016,
DDB-IMPORT-001, 013.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec.structs import replace

from sandbox.adapters.backlog import Backlog
from sandbox.adapters.job_bucket import Buckets
from sandbox.dynamodb.lifecycle.jobs import JobFailed
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.dynamodb.storage.database import StoreFailed
from sandbox.dynamodb.storage.exports import Export
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.jobs import Failure
from sandbox.dynamodb.storage.store import Store
from sandbox.logs.store import LogStore

__all__ = ["TableJobs"]

_log = logging.getLogger(__name__)

JobT = TypeVar("JobT", Export, Import, BulkOperation)


class TableJobs:
    """All exports, imports and bulk puts; one per sandbox.

    Args:
        buckets: where S3 is reached.
        scope: gives the scope of an account and region.
        logs: where items that cannot be imported are told.
    """

    def __init__(self, store: Store, buckets: Buckets, logs: LogStore, scope: Callable[[str, str], Scope]) -> None:
        self._store = store
        self._buckets = buckets
        self._logs = logs
        self._scope = scope
        self._backlog = Backlog(
            store.database,
            self.do_all,
            lambda: not any(jobs.under_way() for jobs in (store.exports, store.imports, store.bulk_operations)),
            trouble="Exports, imports and bulk puts could not be done; the next one tries again",
        )

    async def run(self) -> None:
        """Do jobs for ever, beginning with what an earlier sandbox left; ends by being cancelled."""
        store = self._store
        store.exports.wake = store.imports.wake = store.bulk_operations.wake = self._backlog.wake
        await self._backlog.run()

    async def settled(self, timeout_seconds: float) -> None:
        """Return when every job so far has ended, or after *timeout_seconds*."""
        await self._backlog.settled(timeout_seconds)

    async def do_all(self) -> None:
        """Do every job that has not ended."""
        while await self._do_some():
            pass

    async def _do_some(self) -> bool:
        """Do what is there of each kind; gives whether there was any."""
        store = self._store
        exports, imports, operations = (
            store.exports.under_way(),
            store.imports.under_way(),
            store.bulk_operations.under_way(),
        )
        for (account_id, region), export in exports:
            await self._export(self._scope(account_id, region), export)
        for (account_id, region), made in imports:
            await self._import(self._scope(account_id, region), made)
        for (account_id, region), operation in operations:
            await self._bulk_put(self._scope(account_id, region), operation)
        return bool(exports or imports or operations)

    async def _export(self, scope: Scope, export: Export) -> None:
        from sandbox.adapters.table_export import export_table  # noqa: PLC0415 - a start does not wait for it

        asked = export.parameters
        bucket = self._buckets(asked.bucket, account_id=scope.account_id, region=scope.region, owner=asked.bucket_owner)
        ended = await _ended(export_table(scope, bucket, export), export.arn)
        if isinstance(ended, Failure):
            ended = replace(export, ended=scope.clock.now(), failure=ended)
        with self._store.database.write():
            self._store.exports.save(ended)
        await self._store.database.committed()

    async def _import(self, scope: Scope, made: Import) -> None:
        from sandbox.adapters.table_import import import_table  # noqa: PLC0415 - as above
        from sandbox.dynamodb.operations.imports.imported_table import finish_table  # noqa: PLC0415 - as above

        source = made.asked["S3BucketSource"]
        bucket = self._buckets(
            source["S3Bucket"], account_id=scope.account_id, region=scope.region, owner=source["S3BucketOwner"]
        )
        ended = await _ended(import_table(scope, bucket, self._logs, made), made.arn)
        if isinstance(ended, Failure):
            ended = replace(made, ended=scope.clock.now(), failure=ended)
        with self._store.database.write():
            finish_table(scope, made)
            self._store.imports.save(ended)
        await self._store.database.committed()

    async def _bulk_put(self, scope: Scope, operation: BulkOperation) -> None:
        from sandbox.adapters.bulk_put import bulk_put, current, ended  # noqa: PLC0415 - as above

        source, target = [
            self._buckets(
                asked["S3Bucket"], account_id=scope.account_id, region=scope.region, owner=asked["S3BucketOwner"]
            )
            for asked in (operation.asked["InputS3Configuration"], operation.asked["OutputS3Configuration"])
        ]
        came = await _ended(bulk_put(scope, source, target, operation), operation.arn)
        if isinstance(came, Failure):
            came = ended(scope, current(scope, operation), came)
        with self._store.database.write():
            self._store.bulk_operations.save(came)
        await self._store.database.committed()


async def _ended(work: Awaitable[JobT], arn: str) -> JobT | Failure:
    """The job as it has ended, or why it could not."""
    try:
        return await work
    except JobFailed as failed:
        _log.warning("%s failed: %s", arn, failed.failure.message)
        return failed.failure
    except StoreFailed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the job ends and others go on
        _log.exception("%s failed", arn)
        return Failure(code="InternalServerError", message=f"{type(error).__name__}: {error}")
