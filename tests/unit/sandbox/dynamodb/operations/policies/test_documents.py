"""What a policy must be, and how its revisions are numbered."""

import json

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.policies.documents import check_policy, new_policy
from sandbox.dynamodb.storage.table import Policy

STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}


def test_revisions_grow_even_within_a_millisecond() -> None:
    first = new_policy("[1]", 1_700_000_000.25, None)
    assert first == Policy(text="[1]", revision_id="1700000000250")
    assert new_policy("[ 1 ]", 1_700_000_001.0, first) is first
    assert new_policy("[2]", 1_700_000_000.25, first).revision_id == "1700000000251"
    assert new_policy("[2]", 1_700_000_009.0, first).revision_id == "1700000009000"


def test_a_policy_may_have_20_kilobytes() -> None:
    bare = len(json.dumps({"Statement": [STATEMENT], "Id": ""}))
    check_policy(json.dumps({"Statement": [STATEMENT], "Id": "x" * (20 * 1024 - bare)}))
    with pytest.raises(ValidationException, match="Maximum policy size of 20480 bytes exceeded"):
        check_policy(json.dumps({"Statement": [STATEMENT], "Id": "x" * (20 * 1024 - bare + 1)}))
