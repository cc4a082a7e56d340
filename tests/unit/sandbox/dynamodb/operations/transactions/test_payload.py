"""Source: DynamoDB Local 3.3.1, asked 2026-11, where each of these was put beside 4 MB of puts."""

from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.transactions.payload import Weighed, refuse_heavy

MEGABYTES_4 = 4_194_304
HUNDRED: dict[str, Any] = {":v": {"S": "x" * 100}}


@pytest.mark.parametrize(
    ("texts", "names", "values", "size"),
    [
        ((), None, None, 5),
        ((None, None), None, None, 5),
        ((None, "attribute_exists(pk)"), None, None, 25),
        (("SET a = :v", None), None, HUNDRED, 115),
        (("SET a = :v", "b = :v"), None, HUNDRED, 221),
        (("SET a = :v, b = :v", None), None, HUNDRED, 223),
        (("SET #a = :v, #b = #a", None), {"#a": "n" * 20, "#b": "m" * 7}, HUNDRED, 172),
        (("SET #e = :v", None), {"#e": "é"}, {":v": {"S": "é"}}, 20),
        ((None, "  b   =  :v "), None, {":v": {"L": [{"S": "x"}, {"BOOL": True}]}}, 24),
    ],
)
def test_an_action_weighs_its_key_and_what_its_expressions_say(
    texts: tuple[str | None, ...], names: dict[str, str] | None, values: dict[str, Any] | None, size: int
) -> None:
    action = Weighed(5, texts, names, values)
    assert action.bytes == size
    refuse_heavy([Weighed(MEGABYTES_4 - size, (), None, None), action])
    refuse_heavy([action])
    with pytest.raises(ValidationException) as refused:
        refuse_heavy([Weighed(MEGABYTES_4 - size + 1, (), None, None), action, action])
    assert refused.value.message == f"Transaction payload size cannot exceed 4MB. Payload Size: {MEGABYTES_4 + 1}"
