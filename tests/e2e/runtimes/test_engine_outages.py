"""A Docker engine of the tests' own, stopped and started again beneath a mapping."""

import contextlib
import gc
import io
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import Deployment, EmbeddedSandbox
from tests.e2e.engine import IMAGE
from tests.e2e.told import Told, listen

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or shutil.which("dockerd") is None,
        reason="only root can start a dockerd of its own, where there is one",
    ),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # of the SDK, where it cannot connect
]
PATIENCE_SECONDS = 60
HANDLER = """
def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        if key == "slow":
            open("/var/task/begun", "w").close()
            open("/var/task/go").close()
        print("delivered " + key)
"""


class OwnEngine:
    """A dockerd beside the machine's own; it shares nothing with it."""

    def __init__(self, folder: Path) -> None:
        self.url = f"unix://{folder}/docker.sock"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return once it answers."""
        folder = self._folder
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "dockerd",
                    f"--host={self.url}",
                    f"--data-root={folder}/data",
                    f"--exec-root={folder}/exec",
                    f"--pidfile={folder}/pid",
                    "--bridge=none",
                    "--iptables=false",
                    "--ip6tables=false",
                    "--shutdown-timeout=1",
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(docker.errors.DockerException), self.client() as client:
                client.ping()
                return
            assert self._process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "dockerd does not answer"
            time.sleep(0.05)  # a process outside our loop: there is nothing to wait on but its answers

    def stop(self) -> None:
        """Stop it with all its containers, and return once it has ended."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    @contextlib.contextmanager
    def client(self) -> Iterator[Any]:
        """A client of it."""
        with contextlib.closing(docker.DockerClient(base_url=self.url)) as client:
            yield client

    def load(self, image: bytes) -> None:
        """Give it an image."""
        with self.client() as client:
            client.images.load(io.BytesIO(image))

    def containers(self) -> list[str]:
        """The names of its containers, ended ones included."""
        with self.client() as client:
            return [container.name for container in client.containers.list(all=True)]


@pytest.fixture(scope="module")
def image(engine: Any) -> bytes:
    """The test image, as ``docker save`` gives it."""
    return b"".join(engine.images.get(IMAGE).save(named=True))


@pytest.fixture
def own_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnEngine]:
    """An engine without images, which the sandbox finds."""
    with tempfile.TemporaryDirectory(
        prefix="dockerd-"
    ) as folder:  # pytest's own folders have names too long for sockets
        own = OwnEngine(Path(folder))
        own.start()
        monkeypatch.setenv("DOCKER_HOST", own.url)
        yield own
        own.stop()
    gc.collect()  # here, where what the SDK forgets is forgiven


class Mapped:
    """A function in containers, mapped to a table, that no attempt may be charged to."""

    def __init__(self, sandbox: EmbeddedSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.told: Told = listen(sandbox)
        self.table = sandbox.table("orders")
        self.function: Deployment = sandbox.deploy(
            f"{folder}:handler.handler", self.table, maximum_retry_attempts=0, timeout_seconds=60
        )

    def put(self, key: str) -> None:
        """Put an item, which does not wait for any engine."""
        self.sandbox.call("PutItem", {"TableName": self.table, "Item": {"pk": {"S": key}}})

    def delivered(self) -> list[str]:
        """The keys that handlers have seen to their end, once all have."""
        self.sandbox.drain(PATIENCE_SECONDS)
        return [
            line.partition("delivered ")[2]
            for line in self.sandbox.logs(self.function)
            if line.startswith("delivered ")
        ]

    def waits_for(self, reason: str) -> None:
        """Return once the mapping says that it does."""
        told = self.told
        told.wait_for(lambda: [one for one in told.batches if one.outcome.startswith(f"throttled: {reason}")], reason)


@pytest.fixture
def mapped(own_engine: OwnEngine, tmp_path: Path) -> Iterator[Mapped]:
    """The function, not invoked yet."""
    folder = tmp_path / "code"
    folder.mkdir(mode=0o755)
    (folder / "handler.py").write_text(HANDLER)
    for name in ("begun", "go"):
        os.mkfifo(folder / name)
        (folder / name).chmod(0o666)
    settings = Settings(
        port=0, runtime="docker", watch_code=False, project_folder=tmp_path, images={"python3.12": IMAGE}
    )
    with EmbeddedSandbox(settings, search_folders=[tmp_path]) as sandbox:
        yield Mapped(sandbox, folder)
    assert own_engine.containers() == []


def wait_until_begun(mapped: Mapped) -> None:
    """Return once the handler of the slow record runs."""
    begun = os.open(mapped.folder / "begun", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert select.select([begun], [], [], PATIENCE_SECONDS)[0], "the handler does not begin"
    finally:
        os.close(begun)


def test_an_engine_that_goes_away_in_the_middle_costs_no_attempt(
    own_engine: OwnEngine, image: bytes, mapped: Mapped
) -> None:
    own_engine.load(image)
    mapped.put("first")
    assert mapped.delivered() == ["first"]
    mapped.put("slow")
    wait_until_begun(mapped)
    own_engine.stop()
    mapped.waits_for("No Docker engine answers; start Docker, or run handlers with")
    mapped.put("meanwhile")
    own_engine.start()
    wait_until_begun(mapped)
    (mapped.folder / "go").write_text("")
    assert mapped.delivered() == ["first", "slow", "meanwhile"]


def test_a_mapping_waits_for_its_image(own_engine: OwnEngine, image: bytes, mapped: Mapped) -> None:
    mapped.put("first")
    mapped.waits_for(f"The image {IMAGE} cannot be pulled; pull it yourself")
    own_engine.load(image)
    assert mapped.delivered() == ["first"]
