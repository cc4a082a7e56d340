"""Saves as editors, shells and version control make them."""

import asyncio
import os
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers.api import BaseObserver, EventEmitter

from runtimes.reload.events import Change
from runtimes.reload.watcher import Watcher


class Watching:
    """A watched folder, and the changes it told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changes: asyncio.Queue[Change] = asyncio.Queue()
        self.said: list[str] = []

    async def next(self) -> set[str]:
        """The names of the files of the next change."""
        change = await asyncio.wait_for(self.changes.get(), 20)
        return {path.name for path in change.files}

    async def nothing_but(self, name: str) -> None:
        """The next change is that of the file *name*, made now: whatever was done before told nothing."""
        (self.folder / name).write_text(os.urandom(8).hex())
        assert await self.next() == {name}


Scenario = Callable[[Watching], Awaitable[None]]


def _watch(folder: Path, scenario: Scenario, **options: Any) -> None:
    async def run() -> None:
        watching = Watching(folder)
        watcher = Watcher(watching.said.append, **options)
        await watcher.watch(folder, watching.changes.put_nowait)
        try:
            await scenario(watching)
        finally:
            await watcher.close()

    asyncio.run(run())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "code"
    (path / "package").mkdir(parents=True)
    (path / "handler.py").write_text("1")
    (path / "package" / "models.py").write_text("1")
    return path


def test_a_save_is_one_change(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        (folder / "handler.py").write_text("2")
        assert await watching.next() == {"handler.py"}
        (folder / "package" / "models.py").write_text("2")
        assert await watching.next() == {"models.py"}
        assert watching.changes.empty()

    _watch(folder, scenario)


def test_an_atomic_save_is_a_change_of_its_destination(folder: Path) -> None:
    """Most editors write beside the file and rename over it."""

    async def scenario(watching: Watching) -> None:
        for temporary in (".handler.py.swp", "handler.py.tmp", "unrelated-name"):
            (folder / temporary).write_text(f"saved by {temporary}")
            (folder / temporary).rename(folder / "handler.py")
            assert await watching.next() == {"handler.py"}

    _watch(folder, scenario)


def test_a_touch_is_no_change(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        (folder / "handler.py").touch()
        (folder / "handler.py").write_text("1")
        await watching.nothing_but("other.py")

    _watch(folder, scenario)


def test_deleting_and_putting_back_within_a_moment_is_no_change(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        (folder / "handler.py").unlink()
        (folder / "handler.py").write_text("1")
        await watching.nothing_but("other.py")

    _watch(folder, scenario)


def test_what_is_nobodys_code_is_ignored(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        for name in ("__pycache__/handler.cpython-311.pyc", ".git/index", "node_modules/a/b.js", ".venv/lib/x.py"):
            (folder / name).parent.mkdir(parents=True)
            (folder / name).write_text("x")
        for name in (".handler.py.swp", "handler.py~", "4913", ".#handler.py", "x.pyc"):
            (folder / name).write_text("x")
        await watching.nothing_but("other.py")

    _watch(folder, scenario)


def test_new_deleted_and_moved_files_and_folders(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        (folder / "new.py").write_text("1")
        assert await watching.next() == {"new.py"}
        (folder / "new.py").unlink()
        assert await watching.next() == {"new.py"}
        (folder / "package").rename(folder / "renamed")
        assert await watching.next() == {"models.py"}
        (folder / "renamed" / "models.py").write_text("2")
        assert await watching.next() == {"models.py"}
        shutil.rmtree(folder / "renamed")
        assert await watching.next() == {"models.py"}

    _watch(folder, scenario)


def test_a_folder_that_arrives_with_its_files(folder: Path, tmp_path: Path) -> None:
    async def scenario(watching: Watching) -> None:
        (tmp_path / "made" / "deep").mkdir(parents=True)
        for name in ("a.py", "deep/b.py"):
            (tmp_path / "made" / name).write_text("1")
        (tmp_path / "made").rename(folder / "made")
        assert await watching.next() == {"a.py", "b.py"}

    _watch(folder, scenario)


def test_a_checkout_of_three_hundred_files_is_one_change(folder: Path) -> None:
    async def scenario(watching: Watching) -> None:
        def check_out() -> None:
            for number in range(300):
                (folder / f"module_{number}.py").write_text("1")

        await asyncio.to_thread(check_out)
        assert len(await watching.next()) == 300
        assert watching.changes.empty()

    _watch(folder, scenario)


def test_links_are_followed_out_of_the_folder_and_to_new_places(folder: Path, tmp_path: Path) -> None:
    """Monorepos link shared packages in; deployments switch a link."""
    for version in ("v1", "v2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "shared.py").write_text(version)
    (tmp_path / "single.py").write_text("1")
    (folder / "linked").symlink_to(tmp_path / "v1")
    (folder / "single.py").symlink_to(tmp_path / "single.py")

    async def scenario(watching: Watching) -> None:
        (tmp_path / "v1" / "shared.py").write_text("changed")
        assert await watching.next() == {"shared.py"}
        (tmp_path / "single.py").write_text("2")
        assert await watching.next() == {"single.py"}
        (folder / "next").symlink_to(tmp_path / "v2")
        (folder / "next").rename(folder / "linked")
        assert await watching.next() == {"shared.py"}
        (tmp_path / "v2" / "shared.py").write_text("changed again")
        assert await watching.next() == {"shared.py"}

    _watch(folder, scenario)


def test_links_in_circles_end(folder: Path) -> None:
    (folder / "package" / "again").symlink_to(folder)

    async def scenario(watching: Watching) -> None:
        (folder / "handler.py").write_text("2")
        assert await watching.next() == {"handler.py"}

    _watch(folder, scenario)


def test_where_the_system_cannot_watch_polling_takes_over_and_says_so(folder: Path) -> None:
    """The usual reason is the system's limit on watched folders."""

    class Failing(BaseObserver):
        def __init__(self) -> None:
            super().__init__(emitter_class=None)  # type: ignore[arg-type] # never gets that far

        def schedule(self, *_: Any, **__: Any) -> Any:
            raise OSError(28, "inotify watch limit reached")

    async def scenario(watching: Watching) -> None:
        assert watching.said == [
            "The system cannot watch files (inotify watch limit reached); changes are looked for every 0.3 s instead."
        ]
        (folder / "handler.py").write_text("2, longer")
        assert await watching.next() == {"handler.py"}

    _watch(folder, scenario, native=Failing)


def test_no_change_is_told_once_watching_has_ended(folder: Path, tmp_path: Path) -> None:
    async def run() -> None:
        watcher = Watcher(print)
        told: list[Change] = []
        other = tmp_path / "other"
        other.mkdir()
        others: asyncio.Queue[Change] = asyncio.Queue()
        stop = await watcher.watch(folder, told.append)
        await watcher.watch(other, others.put_nowait)
        stop()
        (folder / "handler.py").write_text("2")
        (other / "x.py").write_text("2")
        await asyncio.wait_for(others.get(), 20)
        assert not told
        await watcher.close()

    asyncio.run(run())


def test_a_missing_folder_is_no_reason_to_poll(tmp_path: Path) -> None:
    async def scenario(watching: Watching) -> None:
        assert not watching.said

    _watch(tmp_path / "nowhere", scenario)


def test_a_file_is_watched_and_nothing_beside_it(folder: Path) -> None:
    """A module of no package, in a folder that may hold anything."""

    async def scenario(watching: Watching) -> None:
        (folder / "other.py").write_text("1")
        (folder / "package" / "handler.py").write_text("1")
        (folder / "handler.py").write_text("2")
        assert await watching.next() == {"handler.py"}
        (folder / "handler.py.new").write_text("3")
        (folder / "handler.py.new").rename(folder / "handler.py")
        assert await watching.next() == {"handler.py"}
        (folder / "handler.py").unlink()
        assert await watching.next() == {"handler.py"}
        (folder / "handler.py").write_text("3")
        assert await watching.next() == {"handler.py"}
        assert watching.changes.empty()

    _watch(folder / "handler.py", scenario)


def test_what_was_saved_since_a_moment_before_is_a_change(folder: Path) -> None:
    """Of a place that somebody has read already, before it was known that it is to be watched."""

    async def run() -> None:
        since = (folder / "handler.py").stat().st_ctime
        (folder / "package" / "models.py").write_text("2")
        os.utime(folder / "package" / "models.py", (0, 0))  # an editor that keeps dates
        while (folder / "package" / "models.py").stat().st_ctime <= since:
            (folder / "package" / "models.py").write_text("2")
        watcher = Watcher(print)
        changes: asyncio.Queue[Change] = asyncio.Queue()
        await watcher.watch(folder, changes.put_nowait, since=since)
        change = await asyncio.wait_for(changes.get(), 20)
        assert {path.name for path in change.files} == {"models.py"}
        await watcher.close()

    asyncio.run(run())


def test_what_nobody_watches_any_more_costs_nothing(folder: Path) -> None:
    """Functions come and go, each with a folder of its own."""

    def held() -> int:
        return sum(isinstance(thread, EventEmitter) for thread in threading.enumerate())

    async def run() -> None:
        watcher = Watcher(print)
        changes: asyncio.Queue[Change] = asyncio.Queue()
        await watcher.watch(folder / "handler.py", changes.put_nowait)
        before = held()
        assert before
        for number in range(10):
            code = folder / f"function_{number}"
            code.mkdir()
            first = await watcher.watch(code, changes.put_nowait)
            second = await watcher.watch(code, changes.put_nowait)
            first()
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
            (code / "models.py").write_text("1")
            await asyncio.wait_for(changes.get(), 20)
            second()
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
            assert held() == before
        await watcher.close()

    asyncio.run(run())


def test_packages_of_node_are_one_change_when_they_are_all_there(folder: Path) -> None:
    """An npm install writes thousands of files, and one more when it is done."""
    packages = folder / "node_modules"

    async def scenario(watching: Watching) -> None:
        for number in range(50):
            (packages / f"package{number}").mkdir(parents=True)
            (packages / f"package{number}" / "index.js").write_text("1")
        await watching.nothing_but("handler.py")
        (packages / ".package-lock.json").write_text("{}")
        assert await watching.next() == {".package-lock.json"}

    _watch(folder, scenario)


def test_a_linked_package_of_node_is_watched(folder: Path, tmp_path: Path) -> None:
    """Workspaces: the package's source lies elsewhere, and is edited there."""
    source = tmp_path / "packages" / "shared"
    source.mkdir(parents=True)
    (source / "index.js").write_text("1")
    scope = folder / "node_modules" / "@acme"
    scope.mkdir(parents=True)
    (scope / "shared").symlink_to(source)

    async def scenario(watching: Watching) -> None:
        (source / "index.js").write_text("2")
        assert await watching.next() == {"index.js"}

    _watch(folder, scenario)


def test_packages_installed_into_the_code_folder_are_one_change(folder: Path) -> None:
    """``pip install --target``: the files are made elsewhere and moved in."""
    staging = folder.parent / "staging"
    for number in range(30):
        (staging / f"package{number}").mkdir(parents=True)
        for module in range(10):
            (staging / f"package{number}" / f"module{module}.py").write_text("1")

    async def scenario(watching: Watching) -> None:
        for package in staging.iterdir():
            package.rename(folder / package.name)
        assert len(await watching.next()) == 10
        assert watching.changes.empty()

    _watch(folder, scenario)


def test_what_the_user_ignores_tells_nothing(folder: Path) -> None:
    """Handlers may write files beside themselves, and tools keep what they made."""

    async def scenario(watching: Watching) -> None:
        (folder / "cache").mkdir()
        (folder / "cache" / "models.py").write_text("1")
        (folder / "package" / "state.json").write_text("1")
        await watching.nothing_but("handler.py")

    _watch(folder, scenario, ignored=("cache", "*.json"))
