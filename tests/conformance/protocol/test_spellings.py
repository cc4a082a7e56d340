"""One request, spelled in several ways, is one request: members in any order, escapes, blanks, nulls, a table's ARN.

Frequent requests take short ways through the server, which look at how they are spelled; an answer must not show it.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

Raw = Callable[..., Any]
Request = dict[str, Any]

PARTITION = {"S": "spelled"}
KEY = {"pk": PARTITION, "sk": {"S": "1"}}
ITEM = {**KEY, "a": {"S": "é😀"}, "b": {"N": "1.50"}, "l": {"S": "x"}, "m": {"M": {"k": {"L": [{"NULL": True}]}}}}

_WRITES: dict[str, Request] = {
    "PutItem": {"Item": ITEM, "ReturnValues": "ALL_OLD"},
    "UpdateItem": {
        "Key": KEY,
        "UpdateExpression": "SET #m.k[0] = :v ADD b :n",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {"#m": "m"},
        "ExpressionAttributeValues": {":v": {"S": "new"}, ":n": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    },
    "DeleteItem": {"Key": KEY, "ReturnValues": "ALL_OLD", "ReturnConsumedCapacity": "INDEXES"},
}
_READS: list[tuple[str, Request]] = [
    ("GetItem", {"Key": KEY}),
    ("GetItem", {"Key": KEY, "ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}),
    ("GetItem", {"Key": KEY, "ProjectionExpression": "#m.k, a", "ExpressionAttributeNames": {"#m": "m"}}),
    ("Query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": PARTITION}}),
    (
        "Query",
        {
            "IndexName": "by_l",
            "KeyConditionExpression": "pk = :p AND l >= :l",
            "FilterExpression": "b = :b",
            "ExpressionAttributeValues": {":p": PARTITION, ":l": {"S": "w"}, ":b": {"N": "1.5"}},
            "ScanIndexForward": False,
            "Limit": 1,
        },
    ),
    ("Query", {"KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [PARTITION]}}}),
    ("Scan", {"FilterExpression": "pk = :p", "ExpressionAttributeValues": {":p": PARTITION}, "Select": "COUNT"}),
]
_REFUSALS: list[tuple[str, Request]] = [
    ("GetItem", {"Key": {"pk": {"N": "1"}, "sk": {"S": "1"}}}),
    ("PutItem", {"Item": {**ITEM, "b": {"S": "1"}}}),
    ("PutItem", {"Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}),
    ("UpdateItem", {"Key": KEY, "UpdateExpression": "SET a = "}),
    ("Query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"N": "1"}}}),
]


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(member) for name, member in reversed(value.items())}
    return [_turned(member) for member in value] if isinstance(value, list) else value


def _escaped(value: Any) -> str:
    """JSON with every character of every string as an escape, and with blanks wherever they may be."""
    if isinstance(value, str):
        units = value.encode("utf-16-be").hex()
        return '"' + "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4)) + '"'
    if isinstance(value, dict):
        return "{ " + " ,\n".join(f"{_escaped(name)}\t: {_escaped(member)}" for name, member in value.items()) + " }"
    if isinstance(value, list):
        return "[ " + " , ".join(map(_escaped, value)) + " ]"
    return json.dumps(value)


SPELLINGS: dict[str, Callable[[Request], str]] = {
    "turned": lambda request: json.dumps(_turned(request)),
    "escaped": _escaped,
    "unescaped": lambda request: json.dumps(request, ensure_ascii=False),
    "with unknown members": lambda request: json.dumps({"Nonsense": [{"a": 1}], **request, "more": None}),
    "with nulls": lambda request: json.dumps({"ReturnConsumedCapacity": None, "IndexName": None, **request}),
}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [*_WRITES.items(), *_READS, *_REFUSALS],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_however_it_is_spelled(raw: Raw, dynamodb: Any, indexed_table: str, operation: str, request_: Request) -> None:
    def answer(body: str) -> tuple[int, Any]:
        dynamodb.put_item(TableName=indexed_table, Item=ITEM)
        told = raw(operation, body)
        return told.status, told.json

    request_ = {"TableName": indexed_table, **request_}
    plain = answer(json.dumps(request_))
    assert {name: answer(spell(request_)) for name, spell in SPELLINGS.items()} == dict.fromkeys(SPELLINGS, plain)
    arn = dynamodb.describe_table(TableName=indexed_table)["Table"]["TableArn"]
    status, document = answer(json.dumps({**request_, "TableName": arn}))
    if "ConsumedCapacity" in document:
        assert document["ConsumedCapacity"].pop("TableName") == arn
        del plain[1]["ConsumedCapacity"]["TableName"]
    assert (status, document) == plain
