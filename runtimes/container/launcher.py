"""Start containers for all functions of a sandbox, in one network of its own, hardened. Source: reliability S10."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from runtimes.container.bridge import HOST_NAME, Bridge, Gates, seen_from_inside
from runtimes.container.code_mount import LAMBDA_USER, CodeMount, code_mount
from runtimes.container.engine import INSTANCE_LABEL, Engine, Missing
from runtimes.container.images import image_of
from runtimes.container.instance import Instance, state_folder
from runtimes.container.layers_mount import LayersMount, layers_mount
from runtimes.container.marks import Marks
from runtimes.container.program import ContainerProgram
from runtimes.container.starts import Starts
from runtimes.contract import FunctionSpec, ImageSpec, RuntimeUnavailable
from runtimes.runtime_api.environment import Launch
from runtimes.runtime_api.server import Place
from runtimes.variables import environment_variables

__all__ = ["ContainerLauncher"]

_TASK_ROOT = "/var/task"
_FUNCTION_LABEL = "serverless-sandbox.function"
_PROCESSES_MAX = 1024
"""Lambda's own limit of processes and threads."""
_MB_PER_CPU = 1769
"""At this size a function has one whole processor."""
_CPU_PERIOD_MICROSECONDS = 100_000
_NOT_OF_IMAGES = frozenset({"_HANDLER", "AWS_EXECUTION_ENV"})


class ContainerLauncher:
    """Launch containers.

    Args:
        images: chosen images by runtime identifier, instead of AWS's own.
    """

    def __init__(self, images: Mapping[str, str]) -> None:
        self._images = images
        self._engine = Engine()
        self._gates = Gates()
        self._starts = Starts()
        self._instance: Instance | None = None
        self._bridge: Bridge | None = None
        self._left_behind: list[str] = []
        self._making = asyncio.Lock()
        self._pulling: dict[str, asyncio.Lock] = {}

    @property
    def instance(self) -> str:
        """What our containers are labelled with; empty before the first."""
        return "" if self._instance is None else self._instance.name

    async def place(self) -> Place:
        """Our address in the containers' network, made when first needed. Raises: RuntimeUnavailable."""
        return (await self._bridge_of_ours()).place

    async def launch(self, launch: Launch) -> ContainerProgram:
        """Start a container. Raises: RuntimeUnavailable."""
        self._starts.begin(launch.log_stream)
        try:
            return await self._launch(launch)
        except BaseException:
            self._starts.end(launch.log_stream)
            raise

    async def _launch(self, launch: Launch) -> ContainerProgram:
        spec = launch.spec
        for folder in (spec.code_path, *spec.layers) if spec.image is None else ():
            if not folder.is_dir():
                raise RuntimeUnavailable(f"The code folder {folder} does not exist; put it back or deploy again.")
        image = image_of(spec.runtime, self._images) if spec.image is None else spec.image.uri
        async with self._pulling.setdefault(image, asyncio.Lock()):
            await self._engine.have_image(image)
        await self._remove_left_behind()
        bridge = await self._bridge_of_ours()
        environment, ports = seen_from_inside(spec.environment)
        mount = await asyncio.to_thread(code_mount, spec.code_path) if spec.image is None else None
        opt = await asyncio.to_thread(layers_mount, spec.layers)
        held: list[int] = []
        loop = asyncio.get_running_loop()

        def let_go() -> None:
            while held and bridge.gateway is not None:
                self._gates.let_go(bridge.gateway, held.pop())

        def give_back() -> None:
            loop.call_soon_threadsafe(let_go)
            for held_folder in (mount, opt):
                if held_folder is not None and held_folder.copy is not None:
                    held_folder.copy.cleanup()

        try:
            for port in ports if bridge.gateway is not None else ():
                await self._gates.hold(bridge.gateway or "", port)
                held.append(port)
            options = _options(replace(spec, environment=environment), image, bridge, launch, self.instance)
            options |= _of_the_image(spec.image) if mount is None else _of_the_code(spec, mount, opt)
            options |= {"tmpfs": {"/tmp": _scratch(spec, user=options["user"])}}  # noqa: S108 - inside the container
            container, output, pid = await self._engine.call(lambda client: _start(client, options))
        except Missing as missing:
            self._bridge = None  # somebody has removed our network, or just the image: what is missing is made again
            await asyncio.to_thread(give_back)
            raise RuntimeUnavailable(f"The container could not be started: {missing}; it is tried again.") from missing
        except BaseException:
            await asyncio.to_thread(give_back)
            raise
        # With Docker Desktop, the process numbers are those of another machine.
        marks = Marks(0 if bridge.gateway is None else pid, f"AWS_LAMBDA_RUNTIME_API={launch.runtime_api}")
        return ContainerProgram(
            self._engine,
            container,
            output,
            launch,
            marks=marks,
            starts=self._starts,
            give_back=give_back,
            give_up=self._left_behind.append,
        )

    async def remove_leftovers(self) -> None:
        """Remove what sandboxes left behind whose processes were killed. Raises: RuntimeUnavailable."""
        async with self._making:
            await self._remove_leftovers()

    async def close(self) -> None:
        """Remove all that is ours; close the runtimes first."""
        if self._instance is not None:
            instance, self._instance = self._instance, None
            if self._bridge is not None:
                with contextlib.suppress(Missing, RuntimeUnavailable):
                    await self._engine.remove_all(instance.name)
            instance.close()
        self._gates.close()
        self._engine.close()

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


def _start(client: Any, options: Mapping[str, Any]) -> tuple[Any, Any, int]:
    container = client.containers.create(**options)
    try:
        # Attached before it runs: nothing it prints is missed, and the engine need not keep it.
        output = container.attach_socket(params={"stdout": 1, "stderr": 1, "stream": 1})
        container.start()
        container.reload()
    except BaseException:
        client.api.remove_container(container.id, force=True, v=True)
        raise
    return container, output, int(container.attrs["State"]["Pid"])


def _options(spec: FunctionSpec, image: str, bridge: Bridge, launch: Launch, instance: str) -> dict[str, Any]:
    variables = environment_variables(
        replace(spec, code_path=Path(_TASK_ROOT)), {}, log_stream=launch.log_stream, runtime_api=launch.runtime_api
    )
    if spec.image is not None:  # what an image runs is its own affair
        variables = {name: value for name, value in variables.items() if name not in _NOT_OF_IMAGES}
    memory = f"{spec.memory_mb}m"
    return {
        "image": image,
        "environment": variables,
        "labels": {INSTANCE_LABEL: instance, _FUNCTION_LABEL: spec.function_arn},
        "network": bridge.network,
        "extra_hosts": {HOST_NAME: bridge.gateway} if bridge.gateway is not None else None,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "pids_limit": _PROCESSES_MAX,
        "mem_limit": memory,
        "memswap_limit": memory,
        # Never less than one processor: a small function would take seconds to start, and nobody wants that at a desk.
        # As a quota: the engine refuses a number of processors that the machine does not have.
        "cpu_period": _CPU_PERIOD_MICROSECONDS,
        "cpu_quota": int(max(1.0, spec.memory_mb / _MB_PER_CPU) * _CPU_PERIOD_MICROSECONDS),
        "log_config": {"Type": "none", "Config": {}},
        "detach": True,
    }


def _scratch(spec: FunctionSpec, *, user: str) -> str:
    """How ``/tmp`` is mounted: it belongs to *user*, since the engine gives it the mode that it has in the image."""
    uid, _, gid = user.partition(":")
    return f"size={spec.ephemeral_storage_mb}m,mode=1777,uid={uid},gid={gid},exec"


def _of_the_code(spec: FunctionSpec, mount: CodeMount, opt: LayersMount | None) -> dict[str, Any]:
    """What a function in a folder adds to the options."""
    return {
        "command": [spec.handler] if spec.handler else None,
        "working_dir": _TASK_ROOT,
        "volumes": _volumes(spec, mount, opt),
        "user": mount.user,
    }


def _of_the_image(image: ImageSpec | None) -> dict[str, Any]:
    """What a function that is an image adds to the options."""
    assert image is not None, "only an image has no folder"
    chosen = {
        "entrypoint": None if image.entry_point is None else list(image.entry_point),
        "command": None if image.command is None else list(image.command),
        "working_dir": image.working_folder,
    }
    return {"user": LAMBDA_USER, **{name: value for name, value in chosen.items() if value is not None}}


def _volumes(spec: FunctionSpec, mount: CodeMount, opt: LayersMount | None) -> list[str]:
    volumes = [f"{mount.folder}:{_TASK_ROOT}:ro"]
    if opt is not None:
        volumes.append(f"{opt.folder}:/opt:ro")
    if spec.runtime.startswith("provided"):
        in_layer = opt is not None and not (mount.folder / "bootstrap").exists() and (opt.folder / "bootstrap").exists()
        runtime_folder = opt.folder if opt is not None and in_layer else mount.folder
        volumes.append(f"{runtime_folder}:/var/runtime:ro")  # where the base image's entry script looks for bootstrap
    return volumes
