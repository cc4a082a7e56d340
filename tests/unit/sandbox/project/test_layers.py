"""Layers of a template: read, published once, given to functions."""

import asyncio
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.project.apply import apply
from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault
from sandbox.project.project import CodeFolder, Project
from sandbox.testing.embedded import EmbeddedSandbox

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Layers: [!Ref Shared]}
  LayerVersion: {RetentionPolicy: Delete}
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: shared, CompatibleRuntimes: [python3.13], Description: %s}
  More:
    Type: AWS::Lambda::LayerVersion
    Properties: {LayerName: more, Content: more}
  Fn:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: code, Handler: app.handler, Runtime: python3.13, Layers: [!Ref More, %s]}
  Plain:
    Type: AWS::Lambda::Function
    Properties: {Code: code, Handler: app.handler, Runtime: python3.13, Layers: [!GetAtt More.LayerVersionArn]}
"""
FOREIGN = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-x86_64:7"

Write = Callable[..., Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    for folder, file in (("code", "app.py"), ("shared/python", "words.py"), ("more/python", "others.py")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / file).write_text("def handler(event, context): ...\n")

    def load(text: str = TEMPLATE % ("words", "!Ref Shared")) -> Project:
        (tmp_path / "template.yaml").write_text(textwrap.dedent(text))
        return load_project(tmp_path / "template.yaml")

    return load


@pytest.fixture(scope="module")
def sandbox() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox() as running:
        yield running


class _Api:
    """The embedded sandbox as ``apply`` sees one, in an account of the test's own."""

    def __init__(self, sandbox: EmbeddedSandbox, account_id: str) -> None:
        self._sandbox = sandbox
        self._account_id = account_id
        self.endpoint_url = sandbox.endpoint_url

    async def call(self, operation: str, parameters: dict[str, Any], **place: Any) -> Any:
        place["account_id"] = self._account_id
        return await asyncio.to_thread(self._sandbox.call, operation, parameters, **place)


def test_layers_are_read(write: Write, tmp_path: Path) -> None:
    project = write()
    shared, more = project.layers
    assert shared.request == {
        "LayerName": "Shared",
        "CompatibleRuntimes": ["python3.13"],
        "Description": "words",
    }
    assert shared.code == CodeFolder(path=tmp_path / "shared")
    assert (more.name, more.code) == ("more", CodeFolder(path=tmp_path / "more"))
    assert project.code_folders == (tmp_path / "code", tmp_path / "shared", tmp_path / "more")
    assert project.notices == ()


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ("{ContentUri: nowhere}", "there is no folder nowhere"),
        ("{ContentUri: {Bucket: b, Key: k}}", "the content of Shared is in S3, not on this machine"),
        ("{ContentUri: shared, Runtimes: []}", "AWS::Serverless::LayerVersion has no property Runtimes"),
    ],
)
def test_faults_are_told_with_their_line(write: Write, properties: str, what: str) -> None:
    with pytest.raises(TemplateFault) as fault:
        write(
            f"""
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Shared:
                Type: AWS::Serverless::LayerVersion
                Properties: {properties}
            """
        )
    ((problem),) = fault.value.problems
    assert (problem.line, problem.what) == (6, what)


def test_modules_outside_of_the_folder_python_are_noticed(write: Write, tmp_path: Path) -> None:
    """Lambda never looks there, and whoever builds layers with SAM's BuildMethod has them there."""
    (tmp_path / "shared/python/words.py").rename(tmp_path / "shared/words.py")
    (tmp_path / "shared/python").rmdir()
    (notice,) = write().notices
    assert "the modules of layer Shared are not found" in notice.text


def test_layers_are_published_and_given_to_functions(write: Write, sandbox: EmbeddedSandbox) -> None:
    api = _Api(sandbox, "111111111111")
    applied = asyncio.run(apply(write(TEMPLATE % ("words", FOREIGN)), api))
    place = {"service": "lambda", "account_id": "111111111111"}
    configuration = sandbox.call("GetFunctionConfiguration", {"FunctionName": "Fn"}, **place)
    # The Ref in Globals comes first: SAM joins the lists.
    names = [layer["Arn"].split(":")[-2:] for layer in configuration["Layers"]]
    assert names == [["Shared", "1"], ["more", "1"]]
    (notice,) = applied.notices
    assert FOREIGN in notice.text
    plain = sandbox.call("GetFunctionConfiguration", {"FunctionName": "Plain"}, **place)
    assert [layer["Arn"].split(":")[-2] for layer in plain["Layers"]] == ["more"]


def test_a_layer_is_published_anew_only_where_it_has_changed(write: Write, sandbox: EmbeddedSandbox) -> None:
    """Else every start on a data folder would add a version."""
    api = _Api(sandbox, "222222222222")
    for description in ("one", "one", "two"):
        asyncio.run(apply(write(TEMPLATE % (description, "!Ref AWS::NoValue")), api))
    place = {"service": "lambda", "account_id": "222222222222"}
    listed = sandbox.call("ListLayerVersions", {"LayerName": "Shared"}, **place)["LayerVersions"]
    assert [version["Description"] for version in listed] == ["two", "one"]
    configuration = sandbox.call("GetFunctionConfiguration", {"FunctionName": "Fn"}, **place)
    assert configuration["Layers"][0]["Arn"].endswith(":Shared:2")
