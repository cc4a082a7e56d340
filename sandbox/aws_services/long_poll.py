"""SQS long polling without holding the thread: ask without waiting, wait here, ask again.

A ReceiveMessage that waits inside the one thread would keep out the SendMessage it waits for.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from sandbox.aws_services.wsgi import ForeignRequest, Response

__all__ = ["LongPoll", "long_poll_of"]

_WAIT = "WaitTimeSeconds"
_WAIT_SECONDS_MAX = 20
"""Source: SQS API reference, ReceiveMessage, WaitTimeSeconds."""


@dataclass(frozen=True, kw_only=True)
class LongPoll:
    """A ReceiveMessage that may have to wait.

    Attributes:
        once: the same request, not waiting.
        wait_seconds: how long the client wants to wait; ``None`` leaves it to the queue's own setting.
        queue_settings: asks for that setting.
    """

    once: ForeignRequest
    wait_seconds: int | None
    queue_settings: ForeignRequest

    def is_empty(self, response: Response) -> bool:
        """Whether *response* brought no message; a refusal is an answer."""
        return response.status == 200 and b'"Messages"' not in response.body and b"<Message>" not in response.body


def queue_wait_seconds(response: Response) -> int:
    """The queue's ``ReceiveMessageWaitTimeSeconds`` from the answer to ``queue_settings``; 0 where it has none."""
    if response.status != 200:
        return 0
    attributes = msgspec.json.decode(response.body).get("Attributes", {})
    return int(attributes.get("ReceiveMessageWaitTimeSeconds", 0))


def long_poll_of(request: ForeignRequest) -> LongPoll | None:
    """The long poll that *request* is, or ``None``; what the service would refuse goes to the service as it is."""
    if request.headers.get("x-amz-target") == "AmazonSQS.ReceiveMessage":
        return _of_json(request)
    if b"Action=ReceiveMessage" in request.body or "Action=ReceiveMessage" in request.query:
        return _of_form(request)
    return None


def _of_json(request: ForeignRequest) -> LongPoll | None:
    try:
        members: Any = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return None
    if not isinstance(members, dict) or not isinstance(members.get("QueueUrl"), str):
        return None
    wait_seconds = members.get(_WAIT)
    if not _may_wait(wait_seconds):
        return None
    return LongPoll(
        once=replace(request, body=msgspec.json.encode({**members, _WAIT: 0})),
        wait_seconds=wait_seconds,
        queue_settings=_queue_settings(request, members["QueueUrl"]),
    )


def _of_form(request: ForeignRequest) -> LongPoll | None:
    in_body = b"Action=ReceiveMessage" in request.body
    text = request.body.decode("latin-1") if in_body else request.query
    members = dict(parse_qsl(text, keep_blank_values=True))
    if members.get("Action") != "ReceiveMessage":
        return None
    wait_text = members.get(_WAIT)
    wait_seconds = int(wait_text) if wait_text is not None and wait_text.isdigit() else None
    if wait_text is not None and not _may_wait(wait_seconds):
        return None
    form = urlencode({**members, _WAIT: "0"})
    once = replace(request, body=form.encode()) if in_body else replace(request, query=form)
    queue = members.get("QueueUrl", request.path)
    return LongPoll(once=once, wait_seconds=wait_seconds, queue_settings=_queue_settings(request, queue))


def _may_wait(wait_seconds: Any) -> bool:
    return wait_seconds is None or (isinstance(wait_seconds, int) and 0 < wait_seconds <= _WAIT_SECONDS_MAX)


def _queue_settings(request: ForeignRequest, queue_url: str) -> ForeignRequest:
    kept = {name: request.headers[name] for name in ("host", "authorization", "user-agent") if name in request.headers}
    return ForeignRequest(
        method="POST",
        path="/",
        query="",
        headers={
            **kept,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": "AmazonSQS.GetQueueAttributes",
        },
        body=msgspec.json.encode({"QueueUrl": queue_url, "AttributeNames": ["ReceiveMessageWaitTimeSeconds"]}),
    )
