"""ListStreams. Source: lambda-event-source-mappings §4.1, §4.2."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Make = Callable[..., tuple[str, str]]


@pytest.mark.rule("4.1 ListStreams")
def test_the_streams_of_a_table(streams: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S")
    answer = streams.list_streams(TableName=table)
    assert answer["Streams"] == [{"StreamArn": stream, "StreamLabel": stream.rsplit("/", 1)[1], "TableName": table}]
    assert "LastEvaluatedStreamArn" not in answer


def test_a_table_without_stream(streams: Any, table: str) -> None:
    assert streams.list_streams(TableName=table)["Streams"] == []


@pytest.mark.rule("4.2 disabled stream")
def test_a_disabled_stream_is_still_listed(dynamodb: Any, streams: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    assert [one["StreamArn"] for one in streams.list_streams(TableName=table)["Streams"]] == [stream]


@pytest.mark.rule("4.2 list pages")
def test_pages(streams: Any, make_streaming_table: Make) -> None:
    made = {make_streaming_table("pk:S")[1] for _ in range(3)}
    found: list[str] = []
    start: dict[str, str] = {}
    while True:
        answer = streams.list_streams(Limit=1, **start)
        found += [one["StreamArn"] for one in answer["Streams"]]
        if "LastEvaluatedStreamArn" not in answer:
            break
        assert answer["LastEvaluatedStreamArn"] == found[-1]
        start = {"ExclusiveStartStreamArn": answer["LastEvaluatedStreamArn"]}
    assert made <= set(found)
    assert len(found) == len(set(found))


@pytest.mark.rule("4.2 limits", "4.1 ListStreams")
@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (
            0,
            (
                "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (
            101,
            "One or more parameter values were invalid: Limit cannot be greater than the maximum allowed size: 100",
        ),
    ],
)
def test_a_limit_out_of_range(streams: Any, limit: int, message: str) -> None:
    """Source of the words: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", message):
        streams.list_streams(Limit=limit)
