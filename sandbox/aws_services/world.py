"""One sandbox's own state of the hosted services, put in place for the length of a call.

moto keeps everything in module-level dictionaries, one per service, shared by the whole process. Between calls this
module takes a sandbox's contents out of them and puts back what was there, so two sandboxes in one process are two
clouds, and a test's own ``mock_aws`` neither sees nor resets ours. One lock for the process makes calls take turns.

Imports moto: only to be imported in the thread that serves it.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.core.model_instances import model_data

__all__ = ["World"]

_turn = threading.RLock()
_services_in_use: list[Any] = BackendDict._instances  # type: ignore[misc]  # noqa: SLF001 - moto's own list; it has no accessor
_Contents = dict[Any, tuple[dict[str, Any], dict[str, dict[Any, Any]]]]
"""Per service dictionary: its accounts, and the further dictionaries it carries (S3's bucket owners …)."""


class World:
    """The state of all hosted services of one sandbox."""

    def __init__(self) -> None:
        self._contents: _Contents = {}

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let this world be moto's state until the block ends; waits for another sandbox of the process to leave."""
        with _turn, _without_docker(), _without_instance_tracking():
            outside = _take_out()
            _put_in(self._contents)
            try:
                yield
            finally:
                self._contents = _take_out()
                _put_in(outside)

    def dispose(self) -> None:
        """Forget everything, closing the temporary files of large objects."""
        for accounts, _ in self._contents.values():
            for regions in accounts.values():
                for backend in regions.values():
                    for bucket in getattr(backend, "buckets", {}).values():
                        _dispose_of_bucket(bucket)
        self._contents = {}


def _take_out() -> _Contents:
    contents: _Contents = {}
    for service in list(_services_in_use):
        further = {name: dict(value) for name, value in vars(service).items() if isinstance(value, dict)}
        contents[service] = (dict(service), further)
        service.clear()
        for name in further:
            vars(service)[name].clear()
    _services_in_use.clear()
    return contents


def _put_in(contents: _Contents) -> None:
    for service, (accounts, further) in contents.items():
        service.update(accounts)
        for name, value in further.items():
            vars(service)[name].update(value)
        _services_in_use.append(service)


@contextlib.contextmanager
def _without_docker() -> Iterator[None]:
    """AWS Batch would start containers, from a thread of its own; its simple form only keeps the job's record."""
    before = default_user_config["batch"]["use_docker"]
    default_user_config["batch"]["use_docker"] = False
    try:
        yield
    finally:
        default_user_config["batch"]["use_docker"] = before


@contextlib.contextmanager
def _without_instance_tracking() -> Iterator[None]:
    """Drop what the call added to moto's lists of every object ever made.

    They feed a dashboard that is not served here, keep deleted messages and objects alive for ever, and a reset of S3
    closes the files of every object in them, ours included.
    """
    before = {model: len(model.instances_tracked) for models in model_data.values() for model in models.values()}  # type: ignore[attr-defined]  # moto declares the values as object
    try:
        yield
    finally:
        for models in model_data.values():
            for model in models.values():
                added = model.instances_tracked[before.get(model, 0) :]  # type: ignore[attr-defined]  # as above
                for instance in added:
                    if hasattr(instance, "disposed"):
                        instance.disposed = True  # an S3 object then closes its file when collected, without a warning
                del model.instances_tracked[before.get(model, 0) :]  # type: ignore[attr-defined]  # as above


def _dispose_of_bucket(bucket: Any) -> None:
    keys: Any = getattr(bucket, "keys", None) or {}
    for name in list(keys):
        for version in keys.getlist(name) if hasattr(keys, "getlist") else [keys[name]]:
            if hasattr(version, "dispose"):
                version.dispose()
    for upload in getattr(bucket, "multiparts", {}).values():
        upload.dispose()
