import asyncio
from collections.abc import Callable
from typing import Any

import apsw
import msgspec
import pytest

from sandbox.clock import Clock
from sandbox.dynamodb.lifecycle.expiry import Sweeper
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.ttl.update_time_to_live import update_time_to_live
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range

Call = Callable[..., Any]
Put = Callable[..., None]

NOW = 1_700_000_000
YEAR = 365 * 86_400


@pytest.fixture(autouse=True)
def sessions(call: Call) -> None:
    call(
        create_table,
        TableName="sessions",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"},
    )
    call(
        update_time_to_live,
        TableName="sessions",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"},
    )


def keys_left(scope: Scope) -> list[str]:
    table = scope.table("sessions")
    return sorted(msgspec.json.decode(row.json)["a"]["S"] for row in table.items.between(Range(b"", None)))


def test_what_is_due_goes_and_says_who_did_it(put: Put, scope: Scope) -> None:
    put("sessions", a={"S": "due"}, ttl={"N": str(NOW)})
    put("sessions", a={"S": "fraction"}, ttl={"N": str(NOW) + ".9"})
    put("sessions", a={"S": "later"}, ttl={"N": str(NOW + 1)})
    put("sessions", a={"S": "ancient"}, ttl={"N": str(NOW - 5 * YEAR - 1)})
    put("sessions", a={"S": "text"}, ttl={"S": str(NOW)})
    sweeper = Sweeper(scope.store, scope.clock)
    assert sweeper.sweep_step() == 2
    assert sweeper.sweep_step() == 0
    assert keys_left(scope) == ["ancient", "later", "text"]
    stream = scope.table("sessions").stream
    assert stream is not None
    removed = [
        record
        for record in scope.store.log.read(stream, stream.shards[0], behind=0, limit=99)
        if record.event_name == "REMOVE"
    ]
    assert [record.by_service for record in removed] == [1, 1]
    assert sweeper.next_second() == NOW + 1


def test_item_that_lives_longer_stays(put: Put, scope: Scope) -> None:
    """Only the expiry that is in force counts, however often it was moved."""
    put("sessions", a={"S": "1"}, ttl={"N": str(NOW)})
    put("sessions", a={"S": "1"}, ttl={"N": str(NOW + 50)})
    put("sessions", a={"S": "2"}, ttl={"N": str(NOW)})
    put("sessions", a={"S": "2"})
    assert Sweeper(scope.store, scope.clock).sweep_step() == 0
    assert keys_left(scope) == ["1", "2"]


def test_mass_expiry_goes_in_steps(put: Put, scope: Scope) -> None:
    for number in range(250):
        put("sessions", a={"S": str(number)}, ttl={"N": str(NOW - number)})
    sweeper = Sweeper(scope.store, scope.clock)
    steps = []
    while count := sweeper.sweep_step():
        steps.append(count)
    assert steps == [100, 100, 50]
    assert keys_left(scope) == []


async def until(holds: Callable[[], bool]) -> None:
    """Let other tasks run until something holds; a test that waits in vain fails at its time-out."""
    while not holds():  # noqa: ASYNC110 - there is no event to wait for: this is the outside view
        await asyncio.sleep(0)


def test_sweeper_survives_a_failing_disk(put: Put, scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be deleted is still there and is deleted once the store takes writes again."""
    scope.clock = Clock()
    put("sessions", a={"S": "1"}, ttl={"N": str(int(scope.clock.now()) - 5)})
    commit = scope.store.commit
    failures: list[int] = []

    def fail(*_args: object, **_members: object) -> None:
        failures.append(1)
        raise apsw.FullError("database or disk is full")

    async def scenario() -> None:
        monkeypatch.setattr(scope.store, "commit", fail)
        task = asyncio.create_task(Sweeper(scope.store, scope.clock).run())
        await until(lambda: len(failures) == 1)
        assert keys_left(scope) == ["1"]
        monkeypatch.setattr(scope.store, "commit", commit)
        await asyncio.sleep(0)
        scope.clock.advance(2)
        await until(lambda: keys_left(scope) == [])
        task.cancel()

    asyncio.run(asyncio.wait_for(scenario(), timeout=5))


def test_sweeper_follows_the_clock_and_earlier_expiries(put: Put, scope: Scope) -> None:
    scope.clock = Clock()
    now = int(scope.clock.now())

    async def scenario() -> None:
        sweeper = asyncio.create_task(Sweeper(scope.store, scope.clock).run())
        put("sessions", a={"S": "late"}, ttl={"N": str(now + 10_000)})
        await asyncio.sleep(0)
        put("sessions", a={"S": "early"}, ttl={"N": str(now + 1_000)})
        await asyncio.sleep(0)
        assert keys_left(scope) == ["early", "late"]
        scope.clock.advance(1_001)
        await until(lambda: keys_left(scope) == ["late"])
        put("sessions", a={"S": "past"}, ttl={"N": str(now)})
        await until(lambda: keys_left(scope) == ["late"])
        scope.clock.advance(10_000)
        await until(lambda: keys_left(scope) == [])
        sweeper.cancel()

    asyncio.run(asyncio.wait_for(scenario(), timeout=5))
