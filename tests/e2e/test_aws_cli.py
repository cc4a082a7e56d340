"""The AWS command line with only the endpoint changed: by its option, and by the environment variable."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox

AWS = Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(sandbox: EmbeddedSandbox, tmp_path: Path) -> Any:
    """Run the command line; gives its JSON answer, or ``None`` where it prints nothing."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **sandbox.environment,
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }

    def run(*words: str, succeeds: bool = True, endpoint_option: bool = False) -> Any:
        variables = dict(environment)
        option: list[str] = []
        if endpoint_option:
            option = ["--endpoint-url", variables.pop("AWS_ENDPOINT_URL")]
        done = subprocess.run(
            [AWS, *option, "--output", "json", *words],
            env=variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode == 0) is succeeds, done.stderr
        if not succeeds:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip().startswith(("{", "[")) else done.stdout

    return run


def test_tables_items_and_queries(aws: Any) -> None:
    aws(
        "dynamodb",
        "create-table",
        "--table-name",
        "orders",
        "--key-schema",
        "AttributeName=pk,KeyType=HASH",
        "AttributeName=sk,KeyType=RANGE",
        "--attribute-definitions",
        "AttributeName=pk,AttributeType=S",
        "AttributeName=sk,AttributeType=N",
        "--billing-mode",
        "PAY_PER_REQUEST",
        endpoint_option=True,
    )
    aws("dynamodb", "wait", "table-exists", "--table-name", "orders")
    for number in ("1", "2"):
        item = {"pk": {"S": "a"}, "sk": {"N": number}}
        aws("dynamodb", "put-item", "--table-name", "orders", "--item", json.dumps(item))
    answer = aws(
        "dynamodb",
        "query",
        "--table-name",
        "orders",
        "--key-condition-expression",
        "pk = :p",
        "--expression-attribute-values",
        '{":p": {"S": "a"}}',
    )
    assert [item["sk"]["N"] for item in answer["Items"]] == ["1", "2"]
    refusal = aws("dynamodb", "get-item", "--table-name", "none", "--key", '{"pk": {"S": "a"}}', succeeds=False)
    assert "ResourceNotFoundException" in refusal


def test_a_function_from_zip_to_invocation(aws: Any, tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415 - one test only

    with zipfile.ZipFile(tmp_path / "fn.zip", "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {'sum': event['a'] + event['b']}\n")
    aws(
        "lambda",
        "create-function",
        "--function-name",
        "add",
        "--runtime",
        "python3.12",
        "--role",
        "arn:aws:iam::000000000000:role/r",
        "--handler",
        "app.handler",
        "--zip-file",
        "fileb://fn.zip",
    )
    aws("lambda", "wait", "function-active-v2", "--function-name", "add")
    answer = aws("lambda", "invoke", "--function-name", "add", "--payload", '{"a": 1, "b": 2}', "out.json")
    assert answer["StatusCode"] == 200
    assert json.loads((tmp_path / "out.json").read_text()) == {"sum": 3}


def test_other_services(aws: Any, tmp_path: Path) -> None:
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"
    aws("s3", "mb", "s3://photos")
    (tmp_path / "cat.txt").write_text("meow")
    aws("s3", "cp", "cat.txt", "s3://photos/cat.txt")
    assert "cat.txt" in aws("s3", "ls", "s3://photos")
