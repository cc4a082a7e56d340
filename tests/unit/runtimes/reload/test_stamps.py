"""A few paths, looked at again and again."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from runtimes.reload.stamps import changes_of

PATIENCE_SECONDS = 60


async def _next(changes: AsyncIterator[frozenset[Path]]) -> set[str]:
    return {path.name for path in await asyncio.wait_for(anext(changes), PATIENCE_SECONDS)}


def test_files_that_change_come_and_go(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")

    async def story() -> None:
        looks = 0

        def paths() -> tuple[Path, ...]:
            nonlocal looks
            looks += 1
            if looks == 2:
                one.write_text("22")
            return one, other

        changes = changes_of(paths, look_seconds=0.001)
        assert await _next(changes) == {"one"}
        other.write_text("1")
        assert await _next(changes) == {"other"}
        one.unlink()
        os.utime(other, (1, 1))
        assert await _next(changes) == {"one", "other"}

    asyncio.run(story())


def test_what_goes_on_changing_is_one_change(tmp_path: Path) -> None:
    """An installation touches its folder again and again."""
    folder = tmp_path / "packages"
    folder.mkdir()
    looks = 0

    def paths() -> tuple[Path, ...]:
        nonlocal looks
        looks += 1
        if 1 < looks < 20:
            os.utime(folder, (looks, looks))
        return (folder,)

    async def story() -> None:
        assert await _next(changes_of(paths, look_seconds=0.001)) == {"packages"}
        assert looks == 20

    asyncio.run(story())
