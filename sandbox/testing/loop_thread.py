"""An event loop in a thread of its own, for programs that have none."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["LoopThread"]

__tracebackhide__ = True  # pytest: what is raised here comes from elsewhere

ResultT = TypeVar("ResultT")


class LoopThread:
    """Runs coroutines for callers on other threads; started by its making, until ``close``."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Wait for *work*, done on the loop; what it raises is raised here."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # the caller was interrupted: nobody waits for the answer any more
            raise

    def do(self, call: Callable[[], ResultT]) -> ResultT:
        """Wait for *call*, made on the loop's thread."""
        future: Future[ResultT] = Future()

        def step() -> None:
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
                future.set_exception(error)

        self._loop.call_soon_threadsafe(step)
        return future.result()

    def close(self) -> None:
        """End the loop and its thread; work still under way is cancelled first."""
        self.run(_cancel_everything_else())
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_everything_else() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
