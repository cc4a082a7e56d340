import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession, web

from pollers.clients.signing import Credentials
from pollers.clients.streams_http import HttpStreams
from pollers.ports import ExpiredIterator, Position, StreamGone, StreamUnavailable, TrimmedData
from tests.fakes.poller_world import FakeClock

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000"


class Server:
    """Answers each call from a script and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """One answer off the script."""
        assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
        self.asked.append((request.headers["x-amz-target"], await request.json()))
        status, body = self.answers.pop(0)
        return web.Response(status=status, body=body if isinstance(body, bytes) else msgspec.json.encode(body))


def told(server: Server, story: Callable[[HttpStreams], Awaitable[None]]) -> None:
    async def run() -> None:
        app = web.Application()
        app.router.add_post("/", server.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            async with ClientSession() as session:
                await story(
                    HttpStreams(
                        session,
                        endpoint_url=f"http://{host}:{port}",
                        region="eu-central-1",
                        credentials=lambda: Credentials(access_key_id="AKID", secret_access_key="secret"),
                        clock=FakeClock(),
                    )
                )
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_listing_follows_the_pages() -> None:
    server = Server(
        (200, {"Streams": [{"StreamArn": "a"}], "LastEvaluatedStreamArn": "a"}),
        (200, {"Streams": [{"StreamArn": "b"}]}),
    )

    async def story(streams: HttpStreams) -> None:
        assert await streams.list_streams("t") == ["a", "b"]
        assert server.asked[1] == (
            "DynamoDBStreams_20120810.ListStreams",
            {"TableName": "t", "ExclusiveStartStreamArn": "a"},
        )

    told(server, story)


def test_describing_follows_the_pages() -> None:
    def page(shard: dict[str, Any], **more: Any) -> tuple[int, Any]:
        key_schema = [{"AttributeName": "sk", "KeyType": "RANGE"}, {"AttributeName": "pk", "KeyType": "HASH"}]
        return 200, {
            "StreamDescription": {
                "StreamStatus": "ENABLED",
                "StreamViewType": "NEW_IMAGE",
                "KeySchema": key_schema,
                "Shards": [shard],
                **more,
            }
        }

    server = Server(
        page(
            {"ShardId": "s1", "SequenceNumberRange": {"StartingSequenceNumber": "1", "EndingSequenceNumber": "2"}},
            LastEvaluatedShardId="s1",
        ),
        page({"ShardId": "s2", "ParentShardId": "s1", "SequenceNumberRange": {"StartingSequenceNumber": "3"}}),
    )

    async def story(streams: HttpStreams) -> None:
        description = await streams.describe_stream(ARN)
        assert (description.partition_key_name, description.view_type) == ("pk", "NEW_IMAGE")
        assert [
            (shard.shard_id, shard.parent_shard_id, shard.ending_sequence_number) for shard in description.shards
        ] == [
            ("s1", None, "2"),
            ("s2", "s1", None),
        ]

    told(server, story)


def test_records_are_brought_into_the_form_of_lambdas_events() -> None:
    """The API's members come in any order, its times with fractions, its identity with capitals."""
    page = (
        b'{"Records":[{"eventID":"e1","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb",'
        b'"awsRegion":"eu-central-1","dynamodb":{"SizeBytes":3,"StreamViewType":"OLD_IMAGE","SequenceNumber":"77",'
        b'"OldImage":{"pk":{"S":"a"}},"Keys":{"pk":{"S":"a"}},"ApproximateCreationDateTime":1.479499740789E9},'
        b'"userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}}],"NextShardIterator":"next"}'
    )
    server = Server((200, {"ShardIterator": "it"}), (200, page), (200, b'{"Records":[]}'))

    async def story(streams: HttpStreams) -> None:
        position = Position(kind="AFTER_SEQUENCE_NUMBER", sequence_number="76")
        page = await streams.records(await streams.shard_iterator(ARN, "s1", position), 10)
        assert server.asked[0][1]["SequenceNumber"] == "76"
        (record,) = page.records
        assert page.next_iterator == "next"
        assert record.event_json(ARN) == (
            b'{"eventID":"e1","eventName":"REMOVE","eventVersion":"1.1","eventSource":"aws:dynamodb",'
            b'"awsRegion":"eu-central-1","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},'
            b'"dynamodb":{"ApproximateCreationDateTime":1479499740.0,"Keys":{"pk":{"S":"a"}},'
            b'"OldImage":{"pk":{"S":"a"}},"SequenceNumber":"77","SizeBytes":3,"StreamViewType":"OLD_IMAGE"},'
            b'"eventSourceARN":"' + ARN.encode() + b'"}'
        )
        assert (await streams.records("next", 10)).next_iterator is None

    told(server, story)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, {"__type": "com.amazonaws.dynamodb.v20120810#ExpiredIteratorException"}, ExpiredIterator),
        (400, {"__type": "TrimmedDataAccessException", "message": "past the oldest"}, TrimmedData),
        (400, {"__type": "ResourceNotFoundException"}, StreamGone),
    ],
)
def test_what_the_endpoint_says(status: int, body: Any, expected: type[Exception]) -> None:
    async def story(streams: HttpStreams) -> None:
        with pytest.raises(expected):
            await streams.records("it", 10)

    told(Server((status, body)), story)


@pytest.mark.parametrize(
    ("status", "body", "retryable"),
    [
        (400, {"__type": "LimitExceededException"}, True),
        (500, {"__type": "InternalServerError"}, True),
        (502, b"<html>", True),
        (400, {"__type": "AccessDeniedException", "message": "no"}, False),
        (200, b"<html>", True),
    ],
)
def test_whether_asking_again_can_help(status: int, body: Any, retryable: bool) -> None:
    async def story(streams: HttpStreams) -> None:
        with pytest.raises(StreamUnavailable) as caught:
            await streams.records("it", 10)
        assert caught.value.retryable is retryable

    told(Server((status, body)), story)


def test_nobody_there() -> None:
    async def run() -> None:
        async with ClientSession() as session:
            streams = HttpStreams(
                session,
                endpoint_url="http://127.0.0.1:1",
                region="r",
                credentials=lambda: Credentials(access_key_id="AKID", secret_access_key="secret"),
                clock=FakeClock(),
            )
            with pytest.raises(StreamUnavailable):
                await streams.list_streams()
            assert streams.latest(ARN) is None
            assert streams.wakeup(ARN) is None

    asyncio.run(run())
