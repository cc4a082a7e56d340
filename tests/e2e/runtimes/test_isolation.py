"""Two functions in one interpreter whose files have the same names."""

import asyncio
import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

from runtimes.choose import choose
from runtimes.contract import FunctionSpec, Invocation, Returned, Runtime


class _Silent:
    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        pass


def _function(folder: Path, name: str, files: dict[str, str]) -> FunctionSpec:
    root = folder / name
    for file, code in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
    return FunctionSpec(
        function_name=name,
        function_arn=f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        region="us-east-1",
        account_id="000000000000",
        handler="handler.handler",
        runtime="python3.11",
        code_path=root,
        environment={"NAME": name},
        timeout_seconds=30,
    )


async def _answer(runtime: Runtime, event: Any = None) -> Any:
    payload = json.dumps(event).encode()
    outcome = await runtime.invoke(Invocation(request_id="r", payload=payload, invoked_function_arn="a"))
    assert isinstance(outcome, Returned), outcome
    return json.loads(outcome.payload)


_HANDLER = """
    import importlib, os, sys, threading
    import shared
    from shared import helpers
    import package.inner as inner
    from package.inner import VALUE

    def handler(event, context):
        import late
        import package.lazy
        again = importlib.import_module("shared")
        seen = []
        thread = threading.Thread(target=lambda: seen.append((os.environ["NAME"], __import__("late").WHO)))
        thread.start()
        thread.join()
        if event == "wait":
            shared.meet()
        return [
            shared.WHO, helpers.WHO, inner.VALUE, VALUE, late.WHO, package.lazy.WHO, again is shared,
            os.environ["NAME"], seen, importlib.import_module("package.lazy").WHO, inner.relative,
        ]
"""


def _files(who: str) -> dict[str, str]:
    return {
        "handler.py": _HANDLER,
        "shared/__init__.py": f"WHO = {who!r}",
        "shared/helpers.py": "from shared import WHO",
        "late.py": f"WHO = {who!r}",
        "package/__init__.py": "",
        "package/inner.py": f"VALUE = {who!r}\nfrom .lazy import WHO as relative",
        "package/lazy.py": f"WHO = {who!r}",
    }


def test_modules_of_the_same_names_do_not_meet(tmp_path: Path) -> None:
    """Also concurrently, in functions, by importlib, in threads, and after the one of them is reloaded."""

    async def scenario() -> None:
        before = set(sys.modules)  # with the functions of sandboxes that other tests keep running
        runtimes = choose(
            "in-process", sink_of=lambda _spec: _Silent(), new_log_stream=str, python=None, project_folder=tmp_path
        )
        names = ["one", "two"]
        specs = [_function(tmp_path, name, _files(name)) for name in names]
        made = [runtimes.runtime(spec) for spec in specs]
        try:
            for _ in range(3):
                answers = await asyncio.gather(*(_answer(runtime) for runtime in made))
                for name, answer in zip(names, answers, strict=True):
                    assert answer == [name] * 6 + [True, name, [[name, name]], name, name]
            _function(tmp_path, "two", _files("new"))
            made[1].replace(specs[1])
            assert (await _answer(made[0]))[0] == "one"
            assert (await _answer(made[1]))[0] == "new"
        finally:
            for runtime in made:
                await runtime.close()
        left = set(sys.modules) - before
        assert not {"handler", "shared", "late", "package"} & left
        assert not [name for name in left if name.startswith("_function_")]

    asyncio.run(scenario())


def test_two_invocations_of_one_function_run_side_by_side(tmp_path: Path) -> None:
    """Each concurrent invocation has an environment of its own, so module state is never shared between them."""
    code = """
        import threading
        calls = 0
        def handler(event, context):
            global calls
            calls += 1
            with open(event["mine"], "w"): pass
            import time, os
            while not os.path.exists(event["theirs"]): os.sched_yield()
            return calls
    """

    async def scenario() -> None:
        runtimes = choose(
            "in-process", sink_of=lambda _spec: _Silent(), new_log_stream=str, python=None, project_folder=tmp_path
        )
        runtime = runtimes.runtime(_function(tmp_path, "one", {"handler.py": code}))
        a, b = str(tmp_path / "a"), str(tmp_path / "b")
        try:
            first, second = {"mine": a, "theirs": b}, {"mine": b, "theirs": a}
            assert list(await asyncio.gather(_answer(runtime, first), _answer(runtime, second))) == [1, 1]
        finally:
            await runtime.close()

    asyncio.run(scenario())


def test_data_classes_and_type_hints_find_their_module(tmp_path: Path) -> None:
    """Both look a class's module up by name, at import and at run time."""
    code = """
        from __future__ import annotations
        import dataclasses, typing, pickle, logging

        class Line: pass

        @dataclasses.dataclass
        class Order:
            lines: list[Line]
            kind: typing.ClassVar[str] = "order"

        def handler(event, context):
            hints = typing.get_type_hints(Order)
            copied = pickle.loads(pickle.dumps(Order(lines=[])))
            return [hints["lines"] == list[Line], copied == Order(lines=[])]
    """

    async def scenario() -> None:
        runtimes = choose(
            "in-process", sink_of=lambda _spec: _Silent(), new_log_stream=str, python=None, project_folder=tmp_path
        )
        runtime = runtimes.runtime(_function(tmp_path, "one", {"handler.py": code}))
        try:
            assert await _answer(runtime) == [True, True]
        finally:
            await runtime.close()

    asyncio.run(scenario())


def test_a_test_may_set_a_variable_for_its_handler(tmp_path: Path, monkeypatch: Any) -> None:
    """Everything but AWS settings shines through in-process; what the handler sets stays inside."""
    monkeypatch.setenv("SET_BY_TEST", "yes")
    kind = type(os.environ)  # a sandbox that another test keeps running may have placed its own already
    code = """
        import os
        def handler(event, context):
            del os.environ["SET_BY_TEST"]
            os.environ["MINE"] = "1"
            return [os.environ.get("SET_BY_TEST"), "MINE" in list(os.environ), len(os.environ) == len(list(os.environ))]
    """

    async def scenario() -> None:
        runtimes = choose(
            "in-process", sink_of=lambda _spec: _Silent(), new_log_stream=str, python=None, project_folder=tmp_path
        )
        runtime = runtimes.runtime(_function(tmp_path, "one", {"handler.py": code}))
        try:
            assert await _answer(runtime) == [None, True, True]
        finally:
            await runtime.close()

    asyncio.run(scenario())
    assert os.environ["SET_BY_TEST"] == "yes"
    assert "MINE" not in os.environ
    assert type(os.environ) is kind
