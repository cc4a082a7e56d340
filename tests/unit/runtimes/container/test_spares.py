"""When there is a spare, whose it is, and what becomes of it; containers are stood for by names."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from runtimes.container.bridge import Bridge
from runtimes.container.engine import Image, Missing
from runtimes.container.plan import Plan
from runtimes.container.spares import Spares
from runtimes.container.started import Started
from runtimes.container.starts import Starts
from runtimes.contract import FunctionSpec, RuntimeUnavailable

PLAN = Plan(
    image=Image(name="image", identity="sha256:0", entry_point=("/entry",), command=()),
    bridge=Bridge(network="network", gateway=None),
    options={"command": ["handler.handler"]},
    ports=frozenset(),
    folders=((1, 2),),
    debug_port=None,
    copies=(),
)


def _spec(name: str = "orders", revision: str = "1") -> FunctionSpec:
    return FunctionSpec(
        function_name=name,
        function_arn=f"arn:{name}",
        region="us-east-1",
        account_id="0",
        handler="handler.handler",
        runtime="python3.12",
        code_path=Path(),
        revision=revision,
    )


def _name(number: int) -> Any:
    """What stands for a container."""
    return f"container {number}"


class Yard:
    """Spares of containers that are names."""

    def __init__(self, **settings: Any) -> None:
        self.held: list[Started] = []
        self.discarded: list[Started] = []
        self.refusal: Exception | None = None
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.asked = asyncio.Event()
        self.changed = asyncio.Event()
        self.starts = Starts()
        self.spares = Spares(self._hold, self._discard, self.starts, **settings)

    async def _hold(self, plan: Plan) -> Started:
        assert plan == PLAN
        self.asked.set()
        await self.may_start.wait()
        if self.refusal is not None:
            raise self.refusal
        self.held.append(_name(len(self.held)))
        return self.held[-1]

    async def _discard(self, started: Started) -> None:
        self.discarded.append(started)
        self.changed.set()

    def edit(self, name: str = "orders") -> None:
        """Launch two revisions of a function."""
        for revision in ("1", "1+1"):
            self.spares.launched(_spec(name, revision), PLAN, from_spare=False)

    async def rest(self) -> None:
        """Return once all spares that are wanted are there, or have failed."""
        await self.starts.over(30)
        for _ in range(5):
            await asyncio.sleep(0)  # for what is thrown away

    async def discarded_number(self, number: int) -> None:
        """Return once so many have been discarded."""
        while len(self.discarded) < number:
            self.changed.clear()
            await self.changed.wait()

    async def take(self, plan: Plan = PLAN) -> Started | None:
        """The spare of ``orders``."""
        return await self.spares.take(_spec(), plan)


def play(scenario: Callable[[Yard], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        yard = Yard(**settings)
        await scenario(yard)
        await yard.spares.close()
        assert await yard.take() is None

    asyncio.run(run())


def test_edited_code_has_a_spare_and_when_that_is_used_another() -> None:
    async def scenario(yard: Yard) -> None:
        yard.edit()
        await yard.rest()
        assert await yard.take() == _name(0)
        assert await yard.take() is None
        yard.spares.launched(_spec(), PLAN, from_spare=True)
        await yard.rest()
        assert yard.held == [_name(0), _name(1)]
        await yard.spares.close()
        assert yard.discarded == [_name(1)]

    play(scenario)


def test_what_is_not_edited_has_none() -> None:
    """A second environment of the same code, a deployment from another folder, code that was copied for its reader."""

    async def scenario(yard: Yard) -> None:
        launched = yard.spares.launched
        launched(_spec(), PLAN, from_spare=False)
        launched(_spec(), PLAN, from_spare=False)
        launched(_spec(revision="2"), replace(PLAN, folders=((1, 3),)), from_spare=False)
        with tempfile.TemporaryDirectory() as folder:
            copied = replace(PLAN, copies=(cast("tempfile.TemporaryDirectory[str]", folder),))
            for revision in ("3", "3+1"):
                launched(_spec(revision=revision), copied, from_spare=False)
        await yard.rest()
        assert yard.held == []

    play(scenario)


def test_a_spare_that_is_not_what_is_needed_now_is_discarded() -> None:
    async def scenario(yard: Yard) -> None:
        yard.edit()
        await yard.rest()
        assert await yard.take(replace(PLAN, options={"command": ["other.handler"]})) is None
        await yard.rest()
        assert yard.discarded == [_name(0)]

    play(scenario)


def test_a_spare_on_its_way_is_waited_for_and_one_that_waits_itself_is_not() -> None:
    async def scenario(yard: Yard) -> None:
        yard.starts.begin("somebody needs this one")
        yard.edit()
        assert await yard.take() is None
        yard.starts.end("somebody needs this one")
        yard.may_start.clear()
        yard.edit()
        await yard.asked.wait()
        taking = asyncio.create_task(yard.take())
        await asyncio.sleep(0)
        yard.may_start.set()
        assert await taking == _name(0)

    play(scenario)


def test_a_spare_whose_taker_goes_away_is_discarded() -> None:
    async def scenario(yard: Yard) -> None:
        yard.may_start.clear()
        yard.edit()
        await yard.asked.wait()
        taking = asyncio.create_task(yard.take())
        await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait([taking])
        yard.may_start.set()
        await yard.spares.close()
        assert yard.discarded == [_name(0)]

    play(scenario)


def test_a_spare_that_cannot_be_started_is_none_and_an_image_without_a_shell_is_not_tried_again() -> None:
    async def scenario(yard: Yard) -> None:
        yard.refusal = RuntimeUnavailable("No Docker engine answers.")
        yard.edit()
        await yard.rest()
        assert await yard.take() is None
        yard.refusal = Missing('exec: "/bin/sh": stat /bin/sh: no such file or directory')
        yard.edit()
        await yard.rest()
        yard.refusal = None
        yard.edit()
        await yard.rest()
        assert yard.held == []

    play(scenario)


def test_nobody_keeps_a_spare_for_what_is_edited_no_more() -> None:
    async def scenario(yard: Yard) -> None:
        yard.edit("deleted")
        yard.edit("idle")
        await yard.rest()
        yard.spares.forget(_spec("deleted"))
        await yard.rest()
        assert yard.discarded == [_name(0)]
        yard.edit("idle")  # begins the time anew, with another one
        await yard.discarded_number(3)

    play(scenario, idle_seconds_max=0.5)


def test_only_the_functions_edited_last_have_one() -> None:
    async def scenario(yard: Yard) -> None:
        for number in range(10):
            yard.edit(f"function {number}")
        await yard.rest()
        assert len(yard.held) == 8
        assert await yard.spares.take(_spec("function 1"), PLAN) is None
        assert await yard.spares.take(_spec("function 2"), PLAN) is not None

    play(scenario)
