"""Function URLs as browsers, curl and templates meet them."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.project.apply import apply
from sandbox.project.load import load_project
from sandbox.testing.embedded import EmbeddedSandbox

SHOP = "https://shop.example"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: app.handler
      Runtime: python3.13
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"], MaxAge: 9}}
  Caller:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: app.handler
      Runtime: python3.13
      Environment: {Variables: {HELLO: !GetAtt HelloUrl.FunctionUrl}}
  CallerAddress:
    Type: AWS::Lambda::Url
    Properties: {AuthType: AWS_IAM, TargetFunctionArn: !GetAtt Caller.Arn}
  Knowing:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: app.handler
      Runtime: python3.13
      Environment: {Variables: {HELLO: !GetAtt CallerAddress.FunctionUrl}}
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[EmbeddedSandbox]:
    with EmbeddedSandbox() as running:
        yield running


class _Api:
    """The embedded sandbox as ``apply`` sees one."""

    def __init__(self, sandbox: EmbeddedSandbox) -> None:
        self._sandbox = sandbox
        self.endpoint_url = sandbox.endpoint_url

    async def call(self, operation: str, parameters: dict[str, Any], **place: Any) -> Any:
        return await asyncio.to_thread(self._sandbox.call, operation, parameters, **place)


def ask(sandbox: EmbeddedSandbox, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    address = urlsplit(sandbox.endpoint_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def url_of(sandbox: EmbeddedSandbox, name: str, **settings: Any) -> str:
    """The path of a function that answers its event."""
    sandbox.deploy(lambda event, _context: event, name=name)
    request = {"FunctionName": name, "AuthType": "NONE", **settings}
    url = sandbox.call("CreateFunctionUrlConfig", request, service="lambda")["FunctionUrl"]
    return f"/_sandbox/function-url/{urlsplit(url).netloc.partition('.')[0]}"


def test_the_path_needs_no_name_to_be_looked_up(sandbox: EmbeddedSandbox) -> None:
    """Not every system resolves names below localhost, and none does so inside a container."""
    path = url_of(sandbox, "by-path")
    status, body = ask(sandbox, f"{path}/a%20b?c=d")
    event = json.loads(body)
    assert (status, event["rawPath"], event["rawQueryString"]) == (200, "/a%20b", "c=d")
    assert json.loads(ask(sandbox, path)[1])["rawPath"] == "/"
    assert ask(sandbox, "/_sandbox/function-url/nobody/")[0] == 404


def test_a_page_may_call_only_what_allows_its_origin(sandbox: EmbeddedSandbox) -> None:
    """AWS would run the function and have the browser hide the answer; here, any page could reach what is meant to be private."""
    closed = url_of(sandbox, "closed")
    opened = url_of(sandbox, "opened", Cors={"AllowOrigins": [SHOP]})
    assert ask(sandbox, opened, Origin=SHOP)[0] == 200
    for path, origin in ((closed, SHOP), (opened, "https://evil.example"), (opened, "null")):
        assert ask(sandbox, path, "POST", Origin=origin)[0] == 403
    assert ask(sandbox, opened, Host="evil.example", Origin=SHOP)[0] == 403
    assert len(sandbox.invocations("closed")) == 0
    assert len(sandbox.invocations("opened")) == 1


def test_templates(sandbox: EmbeddedSandbox, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(
        "import os\ndef handler(event, context):\n    return os.environ.get('HELLO', 'hello')\n"
    )
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    project = load_project(tmp_path / "template.yaml")
    asyncio.run(apply(project, _Api(sandbox)))
    applied = asyncio.run(apply(project, _Api(sandbox)))  # a second time changes nothing
    config = sandbox.call("GetFunctionUrlConfig", {"FunctionName": "Hello"}, service="lambda")
    assert config["Cors"] == {"AllowOrigins": ["*"], "MaxAge": 9}
    caller = sandbox.call("GetFunctionUrlConfig", {"FunctionName": "Caller"}, service="lambda")
    assert caller["AuthType"] == "AWS_IAM"
    assert applied.urls == (config["FunctionUrl"], caller["FunctionUrl"])
    known = sandbox.call("Invoke", {"FunctionName": "Knowing"}, service="lambda")
    assert urlsplit(known).path.split("/")[3] == urlsplit(caller["FunctionUrl"]).netloc.partition(".")[0]
    address = sandbox.call("Invoke", {"FunctionName": "Caller"}, service="lambda")
    assert address.startswith(sandbox.endpoint_url)
    assert ask(sandbox, urlsplit(address).path) == (200, b'"hello"')
