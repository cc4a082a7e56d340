"""Start containers for all functions of a sandbox, in one network of its own, hardened. Source: reliability S10."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from functools import partial

from runtimes.container.bridge import Bridge, Gates
from runtimes.container.code_mount import code_mount
from runtimes.container.debugging import DebuggedContainers
from runtimes.container.engine import Engine, Missing
from runtimes.container.images import image_of
from runtimes.container.instance import Instance, state_folder
from runtimes.container.layers_mount import layers_mount
from runtimes.container.plan import Plan, make_plan
from runtimes.container.program import ContainerProgram
from runtimes.container.spares import Spares
from runtimes.container.started import Started, Told, hold_container, start_container
from runtimes.container.starts import Starts
from runtimes.contract import FunctionSpec, RuntimeUnavailable
from runtimes.pool import CodeInMotion
from runtimes.runtime_api.environment import Launch
from runtimes.runtime_api.server import Place

__all__ = ["ContainerLauncher"]


class ContainerLauncher:
    """Launch containers.

    Args:
        images: chosen images by runtime identifier, instead of AWS's own.
        debugged: lets debuggers in; ``None`` lets none in.
    """

    def __init__(self, images: Mapping[str, str], debugged: DebuggedContainers | None = None) -> None:
        self._debugged = debugged
        self._images = images
        self._engine = Engine()
        self._gates = Gates()
        self._starts = Starts()
        self._spares = Spares(lambda plan: self._start(plan, hold_container, _say_nothing), self._discard, self._starts)
        self._instance: Instance | None = None
        self._bridge: Bridge | None = None
        self._left_behind: list[str] = []
        self._making = asyncio.Lock()
        self._pulling: dict[str, asyncio.Lock] = {}

    @property
    def instance(self) -> str:
        """What our containers are labelled with; empty before the first."""
        return "" if self._instance is None else self._instance.name

    def forget(self, spec: FunctionSpec) -> None:
        """The function will not be launched again."""
        self._spares.forget(spec)

    async def place(self) -> Place:
        """Our address in the containers' network, made when first needed. Raises: RuntimeUnavailable."""
        return (await self._bridge_of_ours()).place

    async def launch(self, launch: Launch) -> ContainerProgram:
        """Start a container. Raises: CodeInMotion, RuntimeUnavailable."""
        self._starts.begin(launch.log_stream)
        try:
            return await self._launch(launch)
        except BaseException:
            self._starts.end(launch.log_stream)
            raise

    async def remove_leftovers(self) -> None:
        """Remove what sandboxes left behind whose processes were killed. Raises: RuntimeUnavailable."""
        async with self._making:
            await self._remove_leftovers()

    async def close(self) -> None:
        """Remove all that is ours; close the runtimes first."""
        await self._spares.close()
        if self._instance is not None:
            instance, self._instance = self._instance, None
            if self._bridge is not None:
                with contextlib.suppress(Missing, RuntimeUnavailable):
                    await self._engine.remove_all(instance.name)
            instance.close()
        self._gates.close()
        self._engine.close()

    async def _launch(self, launch: Launch) -> ContainerProgram:
        spec = launch.spec
        plan = await self._plan(spec)
        told = Told(runtime_api=launch.runtime_api, log_stream=launch.log_stream)
        spare = await self._released_spare(spec, plan, told)
        started = spare or await self._start_now(plan, told, launch)
        self._spares.launched(spec, plan, from_spare=spare is not None)
        return ContainerProgram(self._engine, started, launch, starts=self._starts, give_up=self._left_behind.append)

    async def _released_spare(self, spec: FunctionSpec, plan: Plan, told: Told) -> Started | None:
        """The function's spare, which goes on now; ``None`` without one."""
        spare = await self._spares.take(spec, plan)
        if spare is None:
            return None
        # A few bytes into a pipe that is empty: this does not wait.
        if spare.release(told):
            return spare
        await self._discard(spare)
        return None

    async def _start_now(self, plan: Plan, told: Told, launch: Launch) -> Started:
        def say(sentence: str) -> None:
            launch.feed("stdout", f"[sandbox] {sentence}\n".encode())

        try:
            return await self._start(plan, partial(start_container, told=told), say)
        except Missing as missing:
            if plan.bridge.network in str(missing):
                self._bridge = None  # somebody has removed our network: it is made again
            raise RuntimeUnavailable(f"The container could not be started: {missing}; it is tried again.") from missing

    async def _plan(self, spec: FunctionSpec) -> Plan:
        """What to start now. Raises: CodeInMotion, RuntimeUnavailable."""
        for folder in (spec.code_path, *spec.layers) if spec.image is None else ():
            if not folder.is_dir():
                raise RuntimeUnavailable(f"The code folder {folder} does not exist; put it back or deploy again.")
        name = image_of(spec.runtime, self._images) if spec.image is None else spec.image.uri
        async with self._pulling.setdefault(name, asyncio.Lock()):
            image = await self._engine.have_image(name)
        await self._remove_left_behind()
        bridge = await self._bridge_of_ours()
        debugging = None if self._debugged is None else self._debugged.of(spec)
        try:
            mount = await asyncio.to_thread(code_mount, spec.code_path) if spec.image is None else None
            opt = await asyncio.to_thread(layers_mount, spec.layers)
            return make_plan(spec, image, bridge, self.instance, mount=mount, opt=opt, debugging=debugging)
        except FileNotFoundError as error:
            raise CodeInMotion from error  # what was there a moment ago

    async def _start(self, plan: Plan, start: Callable[..., Started], say: Callable[[str], None]) -> Started:
        """Start a container of *plan* with *start*. Raises: Missing, RuntimeUnavailable."""
        held: list[Callable[[], None]] = []
        loop = asyncio.get_running_loop()

        def let_go() -> None:
            while held:
                held.pop()()

        def give_back() -> None:
            loop.call_soon_threadsafe(let_go)
            for copy in plan.copies:
                copy.cleanup()

        try:
            if plan.bridge.gateway is not None:
                for port in plan.ports:
                    await self._gates.hold(plan.bridge.gateway, port)
                    held.append(partial(self._gates.let_go, plan.bridge.gateway, port))
            if self._debugged is not None and plan.debug_port is not None:
                held.append(await self._debugged.hold(plan.debug_port, say))
            starting = asyncio.ensure_future(self._engine.call(lambda client: start(client, plan, give_back=give_back)))
            try:
                return await asyncio.shield(starting)
            except asyncio.CancelledError:
                with contextlib.suppress(Missing, RuntimeUnavailable):
                    await self._remove(await starting)  # nobody else would know of it
                raise
        except BaseException:
            await asyncio.to_thread(give_back)
            raise

    async def _discard(self, started: Started) -> None:
        """Remove a container that has become no program."""
        await self._remove(started)
        await asyncio.to_thread(started.give_back)

    async def _remove(self, started: Started) -> None:
        try:
            await self._engine.remove(started.identity)
        except RuntimeUnavailable:
            self._left_behind.append(started.identity)
        started.hang_up()

    async def _remove_left_behind(self) -> None:
        """The engine is there: remove what could not be while it was away."""
        while self._left_behind:
            container = self._left_behind.pop()
            try:
                await self._engine.remove(container)
            except RuntimeUnavailable:  # it is away again
                self._left_behind.append(container)
                return

    async def _remove_leftovers(self) -> None:
        await self._engine.call(lambda client: client.ping())
        for name in self._own_instance().dead():
            await self._engine.remove_all(name)

    def _own_instance(self) -> Instance:
        if self._instance is None:
            self._instance = Instance(state_folder())
        return self._instance

    async def _bridge_of_ours(self) -> Bridge:
        async with self._making:
            if self._bridge is None:
                await self._remove_leftovers()
                self._bridge = await Bridge.make(self._engine, self._own_instance().name)
            return self._bridge


def _say_nothing(_: str) -> None:
    """Nobody waits for a spare."""
