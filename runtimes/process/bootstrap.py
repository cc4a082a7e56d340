"""The executable of a custom runtime. Source: lambda-event-source-mappings §6.2."""

import asyncio
import errno
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from runtimes.contract import FunctionSpec, RuntimeUnavailable
from runtimes.pool import CodeInMotion
from runtimes.process.program import WorkerProcess
from runtimes.process.spawn import spawn
from runtimes.runtime_api.environment import Launch

__all__ = ["start_bootstrap"]

_NAME = "bootstrap"
_BEING_WRITTEN_SECONDS = 0.05


async def start_bootstrap(launch: Launch, variables: Mapping[str, str]) -> WorkerProcess:
    """Start ``bootstrap`` in the code folder or else in a layer, which is any program that speaks the Runtime API.

    Raises:
        CodeInMotion: a compiler is still writing it.
        RuntimeUnavailable: it is missing, may not be executed, or is no program for this machine.
    """
    path = _find(launch.spec)
    try:
        return await spawn(launch, [str(path)], variables)
    except RuntimeUnavailable as reason:
        match getattr(reason.__cause__, "errno", None):
            case errno.ETXTBSY:
                await asyncio.sleep(_BEING_WRITTEN_SECONDS)
                raise CodeInMotion from reason
            case errno.ENOEXEC:
                raise RuntimeUnavailable(
                    f"{path} is no program for this machine ({platform.system()} {platform.machine()}); build it for "
                    "that, or run handlers with --runtime docker."
                ) from reason
        raise


def _find(spec: FunctionSpec) -> Path:
    paths = [folder / _NAME for folder in (spec.code_path, *reversed(spec.layers))]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise RuntimeUnavailable(
            f"{spec.runtime} needs an executable file named {_NAME} in {spec.code_path}, and there is none; build it."
        )
    if not os.access(path, os.X_OK):
        raise RuntimeUnavailable(
            f"{spec.runtime} needs an executable file named {_NAME}, and {path} may not be executed; run chmod +x on it."
        )
    return path
