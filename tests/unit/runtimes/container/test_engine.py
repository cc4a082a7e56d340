"""What people are told when the engine does not do as it is asked; the SDK is replaced at its own door."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import docker
import docker.errors
import pytest
import requests
from urllib3.exceptions import ProtocolError

from runtimes.container.engine import Engine, Image, Missing
from runtimes.contract import RuntimeUnavailable


class Client:
    """As much of the SDK's client as is used; *pulls* are the events of a pull."""

    def __init__(self, *, pulls: Iterable[dict[str, Any]] = ()) -> None:
        self.api = self.images = self
        self.asked: list[str] = []
        self._pulls = pulls

    def get(self, image: str) -> Any:
        """The image, if it has been pulled."""
        if not self.asked:
            raise docker.errors.ImageNotFound(f"No such image: {image}")
        return SimpleNamespace(id="sha256:0", attrs={"Config": {"Entrypoint": ["/entry"], "Cmd": None}})

    def pull(self, repository: str, tag: str, *, stream: bool, decode: bool) -> Iterable[dict[str, Any]]:
        """Pull one image."""
        assert stream
        assert decode
        self.asked.append(f"{repository} {tag}")
        return self._pulls

    def close(self) -> None:
        """Hang up."""


def play(monkeypatch: pytest.MonkeyPatch, connect: Callable[[], Any], work: Callable[[Engine], Any]) -> Any:
    monkeypatch.setattr(docker, "from_env", lambda **_: connect())

    async def run() -> Any:
        engine = Engine()
        try:
            return await work(engine)
        finally:
            engine.close()

    return asyncio.run(run())


def test_who_may_not_use_the_socket_is_told_how_to_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect() -> Any:
        aborted = ProtocolError("Connection aborted.", PermissionError(13, "Permission denied"))
        raise docker.errors.DockerException("Error while fetching server API version") from requests.ConnectionError(
            aborted
        )

    with pytest.raises(
        RuntimeUnavailable, match=r"may not use the Docker engine's socket; join its group \(sudo usermod"
    ):
        play(monkeypatch, connect, lambda engine: engine.call(lambda client: client))


def test_an_engine_that_comes_back_is_connected_to_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = iter([Client(), Client()])
    seen: list[Client] = []

    def away(client: Client) -> None:
        seen.append(client)
        raise requests.ConnectionError("Connection refused")

    async def work(engine: Engine) -> None:
        with pytest.raises(RuntimeUnavailable, match="No Docker engine answers; start Docker, or run handlers with"):
            await engine.call(away)
        await engine.call(seen.append)

    play(monkeypatch, lambda: next(clients), work)
    assert len(set(seen)) == 2


def test_what_is_not_there_is_no_lack_of_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing, match="No such image: a"):
        play(monkeypatch, Client, lambda engine: engine.call(lambda client: client.get("a")))


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        ("public.ecr.aws/lambda/python:3.12", "public.ecr.aws/lambda/python 3.12"),
        ("localhost:5000/mine", "localhost:5000/mine latest"),
        ("mine@sha256:0123", "mine sha256:0123"),
    ],
)
def test_one_image_is_pulled_and_said_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, image: str, asked: str
) -> None:
    client = Client(pulls=[{"status": "Status: Downloaded newer image"}])
    with caplog.at_level(logging.WARNING):
        found = play(monkeypatch, lambda: client, lambda engine: engine.have_image(image))
    assert found == Image(name=image, identity="sha256:0", entry_point=("/entry",), command=())
    assert client.asked == [asked]
    assert caplog.messages == [f"pulling the image {image}; the first invocation waits for it", f"pulled {image}"]


def test_a_pull_that_fails_in_the_middle_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(pulls=[{"status": "Pulling"}, {"error": "no space left on device"}])
    told = "The image a:1 cannot be pulled; pull it yourself .* The Docker engine refuses: no space left on device"
    with pytest.raises(RuntimeUnavailable, match=told):
        play(monkeypatch, lambda: client, lambda engine: engine.have_image("a:1"))
