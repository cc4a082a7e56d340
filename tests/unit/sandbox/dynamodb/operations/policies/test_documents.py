"""What a policy must be, and how its revisions are numbered."""

import json
from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.policies.documents import check_policy, new_policy
from sandbox.dynamodb.storage.table import Policy

STATEMENT = {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "dynamodb:GetItem", "Resource": "*"}


def test_revisions_grow_even_within_a_millisecond() -> None:
    one, same, other = '{"Statement": {"Sid": 1}}', '{"Statement":[{"Sid":1}]}', '{"Statement": [{"Sid": 2}]}'
    first = new_policy(one, 1_700_000_000.25, None)
    assert first == Policy(text=one, revision_id="1700000000250")
    assert new_policy(same, 1_700_000_001.0, first) is first
    assert new_policy(other, 1_700_000_000.25, first).revision_id == "1700000000251"
    assert new_policy(other, 1_700_000_009.0, first).revision_id == "1700000009000"


@pytest.mark.parametrize(
    ("actions", "of_stream"), [("dynamodb:GetRecords", True), ("dynamodb:GetItem", False), ([{}], False)]
)
def test_only_the_policy_of_a_stream_speaks_of_records(actions: Any, of_stream: bool) -> None:
    check_policy(json.dumps({"Statement": [STATEMENT | {"Action": actions}]}), of_stream=of_stream)


def test_a_policy_may_have_20_kilobytes() -> None:
    bare = len(json.dumps({"Statement": [STATEMENT], "Id": ""}))
    check_policy(json.dumps({"Statement": [STATEMENT], "Id": "x" * (20 * 1024 - bare)}))
    with pytest.raises(ValidationException, match="Maximum policy size of 20480 bytes exceeded"):
        check_policy(json.dumps({"Statement": [STATEMENT], "Id": "x" * (20 * 1024 - bare + 1)}))
