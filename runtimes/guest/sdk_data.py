"""Keep what botocore has read of its service descriptions across forks.

Making the first client of a process costs some 0.2 s, nearly all of it reading and decoding descriptions that never
change. The fork server reads those that earlier workers needed; their successors find them in memory.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["load", "loaded", "rehearse", "share"]

_NOBODY = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nobody", "region_name": "us-east-1"}
_caches: dict[tuple[str, ...], dict[Any, Any]] = {}


def share() -> None:
    """Let all loaders of this process with the same search paths, and those of its forks, share what they have read.

    Does nothing where botocore is not imported, or not as known here.
    """
    loader_class = _loader_class()
    if loader_class is not None:
        loader_class._cache = _SharedCache()  # noqa: SLF001 - the one place where botocore keeps what it has read


def loaded() -> list[Any]:
    """What was read, to be given to ``load`` in another process: search paths, with the calls that were answered."""
    return [[list(paths), [list(call) for call in cache]] for paths, cache in _caches.items()]


def load(data: Sequence[Any]) -> None:
    """Read what ``loaded`` told in another process; what cannot be read is left to whoever needs it."""
    loader_class = _loader_class()
    if loader_class is not None:
        for paths, calls in data:
            loader = loader_class(extra_search_paths=list(paths), include_default_search_paths=False)
            for name, *arguments in calls:
                _repeat(getattr(loader, name, None), arguments)


def rehearse() -> None:
    """Make a client of each service that was read about, in a session of its own, and forget it again.

    Nothing remains but what every client of this process finds done: compiled expressions, filled caches, own memory pages.
    """
    described = {tuple(call[1:3]) for cache in _caches.values() for call in cache if call[0] == "load_service_model"}
    for service in {service for service, kind in described if kind == "service-2"}:
        _make_client(service, with_resource=(service, "resources-1") in described)


def _make_client(service: str, *, with_resource: bool) -> None:
    try:
        session = sys.modules["boto3.session"].Session(**_NOBODY)
        session.client(service)
        if with_resource:
            session.resource(service)
    except Exception:  # noqa: BLE001, S110 - no boto3, or another version of it: then nothing is gained
        pass


class _SharedCache:
    """Stands for the ``_cache`` of every loader.

    Each begins with ``self._cache = {}``, which is ignored. What is in a cache is never changed: the clients of a session
    share it already.
    """

    def __get__(self, loader: Any, owner: type) -> dict[Any, Any]:
        return _caches.setdefault(tuple(loader.search_paths), {})

    def __set__(self, loader: Any, value: object) -> None:
        pass


def _repeat(method: Any, arguments: Sequence[Any]) -> None:
    """Make a call again, by its key in botocore's cache: named arguments stand behind the others, each with its name."""
    try:
        if arguments[-2:-1] == ["api_version"]:
            method(*arguments[:-2], api_version=arguments[-1])
        else:
            method(*arguments)
    except Exception:  # noqa: BLE001, S110 - another version of botocore, or another installation: then nothing is gained
        pass


def _loader_class() -> Any:
    loaders = sys.modules.get("botocore.loaders")
    return getattr(loaders, "Loader", None)
