"""The DynamoDB Streams API of any endpoint as a poller's source. It only reads.

Source: lambda-event-source-mappings §4.1, §4.2.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp
import msgspec

from pollers.clients.signing import Credentials, signed_headers
from pollers.ports import (
    Clock,
    ExpiredIterator,
    Position,
    RecordsPage,
    Shard,
    StreamDescription,
    StreamGone,
    StreamUnavailable,
    TrimmedData,
    Wakeup,
)
from pollers.records import StreamRecord

__all__ = ["HttpStreams"]

_TARGET: Final = "DynamoDBStreams_20120810"
_ANSWER_SECONDS_MAX: Final = 30
_TEMPORARY: Final = frozenset(
    {"LimitExceededException", "ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"}
)
_TOLD: Final[Mapping[str, type[Exception]]] = {
    "ExpiredIteratorException": ExpiredIterator,
    "TrimmedDataAccessException": TrimmedData,
    "ResourceNotFoundException": StreamGone,
}


class _Change(msgspec.Struct, kw_only=True):
    """The ``dynamodb`` member, its attributes left as they came."""

    ApproximateCreationDateTime: float
    Keys: msgspec.Raw
    SequenceNumber: str
    NewImage: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    OldImage: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    SizeBytes: int = 0
    StreamViewType: str = ""


class _Identity(msgspec.Struct):
    Type: str | None = None
    PrincipalId: str | None = None


class _Record(msgspec.Struct, rename={"event_id": "eventID", "event_name": "eventName", "aws_region": "awsRegion"}):
    event_id: str
    event_name: str
    dynamodb: _Change
    aws_region: str = ""
    identity: _Identity | None = msgspec.field(default=None, name="userIdentity")


class _Page(msgspec.Struct):
    Records: list[_Record]
    NextShardIterator: str | None = None


_decode_page = msgspec.json.Decoder(_Page).decode


class HttpStreams:
    """Implements ``ports.StreamsApi`` against *endpoint_url*.

    Args:
        session: is not closed here.
        credentials: asked before every request, since temporary ones expire.
        clock: dates the signatures; the real time, whatever a test does to its own.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        endpoint_url: str,
        region: str,
        credentials: Callable[[], Credentials],
        clock: Clock,
    ) -> None:
        self._session = session
        self._url = endpoint_url.rstrip("/") + "/"
        self._region = region
        self._credentials = credentials
        self._clock = clock

    async def list_streams(self, table_name: str | None = None) -> Sequence[str]:
        """All pages. Raises: StreamUnavailable."""
        arns: list[str] = []
        request: dict[str, Any] = {"TableName": table_name} if table_name is not None else {}
        while True:
            answer = msgspec.json.decode(await self._call("ListStreams", request))
            arns += [stream["StreamArn"] for stream in answer.get("Streams", ())]
            last = answer.get("LastEvaluatedStreamArn")
            if not last:
                return arns
            request = {**request, "ExclusiveStartStreamArn": last}

    async def describe_stream(self, stream_arn: str) -> StreamDescription:
        """All pages. Raises: StreamGone, StreamUnavailable."""
        shards: list[Shard] = []
        request: dict[str, Any] = {"StreamArn": stream_arn}
        while True:
            answer = msgspec.json.decode(await self._call("DescribeStream", request))["StreamDescription"]
            shards += [_shard(one) for one in answer.get("Shards", ())]
            last = answer.get("LastEvaluatedShardId")
            if not last:
                break
            request = {**request, "ExclusiveStartShardId": last}
        return StreamDescription(
            stream_arn=stream_arn,
            status=answer.get("StreamStatus", "ENABLED"),
            view_type=answer.get("StreamViewType", ""),
            partition_key_name=next(key["AttributeName"] for key in answer["KeySchema"] if key["KeyType"] == "HASH"),
            shards=shards,
        )

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Position) -> str:
        """Raises: StreamGone, TrimmedData, StreamUnavailable."""
        request = {"StreamArn": stream_arn, "ShardId": shard_id, "ShardIteratorType": position.kind}
        if position.sequence_number is not None:
            request["SequenceNumber"] = position.sequence_number
        answer = msgspec.json.decode(await self._call("GetShardIterator", request))
        iterator: str = answer["ShardIterator"]
        return iterator

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """Raises: ExpiredIterator, TrimmedData, StreamGone, StreamUnavailable."""
        body = await self._call("GetRecords", {"ShardIterator": iterator, "Limit": limit})
        try:
            page = _decode_page(body)
        except msgspec.DecodeError as error:
            raise StreamUnavailable(f"the answer to GetRecords cannot be read: {error}") from error
        return RecordsPage(
            records=[_stream_record(record, self._region) for record in page.Records],
            next_iterator=page.NextShardIterator or None,
        )

    def latest(self, stream_arn: str) -> Mapping[str, str] | None:
        """Only the network could tell."""
        assert stream_arn
        return None

    def wakeup(self, stream_arn: str) -> Wakeup | None:
        """There is no signal: such a source is polled."""
        assert stream_arn
        return None

    async def _call(self, operation: str, request: Mapping[str, Any]) -> bytes:
        body = msgspec.json.encode(request)
        headers = signed_headers(
            url=self._url,
            headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": f"{_TARGET}.{operation}"},
            body=body,
            credentials=self._credentials(),
            region=self._region,
            service="dynamodb",
            now=self._clock.now(),
        )
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS_MAX)
        try:
            async with self._session.post(self._url, data=body, headers=headers, timeout=timeout) as response:
                answer = await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StreamUnavailable(f"{self._url}: {error or type(error).__name__}") from error
        if status == 200:
            return answer
        raise _refusal(status, answer)


def _refusal(status: int, answer: bytes) -> Exception:
    """The exception that says what the endpoint said."""
    try:
        document = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        document = {}
    code = str(document.get("__type", "")).rpartition("#")[2] or f"HTTP {status}"
    message = f"{code}: {document.get('message') or document.get('Message') or ''}".rstrip(": ")
    told = _TOLD.get(code)
    if told is not None:
        return told(message)
    return StreamUnavailable(message, retryable=status >= 500 or status == 429 or code in _TEMPORARY)


def _shard(one: Mapping[str, Any]) -> Shard:
    numbers = one.get("SequenceNumberRange", {})
    return Shard(
        shard_id=one["ShardId"],
        parent_shard_id=one.get("ParentShardId"),
        starting_sequence_number=numbers.get("StartingSequenceNumber", ""),
        ending_sequence_number=numbers.get("EndingSequenceNumber"),
    )


def _stream_record(record: _Record, region: str) -> StreamRecord:
    change, identity = record.dynamodb, record.identity
    created = float(int(change.ApproximateCreationDateTime))
    return StreamRecord(
        event_id=record.event_id,
        event_name=record.event_name,
        sequence_number=change.SequenceNumber,
        created_seconds=created,
        aws_region=record.aws_region or region,
        dynamodb=_in_order(change, created),
        is_service_delete=identity is not None and identity.PrincipalId == "dynamodb.amazonaws.com",
    )


def _in_order(change: _Change, created: float) -> bytes:
    """The member as Lambda's event has it: keys in its order, whole seconds."""
    return msgspec.json.encode(
        {
            "ApproximateCreationDateTime": created,
            "Keys": change.Keys,
            **({} if change.NewImage is msgspec.UNSET else {"NewImage": change.NewImage}),
            **({} if change.OldImage is msgspec.UNSET else {"OldImage": change.OldImage}),
            "SequenceNumber": change.SequenceNumber,
            "SizeBytes": change.SizeBytes,
            "StreamViewType": change.StreamViewType,
        }
    )
