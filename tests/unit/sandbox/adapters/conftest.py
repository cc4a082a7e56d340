"""Jobs of tables over a bucket in memory."""

import pytest

from sandbox.adapters.table_jobs import TableJobs
from sandbox.dynamodb.scope import Scope
from sandbox.logs.store import LogStore
from tests.unit.sandbox.adapters.bucket_in_memory import BucketInMemory


@pytest.fixture
def bucket() -> BucketInMemory:
    return BucketInMemory()


@pytest.fixture
def jobs(scope: Scope, bucket: BucketInMemory) -> TableJobs:
    return TableJobs(scope.store, bucket, LogStore(scope.clock), lambda _account_id, _region: scope)
