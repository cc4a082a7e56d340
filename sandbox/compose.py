"""The composition root: builds a sandbox out of its parts, starts it, and takes it apart again.

The only place with a long import list. It knows every part and does nothing itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.adapters.administration import Administration
from sandbox.adapters.long_polls import LongPolls
from sandbox.adapters.thwarted import ErrorProbabilities, ThwartedService
from sandbox.adapters.thwarted_streams import ThwartedStreams
from sandbox.catalog import DYNAMODB, LAMBDA, LOGS, METRICS, STREAMS
from sandbox.certificates import load_certificates
from sandbox.chaos import Chaos
from sandbox.clock import Clock
from sandbox.config import Settings
from sandbox.dynamodb.lifecycle.expiry import Sweeper
from sandbox.dynamodb.lifecycle.lifecycle import Lifecycle
from sandbox.dynamodb.scope import Delays, Scope
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.logs.scope import LogsScope
from sandbox.logs.store import LogStore
from sandbox.metrics.scope import MetricsScope
from sandbox.metrics.store import MetricStore
from sandbox.services import EmulatedService
from sandbox.streams.retention import Retention
from sandbox.streams.rollover import Rollover
from sandbox.web.app import Endpoint
from sandbox.web.execute import Answer, execute
from sandbox.web.guard import Guard
from sandbox.web.pipeline import Pipeline
from sandbox.web.ports import Served
from sandbox.wire.raw_reply import DECLINED, Declined, RawReply

if TYPE_CHECKING:  # imported when something needs them
    from sandbox.adapters.function_host import LocalFunctionHost
    from sandbox.adapters.mapping_hosts import MappingHosts
    from sandbox.compose_functions import FunctionParts
    from sandbox.compose_services import ServiceParts
    from sandbox.drain import DrainReport
    from sandbox.web.admin_route import AdminRoute
    from sandbox.web.signatures import Signatures

__all__ = ["Sandbox"]

_SHARED = frozenset({"logs", "cloudwatch"})
"""Services of which others answer a part."""

Listener = Callable[[object], None]
"""Receives ``BatchTrace``, ``ReloadEvent`` and ``ChaosEvent`` values, on the event loop's thread; must not block or raise."""


class Sandbox:
    """One sandbox: its store, its endpoint, its pollers and its functions.

    Attributes:
        clock: AWS-visible time of everything in it; ``advance`` it in tests.
        chaos: what goes wrong on purpose; nothing, at the start.
        logs: what functions printed.
    """

    def __init__(self, settings: Settings) -> None:
        """Build everything; nothing runs yet.

        Raises:
            DatabaseUnusable: the data folder cannot be used.
        """
        self.settings = settings
        self.clock = Clock()
        self.ids = Ids()
        self.database = Database(settings.data_folder, durability=settings.durability)
        self.store = Store(self.database)
        self.logs = LogStore(self.clock)
        self._metrics = MetricStore()
        self._delays = Delays(
            create_seconds=settings.create_delay_seconds,
            update_seconds=settings.update_delay_seconds,
            delete_seconds=settings.delete_delay_seconds,
            index_seconds=settings.index_delay_seconds,
        )
        self._listeners: list[Listener] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._endpoint: Endpoint | None = None
        self._long_polls = LongPolls()
        self._lifecycle = Lifecycle(self.store, self.clock)
        self._sweeper = Sweeper(self.store, self.clock)
        self._retention = Retention(self.store.log, self.clock, self.database)
        self.chaos = Chaos(self._chaos_changed)
        self._pipeline: Pipeline | None = None
        self._functions: FunctionParts | None = None
        self._services: ServiceParts | None = None
        self._served = Served(
            dynamodb=EmulatedService(DYNAMODB, self._dynamodb_scope),
            streams=EmulatedService(STREAMS, self._dynamodb_scope),
            lambda_=EmulatedService(LAMBDA, self._lambda_scope),
            logs=EmulatedService(LOGS, self._logs_scope),
            metrics=EmulatedService(METRICS, self._metrics_scope),
            foreign=lambda: self.services.hosted,
            settled=self.database,
            admin=Administration(
                drain=self.drain,
                clock=self.clock,
                store=self.store,
                default_account_id=settings.default_account_id,
                default_region=settings.default_region,
                routes=self._admin_routes,
            ),
            writing=self._writing,
        )

    # -- life --------------------------------------------------------------------------------------------------------

    @property
    def endpoint_url(self) -> str:
        """Where it answers, once started; without a port the address it would have."""
        return self._endpoint.url if self._endpoint is not None else f"http://{self.settings.host}:{self.settings.port}"

    async def start(self) -> None:
        """Bind the port and start everything; when this returns, requests are answered.

        Raises:
            OSError: the port is taken, or the host is not ours.
            RuntimeUnavailable: no interpreter for the functions.
        """
        self._pipeline = pipeline = Pipeline(
            self._thwarted(self._served),
            guard=Guard(self.settings.allowed_hosts, self.settings.allowed_origins),
            clock=self.clock,
            ids=self.ids,
            default_account_id=self.settings.default_account_id,
            default_region=self.settings.default_region,
            signatures=_signatures(self.settings),
            signatures_are_needed=self.settings.signatures != "off",
        )
        endpoint = Endpoint(pipeline, host=self.settings.host, port=self.settings.port)
        await endpoint.bind()
        self._endpoint = endpoint
        await self.start_without_port()
        await endpoint.serve()

    async def start_without_port(self) -> None:
        """Start everything but the endpoint: for calls from this process only."""
        if self.settings.python is not None or self.store.has_functions():
            self.functions  # noqa: B018 - brings back what was kept, and tells of a wrong interpreter at once
        self._run(self._lifecycle.run(), "table statuses")
        self._run(self._retention.run(), "stream retention")
        rollover = Rollover(
            self.store.log,
            self.clock,
            self.ids,
            self.database,
            split_records_per_second=self.settings.split_records_per_second,
        )
        self._run(rollover.run(), "shard rollover")
        self._run(self._load_the_rest(), "import of what no request has needed yet")
        if self.settings.remove_expired_items:
            self._run(self._sweeper.run(), "item expiry")

    def _run(self, work: Awaitable[None], name: str) -> None:
        self._tasks.append(asyncio.ensure_future(work))
        self._tasks[-1].set_name(name)

    async def close(self) -> None:
        """Stop answering, polling and running functions; close the store."""
        self._long_polls.close()
        if self._endpoint is not None:
            await self._endpoint.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._functions is not None:
            await self._functions.close()
        if self._services is not None:
            await self._services.close()
        self.database.close()

    # -- use ---------------------------------------------------------------------------------------------------------

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        service: str = "dynamodb",
        account_id: str | None = None,
        region: str | None = None,
    ) -> Any:
        """Make one API call without HTTP: wire-named *parameters*, blobs as base64 text.

        *service* is ``dynamodb``, ``streams``, ``lambda``, ``logs``, or any other service by the name it has in boto3,
        with parameters and answer as in boto3. The answer is the decoded JSON, ``None`` where there is none.

        Raises:
            ApiFault: the call is refused.
        """
        services = {
            "dynamodb": self._served.dynamodb,
            "streams": self._served.streams,
            "lambda": self._served.lambda_,
            "logs": self._served.logs,
            "cloudwatch": self._served.metrics,
        }
        served = services.get(service)
        answer: Answer = DECLINED
        if served is not None and (service not in _SHARED or served.find(operation) is not None):
            scope = served.scope(account_id or self.settings.default_account_id, region or self.settings.default_region)
            answer = await execute(served, operation, scope, msgspec.json.encode(parameters), self.database)
        if isinstance(answer, Declined):
            return await self.services.hosted.ask(service, operation, parameters, account_id=account_id, region=region)
        body = answer.body if isinstance(answer, RawReply) else answer
        return msgspec.json.decode(body) if isinstance(body, bytes) and body else None

    async def drain(self, timeout_seconds: float = 30.0, *, advance_clock: bool = False) -> "DrainReport":
        """Return when every mapping and event has caught up, or say after *timeout_seconds* what is stuck and why.

        Items that are due expire first, so that mappings catch up with that too. With *advance_clock* nobody waits for
        windows and backoffs: the clock moves to when the next of them ends.

        Raises:
            StoreFailed: the disk is full or failing.
        """
        jump = self._jump if advance_clock else None
        await self._expire()
        while True:
            await self.services.settled(timeout_seconds)
            report = await self.functions.drain(timeout_seconds, jump)
            if jump is None or not report.drained or not await self._expire():
                return report

    async def _expire(self) -> int:
        """Have items that are due expire; how many there were."""
        return await self._sweeper.sweep_due() if self.settings.remove_expired_items else 0

    def _jump(self, instant: float) -> None:
        self.clock.advance(max(0.0, instant - self.clock.now()))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell *listener* of every batch and reload; the answer is what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, event: object) -> None:
        for listener in list(self._listeners):
            listener(event)

    @property
    def functions(self) -> "FunctionParts":
        """What runs functions; built when it is first asked for, on the event loop's thread."""
        if self._functions is None:
            from sandbox.compose_functions import FunctionParts  # noqa: PLC0415 - a start does not wait for it

            load_certificates()
            self._functions = FunctionParts(
                settings=self.settings,
                store=self.store,
                logs=self.logs,
                services=self.services.hosted,
                clock=self.clock,
                ids=self.ids,
                endpoint_url=lambda: self.endpoint_url,
                tell=self._tell,
                chaos=self.chaos,
                retention=self._retention,
                metrics=self._metrics,
            )
        return self._functions

    @property
    def services(self) -> "ServiceParts":
        """The rest of AWS; likewise."""
        if self._services is None:
            from sandbox.compose_services import ServiceParts  # noqa: PLC0415 - a start does not wait for it

            self._services = ServiceParts(
                settings=self.settings,
                store=self.store,
                logs=self.logs,
                clock=self.clock,
                ids=self.ids,
                dynamodb_scope=self._dynamodb_scope,
                call_function=lambda call: self.functions.submit(call.function_arn, call.payload),
            )
        return self._services

    @property
    def function_host(self) -> "LocalFunctionHost":
        """Runs functions."""
        return self.functions.function_host

    @property
    def mapping_host(self) -> "MappingHosts":
        """Polls for functions."""
        return self.functions.mapping_host

    async def _load_the_rest(self) -> None:
        await asyncio.to_thread(load_certificates)
        self.services  # noqa: B018 - also does what an earlier sandbox has left for Kinesis and S3
        for operations in (DYNAMODB, STREAMS, LAMBDA, LOGS, METRICS):
            for _ in operations.load():
                await asyncio.sleep(0)
        self.functions  # noqa: B018 - as above: the first Lambda request will not wait for it

    def _writing(self, trace_header: str) -> Callable[[], None] | None:
        return None if self._functions is None else self._functions.lineage.writing(trace_header)

    def _admin_routes(self) -> "Mapping[str, AdminRoute]":
        from sandbox.compose_admin import admin_routes  # noqa: PLC0415 - a start does not wait for it

        return admin_routes(
            settings=self.settings,
            store=self.store,
            logs=self.logs,
            clock=self.clock,
            ids=self.ids,
            functions=lambda: self.functions,
            long_polls=self._long_polls,
            chaos=self.chaos,
        )

    # -- parts -------------------------------------------------------------------------------------------------------

    def _dynamodb_scope(self, account_id: str, region: str) -> Scope:
        return Scope(
            account_id=account_id,
            region=region,
            store=self.store,
            clock=self.clock,
            ids=self.ids,
            delays=self._delays,
            stream_shards=self.settings.stream_shards,
            wake_lifecycle=self._lifecycle.wake,
            address=self._address,
        )

    def _address(self) -> str:
        return self.endpoint_url.partition("://")[2]

    def _thwarted(self, served: Served) -> Served:
        """The services as clients meet them: what the sandbox itself does, such as making a template's tables, is spared."""
        settings = self.settings
        probabilities = ErrorProbabilities(
            every=settings.error_probability,
            reads=settings.read_error_probability,
            writes=settings.write_error_probability,
        )
        fraction, chaos, clock = Ids(settings.chaos_seed).fraction, self.chaos, self.clock
        dynamodb = ThwartedService(served.dynamodb, probabilities, fraction, chaos=chaos, clock=clock, tell=self._tell)
        streams = ThwartedStreams(
            served.streams, chaos=chaos, clock=clock, log=self.store.log, retention=self._retention, tell=self._tell
        )
        return replace(served, dynamodb=dynamodb, streams=streams)

    def _chaos_changed(self) -> None:
        if self._pipeline is not None:
            self._pipeline.forget_operations()

    def _lambda_scope(self, account_id: str, region: str) -> object:
        return self.functions.scope(account_id, region)

    def _logs_scope(self, account_id: str, region: str) -> LogsScope:
        return LogsScope(logs=self.logs.of(account_id, region))

    def _metrics_scope(self, account_id: str, region: str) -> MetricsScope:
        return MetricsScope(
            metrics=self._metrics.of(account_id, region),
            up_to_date=self.functions.metrics.spread,
            others=partial(self._call_cloudwatch, account_id, region),
        )

    async def _call_cloudwatch(
        self, account_id: str, region: str, operation: str, members: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        from sandbox.aws_services.cloudwatch import call_cloudwatch  # noqa: PLC0415 - few ask for metrics

        return await call_cloudwatch(self.services.hosted, account_id, region, operation, members)


def _signatures(settings: Settings) -> "Signatures | None":
    """What checks signatures; ``None`` where any will do."""
    if settings.signatures != "strict":
        return None
    from pollers.clients.signing import sign  # noqa: PLC0415 - no other start waits for them
    from sandbox.web.signatures import Signatures  # noqa: PLC0415 - as above

    return Signatures(settings.secret_access_key, sign, lambda: datetime.now(UTC))
