"""Signature Version 4, of requests with a body in memory.

Source: AWS Signature Version 4, "Create a signed AWS API request".
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

__all__ = ["Credentials", "sign", "signed_headers"]

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who asks; *session_token* only with temporary credentials."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def signed_headers(
    *,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    credentials: Credentials,
    region: str,
    service: str,
    now: float,
    method: str = "POST",
) -> dict[str, str]:
    """The headers of a request with *body* to *url*, those given (lower case) and those the signature needs.

    *url*: with a query, its parameters in the order of their names. *now*: epoch seconds; the server compares them with
    its own clock.
    """
    parts = urlsplit(url)
    stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
    all_headers = {**headers, "host": parts.netloc, "x-amz-date": stamp}
    if credentials.session_token is not None:
        all_headers["x-amz-security-token"] = credentials.session_token
    names = sorted(all_headers)
    canonical = "\n".join(
        [
            method,
            # A path is encoded once for the wire and once more for signing, S3 excepted.
            quote(parts.path or "/", safe="/~-_."),
            parts.query,
            *(f"{name}:{all_headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    _, signature = sign(canonical, stamp, scope, credentials.secret_access_key)
    all_headers["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return all_headers


def sign(canonical_request: str, stamp: str, scope: str, secret_access_key: str) -> tuple[str, str]:
    """What is signed of a request, and its signature.

    *stamp*: the time of the request, ``20260101T000000Z``. *scope*: ``20260101/us-east-1/dynamodb/aws4_request``.
    """
    to_sign = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(canonical_request.encode()).hexdigest()])
    return to_sign, hmac.digest(_signing_key(scope, secret_access_key), to_sign.encode(), "sha256").hex()


@lru_cache(maxsize=64)
def _signing_key(scope: str, secret_access_key: str) -> bytes:
    """The key of one day, region and service: the same for all requests of a client's day."""
    key = f"AWS4{secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
