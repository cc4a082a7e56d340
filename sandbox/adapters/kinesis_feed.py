"""From changed tables to the Kinesis streams they write to.

Records have the form of AWS's documentation (*Using Kinesis Data Streams to capture changes to DynamoDB*). They go out
in the order of their changes, at most once each: what a stream refuses is told in the log and dropped.
"""

import base64
import hashlib
import logging
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

import msgspec

from sandbox.adapters.backlog import Backlog
from sandbox.aws_services.reply import ForeignReply
from sandbox.dynamodb.storage.commit import decode_item
from sandbox.dynamodb.storage.outgoing import OutgoingChange
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import KinesisDestination, Table
from sandbox.ids import Ids
from sandbox.values.compare import items_equal
from sandbox.values.size import item_bytes

__all__ = ["KinesisFeed", "KinesisService"]

_log = logging.getLogger(__name__)
_RECORDS_MAX = 500
"""PutRecords takes no more."""


class KinesisService(Protocol):
    """Where Kinesis is reached."""

    async def call(
        self, service: str, *, account_id: str, region: str, headers: Mapping[str, str], body: bytes
    ) -> ForeignReply:
        """Make one request."""
        ...


class KinesisFeed:
    """Delivers the changes of all tables that have a destination; one per sandbox."""

    def __init__(self, store: Store, services: KinesisService, ids: Ids) -> None:
        self._store = store
        self._services = services
        self._ids = ids
        self._backlog = Backlog(
            store.database,
            self._deliver_all,
            lambda: not store.outgoing.pending(1),
            trouble="Changes for Kinesis streams could not be read; the next change tries again",
        )

    async def run(self) -> None:
        """Deliver for ever, beginning with what an earlier sandbox left; ends by being cancelled."""
        self._store.outgoing.wake = self._backlog.wake
        await self._backlog.run()

    async def settled(self, timeout_seconds: float) -> None:
        """Return when every change so far has been delivered, or after *timeout_seconds*."""
        await self._backlog.settled(timeout_seconds)

    async def _deliver_all(self) -> None:
        while await self.deliver():
            await self._store.database.committed()

    async def deliver(self) -> bool:
        """Deliver some changes; ``False`` when there are none."""
        changes = self._store.outgoing.pending(_RECORDS_MAX)
        if not changes:
            return False
        tables = {table.definition.id: table for table in self._store.all_tables()}
        for table_id, group in groupby(changes, key=lambda change: change.table_id):
            table = tables.get(table_id)
            if table is not None:
                await self._deliver_to_all(table, [change for change in group if not _is_nothing(change)])
        with self._store.database.write():
            self._store.outgoing.forget(changes)
        return True

    async def _deliver_to_all(self, table: Table, changes: Sequence[OutgoingChange]) -> None:
        for stream_arn, destination in table.definition.kinesis_destinations.items():
            if destination.is_active and changes:
                await self._put(table, stream_arn, destination, changes)

    async def _put(
        self, table: Table, stream_arn: str, destination: KinesisDestination, changes: Sequence[OutgoingChange]
    ) -> None:
        records = [self._record(table, destination, change) for change in changes]
        definition = table.definition
        try:
            reply = await self._services.call(
                "kinesis",
                account_id=definition.account_id,
                region=definition.region,
                headers={"content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecords"},
                body=msgspec.json.encode({"StreamARN": stream_arn, "Records": records}),
            )
        except Exception:  # noqa: BLE001 - whatever a hosted service does, the other destinations get their records
            _log.exception("%d changes of %s could not be sent to %s", len(changes), table.name, stream_arn)
            return
        if reply.status >= 300:
            told = reply.body.decode(errors="replace")
            _log.warning("%d changes of %s were refused by %s: %s", len(changes), table.name, stream_arn, told)

    def _record(self, table: Table, destination: KinesisDestination, change: OutgoingChange) -> dict[str, str]:
        before = decode_item(change.before) if change.before is not None else None
        after = decode_item(change.after) if change.after is not None else None
        item = after if after is not None else before
        assert item is not None, "a change concerns an item"
        keys = {name: item[name] for name in table.key_names}
        images = {name: image for name, image in (("NewImage", after), ("OldImage", before)) if image is not None}
        is_fine = destination.precision == "MICROSECOND"
        change_told: dict[str, Any] = {
            "ApproximateCreationDateTime": int(change.instant * (1_000_000 if is_fine else 1_000)),
            "Keys": keys,
            **images,
            "SizeBytes": item_bytes(keys) + sum(item_bytes(image) for image in images.values()),
        }
        if destination.precision is not None:
            change_told["ApproximateCreationDateTimePrecision"] = destination.precision
        document = {
            "awsRegion": table.definition.region,
            "eventID": self._ids.uuid(),
            "eventName": "INSERT" if before is None else "REMOVE" if after is None else "MODIFY",
            "userIdentity": None,
            "recordFormat": "application/json",
            "tableName": table.name,
            "dynamodb": change_told,
            "eventSource": "aws:dynamodb",
        }
        return {
            "Data": base64.b64encode(msgspec.json.encode(document)).decode(),
            # Changes of one item stay in order: they meet in one shard.
            "PartitionKey": hashlib.sha256(msgspec.json.encode(keys)).hexdigest(),
        }


def _is_nothing(change: OutgoingChange) -> bool:
    """A put of what is there already: AWS records it no more than a stream does."""
    before, after = change.before, change.after
    if before is None or after is None:
        return False
    return before == after or items_equal(decode_item(before), decode_item(after))
