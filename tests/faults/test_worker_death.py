"""Workers die in the middle of their batches, in every way there is.

What must hold: the batch is a failed attempt, told as Lambda tells it, and is delivered again; the next invocation finds a
fresh environment; and after a hundred deaths nothing is left of them: no process, no zombie, no descriptor, no thread.
``SANDBOX_FAULTS`` sets how many.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.told import Told, listen
from tests.faults.holdings import eventually, holdings, settled_holdings

FAULTS = int(os.environ.get("SANDBOX_FAULTS", "100"))

HANDLER = """\
import ctypes, os, signal, subprocess, sys, time

count = 0

def handler(event, context):
    global count
    count += 1
    fault = event.get("fault") or os.environ["FAULT"]
    if "Records" in event:
        with open(os.environ["SEEN_FILE"], "a") as seen:
            keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
            seen.write(f"{os.getpid()} {count} {','.join(keys)}\\n")
        if os.path.exists(os.environ["WELL_FILE"]):
            return count
    print("last words")
    if fault == "killed from outside":
        time.sleep(600)
    if fault == "kill -9":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "segmentation fault":
        ctypes.string_at(0)
    if fault == "abort":
        os.abort()
    if fault == "os._exit":
        os._exit(7)
    if fault == "sys.exit":
        sys.exit(3)
    if fault == "timeout":
        time.sleep(600)
    if fault == "child left behind":
        subprocess.Popen(["sleep", "600"])
        os._exit(1)
    return count
"""

DEATHS = {
    "killed from outside": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: signal: killed",
    "kill -9": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: signal: killed",
    "segmentation fault": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: signal: segmentation fault",
    "abort": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: signal: aborted",
    "os._exit": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: exit status 7",
    "sys.exit": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: exit status 3",
    "timeout": "Sandbox.Timedout: RequestId: {id} Error: Task timed out after 1.00 seconds",
    "child left behind": "Runtime.ExitError: RequestId: {id} Error: Runtime exited with error: exit status 1",
}


@pytest.fixture(params=["forked", "spawned"])
def sandbox(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedSandbox]:
    """A sandbox whose functions run in worker processes, made in both of the ways that there are."""
    if request.param == "spawned":
        monkeypatch.setenv("SANDBOX_WORKERS", "spawn")
    with EmbeddedSandbox(Settings(port=0, watch_code=False, project_folder=tmp_path)) as one:
        yield one


@pytest.fixture
def told(sandbox: EmbeddedSandbox) -> Told:
    return listen(sandbox)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "mortal"
    folder.mkdir()
    (folder / "handler.py").write_text(HANDLER)
    return folder


def _seen(file: Path) -> list[tuple[int, int, str]]:
    """What handlers wrote at their beginning: process, how many invocations it had, keys."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [(int(pid), int(count), keys) for pid, count, keys in map(str.split, lines)]


@pytest.mark.parametrize("fault", DEATHS)
def test_a_batch_whose_worker_died_is_delivered_again(
    sandbox: EmbeddedSandbox, told: Told, code: Path, tmp_path: Path, fault: str
) -> None:
    seen_file, well_file = tmp_path / "seen", tmp_path / "well"
    sandbox.deploy(
        f"{code}/handler.py",
        sandbox.table("orders"),
        timeout_seconds=1 if fault == "timeout" else 30,
        environment={"FAULT": fault, "SEEN_FILE": str(seen_file), "WELL_FILE": str(well_file)},
        batch_size=3,
        maximum_retry_attempts=1,
    )
    puts = [{"PutRequest": {"Item": {"pk": {"S": key}}}} for key in "abc"]
    sandbox.call("BatchWriteItem", {"RequestItems": {"orders": puts}})
    if fault == "killed from outside":
        [(pid, _, _)] = eventually(lambda: _seen(seen_file), "invocation")
        os.kill(pid, signal.SIGKILL)
    [died] = told.wait_for_invocations("mortal", 1)
    assert died.outcome == f"failed: {DEATHS[fault].format(id=died.request_id)}"
    assert died.decision.startswith("retry in ")

    well_file.touch()
    sandbox.clock.advance(2)
    sandbox.drain()
    [_, again] = told.wait_for_invocations("mortal", 2)
    assert (again.attempt, again.outcome, again.decision) == (2, "delivered", "advance")
    assert (again.first_sequence_number, again.record_count) == (died.first_sequence_number, died.record_count)
    [(first, _, keys), (second, count, keys_again)] = _seen(seen_file)
    assert keys == keys_again == "a,b,c"
    assert first != second, "another process"
    assert count == 1, "with modules of its own"
    log = sandbox.call("FilterLogEvents", {"logGroupName": "/aws/lambda/mortal"}, service="logs")["events"]
    assert [one["message"].strip() for one in log].count("last words") == 1


def test_deaths_use_up_the_attempts(sandbox: EmbeddedSandbox, told: Told, code: Path, tmp_path: Path) -> None:
    """A poison record that kills every worker does not block its shard for ever where a limit is set."""
    sandbox.deploy(
        f"{code}/handler.py",
        sandbox.table("orders"),
        environment={"FAULT": "os._exit", "SEEN_FILE": str(tmp_path / "seen"), "WELL_FILE": str(tmp_path / "well")},
        maximum_retry_attempts=2,
    )
    sandbox.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "poison"}}})
    for attempt in (1, 2):
        told.wait_for_invocations("mortal", attempt)
        sandbox.clock.advance(5)
    sandbox.drain()
    assert [one.attempt for one in told.invocations("mortal")] == [1, 2, 3]
    assert "RetryAttemptsExhausted" in told.invocations("mortal")[-1].decision
    (tmp_path / "well").touch()
    sandbox.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "next"}}})
    sandbox.drain()
    assert _seen(tmp_path / "seen")[-1][1:] == (1, "next")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_nothing_is_left_after_many_deaths(sandbox: EmbeddedSandbox, code: Path) -> None:
    sandbox.deploy(f"{code}/handler.py", timeout_seconds=1)
    client = sandbox.client("lambda")

    def invoke(fault: str) -> Any:
        answer = client.invoke(FunctionName="mortal", Payload=json.dumps({"fault": fault}))
        return json.loads(answer["Payload"].read())

    quick = [fault for fault in DEATHS if fault not in {"killed from outside", "timeout"}]
    for fault in [*quick, "none"]:  # what is made once and kept is made now
        invoke(fault)
    before = settled_holdings()
    for number in range(FAULTS):
        fault = "timeout" if number == FAULTS // 2 else quick[number % len(quick)]
        document = invoke(fault)
        text = DEATHS[fault]
        assert document["errorType"] == text.partition(":")[0]
        assert document["errorMessage"].endswith(text.partition("{id}")[2])
        if number % 10 == 0:
            assert invoke("none") == 1, "the next invocation finds a fresh environment"
    assert invoke("none") == 1
    eventually(lambda: holdings() == before, f"return to {before}; there is {holdings()}")
