"""The machine's Node as the interpreter of ``nodejs`` functions, with our client of the Runtime API beside the handler."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from runtimes.contract import RuntimeUnavailable

__all__ = ["node_command"]

_GUEST = Path(__file__).resolve().parent.parent / "guest" / "node" / "main.mjs"


def node_command(runtime: str, outer: Mapping[str, str]) -> list[str]:
    """What starts a worker of *runtime*: the first ``node`` on the PATH of *outer*, whatever its version.

    Raises:
        RuntimeUnavailable: there is none.
    """
    node = shutil.which("node", path=outer.get("PATH"))
    if node is None:
        raise RuntimeUnavailable(
            f"{runtime} functions need Node.js, and there is no node on PATH; install it, or run handlers with "
            "--runtime docker."
        )
    return [node, str(_GUEST)]
