"""Code that does not load: said in Lambda's words, with file and line, before any event is touched."""

import json
from typing import Any

import pytest

from runtimes.contract import Crashed, Raised, Returned
from runtimes.hints import hint_for

_FINE = "def handler(event, context): return 1"


async def _load_failure(bench: Any) -> Any:
    outcome = await bench.invoke({})
    assert outcome.phase == "init", outcome
    return outcome


async def _recovers(bench: Any) -> None:
    bench.write(_FINE)
    assert await bench.replace() is None
    assert isinstance(await bench.invoke({}), Returned)


def test_a_missing_module(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import os\nimport nowhere_to_be_found\n" + _FINE)
        outcome = await _load_failure(bench)
        assert isinstance(outcome, Raised)
        assert json.loads(outcome.payload) == {
            "errorMessage": "Unable to import module 'handler': No module named 'nowhere_to_be_found'",
            "errorType": "Runtime.ImportModuleError",
            "requestId": "",
            "stackTrace": [],
        }
        assert outcome.location == f"{bench.folder}/handler.py:2"
        assert "Install nowhere_to_be_found into" in (hint_for(outcome) or "")
        assert any(line.startswith("[ERROR] Runtime.ImportModuleError: Unable to import") for line in bench.log.lines)
        await _recovers(bench)

    play(scenario)


def test_a_name_missing_in_a_module_of_the_folder(play: Any) -> None:
    """In-process modules carry a private name; nobody may have to read it."""

    async def scenario(bench: Any) -> None:
        bench.write("", "shared/models.py")
        bench.write("from shared.models import Order\n" + _FINE)
        outcome = await _load_failure(bench)
        text = "Unable to import module 'handler': cannot import name 'Order' from 'shared.models' "
        assert outcome.error_message.startswith(text), outcome.error_message
        bench.write("import shared.nothing\n" + _FINE)
        await bench.replace()
        outcome = await _load_failure(bench)
        assert outcome.error_message == "Unable to import module 'handler': No module named 'shared.nothing'"

    play(scenario)


@pytest.mark.parametrize("where", ["handler.py", "shared.py"])
def test_a_syntax_error(play: Any, where: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import shared\n" + _FINE)
        bench.write("X = 1", "shared.py")
        bench.write("x = 1\ny = (\n", where)
        outcome = await _load_failure(bench)
        assert outcome.error_type == "Runtime.UserCodeSyntaxError"
        assert outcome.error_message == f"Syntax error in module 'handler': '(' was never closed ({where}, line 2)"
        assert outcome.location == f"{bench.folder}/{where}:2"
        assert json.loads(outcome.payload)["stackTrace"] == [f'  File "{bench.folder}/{where}" Line 2\n    y = (\n']
        await _recovers(bench)

    play(scenario)


@pytest.mark.parametrize(
    ("handler", "error_type", "message"),
    [
        ("handler.missing", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'handler'"),
        (
            "handler",
            "Runtime.MalformedHandlerName",
            "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "nothing.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nothing': No module named 'nothing'",
        ),
        ("sys.handler", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
    ],
)
def test_a_handler_that_is_not_there(play: Any, handler: str, error_type: str, message: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_FINE)
        failure = await bench.replace(handler=handler)
        assert (failure.error_type, failure.error_message) == (error_type, message)
        outcome = await _load_failure(bench)
        assert (outcome.error_type, outcome.error_message) == (error_type, message)
        assert await bench.replace(handler="handler.handler") is None
        assert isinstance(await bench.invoke({}), Returned)

    play(scenario)


def test_an_exception_at_the_top_level(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("import os\nprint('loading')\nTABLE = os.environ['NO_SUCH_VARIABLE']\n" + _FINE)
        outcome = await _load_failure(bench)
        assert outcome.error_type == "KeyError"
        assert outcome.location == f"{bench.folder}/handler.py:3"
        assert json.loads(outcome.payload)["requestId"] == ""
        assert "loading" in bench.log.lines
        await _recovers(bench)

    play(scenario)


@pytest.mark.parametrize("code", ["import sys; sys.exit(4)", "raise KeyboardInterrupt"])
def test_ending_while_loading(play: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(code)
        outcome = await _load_failure(bench)
        assert isinstance(outcome, Crashed)
        assert json.loads(outcome.payload)["errorType"] == "Runtime.ExitError"
        await _recovers(bench)

    play(scenario)


def test_what_was_missing_is_found_once_it_is_there(play: Any) -> None:
    """Every invocation tries again, so a dependency that arrives later is found without a save."""

    async def scenario(bench: Any) -> None:
        bench.write("import later\n" + _FINE)
        await _load_failure(bench)
        bench.write("", "later.py")
        assert isinstance(await bench.invoke({}), Returned)

    play(scenario)
