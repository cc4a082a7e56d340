"""A function has the memory that it asked for, and ends as in Lambda where it takes more.

Source: docs/decisions/0011; what Lambda tells then: DataDog/datadog-lambda-extension#776 and getsentry/sentry-python#4013.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Crashed, Returned

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells what a process holds")

_CODE = """
import os, time
kept = []
def handler(event, context):
    if event == "fine":
        return "fine"
    if event == "leak":
        kept.append(b"x" * 40_000_000)
        return len(kept)
    while True:
        kept.append(b"x" * 1_000_000)
"""


def _check(outcome: Any, bench: Any, phase: str) -> None:
    assert isinstance(outcome, Crashed), outcome
    assert outcome.phase == phase
    document = json.loads(outcome.payload)
    assert document["errorType"] == "Runtime.OutOfMemory"
    assert document["errorMessage"].endswith(" Error: Runtime exited with error: signal: killed")
    told = [line for line in bench.log.lines if "\tError Type: Runtime.OutOfMemory" in line]
    assert told


async def _takes_more_than_it_has(bench: Any) -> None:
    bench.write(_CODE)
    await bench.replace(memory_mb=128)
    assert isinstance(await bench.invoke("fine"), Returned)
    outcome = await bench.invoke("endless")
    _check(outcome, bench, "invoke")
    (report,) = [line for line in bench.log.lines if line.startswith("REPORT RequestId: request-2")]
    assert "\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t" in report
    assert (await bench.invoke("fine")).payload == b'"fine"'


def test_taking_more_memory_ends_the_environment(play_process: Any) -> None:
    play_process(_takes_more_than_it_has)


@pytest.mark.docker
def test_taking_more_memory_ends_the_container(play_docker: Any) -> None:
    play_docker(_takes_more_than_it_has)


def test_what_many_short_invocations_leave_behind_counts(play_process: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_CODE)
        await bench.replace(memory_mb=256)
        for count in range(1, 6):
            assert (await bench.invoke("leak")).payload == str(count).encode()
        outcome = await bench.invoke("leak")
        while isinstance(outcome, Returned):  # the interpreter's own memory counts, and differs
            outcome = await bench.invoke("leak")
        _check(outcome, bench, "invoke")
        assert (await bench.invoke("leak")).payload == b"1"

    play_process(scenario)


def test_what_a_worker_shares_with_others_is_not_its_own(play_forked: Any) -> None:
    """The process it is forked from has imported what all functions need: a small one must not pay for a large one."""

    async def scenario(bench: Any) -> None:
        bench.write("import boto3, os\nclient = boto3.client('ec2', region_name='eu-west-1')\n" + _CODE)
        await bench.replace(memory_mb=512)
        await bench.runtimes.launcher.forks.settled()
        await bench.replace(memory_mb=512)
        bench.write(_CODE)
        await bench.replace(memory_mb=20)
        assert isinstance(await bench.invoke("fine"), Returned)

    play_forked(scenario)


async def _loads_too_much(bench: Any) -> None:
    bench.write("kept = []\nwhile True: kept.append(b'x' * 1_000_000)\n")
    _check(await bench.replace(memory_mb=128), bench, "init")
    assert any(line.startswith("INIT_REPORT ") for line in bench.log.lines)
    bench.write(_CODE)
    assert await bench.replace() is None
    assert isinstance(await bench.invoke("fine"), Returned)


def test_loading_may_not_take_more_either(play_process: Any) -> None:
    play_process(_loads_too_much)


@pytest.mark.docker
def test_loading_may_not_take_more_in_a_container_either(play_docker: Any) -> None:
    play_docker(_loads_too_much)
