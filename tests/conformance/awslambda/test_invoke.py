"""Invoke. Source: lambda-event-source-mappings §5.3, §5.4."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused


def _invoke(awslambda: Any, name: str, event: Any = None, **members: Any) -> tuple[dict[str, Any], Any]:
    answer = awslambda.invoke(FunctionName=name, Payload=json.dumps(event), **members)
    return answer, json.loads(answer["Payload"].read() or b"null")


def test_an_answer(awslambda: Any, function: str) -> None:
    event = {"a": [1, "ä", None, {"b": 1.5}]}
    answer, payload = _invoke(awslambda, function, event)
    assert payload == event
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert "LogResult" not in answer


def test_returning_nothing_is_null(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("def handler(event, context):\n    pass\n")
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b"null"


def test_an_exception(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("def handler(event, context):\n    raise ValueError('boom')\n")
    answer, payload = _invoke(awslambda, name, {})
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (payload["errorType"], payload["errorMessage"]) == ("ValueError", "boom")
    assert payload["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert any("raise ValueError" in line for line in payload["stackTrace"])


def test_a_module_that_cannot_be_imported(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("import no_such_module_anywhere\n")
    answer, payload = _invoke(awslambda, name, {})
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Runtime.ImportModuleError"
    assert "no_such_module_anywhere" in payload["errorMessage"]
    assert payload["requestId"] == ""


def test_a_handler_that_is_missing(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("other = 1\n")
    answer, payload = _invoke(awslambda, name, {})
    assert (answer["FunctionError"], payload["errorType"]) == ("Unhandled", "Runtime.HandlerNotFound")


@pytest.mark.slow
def test_a_timeout(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("import time\ndef handler(event, context):\n    time.sleep(30)\n", Timeout=1)
    answer, payload = _invoke(awslambda, name, {})
    assert answer["FunctionError"] == "Unhandled"
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds",
    }


def test_a_process_that_exits(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("import sys\ndef handler(event, context):\n    sys.exit(1)\n")
    answer, payload = _invoke(awslambda, name, {})
    assert (answer["FunctionError"], payload["errorType"]) == ("Unhandled", "Runtime.ExitError")


def test_an_answer_that_is_too_large(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("def handler(event, context):\n    return 'x' * 7_000_000\n")
    answer, payload = _invoke(awslambda, name, {})
    assert answer["FunctionError"] == "Unhandled"
    assert payload["errorType"] == "Function.ResponseSizeTooLarge"
    assert "6291556 bytes" in payload["errorMessage"]


def test_an_answer_that_is_not_json(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("def handler(event, context):\n    return object()\n")
    answer, payload = _invoke(awslambda, name, {})
    assert (answer["FunctionError"], payload["errorType"]) == ("Unhandled", "Runtime.MarshalError")


def test_the_tail_of_the_log(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function("def handler(event, context):\n    print('hello from inside')\n")
    answer, _ = _invoke(awslambda, name, {}, LogType="Tail")
    log = base64.b64decode(answer["LogResult"]).decode()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert "hello from inside" in log
    assert f"START RequestId: {request_id} Version: $LATEST" in log
    assert f"END RequestId: {request_id}" in log
    assert f"REPORT RequestId: {request_id}\tDuration: " in log


def test_an_event_is_accepted_at_once(awslambda: Any, function: str) -> None:
    answer = awslambda.invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""


def test_a_dry_run(awslambda: Any, function: str) -> None:
    assert awslambda.invoke(FunctionName=function, InvocationType="DryRun")["StatusCode"] == 204


def test_a_payload_that_is_not_json(awslambda: Any, function: str) -> None:
    with refused("InvalidRequestContentException") as refusal:
        awslambda.invoke(FunctionName=function, Payload=b"{")
    assert refusal.message.startswith("Could not parse request body into json: ")


def test_an_unknown_function(awslambda: Any, unique: Callable[[], str]) -> None:
    name = f"fn-{unique()}"
    with refused(
        "ResourceNotFoundException",
        f"Function not found: arn:aws:lambda:us-east-1:000000000000:function:{name}",
        status=404,
    ):
        awslambda.invoke(FunctionName=name)


def test_the_context(awslambda: Any, make_function: Callable[..., str]) -> None:
    code = """
def handler(event, context):
    return {
        "name": context.function_name,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "group": context.log_group_name,
        "request": context.aws_request_id,
        "left": context.get_remaining_time_in_millis(),
        "custom": context.client_context.custom,
    }
"""
    name = make_function(code, MemorySize=256, Timeout=20)
    client_context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    answer, payload = _invoke(awslambda, name, {}, ClientContext=client_context)
    left = payload.pop("left")
    assert payload == {
        "name": name,
        "version": "$LATEST",
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "memory": "256",
        "group": f"/aws/lambda/{name}",
        "request": answer["ResponseMetadata"]["RequestId"],
        "custom": {"k": "v"},
    }
    assert 0 < left <= 20_000


def test_the_environment(awslambda: Any, make_function: Callable[..., str]) -> None:
    code = "import os\ndef handler(event, context):\n    return {name: os.environ.get(name) for name in event}\n"
    name = make_function(code, Environment={"Variables": {"MINE": "yes"}})
    wanted = [
        "MINE",
        "_HANDLER",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_LAMBDA_LOG_GROUP_NAME",
    ]
    _, payload = _invoke(awslambda, name, wanted)
    assert payload == {
        "MINE": "yes",
        "_HANDLER": "app.handler",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
    }


def test_a_function_finds_the_same_endpoint(
    awslambda: Any, dynamodb: Any, make_function: Callable[..., str], table: str, unique: Callable[[], str]
) -> None:
    """Handlers need no endpoint in their code: their SDK finds it in the environment."""
    code = (
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.resource('dynamodb').Table(event['table']).put_item(Item={'pk': event['key'], 'by': 'handler'})\n"
    )
    name, key = make_function(code, Timeout=30), unique()
    answer, payload = _invoke(awslambda, name, {"table": table, "key": key})
    assert "FunctionError" not in answer, payload
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"]["by"] == {"S": "handler"}


def test_two_functions_with_files_of_the_same_name(
    awslambda: Any, make_function: Callable[..., str], zip_of: Any
) -> None:
    def make(word: str) -> str:
        archive = zip_of(
            app__py="import shared\ndef handler(event, context):\n    return shared.WORD\n",
            shared__py=f"WORD = '{word}'\n",
        )
        return make_function(Code={"ZipFile": archive})

    first, second = make("one"), make("two")
    for _ in range(2):
        assert _invoke(awslambda, first)[1] == "one"
        assert _invoke(awslambda, second)[1] == "two"


def test_an_environment_is_kept_warm(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function(
        "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return calls\n"
    )
    assert [_invoke(awslambda, name)[1] for _ in range(3)] == [1, 2, 3]
