"""When a template is read again."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.cli import edited_template
from sandbox.cli.edited_template import EditedTemplate
from sandbox.project.follow import FollowedProject, TemplateNews
from sandbox.project.problem import Problem, TemplateFault
from sandbox.project.project import Project


class _Followed:
    """Keeps what it is to follow: the words in the file stand for the project."""

    def __init__(self) -> None:
        self.seen: list[object] = []
        self.latest = asyncio.Queue[object]()

    async def follow(self, project: Project) -> None:
        self.seen.append(project)
        self.latest.put_nowait(project)


def test_a_save_that_was_seen_before_it_was_noticed_is_followed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template with a fault is looked at each second, so its mending may be seen there first: done and told once."""
    template = tmp_path / "template.yaml"
    template.write_text("broken")

    def read() -> Any:
        words = template.read_text()
        if words == "broken":
            raise TemplateFault(template, [Problem(line=1, what="broken")])
        return words

    async def scenario() -> None:
        noticed: asyncio.Queue[None] = asyncio.Queue()

        async def changes(*_: Any, **__: Any) -> AsyncIterator[frozenset[Path]]:
            while True:
                await noticed.get()
                yield frozenset({template})
                noticed.task_done()

        monkeypatch.setattr(edited_template, "changes_of", changes)
        monkeypatch.setattr(edited_template, "_AGAIN_SECONDS", 0.01)
        followed, told = _Followed(), asyncio.Queue[TemplateNews]()
        edited = EditedTemplate((template,), read)
        template.write_text("broken")
        os.utime(template, (1, 1))
        following = asyncio.create_task(edited.follow(cast("FollowedProject", followed), told.put_nowait))
        noticed.put_nowait(None)
        assert (await told.get()).is_fault
        template.write_text("mended")
        assert await followed.latest.get() == "mended"
        noticed.put_nowait(None)  # of the same save
        await noticed.join()
        for words in ("mended", "more"):  # the same saved once more, as after removing what stood in the way
            template.write_text(words)
            os.utime(template, (2, len(words)))
            noticed.put_nowait(None)
            while await followed.latest.get() != words:
                pass
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        assert followed.seen == ["mended", "mended", "more"]
        assert told.empty()

    asyncio.run(scenario())
