"""What the endpoint needs of the things it serves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.web.admin_route import AdminRoute
from sandbox.wire.operation import Operation

__all__ = ["AdminHandlers", "ForeignReply", "ForeignServices", "Served", "Service", "Settled", "Writing"]


Writing = Callable[[str], Callable[[], None] | None]
"""From the trace header of a request to what hears that its operation has run, before anything else happens."""


class Service(Protocol):
    """One AWS service served by this sandbox itself."""

    def find(self, operation_name: str) -> Operation[Any] | None:
        """The operation of this wire name; ``None`` where the service has none.

        An operation that exists at AWS and is not written here is found: it answers for itself.
        """

    def scope(self, account_id: str, region: str) -> object:
        """What is handed to ``Operation.run``; asked for on every request, so it should be kept."""


class Settled(Protocol):
    """The barrier before every answer: nothing is acknowledged before it is stored."""

    def pending(self) -> Awaitable[None] | None:
        """What has to be waited for before an answer leaves; ``None`` where there is nothing to wait for."""


class ForeignReply(Protocol):
    """The answer of another AWS service, passed on as it is; a header name may come twice."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """Every header, ``Content-Length`` of a HEAD answer included."""

    @property
    def body(self) -> bytes:
        """The body as it shall leave."""


class ForeignServices(Protocol):
    """Every other AWS service."""

    async def answer(
        self, *, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes
    ) -> ForeignReply:
        """Answer one request as it stood on the wire; *body* is de-chunked, but still compressed where it came so."""


class AdminHandlers(Protocol):
    """What can be asked of the sandbox itself, below ``/_sandbox/``; every answer is a JSON object."""

    async def drain(self, timeout_seconds: float, *, advance_clock: bool) -> Mapping[str, Any]:
        """Wait until every mapping has caught up; say what is stuck and why. *advance_clock* spares waiting for time."""

    def advance_clock(self, seconds: float) -> Mapping[str, Any]:
        """Let *seconds* pass at once."""

    def set_clock(self, instant: float) -> Mapping[str, Any]:
        """Let time pass until *instant*, epoch seconds. Raises: ValueError: it has passed."""

    def status(self) -> Mapping[str, Any]:
        """What is running, as plain JSON."""

    def route(self, name: str) -> AdminRoute | None:
        """What else is asked under ``/_sandbox/`` and *name*; ``None`` where there is nothing."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """Everything behind the endpoint.

    Attributes:
        dynamodb: targets ``DynamoDB_20120810.*``.
        streams: targets ``DynamoDBStreams_20120810.*``.
        lambda_: the paths of the Lambda API.
        logs: targets ``Logs_20140328.*``; what it does not find, or answers with ``DECLINED``, goes to *foreign*.
        metrics: CloudWatch, targets ``GraniteServiceVersion20100801.*`` and the Query protocol; likewise.
        foreign: gives everything else; called when something is for it.
        settled: waited for before every answer of ours.
        admin: ``/_sandbox/...``.
        writing: asked with the trace header of a request for DynamoDB before its operation runs; what it gives is called
            right after, ``None`` for nobody.
    """

    dynamodb: Service
    streams: Service
    lambda_: Service
    logs: Service
    metrics: Service
    foreign: Callable[[], ForeignServices]
    settled: Settled
    admin: AdminHandlers
    writing: Writing = lambda _trace_header: None
