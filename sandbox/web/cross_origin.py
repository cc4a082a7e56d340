"""What web pages of other origins are told, where the guard lets them in: the headers AWS sends to every page.

Source: dynamodb-exact §1.5. Which headers a page may read: AWS's preflight answers for DynamoDB and its streams as
recorded in AllanZhengYP/cors-test (October 2020); that no page sees the checksum of an answer, aws-sdk-js#1614 (2017).
Which pages are let in is the guard's, see reliability S3.
"""

from collections.abc import Mapping
from typing import Final

from multidict import istr

from sandbox.web.replies import Replies
from sandbox.web.reply import Reply

__all__ = ["preflight", "readable"]

_ALLOWED: Final = b"access-control-allow-origin"
_EXPOSED: Final = b"access-control-expose-headers: x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
_MAX_AGE_SECONDS: Final = "172800"
_ECHOED: Final = (
    (istr("Access-Control-Request-Headers"), "access-control-allow-headers"),
    (istr("Access-Control-Request-Method"), "access-control-allow-methods"),
)


def preflight(replies: Replies, headers: Mapping[str, str], request_id: bytes) -> Reply:
    """Answer a browser that asks, by ``OPTIONS``, what is allowed: all that it asks for."""
    told = {name: headers[asked] for asked, name in _ECHOED if asked in headers}
    return readable(replies.rest(200, request_id, b"", {"access-control-max-age": _MAX_AGE_SECONDS, **told}))


def readable(reply: Reply) -> Reply:
    """Let the page read the answer, unless the answer has headers of its own for that, as a bucket's may."""
    if _ALLOWED not in reply.head.lower():
        reply.head += _ALLOWED + b": *\r\n" + _EXPOSED + b"\r\n"
    return reply
