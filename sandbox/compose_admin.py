"""The part of a sandbox that answers for itself; built with the first request that needs it."""

from collections.abc import Callable, Mapping

from sandbox.adapters.admin_batches import BatchAdministration
from sandbox.adapters.admin_chaos import ChaosAdministration
from sandbox.adapters.admin_logs import LogAdministration
from sandbox.adapters.admin_mappings import MappingAdministration
from sandbox.adapters.admin_streams import StreamAdministration
from sandbox.adapters.long_polls import LongPolls
from sandbox.chaos import Chaos
from sandbox.clock import Clock
from sandbox.compose_functions import FunctionParts
from sandbox.config import Settings
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.logs.store import LogStore
from sandbox.web.admin_route import AdminRoute

__all__ = ["admin_routes"]


def admin_routes(
    *,
    settings: Settings,
    store: Store,
    logs: LogStore,
    clock: Clock,
    ids: Ids,
    functions: Callable[[], FunctionParts],
    long_polls: LongPolls,
    chaos: Chaos,
) -> Mapping[str, AdminRoute]:
    """Every path below ``/_sandbox/`` that is declared as a route."""
    mappings = MappingAdministration(
        mappings=lambda: functions().mappings,
        mapping_host=lambda: functions().mapping_host,
        traces=lambda: functions().traces,
        log=store.log,
    )
    batches = BatchAdministration(
        function_host=lambda: functions().function_host,
        discards=lambda: functions().discards,
        traces=lambda: functions().traces,
        ids=ids,
    )
    streams = StreamAdministration(store=store, clock=clock, ids=ids, long_polls=long_polls)
    output = LogAdministration(
        logs,
        default_account_id=settings.default_account_id,
        default_region=settings.default_region,
        long_polls=long_polls,
    )
    disorder = ChaosAdministration(
        chaos=chaos,
        mappings=lambda: functions().mappings,
        tables=lambda: (table.definition.name for table in store.all_tables()),
        ids=ids,
    )
    return {**disorder.routes(), **mappings.routes(), **batches.routes(), **streams.routes(), **output.routes()}
