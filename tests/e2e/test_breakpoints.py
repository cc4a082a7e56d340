"""A developer stands at a breakpoint of a handler for longer than its timeout."""

import io
import json
import pdb  # noqa: T100 - what is tested
import threading
import time
from typing import IO, Any, cast

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox

TIMEOUT_SECONDS = 1


class _Keyboard:
    """Somebody who thinks for as long as a test wants."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._lines: list[str] = []
        self._typed = threading.Semaphore(0)

    def type(self, line: str) -> None:
        """Enter a command."""
        self._lines.append(f"{line}\n")
        self._typed.release()

    def readline(self) -> str:
        """The next command."""
        self.asked.set()
        assert self._typed.acquire(timeout=60)
        return self._lines.pop(0)


def test_a_handler_at_a_breakpoint_is_not_timed_out_and_no_time_passes() -> None:
    keyboard, screen = _Keyboard(), io.StringIO()
    answers: list[Any] = []

    def handler(_event: Any, _context: Any) -> str:
        answer = "not looked at"
        pdb.Pdb(stdin=cast("IO[str]", keyboard), stdout=screen, nosigint=True, readrc=False).set_trace()
        return answer

    with EmbeddedSandbox(Settings(port=0, runtime="in-process")) as sandbox:
        sandbox.deploy(handler, name="handler", timeout_seconds=TIMEOUT_SECONDS)

        def invoke() -> None:
            answers.append(sandbox.client("lambda").invoke(FunctionName="handler"))

        invoking = threading.Thread(target=invoke)
        invoking.start()
        assert keyboard.asked.wait(60)
        clock = sandbox._sandbox.clock
        deadline = time.monotonic() + 60
        while clock.offset_seconds == 0:
            assert time.monotonic() < deadline, "the clock stands while a handler does"
        stood_at = clock.now()
        time.sleep(2 * TIMEOUT_SECONDS)  # the subject: so long that the handler would be timed out
        assert clock.now() == stood_at
        keyboard.type("answer = 'looked at'")
        keyboard.type("continue")
        invoking.join(60)
        assert clock.now() > stood_at
        logged = sandbox.logs("handler")
    assert json.loads(answers[0]["Payload"].read()) == "looked at"
    assert "FunctionError" not in answers[0]
    (told,) = [line for line in logged if "debugger" in line]
    assert told.startswith("[sandbox] stopped by a debugger")
