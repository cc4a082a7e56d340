"""Compress an answer for a client that takes it so.

AWS compresses what is longer than about 4 KB where ``Accept-Encoding`` names gzip or deflate, and its checksum is that
of the bytes sent. Errors leave as they are: of those AWS was seen to say gzip and to send plain text.

Source: scylladb/scylladb pull requests 27454 and 27927 (gzip and deflate, compared with DynamoDB in 2025-12);
AllocZero/EfficientDynamoDb issue 259 and pull request 281 (4 KB; errors); aws/aws-sdk-java-v2 pull request 1993 (the
checksum). What ``*`` and equal qualities mean, and that the quality of identity counts for nothing, are assumptions.
"""

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

from multidict import MultiMapping

from sandbox.web.header_names import ACCEPT_ENCODING

try:
    from isal.isal_zlib import compress  # a sixth of zlib's time
except ImportError:  # it does not exist for every machine
    from zlib import compress

__all__ = ["PLAIN_BYTES_MAX", "AnswerEncoding", "accepted_encoding", "compressed"]

AnswerEncoding = Literal["gzip", "deflate"]

PLAIN_BYTES_MAX: Final = 4096
"""What is no longer leaves as it is."""
_LEVEL: Final = 1 if compress is zlib.compress else 0
"""The fastest that there is; zlib's own 0 does not compress."""
_WINDOW_BITS: Final = {"gzip": zlib.MAX_WBITS + 16, "deflate": zlib.MAX_WBITS}
_REMEMBERED_MAX: Final = 64


def accepted_encoding(headers: Mapping[str, str]) -> AnswerEncoding | None:
    """The encoding that the client likes best of those there are, ``None`` where it takes neither."""
    line = headers.get(ACCEPT_ENCODING)
    if line is None:
        return None
    if isinstance(headers, MultiMapping):
        line = ", ".join(headers.getall(ACCEPT_ENCODING))
    return _best(line)


@lru_cache(maxsize=_REMEMBERED_MAX)
def _best(line: str) -> AnswerEncoding | None:
    qualities: dict[str, float] = {}
    for choice in line.split(","):
        name, _, parameter = choice.partition(";")
        qualities[name.strip().lower()] = _quality(parameter)
    any_other = qualities.get("*", 0.0)
    gzip, deflate = qualities.get("gzip", any_other), qualities.get("deflate", any_other)
    if gzip > 0 and gzip >= deflate:
        return "gzip"
    return "deflate" if deflate > 0 else None


def _quality(parameter: str) -> float:
    name, _, number = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0


def compressed(body: bytes, encoding: AnswerEncoding) -> bytes:
    """Compress a body, fast rather than well."""
    return compress(body, _LEVEL, _WINDOW_BITS[encoding])
