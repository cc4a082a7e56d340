"""A handler is saved again and again, in every way editors save, while a load of writes runs through it.

What must hold: every record reaches the handler once and in order; no invocation runs on code that was never saved so;
nothing older runs once a reload is told; and code that does not load uses up no retry. ``SANDBOX_SAVES`` sets how often
(30 by default in ``process``, each way once elsewhere). The times from save to new code are printed, and measured properly
by ``python -m benchmarks --only reload``.
"""

import gc
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from runtimes.reload.events import ReloadEvent
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.engine import IMAGE
from tests.e2e.told import PATIENCE_SECONDS, Told, listen
from tests.faults.holdings import eventually, holdings, settled_holdings

SAVES = int(os.environ.get("SANDBOX_SAVES", "30"))
SAVE_SECONDS_MAX = 0.01
AHEAD_MAX = 1_000
NOTHING = -1

_TEMPLATE = """\
import os
import time

import boto3

import helper
{imports}
VERSION = {version}


def other():
    return helper.version() if hasattr(helper, "version") else {nothing}


def handler(event, context):
    began = time.time()
    keys = [record["dynamodb"]["NewImage"]["pk"]["S"] for record in event["Records"]]
    lines = [f"{{context.aws_request_id}} {{began}} {{key}} {{VERSION}} {{other()}}\\n" for key in keys]
    if "SEEN_FILE" not in os.environ:
        return "".join(lines)
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.writelines(lines)
"""
HELPER = """\
VERSION = {version}


def version():
    return VERSION
"""


def handler_source(version: int | str, imports: str = "") -> str:
    """A handler that writes down, for every record, by which code it was seen."""
    return _TEMPLATE.format(version=version, imports=imports, nothing=NOTHING)


Code = tuple[int, int]
"""Versions of ``handler.py`` and of the module that it imports."""


@dataclass(frozen=True)
class Seen:
    """One record as the handler saw it, and the code that saw it."""

    request_id: str
    began: float
    key: str
    code: Code


@dataclass
class Project:
    """A code folder, and what was saved in it."""

    folder: Path
    seen_file: Path
    told: Told
    is_in_container: bool = False
    code: Code = (0, 0)
    saved: list[Code] = field(default_factory=list)
    _seen: list[Seen] = field(default_factory=list)
    _batches_read: int = 0
    _bytes_read: int = 0

    @property
    def handler(self) -> Path:
        """The handler's file."""
        return self.folder / "handler.py"

    def begin(self) -> None:
        """Save the first version."""
        self.seen_file.touch()
        (self.folder / "helper.py").write_text(HELPER.format(version=0))
        self.handler.write_text(handler_source(version=0))
        self.saved.append(self.code)

    def seen(self) -> list[Seen]:
        """Every record seen so far, in order; a line being written is left for later. One list, which grows.

        What runs in a container cannot write to a file of ours, and tells in its answer.
        """
        batches = self.told.batches[self._batches_read :]
        self._batches_read += len(batches)
        for batch in batches:
            if batch.kind == "invocation" and batch.answer.startswith('"'):
                self._seen += _seen_in(json.loads(batch.answer))
        with self.seen_file.open() as file:
            file.seek(self._bytes_read)
            whole = file.read().rpartition("\n")[0]
        if whole:
            self._bytes_read += len(whole) + 1
            self._seen += _seen_in(whole)
        return self._seen

    @property
    def records_seen(self) -> int:
        """How many records the handler has told of, as far as ``seen`` has looked."""
        return len(self._seen)

    def first_run(self, code: Code, after: int) -> Seen:
        """The first record, after as many as *after*, that *code* saw."""
        return next(one for one in itertools.islice(self._seen, after, None) if one.code == code)

    def runs(self, code: Code) -> bool:
        """Whether the latest invocation ran on *code*."""
        seen = self.seen()
        return bool(seen) and seen[-1].code == code

    def failed_load(self, reloads_before: int) -> ReloadEvent:
        """Wait until it is told that the code does not load."""

        def failures() -> list[ReloadEvent]:
            return [event for _, event in self.told.reloads[reloads_before:] if event.error is not None]

        self.told.wait_for(failures, "word of code that does not load")
        return failures()[-1]


def _seen_in(text: str) -> list[Seen]:
    lines = map(str.split, text.splitlines())
    return [Seen(rid, float(began), key, (int(own), int(other))) for rid, began, key, own, other in lines]


# -- the ways to save: each leaves the project on handler and helper of the versions that it returns -----------------


def plain_write(project: Project, version: int) -> Code:
    project.handler.write_text(handler_source(version=version))
    return version, project.code[1]


def rename_over(project: Project, version: int) -> Code:
    """How most editors save."""
    new = project.folder / ".handler.py.new"
    new.write_text(handler_source(version=version))
    new.replace(project.handler)
    return version, project.code[1]


def write_in_pieces(project: Project, version: int) -> Code:
    text = handler_source(version=version)
    with project.handler.open("w") as file:
        for start in range(0, len(text), 100):
            file.write(text[start : start + 100])
            file.flush()
    return version, project.code[1]


def half_a_write(project: Project, version: int) -> Code:
    """A copy over a slow network: half a file lies there until it is told that it does not load; the rest follows."""
    text = handler_source(version=version)
    before = len(project.told.reloads)
    with project.handler.open("w") as file:
        file.write(text[: text.index("seen.writelines(") + 16])
        file.flush()
        event = project.failed_load(before)
        assert "Runtime.UserCodeSyntaxError" in str(event.error)
        file.write(text[file.tell() :])
    return version, project.code[1]


def helper_module(project: Project, version: int) -> Code:
    (project.folder / "helper.py").write_text(HELPER.format(version=version))
    return project.code[0], version


def both_files(project: Project, version: int) -> Code:
    """'Save all': nothing may run on one new file and one old."""
    (project.folder / "helper.py").write_text(HELPER.format(version=version))
    project.handler.write_text(handler_source(version=version))
    return version, version


def new_file(project: Project, version: int) -> Code:
    (project.folder / f"extra_{version}.py").write_text(f"VALUE = {version}\n")
    project.handler.write_text(handler_source(version="VALUE", imports=f"from extra_{version} import VALUE"))
    return version, project.code[1]


def delete_and_restore(project: Project, version: int) -> Code:
    before = len(project.told.reloads)
    project.handler.unlink()
    event = project.failed_load(before)
    assert "No module named 'handler'" in str(event.error)
    return plain_write(project, version)


def rename_away_and_back(project: Project, version: int) -> Code:
    before = len(project.told.reloads)
    away = project.handler.rename(project.folder / "renamed.py")
    event = project.failed_load(before)
    assert "No module named 'handler'" in str(event.error)
    away.write_text(handler_source(version=version))
    away.rename(project.handler)
    return version, project.code[1]


_CHECKOUT = """\
import sys
from pathlib import Path

branch, version, handler = Path(sys.argv[1], "branch"), sys.argv[2], sys.argv[3]
(branch / "module_299.py").unlink(missing_ok=True)
Path(sys.argv[1], "handler.py").write_text(handler)
branch.mkdir(exist_ok=True)
for number in range(300):
    new = branch / f"module_{number:03}.new"
    new.write_text(f"VALUE = {version}\\n")
    new.replace(new.with_suffix(".py"))
"""


def checkout(project: Project, version: int) -> Code:
    """Another branch, 300 files of it: the handler imports the last one, which is written last.

    That one goes away first: should the system stop us in the middle, half a checkout does not load, and never runs. A
    process of its own does it, as git is: a thread beside the load would wait for the interpreter at each of 1,200 calls.
    """
    handler = handler_source(version="VALUE", imports="from branch.module_299 import VALUE")
    subprocess.run([sys.executable, "-IS", "-c", _CHECKOUT, project.folder, str(version), handler], check=True)
    return version, project.code[1]


def new_dependency(project: Project, version: int) -> Code:
    """The import is written first, and the package installed beside the handler when that has failed."""
    before = len(project.told.reloads)
    name = f"dependency_{version}"
    project.handler.write_text(handler_source(version="VALUE", imports=f"from {name} import VALUE"))
    event = project.failed_load(before)
    assert f"No module named '{name}'" in str(event.error)
    for folder, file, text in (
        (name, "__init__.py", "from .values import VALUE as VALUE\n"),
        (name, "values.py", f"VALUE = {version}\n"),
        (f"{name}-1.0.dist-info", "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"),
    ):
        (project.folder / folder).mkdir(exist_ok=True)
        (project.folder / folder / file).write_text(text)
    return version, project.code[1]


def syntax_error_and_fix(project: Project, version: int) -> Code:
    before = len(project.told.reloads)
    broken = handler_source(version=f"{version} +")
    project.handler.write_text(broken)
    event = project.failed_load(before)
    line = next(number for number, line in enumerate(broken.splitlines(), 1) if line.startswith("VERSION"))
    # AWS's own client in a container tells the line in words alone.
    assert event.location == (None if project.is_in_container else f"{project.handler}:{line}")
    assert f"line {line}" in str(event.error)
    return plain_write(project, version)


WAYS = (
    plain_write,
    rename_over,
    write_in_pieces,
    helper_module,
    half_a_write,
    both_files,
    syntax_error_and_fix,
    new_file,
    delete_and_restore,
    rename_away_and_back,
    checkout,
    new_dependency,
)


@dataclass
class Writer:
    """A thread that puts one item after the other until it is stopped, at most ``AHEAD_MAX`` ahead of the handler.

    Without a limit 500 saves in containers would be followed by an hour of draining.
    """

    sandbox: EmbeddedSandbox
    project: Project
    written: list[str] = field(default_factory=list)
    failure: BaseException | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Begin to write."""
        self._thread = threading.Thread(target=self._write)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write no more."""
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        client = self.sandbox.client("dynamodb")
        try:
            for number in itertools.count():
                while number - self.project.records_seen > AHEAD_MAX and not self._stop.wait(0.01):
                    pass  # the handler is another process: there is nothing to wait on
                if self._stop.is_set():
                    return
                client.put_item(TableName="load", Item={"pk": {"S": f"item-{number}"}})
                self.written.append(f"item-{number}")
        except BaseException as failure:  # noqa: BLE001 - the test shows it
            self.failure = failure


@pytest.fixture(params=["process", "in-process"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[EmbeddedSandbox, Project]]:
    """A sandbox in development mode whose function writes down what it sees."""
    folder = tmp_path / "code"
    folder.mkdir()
    told = Told()
    project = Project(folder=folder, seen_file=tmp_path / "seen", told=told, is_in_container=request.param == "docker")
    project.begin()
    images = {}
    if request.param == "docker":
        request.getfixturevalue("engine")
        images["python3.12"] = IMAGE
    settings = Settings(
        port=0, runtime=request.param, hold_unloadable_code=True, project_folder=tmp_path, images=images
    )
    with EmbeddedSandbox(settings) as sandbox:
        listen(sandbox, told)
        sandbox.deploy(
            f"{project.handler}:handler",
            sandbox.table("load"),
            environment={} if request.param == "docker" else {"SEEN_FILE": str(project.seen_file)},
            batch_size=20,  # an answer of more is not told in full
            maximum_retry_attempts=0,  # an attempt used up would be a record lost
        )
        yield sandbox, project


@pytest.mark.parametrize(
    "running", ["process", "in-process", pytest.param("docker", marks=pytest.mark.docker)], indirect=True
)
def test_saves_during_a_load_lose_nothing_and_mix_nothing(
    running: tuple[EmbeddedSandbox, Project], request: pytest.FixtureRequest
) -> None:
    sandbox, project = running
    saves = SAVES if sandbox.settings.runtime == "process" or "SANDBOX_SAVES" in os.environ else len(WAYS)
    took: list[float] = []
    with Writer(sandbox, project) as writer:
        project.told.wait_for(lambda: project.runs((0, 0)), "first invocation")
        for version in range(1, saves + 1):
            way = WAYS[version % len(WAYS)]
            seen_before = len(project.seen())
            project.code = way(project, version)
            saved_at = time.time()
            project.saved.append(project.code)
            project.told.wait_for(lambda: project.runs(project.code), f"run on {project.code} after {way.__name__}")
            took.append(project.first_run(project.code, seen_before).began - saved_at)
    assert writer.failure is None
    sandbox.drain()
    seen = project.seen()
    assert [one.key for one in seen] == writer.written, "each record once, in order"
    _check_code(seen, project)
    assert {trace.decision for trace in project.told.batches if trace.outcome == "delivered"} == {"advance"}
    assert all(trace.attempt <= 1 for trace in project.told.batches), "what does not load uses up no attempt"
    ready = [event.duration_ms for _, event in project.told.reloads if event.error is None]
    with request.getfixturevalue("capsys").disabled():
        print(f"\n{sandbox.settings.runtime}: {saves} saves, {len(seen)} records; ", end="")
        print(f"save to first invocation {_spread(took, 1000)}; noticed to ready {_spread(ready, 1)}; ", end="")
        third = max(len(took) // 3, 1)
        print(f"first third {_spread(took[:third], 1000)}, last {_spread(took[-third:], 1000)}")


def test_saves_faster_than_reloads_mix_nothing(running: tuple[EmbeddedSandbox, Project]) -> None:
    """A formatter runs on save, somebody leans on "save all": some saves never run, but none runs by half.

    Between two writes of one save the system may stop us for so long that they are two saves to anybody who looks on.
    """
    sandbox, project = running
    chance = random.Random(SAVES)
    slow: set[int] = set()
    with Writer(sandbox, project) as writer:
        project.told.wait_for(lambda: project.runs((0, 0)), "first invocation")
        for version in range(1, 2 * SAVES + 1):
            began = time.monotonic()
            project.code = both_files(project, version)
            if time.monotonic() - began > SAVE_SECONDS_MAX:
                slow.add(version)
            time.sleep(chance.uniform(0, 0.09))  # the rhythm of saving is the subject, nothing waits for it
        project.told.wait_for(lambda: project.runs(project.code), "run on the last save")
    assert writer.failure is None
    sandbox.drain()
    seen = project.seen()
    assert [one.key for one in seen] == writer.written
    mixed = {one.code for one in seen if one.code[0] != one.code[1]}
    assert {code for code in mixed if not slow & {*code, code[0] + 1}} == set(), "new code beside old"
    ran = [one.code[0] for one in seen]
    assert ran == sorted(ran), "older code came back"
    assert all(trace.attempt <= 1 for trace in project.told.batches)


LATE = """\
import os
import time

VERSION = {version}


def handler(event, context):
    with open(os.environ["BEGUN_FILE"], "w"):
        pass
    while not os.path.exists(os.environ["GO_FILE"]):
        time.sleep(0.005)
    import late

    return [VERSION, late.VERSION]
"""


def test_an_import_in_the_middle_of_an_invocation_is_of_the_same_save(
    running: tuple[EmbeddedSandbox, Project], tmp_path: Path
) -> None:
    """The batch in flight finishes on the old code, all of it."""
    sandbox, project = running
    folder, begun, go = tmp_path / "importing", tmp_path / "begun", tmp_path / "go"
    folder.mkdir()

    def save(version: int) -> None:
        (folder / "late.py").write_text(f"VERSION = {version}\n")
        (folder / "handler.py").write_text(LATE.format(version=version))

    save(1)
    sandbox.deploy(f"{folder}/handler.py", environment={"BEGUN_FILE": str(begun), "GO_FILE": str(go)})
    answers: list[Any] = []

    def invoke() -> None:
        answer = sandbox.client("lambda").invoke(FunctionName="importing")
        answers.append(json.load(answer["Payload"]))

    in_flight = threading.Thread(target=invoke)
    in_flight.start()
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.005)  # a file of the handler's: it may run in another process
        before = len(project.told.reloads)
        save(2)
        project.told.wait_for(lambda: project.told.reloads[before:], "reload")
    finally:
        go.touch()
        in_flight.join()
    invoke()
    assert answers == [[1, 1], [2, 2]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts through /proc")
def test_saves_leave_nothing_behind(running: tuple[EmbeddedSandbox, Project]) -> None:
    """A day of saving: no descriptor, thread or process more, and none of the modules of old saves."""
    sandbox, project = running
    sandbox.client("lambda").invoke(FunctionName="code", Payload=b'{"Records": []}')  # watched from here on

    def save(version: int) -> None:
        before = len(project.told.reloads)
        project.code = plain_write(project, version) if version % 5 else syntax_error_and_fix(project, version)
        project.told.wait_for(
            lambda: any(event.error is None for _, event in project.told.reloads[before:]), f"reload of save {version}"
        )

    for version in range(1, 11):
        save(version)
    before = settled_holdings()
    modules = _live_modules()
    for version in range(11, 11 + SAVES):
        save(version)
    eventually(
        lambda: all(count <= before[kind] for kind, count in holdings().items()),
        f"return to {before}; there is {holdings()}",
    )
    assert _live_modules() <= modules  # fewer, where an earlier test's have gone meanwhile


def _live_modules() -> int:
    """How many modules of in-process functions there are in memory, whoever holds them."""
    gc.collect()
    found = (one for one in gc.get_objects() if isinstance(one, ModuleType))
    return sum(one.__name__.startswith("_function_") for one in found)


def _check_code(seen: list[Seen], project: Project) -> None:
    codes_of: dict[str, set[Code]] = {}
    for one in seen:
        codes_of.setdefault(one.request_id, set()).add(one.code)
    assert all(len(codes) == 1 for codes in codes_of.values()), "an invocation ran on two versions"
    ran = [code for code, _ in itertools.groupby(one.code for one in seen)]
    assert ran == project.saved, "code ran that was never saved so, or in another order"


def _spread(values: list[Any], factor: float) -> str:
    ordered = sorted(values)
    return f"p50 {ordered[len(ordered) // 2] * factor:.0f} ms p95 {ordered[len(ordered) * 95 // 100] * factor:.0f} ms"
