"""How the plugin behaves in other people's test runs."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

ROOT = Path(__file__).parents[4]

USER_TEST = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_mine(sandbox, number):
    table = sandbox.table("orders", "id")
    seen = []
    sandbox.deploy(lambda event, context: seen.extend(event["Records"]), table)
    sandbox.client("dynamodb").put_item(TableName=table, Item={"id": {"S": str(number)}})
    sandbox.drain()
    assert [r["dynamodb"]["Keys"]["id"]["S"] for r in seen] == [str(number)]
    assert sandbox.client("sts").get_caller_identity()["Account"] == "111122223333"
"""


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Where the package is installed its entry point has registered the plugin; twice is an error.
    installed = any(found.name == "sandbox" for found in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", "sandbox.testing.plugin"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "-q", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_loading_it_imports_nothing_but_pytest() -> None:
    """It is loaded into every pytest run of a project that has the package, also into those that never use it."""
    script = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import sandbox.testing.plugin\n"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert answer.stdout.strip() == "['sandbox']"


def test_a_users_tests_pass_in_parallel_with_warnings_as_errors(tmp_path: Path) -> None:
    """Several workers, each with sandboxes of its own; nothing is left open that would warn."""
    (tmp_path / "test_mine.py").write_text(USER_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nsandbox_account_id = 111122223333\nfilterwarnings = error\n")
    run = _pytest(tmp_path, "-n", "2")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 passed" in run.stdout


def test_the_fixture_explains_itself(tmp_path: Path) -> None:
    (tmp_path / "test_none.py").write_text("")
    listing = _pytest(tmp_path, "--fixtures").stdout
    assert "sandbox -- " in listing
    assert "A sandbox of this test's own" in listing
