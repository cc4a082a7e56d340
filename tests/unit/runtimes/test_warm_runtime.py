"""Which environment an invocation gets, where one of them has ended."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from runtimes.contract import FunctionSpec, Invocation, LoadFailure, Outcome, Returned
from runtimes.pool import Environment, EnvironmentEnded
from runtimes.warm_runtime import WarmRuntime

_SPEC = FunctionSpec(
    function_name="orders",
    function_arn="arn",
    region="us-east-1",
    account_id="000000000000",
    handler="handler.handler",
    runtime="provided.al2023",
    code_path=Path("/task"),
)


class OneAnswer:
    """An environment that ends after its first answer, and is noticed to have when it is asked again."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.usable = True
        self.used_at = 0.0
        self.has_answered = False
        self.closed = False

    async def start(self) -> bool:
        """Start at once."""
        return True

    def start_outcome(self, request_id: str) -> LoadFailure:
        """Not reached."""
        raise NotImplementedError(request_id)

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Answer with the own number, once."""
        del invocation
        if self.has_answered:
            self.usable = False
            raise EnvironmentEnded
        self.has_answered = True
        return Returned(payload=str(self.number).encode())

    async def close(self) -> None:
        """Remember it."""
        self.closed = True


def test_an_event_that_an_ended_environment_did_not_take_goes_to_another() -> None:
    made: list[OneAnswer] = []

    def make(_spec: FunctionSpec, _on_unusable: Callable[[Environment], None]) -> OneAnswer:
        made.append(OneAnswer(len(made)))
        return made[-1]

    async def scenario() -> list[Outcome]:
        runtime = WarmRuntime(_SPEC, make)
        invocation = Invocation(request_id="one", payload=b"1", invoked_function_arn="arn")
        outcomes = [await runtime.invoke(invocation) for _ in range(3)]
        await runtime.close()
        return outcomes

    assert asyncio.run(scenario()) == [Returned(payload=b"0"), Returned(payload=b"1"), Returned(payload=b"2")]
    assert all(one.closed for one in made)


class SlowToEnd(OneAnswer):
    """An environment that takes its time to end, as a container does."""

    async def close(self) -> None:
        """Let others run first, many times."""
        for _ in range(50):
            await asyncio.sleep(0)
        await super().close()


def test_closing_waits_for_what_a_replacement_has_retired() -> None:
    """Otherwise its port and its container would be left when the loop ends."""
    made: list[SlowToEnd] = []

    def make(_spec: FunctionSpec, _on_unusable: Callable[[Environment], None]) -> SlowToEnd:
        made.append(SlowToEnd(len(made)))
        return made[-1]

    async def scenario() -> None:
        runtime = WarmRuntime(_SPEC, make)
        assert await runtime.start() is None
        runtime.replace(_SPEC)  # the environment is idle: it is being closed from now on
        await runtime.close()

    asyncio.run(scenario())
    assert [one.closed for one in made] == [True]
