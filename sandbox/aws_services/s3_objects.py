"""Read and write whole S3 objects on the sandbox's own behalf: function code, failure records."""

import re
from urllib.parse import quote, urlencode

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.reply import ForeignReply

__all__ = ["S3Refused", "fetch_object", "store_object"]

_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


class S3Refused(Exception):  # noqa: N818 - a refusal to pass on, not a bug
    """S3's refusal, by its own code and text, as Lambda quotes them. Source: lambda-event-source-mappings §5.2."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


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
    services: MotoServices, bucket: str, key: str, body: bytes, *, account_id: str, region: str, content_type: str
) -> None:
    """Write an object.

    Raises:
        S3Refused: no such bucket, or the bucket's policy forbids it.
    """
    reply = await services.call(
        "s3",
        account_id=account_id,
        region=region,
        method="PUT",
        path=_path(bucket, key),
        headers={"content-type": content_type},
        body=body,
    )
    _expect_success(reply)


def _path(bucket: str, key: str) -> str:
    return f"/{quote(bucket)}/{quote(key, safe='/~')}"


def _expect_success(reply: ForeignReply) -> None:
    if reply.status < 300:
        return
    code = _CODE.search(reply.body)
    message = _MESSAGE.search(reply.body)
    raise S3Refused(
        code.group(1).decode() if code else str(reply.status), message.group(1).decode() if message else "S3 refused."
    )
