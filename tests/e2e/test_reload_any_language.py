"""Saving the code of functions that are not Python: the next batch runs the new code, and nothing is lost or retried."""

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtimes.reload.events import ReloadEvent
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.told import Told, listen

NODE_HANDLER = """
import { appendFileSync } from "node:fs";
import { version } from "./version.js";
export const handler = async (event) => {
  for (const { dynamodb } of event.Records) appendFileSync(process.env.SEEN_FILE, `${dynamodb.Keys.pk.S} ${version}\\n`);
};
"""
BOOTSTRAP = f"""#!{sys.executable}
import http.client, json, os

def call(method, path, body=None):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime/" + path, body)
    answer = connection.getresponse()
    found = answer.headers.get("Lambda-Runtime-Aws-Request-Id"), answer.read()
    connection.close()
    return found

while True:
    request_id, event = call("GET", "invocation/next")
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.writelines(record["dynamodb"]["Keys"]["pk"]["S"] + " VERSION\\n" for record in json.loads(event)["Records"])
    call("POST", f"invocation/{{request_id}}/response", "null")
"""


@dataclass
class Function:
    """A function under development."""

    sandbox: EmbeddedSandbox
    folder: Path
    told: Told

    def put(self, key: str) -> None:
        """Put an item."""
        self.sandbox.call("PutItem", {"TableName": "load", "Item": {"pk": {"S": key}}})

    def reloaded_by(self, save: Callable[[], object]) -> ReloadEvent:
        """What is told after *save*."""
        before = len(self.told.reloads)
        save()
        self.told.wait_for(lambda: len(self.told.reloads) > before, "reload")
        return self.told.reloads[before][1]

    def seen(self) -> list[str]:
        """Every record that has come, with the version that it came to, once all have."""
        self.sandbox.drain(60)
        assert all(trace.attempt <= 1 for trace in self.told.batches), "an attempt was used up"
        return (self.folder.parent / "seen").read_text().splitlines()

    def deploy(self, handler: str, runtime: str) -> None:
        """Deploy the code that is there, with a mapping that forgives nothing."""
        self.sandbox.deploy(
            f"{self.folder}:{handler}",
            self.sandbox.table("load"),
            runtime=runtime,
            environment={"SEEN_FILE": str(self.folder.parent / "seen")},
            maximum_retry_attempts=0,
        )


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Function]:
    """A folder for code, in a sandbox in development mode."""
    folder = tmp_path / "code"
    folder.mkdir()
    settings = Settings(port=0, runtime="process", hold_unloadable_code=True, project_folder=tmp_path)
    with EmbeddedSandbox(settings) as sandbox:
        yield Function(sandbox=sandbox, folder=folder, told=listen(sandbox))


def _write_over(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".tmp")
    new.write_text(text)
    new.chmod(stat.S_IRWXU)
    new.replace(path)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_a_node_function_under_development(function: Function) -> None:
    version = function.folder / "version.js"
    (function.folder / "package.json").write_text('{"type": "module"}')
    (function.folder / "index.js").write_text(NODE_HANDLER)
    version.write_text("export const version = 1;\n")
    function.deploy("index.handler", "nodejs20.x")
    function.put("a")
    assert function.seen() == ["a 1"]

    event = function.reloaded_by(lambda: version.write_text("export const version = 2;\n"))
    assert (event.error, event.changed_files) == (None, (version,))
    function.put("b")
    assert function.seen()[1:] == ["b 2"]

    event = function.reloaded_by(lambda: version.write_text("\nexport const version = ;\n"))
    assert event.error is not None
    assert event.error.startswith("Runtime.UserCodeSyntaxError: SyntaxError: ")
    assert event.location == f"{version}:2"
    function.put("c")
    function.told.wait_for(
        lambda: [one for one in function.told.batches if one.outcome.startswith("held")], "record held"
    )
    event = function.reloaded_by(lambda: version.write_text("export const version = 3;\n"))
    assert event.error is None
    assert function.seen()[2:] == ["c 3"]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_installing_packages_is_no_save(function: Function) -> None:
    """`npm install` writes thousands of files; what uses them is saved by itself, and tells of itself alone."""
    installed = function.folder / "node_modules" / "parcel" / "index.js"
    (function.folder / "index.mjs").write_text(NODE_HANDLER)
    (function.folder / "version.js").write_text("export const version = 1;\n")
    (function.folder / "package.json").write_text('{"type": "module"}')
    function.deploy("index.handler", "nodejs20.x")
    function.put("a")
    assert function.seen() == ["a 1"]
    installed.parent.mkdir(parents=True)
    (installed.parent / "package.json").write_text('{"type": "module"}')
    installed.write_text("export const version = 2;\n")
    event = function.reloaded_by(
        lambda: (function.folder / "version.js").write_text('export { version } from "parcel";\n')
    )
    assert (event.error, event.changed_files) == (None, (function.folder / "version.js",))
    function.put("b")
    assert function.seen()[1:] == ["b 2"]


def test_a_program_that_is_built_anew(function: Function) -> None:
    bootstrap = function.folder / "bootstrap"
    _write_over(bootstrap, BOOTSTRAP.replace("VERSION", "1"))
    function.deploy("any.name", "provided.al2023")
    function.put("a")
    assert function.seen() == ["a 1"]

    event = function.reloaded_by(lambda: _write_over(bootstrap, BOOTSTRAP.replace("VERSION", "2")))
    assert (event.error, event.changed_files) == (None, (bootstrap,))
    function.put("b")
    assert function.seen()[1:] == ["b 2"]

    event = function.reloaded_by(bootstrap.unlink)
    assert event.error is not None
    assert "there is none; build it" in event.error
    function.put("c")
    event = function.reloaded_by(lambda: _write_over(bootstrap, BOOTSTRAP.replace("VERSION", "3")))
    assert event.error is None
    assert function.seen()[2:] == ["c 3"]
