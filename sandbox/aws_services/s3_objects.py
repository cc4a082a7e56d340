"""Read and write whole S3 objects on the sandbox's own behalf: function code, failure records, exports, imports."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote, urlencode

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.reply import ForeignReply

__all__ = ["S3Refused", "fetch_object", "store_object"]

_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


class S3Refused(Exception):  # noqa: N818 - a refusal to pass on, not a bug
    """S3's refusal, by its own code and text, as Lambda quotes them. Source: lambda-event-source-mappings §5.2."""

    def __init__(self, code: str, message: str, *, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


async def fetch_object(
    services: MotoServices, bucket: str, key: str, *, version: str | None = None, account_id: str, region: str
) -> bytes:
    """The bytes of an object; *version* ``None`` means the newest.

    Raises:
        S3Refused: no such bucket, key or version, or the bucket's policy forbids it.
    """
    query = f"?{urlencode({'versionId': version})}" if version is not None else ""
    reply = await services.call(
        "s3", account_id=account_id, region=region, method="GET", path=_path(bucket, key) + query
    )
    _expect_success(reply)
    return reply.body


async def store_object(
    services: MotoServices,
    bucket: str,
    key: str,
    body: bytes,
    *,
    account_id: str,
    region: str,
    content_type: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write an object, with further *headers*; gives its ETag, without quotes.

    Raises:
        S3Refused: no such bucket, or the bucket's policy forbids it.
    """
    reply = await services.call(
        "s3",
        account_id=account_id,
        region=region,
        method="PUT",
        path=_path(bucket, key),
        headers={"content-type": content_type, **headers},
        body=body,
    )
    _expect_success(reply)
    return next((value for name, value in reply.headers if name.lower() == "etag"), "").strip('"')


def _path(bucket: str, key: str) -> str:
    return f"/{quote(bucket)}/{quote(key, safe='/~')}"


def _expect_success(reply: ForeignReply) -> None:
    if reply.status < 300:
        return
    code = _CODE.search(reply.body)
    message = _MESSAGE.search(reply.body)
    raise S3Refused(
        code.group(1).decode() if code else str(reply.status),
        message.group(1).decode() if message else "S3 refused.",
        status=reply.status,
    )
