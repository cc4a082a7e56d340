"""Marks behind the output of a process, which stands for the first one of a container."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtimes.container.marks import Marks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no /proc to write marks through")
PROOF = "AWS_LAMBDA_RUNTIME_API=172.18.0.1:4001"


@contextmanager
def program() -> Iterator[subprocess.Popen[bytes]]:
    """A process with pipes, as a container's first one has; ends at any line of input."""
    name, _, value = PROOF.partition("=")
    code = "import sys; sys.stdout.write('begun\\n'); sys.stdout.flush(); sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={name: value},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        yield process
        process.kill()


def read(process: subprocess.Popen[bytes], stream: str) -> bytes:
    pipe = process.stdout if stream == "stdout" else process.stderr
    assert pipe is not None
    return os.read(pipe.fileno(), 65_536)


def play(marks: Marks, feed: Callable[[], None]) -> bool:
    """Whether the mark is reached, where *feed* gives what has arrived."""

    async def run() -> bool:
        asyncio.get_running_loop().call_soon(feed)
        return await marks.reached(30)

    return asyncio.run(run())


def test_a_mark_comes_behind_what_was_written_and_is_not_seen() -> None:
    with program() as process:
        marks = Marks(process.pid, PROOF)
        assert marks.possible
        got: list[bytes] = []

        def feed() -> None:
            got.append(marks.without("stdout", b"without an end" + read(process, "stdout")))
            got.append(marks.without("stderr", read(process, "stderr")))

        assert play(marks, feed)
        assert got == [b"without an end", b""]
        assert marks.without("stdout", b"\0more") == b"\0more"


def test_pieces_may_end_anywhere() -> None:
    with program() as process:
        marks = Marks(process.pid, PROOF)
        got = b""

        def feed() -> None:
            nonlocal got
            marks.without("stderr", read(process, "stderr"))
            data = b"one" + read(process, "stdout") + b"two"
            for at in range(len(data)):
                got += marks.without("stdout", data[at : at + 1])

        assert play(marks, feed)
        assert got == b"onetwo"


def test_what_only_begins_as_a_mark_does_is_not_lost() -> None:
    with program() as process:
        marks = Marks(process.pid, PROOF)

        def feed() -> None:
            assert marks.without("stdout", b"end\0") == b"end"
            assert list(marks.end()) == [("stdout", b"\0")]

        assert not play(marks, feed)
        assert not marks.possible


@pytest.mark.parametrize("pid", [0, os.getpid(), 2**22 + 1], ids=["none", "ours", "beyond all"])
def test_a_process_that_is_not_the_containers_is_left_alone(pid: int) -> None:
    """With an engine in a machine of its own, the numbers of processes are those of that machine."""
    assert not Marks(pid, PROOF).possible


def test_output_that_goes_elsewhere_is_left_alone(tmp_path: Path) -> None:
    """A handler may have put a file of its own in the place of its output."""
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "environ").write_bytes(PROOF.encode() + b"\0")
    for number in ("1", "2"):
        os.mkfifo(tmp_path / "7" / "fd" / number)
    readers = [os.open(tmp_path / "7" / "fd" / number, os.O_RDONLY | os.O_NONBLOCK) for number in ("1", "2")]
    try:
        marks = Marks(7, PROOF, proc=tmp_path)
        could = marks.possible
        (tmp_path / "7" / "fd" / "1").unlink()
        (tmp_path / "7" / "fd" / "1").touch()
        assert not asyncio.run(marks.reached(30))
        assert (could, marks.possible) == (True, False)
        assert (tmp_path / "7" / "fd" / "1").read_bytes() == b""
    finally:
        for reader in readers:
            os.close(reader)


def test_a_full_pipe_is_not_waited_for() -> None:
    with program() as process:
        marks = Marks(process.pid, PROOF)
        full = os.open(f"/proc/{process.pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while os.write(full, b"x" * 4096):
                pass
        os.close(full)
        assert not asyncio.run(marks.reached(30))
        assert marks.possible
