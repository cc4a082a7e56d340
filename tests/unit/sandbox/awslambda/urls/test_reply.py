"""Answers of functions as HTTP, where no runtime of this machine makes them easily."""

import json
from typing import Any

import pytest

from sandbox.awslambda.urls.reply import BAD_GATEWAY, UrlReply, mapped, streamed


def prelude(**members: Any) -> bytes:
    return json.dumps(members).encode() + bytes(8)


def test_a_stream_with_a_prelude() -> None:
    payload = prelude(statusCode=201, headers={"Content-Type": "text/html"}, cookies=["a=1"]) + b"<p>"
    headers = (("Content-Type", "text/html"), ("Set-Cookie", "a=1"))
    assert streamed(payload) == UrlReply(status=201, headers=headers, body=b"<p>")


def test_a_prelude_may_say_nothing() -> None:
    reply = streamed(prelude() + b"\x00" * 9)
    assert (reply.status, reply.body) == (200, b"\x00" * 9)


@pytest.mark.parametrize("described", [b"not json", b"[]", b'{"statusCode": 99}'])
def test_a_prelude_that_is_none(described: bytes) -> None:
    assert streamed(described + bytes(8) + b"body") == BAD_GATEWAY


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff",
        b'{"statusCode": true}',
        b'{"statusCode": 600}',
        b'{"statusCode": 200, "cookies": "a"}',
        b'{"statusCode": 200, "body": "A", "isBase64Encoded": true}',
    ],
)
def test_what_is_no_answer(payload: bytes) -> None:
    assert mapped(payload) == BAD_GATEWAY


def test_a_length_that_the_function_states_is_not_believed() -> None:
    """A wrong one would break the connection for every later answer."""
    reply = mapped(b'{"statusCode": "200", "headers": {"Content-Length": "7"}, "body": {"a": 1}}')
    assert reply == UrlReply(status=200, headers=(("Content-Type", "application/json"),), body=b'{"a":1}')
