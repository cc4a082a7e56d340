"""The part of a sandbox that is the rest of AWS: hosted services, schedules, and what tables have to do with both.

A sandbox that is asked for tables alone does without it, so it is imported and built when something needs it, or behind
the start once requests are answered.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from sandbox.adapters.job_bucket import JobBucket
from sandbox.adapters.kinesis_feed import KinesisFeed
from sandbox.adapters.table_jobs import TableJobs
from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.schedules import Schedules
from sandbox.aws_services.triggers.calls import CallFunction
from sandbox.clock import Clock
from sandbox.config import Settings
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.logs.store import LogStore

__all__ = ["ServiceParts"]


class ServiceParts:
    """The rest of AWS of one sandbox.

    Attributes:
        hosted: the services that others emulate.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        logs: LogStore,
        clock: Clock,
        ids: Ids,
        dynamodb_scope: Callable[[str, str], Scope],
        call_function: CallFunction,
    ) -> None:
        """Build the parts, and begin with what tables have for Kinesis and S3; call it on the event loop's thread."""
        self.hosted = MotoServices(
            default_account_id=settings.default_account_id,
            default_region=settings.default_region,
            call_function=call_function,
            schedules_changed=lambda rules: self._schedules.replace(rules),  # noqa: PLW0108 - it is made in the next line
        )
        self._schedules = Schedules(clock, self.hosted.fire)
        self._kinesis_feed = KinesisFeed(store, self.hosted, ids)
        self._table_jobs = TableJobs(store, partial(JobBucket, self.hosted), logs, dynamodb_scope)
        self._tasks = (
            asyncio.create_task(self._kinesis_feed.run(), name="changes for Kinesis streams"),
            asyncio.create_task(self._table_jobs.run(), name="exports, imports and bulk puts"),
        )

    async def settled(self, timeout_seconds: float) -> None:
        """Return once what is due was sent, jobs and deliveries have ended; each at the latest after *timeout_seconds*."""
        await self._schedules.settled(timeout_seconds)
        await self._table_jobs.settled(timeout_seconds)
        await self._kinesis_feed.settled(timeout_seconds)

    async def close(self) -> None:
        """Stop everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._schedules.close()
        await self.hosted.close()
