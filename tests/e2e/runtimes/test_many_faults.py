"""The faults of the fault matrix in a row, in every runtime: nothing is left of them.

No descriptor, no process, no zombie, no thread, no container more than before. ``SANDBOX_FAULTS`` sets how many; unless
told otherwise, each fault is met three times (once in containers, which take a second to start). Containers are started
for several functions at once: most of that second is waiting.
"""

import gc
import json
import os
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.engine import IMAGE
from tests.e2e.runtimes.faults import FAULTS, Fine, Kind, Seen
from tests.faults.holdings import eventually, holdings, settled_holdings

_SLOW = {"much-output"}
_STAY = {"leaked-thread", "out-of-memory"}
"""What in-process keeps, as it says."""
_POOLED = {"descriptors": 16, "threads": 8}
_LANES: dict[Kind, int] = {"process": 1, "in-process": 1, "docker": 4}
"""How many functions fail at the same time."""
_FUNCTION_LABEL = "serverless-sandbox.function"


def _quick(kind: Kind) -> list[str]:
    left_out = _SLOW | (_STAY if kind == "in-process" else set())
    return [
        name
        for name, fault in FAULTS.items()
        if isinstance(fault.expects(kind, "invoke"), Seen | Fine)
        and not fault.is_slow
        and fault.code
        and name not in left_out
        and getattr(fault.expects(kind, "invoke"), "next_fails", None) is None
    ]


def _source(names: list[str]) -> str:
    parts = ["import ctypes, os, subprocess, sys, threading, time\n\nSTOP = '/'\nKEPT = []\n"]
    parts += [f"def fault_{at}():\n{textwrap.indent(FAULTS[name].code, '    ')}\n" for at, name in enumerate(names)]
    table = ", ".join(f"{name!r}: fault_{at}" for at, name in enumerate(names))
    parts.append(
        f"FAULTS = {{{table}}}\n\ndef handler(event, context):\n    return FAULTS[event]() if event else 'fine'\n"
    )
    return "\n".join(parts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
@pytest.mark.parametrize("kind", ["process", "in-process", pytest.param("docker", marks=pytest.mark.docker)])
def test_nothing_is_left_after_many_faults(tmp_path: Path, request: pytest.FixtureRequest, kind: Kind) -> None:
    engine = request.getfixturevalue("engine") if kind == "docker" else None
    names = _quick(kind)
    count = int(os.environ.get("SANDBOX_FAULTS", len(names) * (1 if kind == "docker" else 3)))
    (tmp_path / "handler.py").write_text(_source(names))
    settings = Settings(port=0, runtime=kind, watch_code=False, project_folder=tmp_path, images={"python3.12": IMAGE})
    lanes = _LANES[kind]
    # Other tests' containers are not ours to count.
    functions = [f"faulty-{os.getpid()}-{lane}" for lane in range(lanes)]
    with EmbeddedSandbox(settings) as sandbox, ThreadPoolExecutor(lanes) as threads:
        arns = [sandbox.deploy(f"{tmp_path}/handler.py", name=one).function_arn for one in functions]
        client = sandbox.client("lambda")

        def invoke(function: str, event: str) -> Any:
            return json.loads(client.invoke(FunctionName=function, Payload=json.dumps(event))["Payload"].read())

        def begin(function: str) -> None:
            for name in ["raise", "leaked-child", "os._exit", ""]:  # what is made once and kept is made now
                invoke(function, name)

        def fail(lane: int) -> None:
            for number in range(lane, count, lanes):
                name = names[number % len(names)]
                _check(kind, name, invoke(functions[lane], name))
            invoke(functions[lane], "os._exit")  # with what the last faults have left in their environment
            assert invoke(functions[lane], "") == "fine"

        list(threads.map(begin, functions))
        before = settled_holdings()
        list(threads.map(fail, range(lanes)))
        eventually(lambda: _is_no_more(before, kind), f"return to {before}; there is {holdings()}")
    if engine is not None:
        assert [one for arn in arns for one in _containers(engine, arn)] == []
    with request.getfixturevalue("capsys").disabled():
        print(f"\n{kind}: {count} faults; held before and after: {before}")


def _check(kind: Kind, name: str, answer: Any) -> None:
    expected = FAULTS[name].expects(kind, "invoke")
    if isinstance(expected, Seen):
        assert answer["errorType"] == expected.error_type, (name, answer)
        assert answer["errorMessage"].endswith(expected.message.rpartition("{id}")[2])
    else:
        assert answer is None


def _is_no_more(before: dict[str, int], kind: Kind) -> bool:
    """Whether no more is held than before, but for the connections to the engine, which are kept and have a limit."""
    gc.collect()  # in-process, the modules of ended environments wait for it, and some end a moment later than others
    more = {what: count - before[what] for what, count in holdings().items()}
    return all(count <= (_POOLED.get(what, 0) if kind == "docker" else 0) for what, count in more.items())


def _containers(engine: Any, arn: str) -> list[str]:
    return [one.id for one in engine.containers.list(all=True, filters={"label": f"{_FUNCTION_LABEL}={arn}"})]
