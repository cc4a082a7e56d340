"""While ``sandbox dev`` runs: read the template anew when it is saved, and have what differs done."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from runtimes.reload.stamps import changes_of, stamps_of
from sandbox.project.follow import FollowedProject, TemplateNews
from sandbox.project.problem import TemplateFault
from sandbox.project.project import Project

__all__ = ["EditedTemplate"]

_log = logging.getLogger(__name__)

_AGAIN_SECONDS: Final = 1.0
"""A template that could not be used may become good by another file: the handler that it names."""


class EditedTemplate:
    """The *files* of a template, from now on: what is saved later is a change. *read* reads them."""

    def __init__(self, files: tuple[Path, ...], read: Callable[[], Project]) -> None:
        self._files = files
        self._read = read
        self._known = self._looked_at = stamps_of(files)

    async def follow(self, followed: FollowedProject, tell: Callable[[TemplateNews], None]) -> None:
        """Have every change done, until cancelled.

        A template that cannot be used is told with file and line; what was there before goes on.
        """
        saved = asyncio.Event()
        noticing = asyncio.create_task(self._notice(saved))
        told = ""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(saved.wait(), _AGAIN_SECONDS if told else None)
                is_saved = saved.is_set()
                saved.clear()
                if is_saved and stamps_of(self._files) == self._looked_at:
                    continue  # a look of our own was faster: what was refused then need not be told twice
                told = "" if is_saved else told
                told = await self._follow(followed, tell, told)
        finally:
            noticing.cancel()

    async def _notice(self, saved: asyncio.Event) -> None:
        async for _ in changes_of(lambda: self._files, known=self._known):
            saved.set()

    async def _follow(self, followed: FollowedProject, tell: Callable[[TemplateNews], None], told: str) -> str:
        """Read and do; what was wrong, empty where nothing was. What is wrong as *told* before is not told again."""
        self._looked_at = stamps_of(self._files)
        try:
            project = await asyncio.to_thread(self._read)
        except (TemplateFault, OSError) as fault:
            wrong = str(fault)
            if wrong != told:
                tell(TemplateNews(text=f"{wrong}\nwhat ran before goes on", is_fault=True))
            return wrong
        try:
            await followed.follow(project)
        except Exception:  # noqa: BLE001 - a bug of ours must not end the following of later saves
            _log.exception("%s was not followed to its end; save it again", project.template)
        return ""
