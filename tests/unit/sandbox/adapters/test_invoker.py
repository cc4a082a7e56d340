"""The poller's invoker where a mapping names an alias."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from pollers.ports import InvocationSucceeded
from runtimes.contract import Outcome, Returned
from sandbox.adapters.function_host import LocalFunctionHost
from sandbox.adapters.invoker import HostInvoker
from sandbox.awslambda.routing import AliasRouting
from sandbox.awslambda.store.ports import AttachmentStore
from sandbox.ids import Ids

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"


class Aliases:
    """Knows the alias ``live`` of one function."""

    def __init__(self) -> None:
        self.version = "1"

    def get(self, *_place: str) -> Mapping[str, Any]:
        """Where it points."""
        return {"FunctionVersion": self.version}


class Host:
    """Writes down what runs, and never changes unless told."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, str]] = []
        self.changed = asyncio.Event()

    async def run(self, arn: str, payload: bytes, *, request_id: str, invoked_arn: str) -> Outcome:
        """Remember."""
        assert request_id
        self.ran.append((arn, invoked_arn))
        return Returned(payload=payload, duration_ms=1.0)

    def executed_version(self, arn: str) -> str:
        """The number at the end."""
        return arn.rpartition(":")[2]

    async def code_changed(self, _arn: str) -> None:
        """Wait to be told."""
        await self.changed.wait()


def made() -> tuple[HostInvoker, Host, Aliases, AliasRouting]:
    host, aliases = Host(), Aliases()
    routing = AliasRouting(cast("AttachmentStore", aliases), Ids(1))
    invoker = HostInvoker(cast("LocalFunctionHost", host), ids=Ids(2), routing=routing, hold_unloadable_code=False)
    return invoker, host, aliases, routing


def test_the_version_of_the_moment_runs_under_the_aliass_name() -> None:
    async def run() -> None:
        invoker, host, aliases, _ = made()
        first = await invoker.invoke(f"{ARN}:live", b"{}")
        aliases.version = "2"
        second = await invoker.invoke(f"{ARN}:live", b"{}")
        assert host.ran == [(f"{ARN}:1", f"{ARN}:live"), (f"{ARN}:2", f"{ARN}:live")]
        assert isinstance(first, InvocationSucceeded)
        assert isinstance(second, InvocationSucceeded)
        assert (first.executed_version, second.executed_version) == ("1", "2")

    asyncio.run(run())


def test_moving_the_alias_ends_the_wait_for_other_code() -> None:
    """A batch held for a broken version goes on when the alias is pointed at a sound one."""

    async def run() -> None:
        invoker, _, _, routing = made()
        await invoker.invoke(f"{ARN}:live", b"{}")
        waiting = asyncio.ensure_future(invoker.code_changed(f"{ARN}:live"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        routing.note_change()
        await asyncio.wait_for(waiting, 5)
        await asyncio.wait_for(invoker.code_changed(f"{ARN}:live"), 5)  # it changed since the last invocation began

    asyncio.run(run())


def test_new_code_of_the_version_ends_the_wait_too() -> None:
    async def run() -> None:
        invoker, host, _, _ = made()
        await invoker.invoke(f"{ARN}:live", b"{}")
        waiting = asyncio.ensure_future(invoker.code_changed(f"{ARN}:live"))
        await asyncio.sleep(0)
        host.changed.set()
        await asyncio.wait_for(waiting, 5)

    asyncio.run(run())
