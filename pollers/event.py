"""The documents that leave a poller: the event a function receives, and the record of a discarded batch.

Both are made by joining bytes around what the stream delivered; nothing of a record is decoded for them.
Source: lambda-event-source-mappings §2, §3.8; aws-recorded-answers §4, §7 (key order as recorded).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from pollers.decide.batching import Entry
from pollers.decide.next_step import TOO_OLD
from pollers.decide.tumbling import OpenWindow

__all__ = ["event_document", "failure_document", "failure_object_key", "is_s3", "window_event_document"]


def event_document(entries: Sequence[Entry]) -> bytes:
    """``{"Records":[…]}``."""
    return b'{"Records":[' + b",".join([entry.encoded for entry in entries]) + b"]}"


def window_event_document(
    entries: Sequence[Entry], window: OpenWindow, *, is_final: bool, shard_id: str, stream_arn: str
) -> bytes:
    """The event of an invocation within a tumbling window. Source: lambda-event-source-mappings §2.2."""
    about = {
        "window": {"start": _second(window.start_seconds), "end": _second(window.end_seconds)},
        "state": msgspec.Raw(window.state),
        "shardId": shard_id,
        "eventSourceARN": stream_arn,
        "isFinalInvokeForWindow": is_final,
        "isWindowTerminatedEarly": window.is_terminated_early,
    }
    return event_document(entries)[:-1] + b"," + msgspec.json.encode(about)[1:]


def failure_document(
    entries: Sequence[Entry],
    *,
    now: float,
    request_id: str,
    function_arn: str,
    condition: str,
    invoke_count: int,
    function_error: str | None,
    executed_version: str,
    shard_id: str,
    stream_arn: str,
    payload: bytes | None,
) -> bytes:
    """Write what the failure destination receives about *entries* (at least one).

    *now*, epoch seconds, is the document's ``timestamp``. *condition* is ``RetryAttemptsExhausted`` or
    ``RecordAgeExceeded``; the latter has no ``responseContext``. *payload* is the event as sent to the function, for S3
    alone: SQS and SNS get positions only.
    """
    first, last = entries[0].record, entries[-1].record
    document: dict[str, object] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": invoke_count,
        }
    }
    if condition != TOO_OLD:
        document["responseContext"] = {
            "statusCode": 200,
            "executedVersion": executed_version,
            "functionError": function_error,
        }
    document |= {
        "version": "1.0",
        "timestamp": _millisecond(now),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first.sequence_number,
            "endSequenceNumber": last.sequence_number,
            "approximateArrivalOfFirstRecord": _second(first.created_seconds),
            "approximateArrivalOfLastRecord": _second(last.created_seconds),
            "batchSize": len(entries),
            "streamArn": stream_arn,
        },
    }
    if payload is not None:
        document["payload"] = msgspec.Raw(payload)
    return msgspec.json.encode(document)


def failure_object_key(*, mapping_uuid: str, shard_id: str, now: float, random_uuid: str) -> str:
    """The S3 key of a failure record; *now* is the document's ``timestamp``."""
    instant = datetime.fromtimestamp(now, UTC)
    return f"aws/lambda/{mapping_uuid}/{shard_id}/{instant:%Y/%m/%d}/{instant:%Y-%m-%dT%H.%M.%S}-{random_uuid}"


def is_s3(destination_arn: str) -> bool:
    """Whether a destination is a bucket, which alone receives the records themselves."""
    return destination_arn.split(":")[2:3] == ["s3"]


def _second(epoch_seconds: float) -> str:
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _millisecond(epoch_seconds: float) -> str:
    instant = datetime.fromtimestamp(epoch_seconds, UTC)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
