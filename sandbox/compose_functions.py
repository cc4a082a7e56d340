"""The part of a sandbox that runs functions: the Lambda API, its hosts, the pollers, and what they need.

A sandbox without functions does without all of it, so it is imported and built when the first function, mapping or
Lambda request needs it, or behind the start once requests are answered.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict

from pollers.account import MappingMetrics
from pollers.decide.filtering import validate_pattern
from pollers.decide.leaf_conditions import InvalidPattern
from pollers.discarded import DiscardedBatch
from pollers.mapping import EventSourceMapping
from pollers.queues.ports import QueueUnavailable
from pollers.trace import BatchTrace
from sandbox.adapters.batch_traces import BatchTraces
from sandbox.adapters.destinations import ServiceDestinations
from sandbox.adapters.disturbed import Disturbing
from sandbox.adapters.event_destinations import SandboxEventDestinations
from sandbox.adapters.function_host import LocalFunctionHost
from sandbox.adapters.function_metrics import FunctionMetrics
from sandbox.adapters.invoker import HostInvoker
from sandbox.adapters.lineage import Lineage, LoopGuard
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.adapters.mapping_hosts import MappingHosts
from sandbox.adapters.queue_mapping_host import QueueMappingHost
from sandbox.adapters.queues import SandboxQueues
from sandbox.adapters.streams_api import LogStreams
from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.s3_objects import S3Refused, fetch_object
from sandbox.awslambda.asynchronous import AsynchronousInvocations
from sandbox.awslambda.code import CodeStore, S3Object, S3ObjectUnavailable
from sandbox.awslambda.ports import QueueMissing
from sandbox.awslambda.recursion import recursive_loop
from sandbox.awslambda.restore import restore
from sandbox.awslambda.routing import AliasRouting
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import MappingStore
from sandbox.awslambda.store.tables import LambdaTables
from sandbox.awslambda.submission import submit_event
from sandbox.chaos import Chaos
from sandbox.clock import Clock
from sandbox.config import Settings
from sandbox.drain import DrainReport, Jump
from sandbox.dynamodb.storage.checkpoints import StoredCheckpoints
from sandbox.dynamodb.storage.discards import KeptDiscard, StoredDiscards
from sandbox.dynamodb.storage.pauses import StoredPauses
from sandbox.dynamodb.storage.store import Store
from sandbox.faults import ApiFault
from sandbox.ids import Ids
from sandbox.logs.store import LogStore
from sandbox.metrics.store import MetricStore
from sandbox.streams.retention import Retention

__all__ = ["FunctionParts"]

_log = logging.getLogger(__name__)


class FunctionParts:
    """Functions, mappings and what runs them; built, and functions and mappings that were kept brought back, at once.

    Attributes:
        function_host: runs functions.
        mapping_host: polls for them.
        traces: what the mappings did lately.
        discards: what they gave up.
        lineage: which invocations led to which records.
        metrics: counts what functions and mappings do.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        logs: LogStore,
        services: MotoServices,
        clock: Clock,
        ids: Ids,
        endpoint_url: Callable[[], str],
        tell: Callable[[object], None],
        chaos: Chaos,
        retention: Retention,
        metrics: MetricStore,
    ) -> None:
        """Build the parts; call it on the event loop's thread, once the endpoint's URL is known.

        Raises:
            RuntimeUnavailable: there is no such runtime or interpreter.
        """
        self._settings = settings
        self._store = store
        self._services = services
        self._clock = clock
        self._ids = ids
        self._endpoint_url = endpoint_url
        self._tell = tell
        self.traces = BatchTraces()
        self.discards = StoredDiscards(store.database)
        destinations = ServiceDestinations(
            services, default_account_id=settings.default_account_id, default_region=settings.default_region
        )
        self._asynchronous = AsynchronousInvocations(
            clock, ids, SandboxEventDestinations(destinations, services, scope_of=self.scope, ids=ids)
        )
        self._lambda_store = LambdaTables(store.database)
        self._routing = AliasRouting(self._lambda_store.attachments, ids)
        self._code = CodeStore(
            ids=ids,
            folder=settings.data_folder / "code" if settings.data_folder is not None else None,
            allowed_roots=(settings.project_folder, *settings.code_folders),
            fetch_s3_object=self._fetch_s3_object,
        )
        self.lineage = Lineage(store.log)
        self.metrics = FunctionMetrics(metrics, clock, self._counted)
        self.function_host = LocalFunctionHost(
            settings=settings,
            logs_of=logs.of,
            ids=ids,
            observe=tell,
            clock=clock,
            invoked=self.lineage.invoked,
            ended=self.metrics.ended,
        )
        host_invoker = HostInvoker(
            self.function_host,
            ids=ids,
            routing=self._routing,
            hold_unloadable_code=settings.hold_unloadable_code,
        )
        streams = LogStreams(store.log)
        disturbing = Disturbing(chaos, streams, retention, clock)
        pauses = StoredPauses(store.database)
        self._queues = SandboxQueues(services)
        stream_host = PollingMappingHost(
            streams=streams,
            invoker=LoopGuard(host_invoker, self.lineage, self._pause_loop, self._may_loop)
            if settings.pause_loops
            else host_invoker,
            checkpoints=StoredCheckpoints(store.database),
            clock=clock,
            ids=ids,
            destination=destinations,
            observe=self._observe,
            discarded=self._keep,
            forgive=self.lineage.forgive,
            pauses=pauses,
            disturb=disturbing,
        )
        queue_host = QueueMappingHost(
            queues=self._queues,
            invoker=host_invoker,
            clock=clock,
            observe=self._observe,
            disturb=disturbing.invoker,
            pauses=pauses,
        )
        self.mapping_host = MappingHosts(stream_host, queue_host)
        self.function_host.start()
        restore(self._lambda_store, self._code, self.scope)

    def scope(self, account_id: str, region: str) -> LambdaScope:
        """What Lambda operations of this account and region receive."""
        return LambdaScope(
            account_id=account_id,
            region=region,
            store=self._lambda_store,
            clock=self._clock,
            ids=self._ids,
            function_host=self.function_host,
            mapping_host=self.mapping_host,
            streams=_Directory(self._store),
            queues=_QueueDirectory(self._queues),
            code=self._code,
            routing=self._routing,
            asynchronous=self._asynchronous,
            pattern_is_valid=_pattern_is_valid,
            endpoint_url=self._endpoint_url,
            secret_access_key=self._settings.secret_access_key,
            environment=self._settings.environment,
        )

    def submit(self, function_arn: str, payload: bytes) -> None:
        """Run a function behind, with the event of a topic, bucket or rule; a function that is not there is told of."""
        try:
            _, _, _, region, account_id, *_ = function_arn.split(":")
            scope = self.scope(account_id, region)
            submit_event(scope, scope.reference(function_arn), payload, request_id=self._ids.uuid())
        except (ApiFault, ValueError) as refusal:
            _log.warning("an event for %s is lost: %s", function_arn, refusal)

    async def drain(self, timeout_seconds: float, jump: Jump | None = None) -> DrainReport:
        """Return when mappings have caught up and asynchronous events have ended, or say what is stuck and why.

        Either may bring forth the other, so both must have been quiet one after the other. An event whose next try is
        due after *timeout_seconds* is stuck at once, unless *jump* moves the clock there.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            begun = self._asynchronous.begun
            report = await self.mapping_host.drain(max(0.0, deadline - loop.time()), jump)
            stuck_events = await self._asynchronous.settled(max(0.0, deadline - loop.time()), jump)
            if self._asynchronous.begun == begun or loop.time() >= deadline or not report.drained:
                break
        return DrainReport(drained=report.drained and not stuck_events, stuck=report.stuck, stuck_events=stuck_events)

    async def close(self) -> None:
        """Stop polling and running functions."""
        await self.mapping_host.close()
        await self._asynchronous.close()
        await self.function_host.close()
        self._code.close()

    @property
    def mappings(self) -> MappingStore:
        """The event source mappings that there are, running or not."""
        return self._lambda_store.mappings

    def _counted(self) -> Sequence[tuple[EventSourceMapping, MappingMetrics]]:
        return self.mapping_host.counted()

    def _pause_loop(self, function_arn: str, stream_arn: str, reason: str) -> None:
        self.mapping_host.pause_loop(function_arn, stream_arn, reason)

    def _may_loop(self, function_arn: str) -> bool:
        _, _, _, region, account_id, _, name, *_ = function_arn.split(":")
        return recursive_loop(self._lambda_store.attachments, account_id, region, name) == "Allow"

    def _observe(self, trace: BatchTrace) -> None:
        self.traces.take(trace)
        self.metrics.batch(trace)
        self._tell(trace)

    def _keep(self, batch: DiscardedBatch) -> None:
        about = asdict(batch)
        payload = about.pop("payload")
        self.discards.keep(KeptDiscard(**about), payload)

    async def _fetch_s3_object(self, wanted: S3Object) -> bytes:
        try:
            return await fetch_object(
                self._services,
                wanted.bucket,
                wanted.key,
                version=wanted.version,
                account_id=wanted.account_id,
                region=wanted.region,
            )
        except S3Refused as refusal:
            raise S3ObjectUnavailable(refusal.code, refusal.message) from refusal


class _Directory:
    """The streams that a mapping may name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def exists(self, stream_arn: str) -> bool:
        return self._store.log.by_arn(stream_arn) is not None


class _QueueDirectory:
    """The queues that a mapping may name."""

    def __init__(self, queues: SandboxQueues) -> None:
        self._queues = queues

    async def visibility_timeout_seconds(self, queue_arn: str) -> int:
        try:
            return await self._queues.visibility_timeout_seconds(queue_arn)
        except QueueUnavailable as unavailable:
            raise QueueMissing(str(unavailable)) from unavailable


def _pattern_is_valid(text: str) -> bool:
    try:
        validate_pattern(text)
    except InvalidPattern as wrong:
        # AWS says no more than that it is invalid; who runs the sandbox may know more.
        _log.warning("a filter pattern was refused: %s, in %s", wrong, text)
        return False
    return True
