"""What only worker processes have: concurrency limits, forks, templates, the end of the host."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Crashed, Invocation, Returned, RuntimeUnavailable


def _decoded(outcome: object) -> Any:
    assert isinstance(outcome, Returned), outcome
    return json.loads(outcome.payload)


def test_concurrent_invocations_run_in_workers_of_their_own(play_process: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import os
            def handler(event, context):
                open(event["mine"], "w").close()
                while not os.path.exists(event["theirs"]): os.sched_yield()
                return os.getpid()
            """
        )
        a, b = str(tmp_path / "a"), str(tmp_path / "b")
        pids = await asyncio.gather(bench.invoke({"mine": a, "theirs": b}), bench.invoke({"mine": b, "theirs": a}))
        assert len({_decoded(outcome) for outcome in pids}) == 2
        assert len(bench.log.streams) == 2

    play_process(scenario)


def test_more_invocations_than_places_wait_their_turn(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import os\ndef handler(event, context): return os.getpid()")
        outcomes = await asyncio.gather(*(bench.invoke({}) for _ in range(40)))
        assert len({_decoded(outcome) for outcome in outcomes}) <= 10

    play_forked(scenario)


def test_the_batch_in_flight_ends_on_the_old_code_and_the_next_runs_the_new(play: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        code = """
            import os, shared
            def handler(event, context):
                before = shared.VERSION
                open(event["started"], "w").close()
                while not os.path.exists(event["go_on"]): os.sched_yield()
                import late
                return [before, shared.VERSION, late.VERSION]
        """
        bench.write(code)
        bench.write("VERSION = 1", "shared.py")
        bench.write("VERSION = 1", "late.py")
        started, go_on = tmp_path / "started", tmp_path / "go_on"
        in_flight = asyncio.create_task(bench.invoke({"started": str(started), "go_on": str(go_on)}))
        while not started.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0)
        bench.write("VERSION = 2", "shared.py")
        assert await bench.replace() is None
        fresh = await bench.invoke({"started": str(started), "go_on": "/"})
        assert _decoded(fresh) == [2, 2, 1]
        go_on.touch()
        assert _decoded(await in_flight)[:2] == [1, 1]

    play(scenario)


def test_who_waits_for_a_place_gets_the_newest_code(play_forked: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        code = "import os\ndef handler(event, context):\n    while not os.path.exists(event): os.sched_yield()\n    return {}"
        bench.write(code.format(1))
        go_on = tmp_path / "go_on"
        waiting = [asyncio.create_task(bench.invoke(str(go_on))) for _ in range(12)]
        while bench.runtime._pool.size < 10 or not bench.runtime._pool._waiters:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0)
        bench.write(code.format(2))
        assert await bench.replace() is None
        go_on.touch()
        answers = sorted([_decoded(outcome) for outcome in await asyncio.gather(*waiting)])
        assert answers[-2:] == [2, 2]

    play_forked(scenario)


def test_installed_packages_are_imported_once_for_all_workers(play_forked: Any) -> None:
    """The second worker is forked from a process that has boto3 and the function's other packages already."""

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import sys
            seen = [name in sys.modules for name in ("boto3", "botocore.client", "yaml")]
            import boto3, yaml
            def handler(event, context): return seen
            """
        )
        assert _decoded(await bench.invoke({}))[2:] == [False]
        await bench.runtimes.launcher.forks.settled()
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({})) == [True, True, True]

    play_forked(scenario)


def test_descriptions_of_services_are_read_once_for_all_workers(play_forked: Any) -> None:
    """Reading them is nearly all of what the first client of a process costs: hundreds of milliseconds at each save."""

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import boto3, botocore.loaders
            reads = []
            original = botocore.loaders.JSONFileLoader.load_file
            botocore.loaders.JSONFileLoader.load_file = lambda self, path: reads.append(path) or original(self, path)
            table = boto3.resource("dynamodb").Table("orders")
            def handler(event, context):
                boto3.client("sqs")
                return [path.rpartition("/data/")[2] for path in reads]
            """
        )
        region = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
        bench.spec = replace(bench.spec, environment=region)
        first = _decoded(await bench.invoke({}))
        assert any(path.startswith("dynamodb/") for path in first)
        assert any(path.startswith("sqs/") for path in first)
        await bench.runtimes.launcher.forks.settled()
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({})) == []

    play_forked(scenario)


def _children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


async def _spare(server: int, workers: set[int]) -> int:
    """Wait for the spare of a fork server, which may still be warming up."""
    while not (others := _children(server) - workers):  # noqa: ASYNC110 - another process forks it
        await asyncio.sleep(0)
    return others.pop()


_WITH_A_CLIENT = """
    import os, boto3
    default_session = boto3.DEFAULT_SESSION
    table = boto3.resource("dynamodb").Table("orders")
    def handler(event, context):
        return [os.getpid(), os.getppid(), os.environ["SET"], default_session is None, os.getpgid(0) == os.getpid()]
"""
_REGION = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")
def test_a_spare_worker_is_a_worker_like_any_other(play_forked: Any) -> None:
    """It was forked, and has made a client, before the save; nothing of that shows in the function."""

    async def scenario(bench: Any) -> None:
        bench.write(_WITH_A_CLIENT)
        bench.spec = replace(bench.spec, environment=_REGION | {"SET": "1"})
        worker, server, *_ = _decoded(await bench.invoke({}))
        await bench.runtimes.launcher.forks.settled()
        workers = {worker}
        while True:
            spare = await _spare(server, workers)
            assert await bench.replace() is None
            worker, server, *seen = _decoded(await bench.invoke({}))  # the server may be a template by now
            workers.add(worker)
            assert seen == ["1", True, True]
            if worker == spare:  # it was ready in time
                break

    play_forked(scenario)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc")
def test_a_spare_that_is_killed_is_not_missed(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_WITH_A_CLIENT)
        bench.spec = replace(bench.spec, environment=_REGION | {"SET": "1"})
        worker, server, *_ = _decoded(await bench.invoke({}))
        await bench.runtimes.launcher.forks.settled()
        spare = await _spare(server, {worker})
        os.kill(spare, signal.SIGKILL)
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({}))[0] not in {worker, spare}

    play_forked(scenario)


def test_templates_know_their_functions_variables_and_nobody_elses_packages(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import yaml, os\ndef handler(event, context): return os.environ['SET']")
        bench.spec = replace(bench.spec, environment={"SET": "1"})
        assert _decoded(await bench.invoke({})) == "1"
        await bench.runtimes.launcher.forks.settled()
        assert await bench.replace(environment={"SET": "2"}) is None
        assert _decoded(await bench.invoke({})) == "2"
        bench.write("import sys\ndef handler(event, context): return 'yaml' in sys.modules", "other.py")
        other = bench.runtimes.runtime(
            replace(bench.spec, handler="other.handler", function_arn=bench.spec.function_arn + "2")
        )
        outcome = await other.invoke(Invocation(request_id="r", payload=b"{}", invoked_function_arn="a"))
        assert _decoded(outcome) is False
        await other.close()

    play_forked(scenario)


def test_a_dead_fork_server_is_replaced(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import os\ndef handler(event, context): return [os.getpid(), os.getppid()]")
        worker, server = _decoded(await bench.invoke({}))
        os.kill(server, signal.SIGKILL)
        # The worker ends with its parent; invocations may meet the last of it, alive or dying.
        outcome = await bench.invoke({})
        while isinstance(outcome, Crashed) or _decoded(outcome)[1] == server:
            outcome = await bench.invoke({})
        assert _decoded(outcome)[0] != worker

    play_forked(scenario)


def test_a_worker_killed_from_outside_while_idle_is_replaced(play_process: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import os\ndef handler(event, context): return os.getpid()")
        pid = _decoded(await bench.invoke({}))
        os.kill(pid, signal.SIGKILL)
        while bench.runtime._pool.size:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0)
        assert _decoded(await bench.invoke({})) != pid

    play_process(scenario)


def test_closing_gives_up_what_is_in_flight(play_process: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        started = tmp_path / "started"
        bench.write(f"import time\ndef handler(event, context):\n    open({str(started)!r}, 'w')\n    time.sleep(1000)")
        in_flight = asyncio.create_task(bench.invoke({}))
        while not started.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0)
        await bench.runtime.close()
        assert isinstance(await in_flight, Crashed)
        with pytest.raises(RuntimeUnavailable):
            await bench.invoke({})

    play_process(scenario)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"runtime": "java21"}, "java21 functions cannot run as local processes"),
        ({"code_path": Path("/nowhere/at/all")}, "The code folder /nowhere/at/all does not exist"),
    ],
)
def test_what_can_never_run_is_said_in_one_sentence(play_process: Any, members: dict[str, Any], words: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.spec = replace(bench.spec, **members)
        with pytest.raises(RuntimeUnavailable, match=words):
            await bench.runtime.start()
        with pytest.raises(RuntimeUnavailable, match=words):
            await bench.invoke({})

    play_process(scenario)


def test_workers_end_with_a_host_that_is_killed(tmp_path: Path) -> None:
    """Even one in an endless handler; a pipe it holds open tells when it is gone."""
    if sys.platform != "linux":
        pytest.skip("only Linux ends a busy worker with its parent; elsewhere the fork server does, when it notices")
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "handler.py").write_text(
        f"import os\ndef handler(event, context):\n    os.open({str(fifo)!r}, os.O_WRONLY)\n    while True: pass\n"
    )
    host = textwrap.dedent(
        f"""
        import asyncio, sys
        from pathlib import Path
        from runtimes.choose import choose
        from runtimes.contract import FunctionSpec, Invocation
        class Sink:
            def write(self, **_): pass
        async def main():
            runtimes = choose("process", sink_of=lambda _spec: Sink(), new_log_stream=str, python=None, project_folder=Path("."))
            spec = FunctionSpec(function_name="f", function_arn="a", region="r", account_id="0", handler="handler.handler",
                                runtime="python3.11", code_path=Path({str(folder)!r}), timeout_seconds=60)
            await runtimes.runtime(spec).invoke(Invocation(request_id="r", payload=b"1", invoked_function_arn="a"))
        asyncio.run(main())
        """
    )
    process = subprocess.Popen([sys.executable, "-c", host], cwd=Path(__file__).parents[3])
    reader = os.open(fifo, os.O_RDONLY)  # returns once the handler has opened the other end
    process.kill()
    process.wait()
    assert os.read(reader, 1) == b"", "the handler's process is gone"
    os.close(reader)


def test_our_boto3_is_lent_to_an_interpreter_without_one_and_nothing_else(tmp_path: Path, play_project: Any) -> None:
    """The user's virtual environment has nothing of ours in it, as on a fresh machine."""
    environment = tmp_path / "project" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    folder = tmp_path / "project" / "code"
    folder.mkdir()
    (folder / "handler.py").write_text(
        textwrap.dedent(
            """
            import importlib.util, sys
            import boto3
            def handler(event, context):
                boto3.client("dynamodb")
                names = ["boto3", "botocore", "dateutil", "runtimes", "sandbox", "aiohttp", "watchdog", "msgspec", "moto"]
                return [sys.prefix, [name for name in names if importlib.util.find_spec(name)], sys.path[0]]
            """
        )
    )

    async def scenario(bench: Any) -> None:
        bench.spec = replace(
            bench.spec, environment={"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}, code_path=folder
        )
        assert _decoded(await bench.invoke({})) == [
            str(environment),
            ["boto3", "botocore", "dateutil"],
            str(folder),
        ]

    play_project(tmp_path / "project", scenario)
