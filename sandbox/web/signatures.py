"""Whether a request is signed with this sandbox's own secret, not long ago, and as it was sent.

Only where the user asks for it: the way in for tests that sign wrongly on purpose, for clients whose signing is their
own, and for a server that is open to a network.
Source: dynamodb-exact §1.4, of which the checks that need no secret are in ``credentials``; Signature Version 4.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote

from sandbox.awslambda.environment import SESSION_TOKEN
from sandbox.dynamodb.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    UnrecognizedClientException,
)
from sandbox.web.header_names import TARGET

__all__ = ["Sign", "Signature", "Signatures"]

Sign = Callable[[str, str, str, str], tuple[str, str]]
"""Of a canonical request, the request's time, a scope and a secret: the string to sign, and the signature."""

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_STAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ACCESS_KEY: Final = re.compile(r"[0-9]{12}")
_SKEW: Final = timedelta(minutes=15)
_UNSIGNED_BODIES: Final = ("UNSIGNED-PAYLOAD", "STREAMING-")
_INVALID_TOKEN: Final = "The security token included in the request is invalid"  # noqa: S105 - a sentence
_MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
    "signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What a request says of its own signature, in the header or, presigned, in the query; all as sent.

    Attributes:
        credential: ``<access key>/<date>/<region>/<service>/aws4_request``.
        expires_seconds: how long a presigned one holds; ``None`` in a header, which holds a quarter of an hour.
    """

    algorithm: str
    credential: str
    signed_headers: str
    signature: str
    date: str
    token: str | None
    expires_seconds: int | None = None


class Signatures:
    """Checks signatures against one secret; the access key is any account's id, twelve digits."""

    def __init__(self, secret_access_key: str, sign: Sign, now: Callable[[], datetime]) -> None:
        """*now* is the time by the clients' clock, not the sandbox's own, which tests move."""
        self._secret = secret_access_key
        self._sign = sign
        self._now = now

    def check(
        self, signature: Signature, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Check a signature, complete in its parts, of a request as it was sent.

        Raises:
            IncompleteSignatureException: the date cannot be read, or another algorithm was used.
            InvalidSignatureException: too old or not yet valid, without Host, of another scope, or not our secret's.
            UnrecognizedClientException: the access key or the session token is none of ours.
        """
        self._check_time(signature)
        names = signature.signed_headers.split(";")
        if "host" not in names:
            raise InvalidSignatureException("'Host' must be a 'SignedHeader' in the AWS Authorization.")
        if signature.algorithm != _ALGORITHM:
            raise IncompleteSignatureException(
                f"Unsupported AWS 'algorithm': '{signature.algorithm}' (only {_ALGORITHM} for now). "
            )
        access_key, _, scope = signature.credential.partition("/")
        _check_scope(scope, signature.date, headers)
        if _ACCESS_KEY.fullmatch(access_key) is None:
            raise UnrecognizedClientException(f"{_INVALID_TOKEN}.")
        canonical = _canonical_request(method, path, query, headers, names, _body_hash(headers, body, signature), scope)
        to_sign, expected = self._sign(canonical, signature.date, scope, self._secret)
        if not hmac.compare_digest(expected.encode(), signature.signature.encode()):
            raise InvalidSignatureException(
                f"{_MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n"
                f"The String-to-Sign should have been\n'{to_sign}'\n"
            )
        if signature.token not in (None, SESSION_TOKEN):
            raise UnrecognizedClientException(_INVALID_TOKEN)

    def _check_time(self, signature: Signature) -> None:
        stamp = signature.date
        try:
            signed_at = datetime.fromisoformat(stamp if _STAMP.fullmatch(stamp) else "")
        except ValueError:
            raise IncompleteSignatureException(
                f"Date must be in ISO-8601 'basic format'. Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ) from None
        now = self._now()
        if signature.expires_seconds is not None:
            latest = signed_at + timedelta(seconds=signature.expires_seconds)
            if latest < now:
                raise InvalidSignatureException(
                    f"Signature expired: {_stamp(latest)} is now earlier than {_stamp(now)}"
                )
        elif signed_at < now - _SKEW:
            raise InvalidSignatureException(
                f"Signature expired: {stamp} is now earlier than {_stamp(now - _SKEW)} ({_stamp(now)} - 15 min.)"
            )
        if signed_at > now + _SKEW:  # the words are an assumption, by analogy
            raise InvalidSignatureException(
                f"Signature not yet current: {stamp} is still later than {_stamp(now + _SKEW)} ({_stamp(now)} + 15 min.)"
            )


def _check_scope(scope: str, stamp: str, headers: Mapping[str, str]) -> None:
    """Check the pieces behind the access key; every sentence that applies is said."""
    date, region, service, terminator = scope.split("/")
    sentences = []
    if not region:
        sentences.append(f"Credential should be scoped to a valid region, not '{region}'. ")
    if service != "dynamodb" and headers.get(TARGET, "").startswith("DynamoDB"):
        sentences.append("Credential should be scoped to correct service: 'dynamodb'. ")
    if terminator != "aws4_request":
        sentences.append(f"Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. ")
    if date != stamp[:8]:
        sentences.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date}' != '{stamp[:8]}', from '{stamp}'. "
        )
    if sentences:
        raise InvalidSignatureException("".join(sentences))


def _canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], names: list[str], body_hash: str, scope: str
) -> str:
    is_s3 = scope.split("/")[2] == "s3"
    # A path is encoded once for the wire and once more for signing, S3 excepted, where it is taken as it stands.
    signed_path = quote(unquote(path), safe="/~") if is_s3 else quote(_normalised(path), safe="/~")
    parameters = sorted(
        _canonical_parameter(part) for part in query.split("&") if part and not part.startswith("X-Amz-Signature=")
    )
    return "\n".join(
        [
            method,
            signed_path,
            "&".join(f"{name}={value}" for name, value in parameters),
            *(f"{name}:{' '.join(_header(headers, name).split())}" for name in names),
            "",
            ";".join(names),
            body_hash,
        ]
    )


def _canonical_parameter(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return quote(unquote(name), safe="~"), quote(unquote(value), safe="~")


def _header(headers: Mapping[str, str], name: str) -> str:
    getall = getattr(headers, "getall", None)
    return ",".join(getall(name, ())) if getall is not None else headers.get(name, "")


def _normalised(path: str) -> str:
    """A path without empty and relative parts. Source: RFC 3986, 5.2.4."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == ".." and kept:
            kept.pop()
        elif part not in ("", ".", ".."):
            kept.append(part)
    slash = "/" if kept and path.endswith("/") else ""
    return f"/{'/'.join(kept)}{slash}"


def _body_hash(headers: Mapping[str, str], body: bytes, signature: Signature) -> str:
    """What stands for the body: its hash, unless the client said that it signs none, as S3's may."""
    if signature.credential.split("/")[3] == "s3":
        said = headers.get("X-Amz-Content-SHA256", "" if signature.expires_seconds is None else "UNSIGNED-PAYLOAD")
        if said.startswith(_UNSIGNED_BODIES):
            return said
    return hashlib.sha256(body).hexdigest()


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"
