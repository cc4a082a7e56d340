"""Who calls: account, region and service from the signature's credential scope.

Signatures are verified only where the user asks for it: see ``signatures``.

Source: dynamodb-exact §1.4; the credential scope of Signature Version 4.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from sandbox.dynamodb.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from sandbox.web.header_names import AMZ_DATE, AUTHORIZATION

if TYPE_CHECKING:
    from sandbox.web.signatures import Signature, Signatures

__all__ = ["Caller", "Credentials", "is_signed", "signed_service"]

_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_HEADER_PARTS = ("Credential", "Signature", "SignedHeaders")
_QUERY_PARTS = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_REMEMBERED_MAX: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The scope of a request.

    Attributes:
        account_id: the access key where that is twelve digits, else the default account.
        service: the service the request is signed for.
    """

    account_id: str
    region: str
    service: str


class Credentials:
    """Reads callers from requests, and remembers those it has read."""

    def __init__(
        self,
        *,
        default_account_id: str,
        default_region: str,
        signatures: "Signatures | None" = None,
        are_needed: bool = True,
    ) -> None:
        """*signatures*: verify them; ``None`` takes any. *are_needed*: who signs nothing at all is refused."""
        self._default_account_id = default_account_id
        self._signatures = signatures
        self._are_needed = are_needed
        self._default_region = default_region
        self._nobody = Caller(account_id=default_account_id, region=default_region, service="dynamodb")
        self._known: dict[str, Caller] = {}

    def caller(self, headers: Mapping[str, str], query: str) -> Caller:
        """Read the caller from the Authorization header or the presigned *query*.

        Raises:
            MissingAuthenticationTokenException: there is no signature.
            IncompleteSignatureException: a part of it is missing.
            InvalidSignatureException: there are two.

        Source: dynamodb-exact §1.4; that an empty header counts as none dynalite 4.0.0, asked 2026-11.
        """
        header = headers.get(AUTHORIZATION)
        if header is not None and not query:
            # All but the signature is the same in every request of a client's day.
            end = header.rfind("Signature=")
            known = self._known.get(header[:end])
            if known is not None and len(header) > end + len("Signature=") and headers.get(AMZ_DATE):
                return known
        return self._read(headers, header, query)

    def _read(self, headers: Mapping[str, str], header: str | None, query: str) -> Caller:
        parameters = parse_qs(query, keep_blank_values=True)
        is_presigned = "X-Amz-Algorithm" in parameters
        if header and is_presigned:
            raise InvalidSignatureException(
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
            )
        if is_presigned:
            return self._from_query(parameters)
        if header is None or not header.strip().startswith("AWS4-"):
            if not self._are_needed:
                return self._nobody
            raise MissingAuthenticationTokenException("Request is missing Authentication Token")
        return self._from_header(headers, header)

    def _from_query(self, parameters: Mapping[str, list[str]]) -> Caller:
        missing = [name for name in _QUERY_PARTS if not parameters.get(name, [""])[0]]
        if missing:
            sentences = "".join(f"AWS query-string parameters must include '{name}'. " for name in missing)
            raise IncompleteSignatureException(f"{sentences}Re-examine the query-string parameters.")
        return self._from_scope(parameters["X-Amz-Credential"][0])

    def _from_header(self, headers: Mapping[str, str], header: str) -> Caller:
        parts = _parts(header)
        sentences = [
            f"Authorization header requires '{name}' parameter. " for name in _HEADER_PARTS if not parts.get(name)
        ]
        if not headers.get(AMZ_DATE) and not headers.get("Date"):
            sentences.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
        if sentences:
            raise IncompleteSignatureException(f"{''.join(sentences)}Authorization={header}")
        caller = self._from_scope(parts["Credential"])
        if len(self._known) >= _REMEMBERED_MAX:
            self._known.clear()
        self._known[header[: header.rfind("Signature=")]] = caller
        return caller

    @property
    def verifies(self) -> bool:
        """Whether signatures are checked at all."""
        return self._signatures is not None

    def signer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Caller:
        """Read the caller, and check the signature where signatures are checked; *body* as of ``verify``.

        Raises:
            MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException,
            UnrecognizedClientException: as ``caller`` and ``verify``.
        """
        caller = self.caller(headers, query)
        self.verify(method, path, query, headers, body)
        return caller

    def verify(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        """Check the signature of a request whose ``caller`` is known, where signatures are checked.

        *body* is as it was sent, compressed if it was.

        Raises:
            IncompleteSignatureException, InvalidSignatureException, UnrecognizedClientException: as ``Signatures.check``.
        """
        if self._signatures is not None:
            self._signatures.check(_signature(headers, query), method, path, query, headers, body)

    def _from_scope(self, scope: str) -> Caller:
        pieces = scope.split("/")
        if len(pieces) != 5:
            raise IncompleteSignatureException(
                "Credential must have exactly 5 slash-delimited elements, "
                f"e.g. keyid/date/region/service/term, got '{scope}'"
            )
        access_key, _, region, service, _ = pieces
        return Caller(
            account_id=access_key if _ACCOUNT.match(access_key) else self._default_account_id,
            region=region or self._default_region,
            service=service,
        )


def _parts(header: str) -> dict[str, str]:
    """The parts of an Authorization header behind its first word."""
    words = re.split(r"[\s,]+", header.strip())[1:]
    return dict(word.split("=", 1) for word in words if "=" in word)


def _signature(headers: Mapping[str, str], query: str) -> "Signature":
    """What a request says of its signature, which has all of its parts."""
    from sandbox.web.signatures import Signature  # noqa: PLC0415 - only where signatures are checked

    header = headers.get(AUTHORIZATION)
    if not header:
        given = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        seconds = given.get("X-Amz-Expires", "")
        return Signature(
            algorithm=given["X-Amz-Algorithm"],
            credential=given["X-Amz-Credential"],
            signed_headers=given["X-Amz-SignedHeaders"],
            signature=given["X-Amz-Signature"],
            date=given["X-Amz-Date"],
            token=given.get("X-Amz-Security-Token"),
            expires_seconds=int(seconds) if re.fullmatch("[0-9]{1,6}", seconds) else None,
        )
    parts = _parts(header)
    return Signature(
        algorithm=header.split(maxsplit=1)[0],
        credential=parts["Credential"],
        signed_headers=parts["SignedHeaders"],
        signature=parts["Signature"],
        date=headers.get(AMZ_DATE) or headers.get("Date", ""),
        token=headers.get("X-Amz-Security-Token"),
    )


def is_signed(headers: Mapping[str, str], query: str) -> bool:
    """Tell whether a request carries a signature of any kind AWS has had, complete or not."""
    return headers.get(AUTHORIZATION, "").lstrip().startswith("AWS") or _is_presigned(query)


def signed_service(headers: Mapping[str, str], query: str) -> str | None:
    """The service a request says it is signed for; ``None`` where it does not say."""
    found = _SCOPE.search(headers.get(AUTHORIZATION, "")) or _QUERY_SCOPE.search(query)
    return found[1] if found else None


def _is_presigned(query: str) -> bool:
    return "X-Amz-Credential=" in query or ("AWSAccessKeyId=" in query and "Signature=" in query)


_SCOPE = re.compile(r"Credential=[^/,\s]*/[^/,\s]*/[^/,\s]*/([^/,\s]+)/")
_QUERY_SCOPE = re.compile(r"X-Amz-Credential=[^&]*?(?:/|%2F)[0-9]{8}(?:/|%2F)[^&/%]*(?:/|%2F)([^&/%]+)", re.IGNORECASE)
