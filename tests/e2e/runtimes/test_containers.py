"""Functions in containers of a Docker engine, driven by AWS's own runtime client."""

import asyncio
import dataclasses
import gc
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from runtimes.container.instance import Instance
from runtimes.contract import Crashed, ImageSpec, Raised, Returned, RuntimeUnavailable, TimedOut
from tests.e2e.engine import IMAGE

pytestmark = pytest.mark.docker


def test_a_handler_answers_with_its_log_and_stays_warm(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            calls = []
            def handler(event, context):
                calls.append(1)
                print("got", event)
                return [len(calls), context.function_name]
            """
        )
        first = await bench.invoke({"a": 1})
        assert isinstance(first, Returned), first
        assert json.loads(first.payload) == [1, "orders"]
        second = await bench.invoke("again")
        assert isinstance(second, Returned), second
        assert json.loads(second.payload) == [2, "orders"]
        assert ("request-1", "got {'a': 1}") in bench.log.entries
        assert ("request-2", "got again") in bench.log.entries
        assert len(bench.log.streams) == 1

    play_docker(scenario)


def test_every_way_to_fail_is_lambdas_outcome_and_the_next_invocation_is_clean(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import os
            def handler(event, context):
                if event == "raise": raise ValueError("no good")
                if event == "exit": os._exit(7)
                if event == "memory": return len(bytearray(400_000_000))
                if event == "endless":
                    while True: pass
                return "fine"
            """
        )
        await bench.replace(timeout_seconds=5, memory_mb=128)
        raised = await bench.invoke("raise")
        assert isinstance(raised, Raised), raised
        assert (raised.error_type, raised.error_message) == ("ValueError", "no good")
        for event, reason in (
            ("exit", "Runtime exited with error: exit status 7"),
            ("memory", "Runtime exited with error: signal: killed"),
        ):
            crashed = await bench.invoke(event)
            assert isinstance(crashed, Crashed), crashed
            assert json.loads(crashed.payload)["errorMessage"].endswith(reason)
            assert (await bench.invoke("fine")).payload == b'"fine"'
        assert isinstance(await bench.invoke("endless"), TimedOut)
        assert (await bench.invoke("fine")).payload == b'"fine"'

    play_docker(scenario)


def test_code_that_does_not_load_is_a_failure_of_the_init_phase(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import not_there\n")
        failure = await bench.runtime.start()
        assert isinstance(failure, Raised), failure
        assert (failure.error_type, failure.phase) == ("Runtime.ImportModuleError", "init")
        bench.write("def handler(event, context): return 'mended'\n")
        assert await bench.replace() is None
        assert (await bench.invoke()).payload == b'"mended"'

    play_docker(scenario)


def test_containers_are_hardened_labelled_and_gone_afterwards(play_docker: Any, engine: Any) -> None:
    """Source: reliability S10."""
    seen: list[str] = []

    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return 'fine'\n")
        await bench.invoke()
        instance = bench.runtimes.launcher.instance
        seen.append(instance)
        (container,) = engine.containers.list(filters={"label": f"serverless-sandbox.instance={instance}"})
        facts = container.attrs
        limits = facts["HostConfig"]
        assert limits["CapDrop"] == ["ALL"]
        assert limits["SecurityOpt"] == ["no-new-privileges"]
        assert limits["ReadonlyRootfs"]
        assert limits["PidsLimit"] == 1024
        assert limits["Memory"] == limits["MemorySwap"] == 128 * 1024 * 1024
        assert limits["CpuQuota"] == limits["CpuPeriod"]
        assert list(limits["Tmpfs"]) == ["/tmp"]  # noqa: S108 - inside the container
        assert not limits["Privileged"]
        assert limits["PortBindings"] in ({}, None)
        assert facts["Config"]["User"].split(":")[0] not in {"", "0"}
        assert [mount["RW"] for mount in facts["Mounts"]] == [False]
        assert limits["NetworkMode"] == f"serverless-sandbox-{instance}"

    play_docker(scenario)
    wanted = {"label": f"serverless-sandbox.instance={seen[0]}"}
    assert engine.containers.list(all=True, filters=wanted) == []
    assert engine.networks.list(filters=wanted) == []


def test_a_function_has_the_memory_the_processors_and_the_storage_it_asks_for(play_docker: Any, engine: Any) -> None:
    """As much as Lambda allows has to be possible on machines that have less; the image's own ``/tmp`` is root's alone."""

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import os
            def handler(event, context):
                facts = os.statvfs("/tmp")
                with open("/tmp/kept", "ab") as file:
                    file.write(b"x")
                    return [facts.f_blocks * facts.f_frsize, context.memory_limit_in_mb, file.tell()]
            """
        )
        await bench.replace(memory_mb=10_240, ephemeral_storage_mb=600)
        await bench.invoke()
        answer = await bench.invoke()
        assert isinstance(answer, Returned), answer
        assert json.loads(answer.payload) == [600 * 1024 * 1024, "10240", 2]
        wanted = {"label": f"serverless-sandbox.instance={bench.runtimes.launcher.instance}"}
        (container,) = engine.containers.list(filters=wanted)
        limits = container.attrs["HostConfig"]
        assert limits["Memory"] == 10_240 * 1024 * 1024
        assert 5.7 < limits["CpuQuota"] / limits["CpuPeriod"] < 5.8

    play_docker(scenario)


def test_what_a_killed_sandbox_left_is_removed_at_the_next_start_and_nothing_else(
    play_docker: Any, engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "serverless-sandbox" / "instances"
    folder.mkdir(parents=True)
    (folder / "killed").touch()
    alive = Instance(folder)

    def left_by(name: str) -> Any:
        return engine.containers.create(IMAGE, labels={"serverless-sandbox.instance": name})

    dead, living, foreign = left_by("killed"), left_by(alive.name), left_by("of-another-machine")
    try:

        async def scenario(bench: Any) -> None:
            bench.write("def handler(event, context): return 'fine'\n")
            await bench.invoke()

        play_docker(scenario)
        with pytest.raises(docker.errors.NotFound):
            dead.reload()
        living.reload()
        foreign.reload()
    finally:
        living.remove()
        foreign.remove()
        alive.close()


def test_an_image_that_nobody_has_is_told_with_what_to_do(play_docker: Any) -> None:
    async def refused(bench: Any) -> None:
        bench.write("def handler(event, context): return 'fine'\n")
        bench.spec = dataclasses.replace(bench.spec, runtime="custom")
        with pytest.raises(
            RuntimeUnavailable, match="No image is known for the runtime 'custom'; name one with --image"
        ):
            await bench.runtime.start()

    play_docker(refused)


def test_a_handler_reaches_the_endpoint_on_the_hosts_loopback(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            body = head.split(b"Host: ")[1].split(b"\r\n")[0]
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        bench.write(
            """
            import os, urllib.request
            def handler(event, context):
                return urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"]).read().decode()
            """
        )
        bench.spec = dataclasses.replace(bench.spec, environment={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
        outcome = await bench.invoke()
        assert outcome.payload == f'"host.docker.internal:{port}"'.encode(), outcome
        server.close()

    play_docker(scenario)


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # of the SDK, where it cannot connect
def test_an_engine_that_comes_back_is_used_again(play_docker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return 'fine'\n")
        with pytest.raises(RuntimeUnavailable, match="No Docker engine answers; start Docker, or run handlers with"):
            await bench.invoke()
        monkeypatch.delenv("DOCKER_HOST")
        assert (await bench.invoke()).payload == b'"fine"'

    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    play_docker(scenario)
    gc.collect()


def test_layers_lie_over_each_other_in_opt(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        layers = (bench.folder.parent / "first", bench.folder.parent / "second")
        for layer in layers:
            (layer / "python").mkdir(parents=True)
            (layer / "python" / "words.py").write_text(f"WORD = {layer.name!r}")
        (layers[0] / "only").write_text("of the first")
        bench.write(
            """
            import sys
            sys.path.append("/opt/python")  # AWS's own images have it there
            import words
            def handler(event, context):
                return [words.WORD, open("/opt/only").read()]
            """
        )
        await bench.replace(layers=layers)
        answer = await bench.invoke()
        assert isinstance(answer, Returned), answer
        assert json.loads(answer.payload) == ["second", "of the first"]
        await bench.replace(layers=layers[::-1])
        answer = await bench.invoke()
        assert isinstance(answer, Returned), answer
        assert json.loads(answer.payload) == ["first", "of the first"]

    play_docker(scenario)


def _image_of(engine: Any, code: str) -> str:
    """An image of the user's own, with *code* as its module ``app``; gives its name."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opened:
        file = tarfile.TarInfo("srv/app.py")
        file.size, file.mode = len(code), 0o644
        opened.addfile(file, io.BytesIO(code.encode()))
    container = engine.containers.create(IMAGE)
    try:
        container.put_archive("/", archive.getvalue())
        changes = ["WORKDIR /srv", 'ENTRYPOINT ["/usr/bin/python3", "-m", "awslambdaric"]', 'CMD ["app.handler"]']
        container.commit("serverless-sandbox-test/function", "1", changes=changes)
    finally:
        container.remove()
    return "serverless-sandbox-test/function:1"


def test_a_container_image_is_the_function(play_docker: Any, engine: Any) -> None:
    """With what ImageConfig says instead of what the image says itself."""
    code = """
import os
def handler(event, context):
    return ["first", os.getcwd(), os.environ["TABLE"], os.environ.get("_HANDLER", "")]
def other(event, context):
    return ["other", os.getcwd()]
"""
    name = _image_of(engine, code)

    async def scenario(bench: Any) -> None:
        await bench.replace(handler="", runtime="", code_path=Path("/var/task"), image=ImageSpec(uri=name))
        answer = await bench.invoke()
        assert isinstance(answer, Returned), answer
        assert json.loads(answer.payload) == ["first", "/srv", "orders", ""]
        runner = "import runpy, sys; sys.path.insert(0, '/srv'); runpy.run_module('awslambdaric', run_name='__main__')"
        chosen = ImageSpec(
            uri=name,
            entry_point=("/usr/bin/python3", "-c", runner),
            command=("app.other",),
            working_folder="/usr",
        )
        await bench.replace(image=chosen)
        answer = await bench.invoke()
        assert isinstance(answer, Returned), answer
        assert json.loads(answer.payload) == ["other", "/usr"]

    try:
        play_docker(scenario)
    finally:
        engine.images.remove(name, force=True)


def test_an_image_that_is_not_there_is_named(play_docker: Any) -> None:
    async def scenario(bench: Any) -> None:
        image = ImageSpec(uri="serverless-sandbox-test/nobodys:1")
        with pytest.raises(RuntimeUnavailable, match="serverless-sandbox-test/nobodys:1"):
            await bench.replace(handler="", runtime="", image=image)

    play_docker(scenario)
