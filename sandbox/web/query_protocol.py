"""The Query protocol of CloudWatch: an Action and its members as a form, the answer in XML; older SDKs speak it.

Source: the CloudWatch service model 2010-08-01 (protocols ``json`` and ``query``).
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from sandbox.dynamodb.faults import InternalServerError, ValidationException
from sandbox.faults import ApiFault
from sandbox.web.credentials import Credentials
from sandbox.web.execute import run
from sandbox.web.incoming import path_and_query
from sandbox.web.ports import Service, Settled
from sandbox.web.replies import Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["QueryProtocol"]

_LOG = logging.getLogger(__name__)
_NAMESPACE: Final = "http://monitoring.amazonaws.com/doc/2010-08-01/"
_MAPS: Final = frozenset({"ExtendedStatistics"})
_MOMENTS: Final = frozenset({"StartTime", "EndTime"})
_TIMES: Final = frozenset({"Timestamp", "Timestamps"})


class QueryProtocol:
    """Answers requests for CloudWatch that carry an ``Action``."""

    def __init__(
        self,
        service: Service,
        credentials: Credentials,
        replies: Replies,
        request_ids: RequestIds,
        settled: Settled,
    ) -> None:
        self._service = service
        self._credentials = credentials
        self._replies = replies
        self._request_ids = request_ids
        self._settled = settled

    async def answer(self, request: web.BaseRequest, body: bytes) -> Reply | Declined:
        """Answer one request, whatever happens; ``DECLINED`` where it is for others."""
        path, query = path_and_query(request)
        texts = parse_qsl(body.decode("utf-8", "replace") or query, keep_blank_values=True)
        action = next((value for name, value in texts if name == "Action"), "")
        operation = self._service.find(action)
        if operation is None:
            return DECLINED
        request_id = self._request_ids.uuid()
        try:
            caller = self._credentials.signer(request.method, path, query, request.headers, body)
            members = _members(texts)
            try:
                decoded = msgspec.convert(members, operation.request, strict=False)
            except msgspec.ValidationError as error:
                raise ValidationException(str(error)) from error
            scope = self._service.scope(caller.account_id, caller.region)
            answer = await run(operation, scope, decoded, self._settled)
        except ApiFault as fault:
            return self._fault(fault, request_id)
        except Exception:  # noqa: BLE001 - whatever it is, it is our bug, and the client gets an answer
            _LOG.exception("Request %s (%s) failed; this is a bug of the sandbox", request_id.decode(), action)
            return self._fault(InternalServerError("Internal server error"), request_id)
        if not isinstance(answer, bytes):
            return DECLINED
        result = "".join(_xml(f"{action}Result", msgspec.json.decode(answer)))
        metadata = f"<ResponseMetadata><RequestId>{request_id.decode()}</RequestId></ResponseMetadata>"
        return self._reply(
            200, f'<{action}Response xmlns="{_NAMESPACE}">{result}{metadata}</{action}Response>', request_id
        )

    def _fault(self, fault: ApiFault, request_id: bytes) -> Reply:
        told = {
            "Type": "Sender" if fault.status < 500 else "Receiver",
            "Code": fault.query_code or fault.code,
            "Message": fault.message or "",
        }
        error = "".join(_xml("Error", told))
        text = (
            f'<ErrorResponse xmlns="{_NAMESPACE}">{error}<RequestId>{request_id.decode()}</RequestId></ErrorResponse>'
        )
        return self._reply(fault.status, text, request_id)

    def _reply(self, status: int, text: str, request_id: bytes) -> Reply:
        return self._replies.rest(status, request_id, text.encode(), {"Content-Type": "text/xml"})


def _members(texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The members of a form: ``Dimensions.member.1.Name=x`` is a structure in a list."""
    tree: dict[str, Any] = {}
    for name, value in texts:
        place = tree
        *parents, last = name.split(".")
        for parent in parents:
            inner = place.setdefault(parent, {})
            place = inner if isinstance(inner, dict) else {}
        place[last] = _seconds(value) if name in _MOMENTS else value
    return {name: _listed(value) for name, value in tree.items() if name not in ("Action", "Version")}


def _seconds(text: str) -> float | str:
    """Epoch seconds of a date, which without a zone is UTC's; *text* itself where it is none, to be refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    entries = value.get("member")
    if isinstance(entries, dict):
        numbered = sorted((int(number), entry) for number, entry in entries.items() if number.isdecimal())
        return [_listed(entry) for _, entry in numbered]
    return {name: _listed(inner) for name, inner in value.items()}


def _xml(name: str, value: Any) -> Iterator[str]:
    yield f"<{name}>"
    match value:
        case dict() if name in _MAPS:
            for key, inner in value.items():
                yield f"<entry><key>{_escaped(key)}</key>{''.join(_xml('value', inner))}</entry>"
        case dict():
            yield from (part for key, inner in value.items() for part in _xml(key, inner))
        case list() if name in _TIMES:
            yield from (f"<member>{_time(one)}</member>" for one in value)
        case list():
            yield from (part for one in value for part in _xml("member", one))
        case bool():
            yield "true" if value else "false"
        case float() | int() if name in _TIMES:
            yield _time(value)
        case _:
            yield _escaped(str(value))
    yield f"</{name}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
