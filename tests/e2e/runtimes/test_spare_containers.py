"""Functions that are edited have a container started ahead, which nobody can tell from another."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from runtimes.container.bridge import Bridge
from runtimes.container.engine import Image
from runtimes.container.plan import Plan
from runtimes.container.started import Told, hold_container
from runtimes.contract import Returned
from tests.e2e.engine import IMAGE
from tests.e2e.runtimes.conftest import SHELL_LESS
from tests.faults.holdings import eventually

pytestmark = pytest.mark.docker

_OF_SHELLS = {"PWD", "OLDPWD", "SHLVL", "_"}
HANDLER = """
import os, sys
def handler(event, context):
    return {"container": os.uname().nodename, "input": sys.stdin.read(), "variables": dict(os.environ),
            "stream": context.log_stream_name, "version": VERSION}
"""


async def _spare(engine: Any, bench: Any, *, used: Any = None) -> Any:
    """The spare of the sandbox once it runs, another one than *used*."""
    wanted = {"label": f"serverless-sandbox.instance={bench.runtimes.launcher.instance}"}

    def find() -> Any:
        held = [one for one in engine.containers.list(filters=wanted) if one.attrs["Path"] == "/bin/sh" and one != used]
        return held[0] if held else None

    return await asyncio.to_thread(eventually, find, "spare")


async def _save(bench: Any, version: int) -> dict[str, Any]:
    """Save a version, and give what its handler tells."""
    bench.write(f"VERSION = {version}\n{HANDLER}")
    assert await bench.replace() is None
    answer = await bench.invoke()
    assert isinstance(answer, Returned), answer
    return dict(json.loads(answer.payload))


def _different(some: dict[str, str], others: dict[str, str]) -> set[str]:
    return {name for name in {*some, *others} if some.get(name) != others.get(name)}


def test_a_save_runs_in_the_container_that_was_started_ahead(play_docker: Any, engine: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(f"VERSION = 0\n{HANDLER}")
        assert await bench.runtime.start() is None
        ordinary = await _save(bench, 1)
        spare = await _spare(engine, bench)
        held = await _save(bench, 2)
        assert (held["container"], held["version"]) == (spare.short_id, 2)
        assert held["input"] == ordinary["input"] == ""
        assert held["stream"] in bench.log.streams
        assert held["stream"] != ordinary["stream"]
        changing = {"HOSTNAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API"}
        assert _different(held["variables"], ordinary["variables"]) - _OF_SHELLS == changing
        await _spare(engine, bench, used=spare)

    play_docker(scenario)


def test_a_spare_that_was_removed_or_does_not_fit_is_done_without(play_docker: Any, engine: Any) -> None:
    """The code folder may be another one under the same name: a spare has mounted the old."""

    async def scenario(bench: Any) -> None:
        bench.write(f"VERSION = 0\n{HANDLER}")
        assert await bench.runtime.start() is None
        await _save(bench, 1)
        removed = await _spare(engine, bench)
        removed.remove(force=True)
        assert (await _save(bench, 2))["version"] == 2
        spare = await _spare(engine, bench)
        bench.folder.rename(bench.folder.with_name("old"))
        answer = await _save(bench, 3)
        assert answer["version"] == 3
        assert answer["container"] != spare.short_id

    play_docker(scenario)


def test_a_container_that_is_held_ends_with_who_holds_it(engine: Any) -> None:
    """A sandbox that is killed removes nothing, but no spare of its outlives it."""
    plan = Plan(
        image=Image(name=IMAGE, identity="", entry_point=("/bin/sh",), command=("-c", "sleep 600")),
        bridge=Bridge(network="none", gateway=None),
        options={"image": IMAGE, "command": None, "environment": {}, "network": "none", "detach": True},
        ports=frozenset(),
        folders=(),
        debug_port=None,
        copies=(),
    )
    told = Told(runtime_api="127.0.0.1:1", log_stream="stream")
    started = hold_container(engine, plan, lambda: None)
    container = engine.containers.get(started.identity)
    try:
        assert container.attrs["State"]["Running"]
        started.hang_up()
        assert container.wait(timeout=60)["StatusCode"] != 0
    finally:
        container.remove(force=True)
    ended = hold_container(engine, plan, lambda: None)
    engine.containers.get(ended.identity).remove(force=True)
    assert not ended.release(told)
    ended.hang_up()


def test_without_a_shell_in_the_image_every_start_is_ordinary(play_docker: Any, engine: Any) -> None:
    """As from scratch, or as "distroless" images are."""
    remove = "import os; os.remove('/bin/sh')"
    container = engine.containers.create(IMAGE, entrypoint=["/usr/bin/python3", "-c", remove], network_mode="none")
    repository, _, tag = SHELL_LESS.partition(":")
    try:
        container.start()
        assert container.wait(timeout=60)["StatusCode"] == 0
        container.commit(repository, tag, changes=['ENTRYPOINT ["/usr/bin/python3", "-m", "awslambdaric"]'])
    finally:
        container.remove(force=True)

    async def scenario(bench: Any) -> None:
        bench.spec = replace(bench.spec, runtime="without-a-shell")
        bench.write(f"VERSION = 0\n{HANDLER}")
        assert await bench.runtime.start() is None
        for version in (1, 2, 3):
            assert (await _save(bench, version))["version"] == version

    try:
        play_docker(scenario)
    finally:
        engine.images.remove(SHELL_LESS, force=True)
