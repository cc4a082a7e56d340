"""The Docker engine: every call of its SDK, off the event loop, with what keeps it from working put into words."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from runtimes.container.pull import follow_pull
from runtimes.contract import RuntimeUnavailable

__all__ = ["INSTANCE_LABEL", "Engine", "Image", "Missing"]

INSTANCE_LABEL = "serverless-sandbox.instance"
_THREADS = 8
_OTHER_RUNTIME = "run handlers with --runtime process"

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Missing(Exception):  # noqa: N818 - an answer of the engine's
    """The engine knows no such thing."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that the engine has: what *name* stands for now, and what it runs unless told otherwise."""

    name: str
    identity: str
    entry_point: tuple[str, ...]
    command: tuple[str, ...]


class Engine:
    """Connects when first called, and again after the engine was away."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="docker")
        self._client: Any = None

    async def call(self, work: Callable[[Any], T]) -> T:
        """Run *work* with a ``docker.DockerClient`` on a thread.

        Raises:
            Missing: what *work* names is not there.
            RuntimeUnavailable: no engine answers, this user may not ask it, or it refuses; the text says what to do.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.call_here, work)

    async def have_image(self, image: str) -> Image:
        """Pull *image* unless the engine has it. Raises: RuntimeUnavailable, neither works."""

        def get(client: Any) -> Image:
            found = client.images.get(image)
            config = found.attrs["Config"]
            entry_point, command = config.get("Entrypoint") or (), config.get("Cmd") or ()
            return Image(name=image, identity=found.id, entry_point=tuple(entry_point), command=tuple(command))

        def pull(client: Any) -> None:
            _log.warning("pulling the image %s; the first invocation waits for it", image)
            repository, tag = _split(image)
            follow_pull(image, _unless_it_fails(client.api.pull(repository, tag, stream=True, decode=True)))
            _log.warning("pulled %s", image)

        try:
            return await self.call(get)
        except Missing:
            advice = f"pull it yourself (docker pull {image}) or name another with --image RUNTIME=IMAGE"
            try:
                await self.call(pull)
                return await self.call(get)
            except Missing as missing:
                raise RuntimeUnavailable(f"There is no image {image}: {missing}; {advice}.") from missing
            except RuntimeUnavailable as reason:
                raise RuntimeUnavailable(f"The image {image} cannot be pulled; {advice}. {reason}") from reason

    async def remove(self, container: str) -> None:
        """Remove the container of this identity, unless it is gone. Raises: RuntimeUnavailable."""
        with contextlib.suppress(Missing):
            await self.call(lambda client: client.api.remove_container(container, force=True, v=True))

    async def remove_all(self, instance: str) -> None:
        """Remove the containers and networks that carry the label of *instance*. Raises: RuntimeUnavailable."""

        def remove(client: Any) -> None:
            wanted = {"label": f"{INSTANCE_LABEL}={instance}"}
            for container in client.api.containers(all=True, filters=wanted):
                client.api.remove_container(container["Id"], force=True, v=True)
            for network in client.api.networks(filters=wanted):
                client.api.remove_network(network["Id"])

        await self.call(remove)

    def close(self) -> None:
        """Hang up; calls under way end by themselves."""
        self._threads.shutdown(wait=False)
        if self._client is not None:
            self._client.close()

    def call_here(self, work: Callable[[Any], T]) -> T:
        """As ``call``, for a thread that may wait itself."""
        import docker  # noqa: PLC0415 - a tenth of a second, and only needed with containers
        import requests  # noqa: PLC0415 - what the SDK speaks through
        from docker.errors import APIError, DockerException, NotFound  # noqa: PLC0415 - as above

        try:
            if self._client is None:
                self._client = docker.from_env(max_pool_size=_THREADS)
            return work(self._client)
        except NotFound as error:
            raise Missing(error.explanation or str(error)) from error
        except APIError as error:
            raise RuntimeUnavailable(f"The Docker engine refuses: {error.explanation or error}.") from error
        except (DockerException, requests.exceptions.RequestException, OSError) as error:
            client, self._client = self._client, None
            if client is not None:
                client.close()
            reason = _why_no_engine(error)
        # Not from the error: it holds the SDK's frames, and these the socket that could not connect, which nobody closes.
        raise RuntimeUnavailable(reason)


def _unless_it_fails(events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """*events*; what goes wrong in the middle of a pull is only told among them. Raises: RuntimeUnavailable."""
    for event in events:
        if "error" in event:
            raise RuntimeUnavailable(f"The Docker engine refuses: {event['error']}.")
        yield event


def _split(image: str) -> tuple[str, str]:
    """Repository and tag, or digest, of *image*; without one the engine would pull all there are."""
    from docker.utils import parse_repository_tag  # noqa: PLC0415 - only needed with containers

    repository, tag = parse_repository_tag(image)
    return repository, tag or "latest"


def _why_no_engine(error: BaseException) -> str:
    if any(isinstance(cause, PermissionError) for cause in _causes(error)):
        return (
            "This user may not use the Docker engine's socket; "
            f"join its group (sudo usermod -aG docker $USER, then log in again), or {_OTHER_RUNTIME}."
        )
    return f"No Docker engine answers; start Docker, or {_OTHER_RUNTIME}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """*error*, what it came from, and what urllib3 hides among arguments."""
    pending, seen = [error], set[int]()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        pending += [
            cause
            for cause in (current.__cause__, current.__context__, *current.args)
            if isinstance(cause, BaseException)
        ]
