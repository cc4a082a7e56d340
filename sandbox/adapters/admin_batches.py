"""``/_sandbox/replay`` and ``/_sandbox/dead...``: the events of past batches, handed to today's code.

Neither moves a mapping: what its function answers is shown and changes no checkpoint.
"""

from collections.abc import Callable, Mapping
from typing import Any, assert_never

import msgspec

from runtimes.contract import Crashed, Outcome, Raised, Returned, RuntimeUnavailable, Throttled, TimedOut
from sandbox.adapters.admin_mappings import NoRequest
from sandbox.adapters.batch_traces import BatchTraces
from sandbox.adapters.function_host import FunctionNotDeployed, LocalFunctionHost
from sandbox.dynamodb.storage.discards import KeptDiscard, StoredDiscards
from sandbox.ids import Ids
from sandbox.web.admin_route import AdminRequest, AdminRoute
from sandbox.web.refusal import Refusal

__all__ = ["BatchAdministration"]


class OneBatch(AdminRequest):
    """A batch by the request id of its invocation, as traces and failure records have it."""

    batch: str


class Retried(AdminRequest):
    """Which discarded batch to try again; without one, all of them, oldest first."""

    batch: str | None = None


class BatchAdministration:
    """Replays batches; tries discarded ones again and forgets those that succeed."""

    def __init__(
        self,
        *,
        function_host: Callable[[], LocalFunctionHost],
        discards: Callable[[], StoredDiscards],
        traces: Callable[[], BatchTraces],
        ids: Ids,
    ) -> None:
        self._traces = traces
        self._function_host = function_host
        self._discards = discards
        self._ids = ids

    def routes(self) -> Mapping[str, AdminRoute]:
        """The paths."""
        return {
            "replay": AdminRoute(request=OneBatch, answer=self._replay, changes=True),
            "dead": AdminRoute(request=NoRequest, answer=self._list),
            "dead/retry": AdminRoute(request=Retried, answer=self._retry, changes=True),
        }

    async def _replay(self, request: OneBatch) -> Mapping[str, Any]:
        recorded = self._function_host().recorded(request.batch)
        if recorded is not None:
            return await self._invoke(request.batch, recorded.function_arn, recorded.payload)
        kept = self._discards().find(request.batch)
        if kept is None:
            raise Refusal(404, f"No batch {request.batch} is kept; the latest thousand are, and those discarded.")
        return await self._invoke(request.batch, kept[0].function_arn, kept[1])

    def _list(self, _request: NoRequest) -> Mapping[str, Any]:
        outcomes = self._traces().outcomes()  # in memory: of what was discarded before the start nobody knows any more
        return {
            "batches": [
                {**msgspec.to_builtins(kept), "outcome": outcomes.get(kept.batch_id, "")}
                for kept in self._discards().everything()
            ]
        }

    async def _retry(self, request: Retried) -> Mapping[str, Any]:
        return {"batches": [await self._retry_one(kept.batch_id) for kept in self._chosen(request.batch)]}

    def _chosen(self, batch_id: str | None) -> list[KeptDiscard]:
        if batch_id is None:
            return list(self._discards().everything())
        kept = self._discards().find(batch_id)
        if kept is None:
            raise Refusal(404, f"There is no discarded batch {batch_id}.")
        return [kept[0]]

    async def _retry_one(self, batch_id: str) -> Mapping[str, Any]:
        kept = self._discards().find(batch_id)
        if kept is None:
            return {"batch": batch_id, "outcome": "gone", "delivered": False}
        report = await self._invoke(batch_id, kept[0].function_arn, kept[1])
        if report["delivered"]:
            self._discards().forget(batch_id)
        return report

    async def _invoke(self, batch_id: str, function_arn: str, payload: bytes) -> dict[str, Any]:
        request_id = self._ids.uuid()
        report = {"batch": batch_id, "function_arn": function_arn, "request_id": request_id}
        try:
            outcome = await self._function_host().run(function_arn, payload, request_id=request_id)
        except FunctionNotDeployed:
            return {**report, "delivered": False, "outcome": "there is no such function any more", "answer": ""}
        except RuntimeUnavailable as reason:
            return {**report, "delivered": False, "outcome": str(reason), "answer": ""}
        delivered, words, answer = _told(outcome)
        return {**report, "delivered": delivered, "outcome": words, "answer": answer}


def _told(outcome: Outcome) -> tuple[bool, str, str]:
    """Whether the function took it, in words what became of it, and what it answered."""
    match outcome:
        case Returned():
            answer = outcome.payload.decode("utf-8", "replace")
            if _names_failures(outcome.payload):
                return False, "some items failed", answer
            return True, "delivered", answer
        case Throttled():
            return False, f"throttled: {outcome.reason}", ""
        case Raised():
            words = f"failed: {outcome.error_type}: {outcome.error_message}"
            return False, words, outcome.payload.decode("utf-8", "replace")
        case TimedOut() | Crashed():
            return False, f"failed: {type(outcome).__name__}", outcome.payload.decode("utf-8", "replace")
    assert_never(outcome)


def _names_failures(payload: bytes) -> bool:
    """Whether an answer has ``batchItemFailures``, as a function that reports them may give."""
    try:
        answer = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return False
    return isinstance(answer, dict) and bool(answer.get("batchItemFailures"))
