"""Rules of the house that are easy to break without noticing."""

import subprocess
import sys
from pathlib import Path

import pollers
import runtimes
import sandbox

ROOT = Path(__file__).parents[2]


def test_tests_do_not_shadow_the_packages() -> None:
    """An ``__init__.py`` under tests/unit/sandbox would make ``import sandbox`` mean the tests."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
    for package in (sandbox, pollers, runtimes):
        assert package.__file__ is not None
        assert "tests" not in Path(package.__file__).parts


def test_nothing_is_pickled_and_no_shell_is_started() -> None:
    """Loading a shared snapshot must never run code, and no string becomes a command."""
    forbidden = ("import pickle", "import dill", "import marshal", "shell=True", "os.system(", "import shelve")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for package in ("sandbox", "pollers", "runtimes")
        for path in (ROOT / package).rglob("*.py")
        for word in forbidden
        if word in path.read_text()
    ]
    assert found == []


def test_serving_imports_nothing_heavy() -> None:
    """`sandbox serve` is ready in the time of a bare server: what it does not need yet is not imported."""
    program = (
        "import sys, sandbox.compose, sandbox.cli.serve\n"
        "heavy = {'moto', 'botocore', 'boto3', 'docker', 'yaml', 'flask', 'watchdog'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_sandbox_that_runs_imports_nothing_heavy_either() -> None:
    """Not behind its start, not for tables, not for functions: other services, containers and jobs come when asked for."""
    program = """
import asyncio, sys
from sandbox.compose import Sandbox
from sandbox.config import Settings

async def run():
    sandbox = Sandbox(Settings(port=0, runtime="in-process"))
    await sandbox.start()
    table = {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
             "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
             "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}
    await sandbox.call("CreateTable", table)
    await sandbox.call("ListFunctions", {}, service="lambda")
    assert (await sandbox.drain()).drained
    for task in asyncio.all_tasks():
        if task.get_name() == "import of what no request has needed yet":
            await task
    await sandbox.close()

asyncio.run(run())
jobs = {"sandbox.adapters.table_export", "sandbox.adapters.table_import"}
print(sorted(({"moto", "botocore", "boto3", "docker", "yaml", "flask"} | jobs) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
