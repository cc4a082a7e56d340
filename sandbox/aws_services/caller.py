"""Who calls and where to: account, region and service of a request, by the rules of the whole endpoint.

Source: the credential scope of Signature Version 4, ``<access key>/<date>/<region>/<service>/aws4_request``, in the
``Authorization`` header or, for a presigned URL, in the ``X-Amz-Credential`` parameter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

__all__ = ["Caller", "caller_of", "signed_as"]

_ACCOUNT = re.compile(r"[0-9]{12}")
_CREDENTIAL = re.compile(r"Credential=([^,\s]+)")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The scope of one request; ``region`` and ``service`` are empty where the request does not say."""

    account_id: str
    access_key: str = ""
    region: str = ""
    service: str = ""


def caller_of(headers: Mapping[str, str], query: str, *, default_account_id: str) -> Caller:
    """Read the scope: a 12-digit access key is the account, any other key belongs to *default_account_id*.

    *headers* have lower-case names; *query* is the raw query string.
    """
    credential = _CREDENTIAL.search(headers.get("authorization", ""))
    scope = credential.group(1) if credential else _presigned_scope(query)
    parts = scope.split("/")
    if len(parts) != 5:
        # a signature of the old kind, ``AWS <access key>:<signature>``, or none at all
        access_key = headers.get("authorization", "").removeprefix("AWS ").split(":")[0] if not scope else parts[0]
        return Caller(account_id=_account(access_key, default_account_id), access_key=access_key)
    access_key, _, region, service, _ = parts
    return Caller(
        account_id=_account(access_key, default_account_id),
        access_key=access_key,
        region=region,
        service=service.lower(),
    )


def signed_as(caller: Caller) -> str:
    """An ``Authorization`` header with this scope and a signature that nobody checks."""
    access_key = caller.access_key or caller.account_id
    return (
        f"AWS4-HMAC-SHA256 Credential={access_key}/20000101/{caller.region}/{caller.service}/aws4_request, "
        f"SignedHeaders=host, Signature={'0' * 64}"
    )


def _presigned_scope(query: str) -> str:
    if "X-Amz-Credential=" in query:
        return parse_qs(query).get("X-Amz-Credential", [""])[0]
    if "AWSAccessKeyId=" in query:
        return parse_qs(query).get("AWSAccessKeyId", [""])[0]
    return ""


def _account(access_key: str, default_account_id: str) -> str:
    return access_key if _ACCOUNT.fullmatch(access_key) else default_account_id
