"""Several mappings on one stream: one that stands still delays no other."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox, NotDrained
from tests.e2e.delivery.conftest import WRITER, fail, keys_of, put, write_code
from tests.e2e.told import PATIENCE_SECONDS, Told


def _collector(seen: list[str]) -> Callable[[Any, Any], None]:
    return lambda event, _context: seen.extend(keys_of(event))


def _holds(seen: list[str], key: str) -> bool:
    return key in seen


def _has_line(file: Path, key: str) -> bool:
    return key in file.read_text().split()


@pytest.mark.parametrize("trouble", ["raises", "hangs"])
def test_a_stuck_mapping_delays_no_other(sandbox: EmbeddedSandbox, told: Told, trouble: str) -> None:
    """LocalStack 7918, MiniStack: one loop for all. Each write must reach the others while one stands still."""
    table = sandbox.table("orders")
    hanging, release = threading.Event(), threading.Event()

    def hang(_event: Any, _context: Any) -> None:
        hanging.set()
        release.wait(PATIENCE_SECONDS)

    sandbox.deploy(hang if trouble == "hangs" else fail, table, name="stuck", batch_size=1)
    others = [f"other-{number}" for number in range(4)]
    seen: dict[str, list[str]] = {name: [] for name in others}
    for name in others:
        sandbox.deploy(_collector(seen[name]), table, name=name)
    try:
        put(sandbox, table, "first")
        if trouble == "hangs":
            assert hanging.wait(PATIENCE_SECONDS)
        else:
            told.wait_for_invocations("stuck", 1)
        for number in range(20):
            key = f"item-{number}"
            put(sandbox, table, key)
            for name in others:  # each write on its own: nothing is carried along by a later one
                told.wait_for(partial(_holds, seen[name], key), f"delivery to {name}")
        with pytest.raises(NotDrained) as report:
            sandbox.drain(timeout_seconds=0.3)
        assert "  stuck: " in str(report.value)
        assert "other-" not in str(report.value)
        assert ("ValueError: boom" if trouble == "raises" else "still working") in str(report.value)
    finally:
        release.set()
    assert all(keys == ["first", *(f"item-{number}" for number in range(20))] for keys in seen.values())


STUCK = """\
import time
def handler(event, context):
    {trouble}
"""


@pytest.mark.sandbox_settings(runtime="process")
@pytest.mark.parametrize("trouble", ["raise ValueError('boom')", "time.sleep(600)"])
def test_a_stuck_worker_process_delays_no_other(
    sandbox: EmbeddedSandbox, told: Told, tmp_path: Path, trouble: str
) -> None:
    table = sandbox.table("orders")
    stuck = write_code(tmp_path / "stuck", handler=STUCK.format(trouble=trouble))
    fine = write_code(tmp_path / "fine", handler=WRITER)
    sandbox.deploy(stuck, table, batch_size=1)
    seen = [tmp_path / f"seen-{number}" for number in range(3)]
    for file in seen:
        file.touch()
        sandbox.deploy(fine, table, name=file.name, environment={"SEEN_FILE": str(file)})
    for number in range(10):
        key = f"item-{number}"
        put(sandbox, table, key)
        for file in seen:
            told.wait_for(partial(_has_line, file, key), f"delivery to {file.name}")
    with pytest.raises(NotDrained, match="stuck: "):
        sandbox.drain(timeout_seconds=0.2)
    assert all(file.read_text().split() == [f"item-{number}" for number in range(10)] for file in seen)
