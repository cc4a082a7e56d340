"""What goes in and what comes out, in every runtime alike."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Invocation, Raised, Returned


def _decoded(outcome: object) -> Any:
    assert isinstance(outcome, Returned), outcome
    return json.loads(outcome.payload)


def test_the_event_goes_in_and_the_answer_comes_out(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return {'got': event}")
        assert _decoded(await bench.invoke({"ä": [1, 2.5, None, "\u2028"]})) == {"got": {"ä": [1, 2.5, None, "\u2028"]}}

    play(scenario)


def test_nothing_returned_is_null(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): pass")
        outcome = await bench.invoke({})
        assert isinstance(outcome, Returned)
        assert outcome.payload == b"null"

    play(scenario)


def test_decimals_are_answered_as_the_numbers_they_are(play: Any) -> None:
    """boto3's resource returns every number as Decimal; a handler hands them back."""

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            from decimal import Decimal
            def handler(event, context):
                return {"n": Decimal("1.10"), "big": Decimal("12345678901234567890123456789012345678"), "e": Decimal("1E+3")}
            """
        )
        outcome = await bench.invoke({})
        assert isinstance(outcome, Returned)
        assert outcome.payload == b'{"n": 1.10, "big": 12345678901234567890123456789012345678, "e": 1E+3}'

    play(scenario)


def test_the_handler_may_be_named_by_dots_or_by_slashes(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def run(event, context): return __name__.rpartition('.')[2]", "src/deep/index.py")
        for name in ("src.deep.index.run", "src/deep/index.run"):
            await bench.replace(handler=name)
            assert _decoded(await bench.invoke({})) == "index"

    play(scenario)


def test_the_context_tells_about_the_invocation(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            def handler(event, context):
                names = "aws_request_id function_name function_version invoked_function_arn memory_limit_in_mb log_group_name"
                told = {name: getattr(context, name) for name in names.split()}
                told["remaining"] = context.get_remaining_time_in_millis()
                told["stream"] = context.log_stream_name
                told["custom"] = context.client_context.custom
                told["identity"] = context.identity.cognito_identity_id
                return told
            """
        )
        told = _decoded(await bench.invoke({}, client_context=b'{"custom": {"k": "\xc3\xa4"},\n "env": {}}'))
        assert 0 < told.pop("remaining") <= 30_000
        assert re.fullmatch(r"2026/11/22/\[\$LATEST\][0-9a-f]{32}", told.pop("stream"))
        assert told == {
            "aws_request_id": "request-1",
            "function_name": "orders",
            "function_version": "$LATEST",
            "invoked_function_arn": "arn:aws:lambda:us-east-1:000000000000:function:orders",
            "memory_limit_in_mb": "128",
            "log_group_name": "/aws/lambda/orders",
            "custom": {"k": "ä"},
            "identity": None,
        }

    play(scenario)


def test_the_environment_is_the_functions_and_not_the_developers(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's AWS credentials and profile must never reach a handler, nor a function's variables the sandbox."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECURITY_TOKEN", "real")

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import os
            AT_IMPORT = os.environ["TABLE"]
            def handler(event, context):
                os.environ["LEFT_BEHIND"] = "1"
                names = ["AWS_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ENDPOINT_URL", "TABLE", "_HANDLER", "AWS_REGION"]
                told = {name: os.environ.get(name) for name in names}
                told["same"] = AT_IMPORT == os.getenv("TABLE") and "TABLE" in dict(os.environ)
                told["root"] = os.environ["LAMBDA_TASK_ROOT"]
                return told
            """
        )
        assert _decoded(await bench.invoke({})) == {
            "AWS_PROFILE": None,
            "AWS_SECURITY_TOKEN": None,
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "TABLE": "orders",
            "_HANDLER": "handler.handler",
            "AWS_REGION": "us-east-1",
            "same": True,
            "root": str(bench.folder),
        }

    play(scenario)
    assert "LEFT_BEHIND" not in os.environ
    assert "TABLE" not in os.environ


def test_log_lines_are_lambdas(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import logging, sys
            def handler(event, context):
                print("printed")
                logging.getLogger().warning("logged %s", 1)
                logging.getLogger("quiet").info("not at this level")
                sys.stderr.write("an error\\n")
                sys.stdout.buffer.write(b"bytes\\n"); sys.stdout.flush()
            """
        )
        outcome = await bench.invoke({})
        own = [line for request_id, line in bench.log.entries if request_id == "request-1"]
        assert own[0] == "START RequestId: request-1 Version: $LATEST"
        assert own[-2] == "END RequestId: request-1"
        assert re.fullmatch(
            r"REPORT RequestId: request-1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
            r"Max Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t",
            own[-1],
        )
        middle = own[1:-2]
        assert {"printed", "an error", "bytes"} < set(middle)
        logged = [line for line in middle if line.startswith("[WARNING]")]
        assert re.fullmatch(r"\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\trequest-1\tlogged 1", logged[0])
        assert len(middle) == 4
        assert outcome.log_tail == ("\n".join(own) + "\n").encode()
        await bench.invoke({})
        assert "Init Duration" not in bench.log.lines[-1]

    play(scenario)


def test_the_log_tail_is_the_last_four_kilobytes(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): [print(i, 'x' * 100) for i in range(200)]")
        outcome = await bench.invoke({})
        assert len(outcome.log_tail) == 4096
        assert b"END RequestId: request-1\nREPORT" in outcome.log_tail

    play(scenario)


def test_modules_of_the_code_folder_come_first(play: Any) -> None:
    """A vendored package wins over an installed one, as on Lambda; also over one the fork server has imported."""

    async def scenario(bench: Any) -> None:
        bench.write("VERSION = 'vendored'", "jmespath/__init__.py")
        bench.write(
            """
            import jmespath, boto3
            def handler(event, context): return jmespath.VERSION
            """
        )
        assert _decoded(await bench.invoke({})) == "vendored"
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({})) == "vendored"

    play(scenario)


def test_state_lives_as_long_as_the_environment(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            calls = 0
            def handler(event, context):
                global calls
                calls += 1
                return calls
            """
        )
        assert [_decoded(await bench.invoke({})) for _ in range(3)] == [1, 2, 3]
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({})) == 1

    play(scenario)


def test_nothing_is_written_into_the_code_folder(play: Any, folder: Path) -> None:
    """On Lambda it is read-only; here it is under version control."""

    async def scenario(bench: Any) -> None:
        bench.write("X = 1", "shared/__init__.py")
        bench.write("import shared\ndef handler(event, context): return shared.X")
        assert _decoded(await bench.invoke({})) == 1

    play(scenario)
    assert sorted(path.name for path in folder.rglob("*")) == ["__init__.py", "handler.py", "shared"]


def test_code_of_the_same_size_saved_within_the_same_second_is_not_mistaken(play: Any) -> None:
    """Bytecode files know their source by size and whole seconds only."""

    async def scenario(bench: Any) -> None:
        for number in (1, 2, 3):
            bench.write(f"X = {number}", "shared.py")
            bench.write("import shared\ndef handler(event, context): return shared.X")
            assert await bench.replace() is None
            assert _decoded(await bench.invoke({})) == number

    play(scenario)


def test_an_answer_of_bytes_is_passed_on(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return b'{\"raw\":1}'")
        outcome = await bench.invoke({})
        assert isinstance(outcome, Returned)
        assert outcome.payload == b'{"raw":1}'

    play(scenario)


def test_an_event_that_is_not_json_is_an_error_of_the_runtime(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return 1")
        outcome = await bench.runtime.invoke(Invocation(request_id="r", payload=b"{", invoked_function_arn="a"))
        assert isinstance(outcome, Raised)
        assert outcome.error_type == "Runtime.UnmarshalError"

    play(scenario)


def test_the_largest_event_goes_in(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event, context): return len(event)")
        assert _decoded(await bench.invoke("x" * 6_000_000)) == 6_000_000

    play(scenario)
