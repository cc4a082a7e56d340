import subprocess
import sys
from pathlib import Path

from runtimes.container.instance import Instance


def test_the_living_are_not_dead_and_the_closed_are_forgotten(tmp_path: Path) -> None:
    first, second = Instance(tmp_path), Instance(tmp_path)
    assert first.name != second.name
    assert list(first.dead()) == []
    second.close()
    assert list(first.dead()) == []
    first.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_is_dead_once(tmp_path: Path) -> None:
    """However a process ends, the system takes its lock back."""
    code = (
        "import os, sys; from pathlib import Path; from runtimes.container.instance import Instance; "
        "print(Instance(Path(sys.argv[1])).name, flush=True); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False)
    ours = Instance(tmp_path)
    assert list(ours.dead()) == [ended.stdout.strip()]
    assert list(ours.dead()) == []
    ours.close()
