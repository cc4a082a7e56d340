"""Jobs from their beginning to their end."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.jobs import Failure, Jobs

HERE, ELSEWHERE = ("000000000000", "us-east-1"), ("000000000000", "eu-west-1")


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.close()


def job(name: str) -> Import:
    return Import(arn=f"arn/{name}", table_arn="arn", table_id="t", token=name, started=1.0, asked={})


def test_jobs_are_under_way_until_they_end(database: Database) -> None:
    """Oldest first, whosesoever they are: that is the order in which they are done."""
    jobs = Jobs(database.connection, "imports", Import)
    woken: list[int] = []
    jobs.wake = lambda: woken.append(1)
    with database.write():
        jobs.create(HERE, job("a"))
        jobs.create(ELSEWHERE, job("b"))
        jobs.create(HERE, job("c"))
    assert len(woken) == 3
    assert jobs.under_way() == [(HERE, job("a")), (ELSEWHERE, job("b")), (HERE, job("c"))]
    ended = replace(job("a"), ended=2.0, failure=Failure(code="S3NoSuchBucket", message="none"))
    with database.write():
        jobs.save(ended)
    assert [found.arn for _, found in jobs.under_way()] == ["arn/b", "arn/c"]
    assert jobs.with_arn(HERE, "arn/a") == jobs.with_token(HERE, "a") == ended
    assert len(woken) == 3
