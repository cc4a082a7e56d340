"""Make the interpreter's shared things answer by place, while in-process environments exist.

Imports of code inside a realm stay in it; ``os.environ`` shows a function its own variables; threads started by a handler
belong to its place. Code outside of any place sees no difference. Everything is put back with the last ``uninstall``.
"""

import builtins
import contextvars
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn

from runtimes.in_process.place import CURRENT
from runtimes.in_process.realm import realm_of

__all__ = ["Aborted", "install", "uninstall"]


class Aborted(BaseException):
    """A handler has called ``os.abort``."""


_lock = threading.Lock()
_users = 0
_process = 0
_import: Callable[..., Any] = builtins.__import__
_import_module: Callable[..., ModuleType] = importlib.import_module
_start_thread: Callable[[threading.Thread], None] = threading.Thread.start
_exit: Callable[[int], NoReturn] = os._exit
_abort: Callable[[], NoReturn] = os.abort
_environ_class = type(os.environ)


def install() -> None:
    """Hook in, unless somebody has already; every call wants its ``uninstall``."""
    global _users, _process, _import, _import_module, _start_thread, _exit, _abort  # noqa: PLW0603 - what is hooked exists once per interpreter
    with _lock:
        _users += 1
        if _users > 1:
            return
        _process = os.getpid()
        _import, builtins.__import__ = builtins.__import__, _placed_import
        _import_module, importlib.import_module = importlib.import_module, _placed_import_module
        _start_thread, threading.Thread.start = threading.Thread.start, _placed_start  # type: ignore[method-assign, assignment, unused-ignore] # the hook
        _exit, os._exit = os._exit, _placed_exit  # type: ignore[assignment, unused-ignore] # the hook
        _abort, os.abort = os.abort, _placed_abort  # type: ignore[assignment, unused-ignore] # the hook
        os.environ.__class__ = _PlacedEnviron


def uninstall() -> None:
    """Put everything back with the last user."""
    global _users  # noqa: PLW0603 - as above
    with _lock:
        _users -= 1
        if _users:
            return
        if builtins.__import__ is _placed_import:  # else somebody has hooked in after us, and calls us
            builtins.__import__ = _import
        if importlib.import_module is _placed_import_module:
            importlib.import_module = _import_module
        if threading.Thread.start is _placed_start:
            threading.Thread.start = _start_thread  # type: ignore[method-assign, assignment, unused-ignore] # the hook
        if os._exit is _placed_exit:
            os._exit = _exit  # type: ignore[assignment, unused-ignore] # the hook
        if os.abort is _placed_abort:
            os.abort = _abort  # type: ignore[assignment, unused-ignore] # the hook
        os.environ.__class__ = _environ_class


def _placed_import(
    name: str,
    globals: Mapping[str, object] | None = None,  # noqa: A002 - the signature of __import__
    locals: Mapping[str, object] | None = None,  # noqa: A002 - the signature of __import__
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    if level == 0:
        realm = realm_of(globals.get("__name__")) if globals is not None else None
        if realm is not None and realm.owns(name.partition(".")[0]):
            return _import_in(realm.name, name, globals, locals, fromlist)
    try:
        return _import(name, globals, locals, fromlist, level)
    except ModuleNotFoundError as error:
        place = CURRENT.get()
        head = name.partition(".")[0]
        if level or error.name != head or place is None or place.realm is None or not place.realm.owns(head):
            raise
        realm_name = place.realm.name  # an installed package imports a module of the handler's by name
    return _import_in(realm_name, name, globals, locals, fromlist)


def _import_in(
    realm_name: str,
    name: str,
    globals: Mapping[str, object] | None,  # noqa: A002 - passed on
    locals: Mapping[str, object] | None,  # noqa: A002 - passed on
    fromlist: Sequence[str] | None,
) -> Any:
    full_name = f"{realm_name}.{name}"
    if fromlist:
        return _import(full_name, globals, locals, fromlist, 0)
    _import(full_name, globals, locals, (), 0)
    return sys.modules[f"{realm_name}.{name.partition('.')[0]}"]


def _placed_import_module(name: str, package: str | None = None) -> ModuleType:
    if name.startswith("."):
        return _import_module(name, package)
    realm = realm_of(sys._getframe(1).f_globals.get("__name__"))  # noqa: SLF001 - who asks decides what is meant
    if realm is not None:
        return realm.import_module(name)
    try:
        return _import_module(name)
    except ModuleNotFoundError as error:
        place = CURRENT.get()
        if (
            error.name != name.partition(".")[0]
            or place is None
            or place.realm is None
            or not place.realm.owns(error.name)
        ):
            raise
        inner = place.realm
    return inner.import_module(name)


def _placed_start(thread: threading.Thread) -> None:
    if CURRENT.get() is not None:
        context, run = contextvars.copy_context(), thread.run
        thread.run = lambda: context.run(run)  # type: ignore[method-assign] # this thread's own run, inside the place
    _start_thread(thread)


def _placed_exit(status: int) -> NoReturn:
    """End the handler instead of the sandbox; a process that the handler has forked does end."""
    place = CURRENT.get()
    if place is None or os.getpid() != _process:
        _exit(status)
    place.capture("stderr", b"[sandbox] os._exit would end the sandbox; in-process it ends the environment alone\n")
    raise SystemExit(status)


def _placed_abort() -> NoReturn:
    place = CURRENT.get()
    if place is None or os.getpid() != _process:
        _abort()
    place.capture("stderr", b"[sandbox] os.abort would end the sandbox; in-process it ends the environment alone\n")
    raise Aborted


class _PlacedEnviron(_environ_class):  # type: ignore[misc, valid-type] # os does not name its class in public
    """``os.environ``, showing a place its function's variables before the process's own.

    Of the process's own everything shines through but AWS settings: a test may set a variable for its handler, and the
    developer's credentials stay out of reach.
    """

    def __getitem__(self, key: str) -> str:
        place = CURRENT.get()
        if place is not None and key in place.environment:
            value = place.environment[key]
            if value is None:
                raise KeyError(key)
            return value
        if place is not None and _is_hidden(key):
            raise KeyError(key)
        return str(super().__getitem__(key))

    def __setitem__(self, key: str, value: str) -> None:
        place = CURRENT.get()
        if place is None:
            super().__setitem__(key, value)
            return
        for text in (key, value):
            if not isinstance(text, str):
                raise TypeError(f"str expected, not {type(text).__name__}")
        place.environment[key] = value

    def __delitem__(self, key: str) -> None:
        place = CURRENT.get()
        if place is None:
            super().__delitem__(key)
            return
        self[key]
        place.environment[key] = None

    def __iter__(self) -> Iterator[str]:
        place = CURRENT.get()
        if place is None:
            return iter(list(super().__iter__()))
        own = [key for key, value in place.environment.items() if value is not None]
        outer = [key for key in super().__iter__() if key not in place.environment and not _is_hidden(key)]
        return iter(own + outer)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _is_hidden(key: object) -> bool:
    return isinstance(key, str) and key.startswith("AWS_")
