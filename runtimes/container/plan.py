"""What the containers of a function are made from: image, mounts, limits, hardening. Source: reliability S10."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from runtimes.container.bridge import HOST_NAME, Bridge, seen_from_inside
from runtimes.container.code_mount import LAMBDA_USER, CodeMount
from runtimes.container.debugging import Debugging
from runtimes.container.engine import INSTANCE_LABEL, Image
from runtimes.container.layers_mount import LayersMount
from runtimes.contract import FunctionSpec, ImageSpec
from runtimes.variables import environment_variables

__all__ = ["Plan", "make_plan"]

_TASK_ROOT = "/var/task"
_FUNCTION_LABEL = "serverless-sandbox.function"
_PROCESSES_MAX = 1024
"""Lambda's own limit of processes and threads."""
_MB_PER_CPU = 1769
"""At this size a function has one whole processor."""
_CPU_PERIOD_MICROSECONDS = 100_000
_NOT_OF_IMAGES = frozenset({"_HANDLER", "AWS_EXECUTION_ENV"})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All about a container but what its environment alone is told; equal plans make equal containers.

    Attributes:
        image: what its name stands for now.
        options: as the SDK's ``containers.create`` takes them.
        ports: of our loopback, which the container is to reach.
        folders: device and number of each folder that is mounted: one that was put in the place of another is not the same.
        debug_port: which only one container can have; ``None`` where nothing is debugged.
        copies: of what is mounted, as it was just now; to be cleaned up afterwards.
    """

    image: Image
    bridge: Bridge
    options: Mapping[str, Any]
    ports: frozenset[int]
    folders: tuple[tuple[int, int], ...]
    debug_port: int | None
    copies: "tuple[TemporaryDirectory[str], ...]"

    @property
    def is_repeatable(self) -> bool:
        """Whether a second container may be made of it, later and beside the first."""
        return not self.copies and self.debug_port is None

    @property
    def arguments(self) -> list[str]:
        """What the container runs: its program, and what that is given. An image's own command is for its own program."""
        entry_point, command = self.options.get("entrypoint"), self.options.get("command")
        if entry_point is not None:
            return [*entry_point, *(command or ())]
        return [*self.image.entry_point, *(self.image.command if command is None else command)]


def make_plan(
    spec: FunctionSpec,
    image: Image,
    bridge: Bridge,
    instance: str,
    *,
    mount: CodeMount | None,
    opt: LayersMount | None,
    debugging: Debugging | None,
) -> Plan:
    """The plan for *spec*, whose code is at *mount* (``None``: in the image) and its layers at *opt*."""
    environment, ports = seen_from_inside(spec.environment)
    options = _options(replace(spec, environment=environment), image, bridge, instance)
    options |= _of_the_image(spec.image) if mount is None else _of_the_code(spec, mount, opt)
    options |= {"tmpfs": {"/tmp": _scratch(spec, user=options["user"])}}  # noqa: S108 - inside the container
    if debugging is not None:
        options["environment"] |= debugging.variables
        options |= {"volumes": [*options.get("volumes", ()), *debugging.volumes], "ports": debugging.ports}
    mounts = [one for one in (mount, opt) if one is not None]
    facts = [one.folder.stat() for one in mounts]
    return Plan(
        image=image,
        bridge=bridge,
        options=options,
        ports=ports,
        folders=tuple((one.st_dev, one.st_ino) for one in facts),
        debug_port=None if debugging is None else debugging.port,
        copies=tuple(one.copy for one in mounts if one.copy is not None),
    )


def _options(spec: FunctionSpec, image: Image, bridge: Bridge, instance: str) -> dict[str, Any]:
    variables = environment_variables(replace(spec, code_path=Path(_TASK_ROOT)), {}, log_stream="")
    if spec.image is not None:  # what an image runs is its own affair
        variables = {name: value for name, value in variables.items() if name not in _NOT_OF_IMAGES}
    memory = f"{spec.memory_mb}m"
    return {
        "image": image.name,
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
