"""Following a stream or a log: an answer comes with the news, not by asking again and again."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.adapters.admin_logs import LogAdministration
from sandbox.adapters.admin_streams import StreamAdministration
from sandbox.adapters.long_polls import LongPolls
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.logs.store import LogStore
from sandbox.web.admin_route import AdminRoute

PATIENCE_SECONDS = 10


async def ask(route: AdminRoute, **members: Any) -> Any:
    return await route.answer(route.request(**members))  # type: ignore[misc] # these two wait


@pytest.fixture
def long_polls() -> LongPolls:
    return LongPolls()


@pytest.fixture
def tail(scope: Scope, call: Callable[..., Any], long_polls: LongPolls) -> AdminRoute:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    return StreamAdministration(store=scope.store, clock=scope.clock, ids=scope.ids, long_polls=long_polls).routes()[
        "tail"
    ]


def test_tail_waits_for_the_next_commit(tail: AdminRoute, put: Callable[..., None]) -> None:
    put("orders", a={"S": "before"})

    async def follow() -> None:
        waiting = asyncio.ensure_future(ask(tail, table="orders", wait_seconds=PATIENCE_SECONDS))
        await asyncio.sleep(0)
        put("orders", a={"S": "after"})
        answer = await asyncio.wait_for(waiting, PATIENCE_SECONDS)
        assert [record["eventName"] for record in answer["records"]] == ["INSERT"]
        assert b"after" in bytes(answer["records"][0]["dynamodb"])
        again = await ask(tail, table="orders", after=answer["after"])
        assert (again["records"], again["after"]) == ([], answer["after"])

    asyncio.run(follow())


def test_closing_lets_followers_go(tail: AdminRoute, long_polls: LongPolls) -> None:
    """Else SIGTERM would wait for whoever has ``sandbox tail`` open."""

    async def follow() -> None:
        waiting = asyncio.ensure_future(ask(tail, table="orders", wait_seconds=PATIENCE_SECONDS))
        await asyncio.sleep(0)
        long_polls.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert waiting.done()
        assert (await waiting)["records"] == []
        assert (await ask(tail, table="orders", wait_seconds=PATIENCE_SECONDS))["records"] == []

    asyncio.run(asyncio.wait_for(follow(), PATIENCE_SECONDS / 2))


def test_tail_pages_through_what_there_is(tail: AdminRoute, put: Callable[..., None]) -> None:
    for number in range(250):
        put("orders", a={"S": f"{number}"})

    async def read() -> list[int]:
        sizes: list[int] = []
        after = None
        while True:
            answer = await ask(tail, table="orders", oldest=True, after=after)
            if not answer["records"]:
                return sizes
            sizes.append(len(answer["records"]))
            after = answer["after"]

    assert asyncio.run(read()) == [100, 100, 50]


def test_logs_wait_for_a_line_from_another_thread(scope: Scope) -> None:
    store = LogStore(scope.clock)
    logs = LogAdministration(
        store, default_account_id="000000000000", default_region="us-east-1", long_polls=LongPolls()
    ).routes()["logs"]
    account = store.of("000000000000", "us-east-1")

    def write(text: str) -> None:
        account.write(log_group="/aws/lambda/f", log_stream="s", line=text, request_id="")

    async def follow() -> None:
        write("old")
        first = await ask(logs, function="f")
        assert [line["message"] for line in first["lines"]] == ["old"]
        waiting = asyncio.ensure_future(ask(logs, function="f", after=first["after"], wait_seconds=PATIENCE_SECONDS))
        await asyncio.sleep(0)
        await asyncio.to_thread(write, "new")
        answer = await asyncio.wait_for(waiting, PATIENCE_SECONDS)
        assert [line["message"] for line in answer["lines"]] == ["new"]

    asyncio.run(follow())
