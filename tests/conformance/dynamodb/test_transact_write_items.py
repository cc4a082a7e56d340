"""TransactWriteItems.

Source, unless a test names another: dynamodb-exact §8, §16, §18.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def _put(table: str, key: str, **members: Any) -> dict[str, Any]:
    item = {"pk": {"S": key}, **members.pop("item", {})}
    return {"Put": {"TableName": table, "Item": item, **members}}


def _check(table: str, key: str, condition: str, **members: Any) -> dict[str, Any]:
    return {
        "ConditionCheck": {"TableName": table, "Key": {"pk": {"S": key}}, "ConditionExpression": condition, **members}
    }


def test_all_four_actions_at_once(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    put, updated, deleted, checked = (unique() for _ in range(4))
    for key in (updated, deleted, checked):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}})
    answer = dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": sorted_table, "Item": {"pk": {"S": put}, "sk": {"S": "1"}}}},
            {
                "Update": {
                    "TableName": table,
                    "Key": {"pk": {"S": updated}},
                    "UpdateExpression": "SET a = :v",
                    "ExpressionAttributeValues": {":v": {"N": "1"}},
                }
            },
            {"Delete": {"TableName": table, "Key": {"pk": {"S": deleted}}}},
            _check(table, checked, "attribute_exists(pk)"),
        ]
    )
    assert set(answer) == {"ResponseMetadata"}
    assert "Item" in dynamodb.get_item(TableName=sorted_table, Key={"pk": {"S": put}, "sk": {"S": "1"}})
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": updated}})["Item"]["a"] == {"N": "1"}
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": deleted}})


def test_one_failed_condition_cancels_everything(dynamodb: Any, table: str, unique: Unique) -> None:
    """All conditions are evaluated: every failing action gets its code, in request order."""
    first, second, third = unique(), unique(), unique()
    there = {"pk": {"S": third}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=there)
    with refused(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, ConditionalCheckFailed]",
    ) as refusal:
        dynamodb.transact_write_items(
            TransactItems=[
                _put(table, first),
                _put(table, second, ConditionExpression="attribute_exists(pk)"),
                _put(
                    table,
                    third,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                ),
            ]
        )
    assert refusal.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": there},
    ]
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": first}})


def test_a_condition_check_alone(dynamodb: Any, table: str, unique: Unique) -> None:
    dynamodb.transact_write_items(TransactItems=[_check(table, unique(), "attribute_not_exists(pk)")])
    with refused("TransactionCanceledException"):
        dynamodb.transact_write_items(TransactItems=[_check(table, unique(), "attribute_exists(pk)")])


def test_an_empty_list(dynamodb: Any) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        dynamodb.transact_write_items(TransactItems=[])


def test_one_hundred_actions_are_the_most(dynamodb: Any, table: str, unique: Unique) -> None:
    keys = [unique() for _ in range(101)]
    dynamodb.transact_write_items(TransactItems=[_put(table, key) for key in keys[:100]])
    assert "Item" in dynamodb.get_item(TableName=table, Key={"pk": {"S": keys[99]}})
    with refused(
        "ValidationException",
        re.compile(
            r"1 validation error detected: Value '\[.*' at 'transactItems' .*length less than or equal to 100",
            re.DOTALL,
        ),
    ):
        dynamodb.transact_write_items(TransactItems=[_put(table, key) for key in keys])


def test_one_item_twice(dynamodb: Any, table: str) -> None:
    with refused("ValidationException", "Transaction request cannot include multiple operations on one item"):
        dynamodb.transact_write_items(TransactItems=[_put(table, "x"), _check(table, "x", "attribute_exists(pk)")])


def test_one_item_by_name_and_by_arn(dynamodb: Any, table: str) -> None:
    """Source: §4: tables may be named by ARN; the item is the same."""
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    with refused("ValidationException", "Transaction request cannot include multiple operations on one item"):
        dynamodb.transact_write_items(TransactItems=[_put(table, "x"), _put(arn, "x")])


def test_a_missing_table_is_a_refusal_not_a_cancellation(dynamodb: Any, table: str, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.transact_write_items(TransactItems=[_put(table, unique()), _put(unique(), "x")])


def test_an_item_too_large_is_a_refusal_not_a_cancellation(dynamodb: Any, table: str) -> None:
    """Source: §7.2."""
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        dynamodb.transact_write_items(TransactItems=[_put(table, "x", item={"f": {"S": "x" * 409_600}})])


def test_an_empty_key_value_is_a_refusal(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ):
        dynamodb.transact_write_items(TransactItems=[_put(table, "")])


def test_a_key_of_the_wrong_type_is_a_cancellation(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §8: in a transaction a wrong type is a cancellation reason ValidationError."""
    with refused("TransactionCanceledException") as refusal:
        dynamodb.transact_write_items(
            TransactItems=[_put(table, unique()), {"Put": {"TableName": table, "Item": {"pk": {"N": "1"}}}}]
        )
    assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert refusal.response["CancellationReasons"][1]["Message"] == (
        "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"
    )


def test_only_the_first_key_that_does_not_fit_is_told(dynamodb: Any, table: str, unique: Unique) -> None:
    """Before two actions on one item and before conditions. Source: floci pull request 3674, checked there on AWS."""
    key = unique()
    failing = {"TableName": table, "Key": {"pk": {"S": unique()}}, "ConditionExpression": "attribute_exists(pk)"}
    with refused(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, None, None, ValidationError, None]",
    ) as refusal:
        dynamodb.transact_write_items(
            TransactItems=[
                {"ConditionCheck": failing},
                _put(table, key),
                _put(table, key),
                {"Delete": {"TableName": table, "Key": {"pk": {"N": "1"}}}},
                {"Put": {"TableName": table, "Item": {"a": {"S": "x"}}}},
            ]
        )
    assert refusal.response["CancellationReasons"][3] == {
        "Code": "ValidationError",
        "Message": "The provided key element does not match the schema",
    }


def test_an_index_key_that_an_update_empties_is_a_refusal(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """Source: nubo-db/dynoxide pull request 99, ExtendDB/extenddb pull request 184 (AWS's answers)."""
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The update expression attempted to update a secondary index key to "
        "a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.",
    ):
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": indexed_table,
                        "Key": {"pk": {"S": unique()}, "sk": {"S": "1"}},
                        "UpdateExpression": "SET a = :empty",
                        "ExpressionAttributeValues": {":empty": {"S": ""}},
                    }
                }
            ]
        )


def test_names_and_values_without_an_expression(dynamodb: Any, table: str, unique: Unique) -> None:
    """Single-item operations refuse them. Source: ExtendDB/extenddb pull request 169 (AWS's answers)."""
    placeholders = {"ExpressionAttributeNames": {"#a": "a"}, "ExpressionAttributeValues": {":a": {"S": "a"}}}
    key = unique()
    dynamodb.transact_write_items(
        TransactItems=[
            _put(table, key, **placeholders),
            {"Delete": {"TableName": table, "Key": {"pk": {"S": unique()}}, **placeholders}},
        ]
    )
    answer = dynamodb.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": table, "Key": {"pk": {"S": key}}, "ExpressionAttributeNames": {"#a": "a"}}}
        ]
    )
    assert answer["Responses"] == [{"Item": {"pk": {"S": key}}}]


def test_an_update_that_cannot_be_applied_is_a_cancellation(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "a": {"S": "text"}})
    with refused("TransactionCanceledException") as refusal:
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": table,
                        "Key": {"pk": {"S": key}},
                        "UpdateExpression": "SET a = a + :v",
                        "ExpressionAttributeValues": {":v": {"N": "1"}},
                    }
                }
            ]
        )
    assert refusal.response["CancellationReasons"] == [
        {"Code": "ValidationError", "Message": "An operand in the update expression has an incorrect data type"}
    ]


@pytest.mark.parametrize(
    "entry", [{}, {"Put": {"TableName": "t", "Item": {}}, "Delete": {"TableName": "t", "Key": {}}}]
)
def test_an_entry_is_exactly_one_action(dynamodb: Any, entry: dict[str, Any]) -> None:
    """The text is not captured. Source: §25 row 20."""
    with refused("ValidationException"):
        dynamodb.transact_write_items(TransactItems=[entry])


def test_a_token_makes_a_repetition_harmless(dynamodb: Any, table: str, unique: Unique) -> None:
    key, token = unique(), unique()
    request = {
        "TransactItems": [
            {
                "Update": {
                    "TableName": table,
                    "Key": {"pk": {"S": key}},
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        ],
        "ClientRequestToken": token,
    }
    for _ in range(3):
        dynamodb.transact_write_items(**request)
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"]["n"] == {"N": "1"}
    # Only ReturnConsumedCapacity differs: still a replay, reported as reads.
    answer = dynamodb.transact_write_items(**request, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]


def test_a_token_does_not_see_the_order_of_attributes(dynamodb: Any, table: str, unique: Unique) -> None:
    """Go's maps, for one, are written in another order each time. Source: aws/aws-sdk issue 413."""
    key, token = unique(), unique()
    item = {"pk": {"S": key}, "m": {"M": {"a": {"S": "1"}, "b": {"S": "2"}}}}
    turned = {"m": {"M": {"b": {"S": "2"}, "a": {"S": "1"}}}, "pk": {"S": key}}
    for written in (item, turned):
        dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": table, "Item": written}}], ClientRequestToken=token
        )


def test_a_token_with_other_items(dynamodb: Any, table: str, unique: Unique) -> None:
    token = unique()
    dynamodb.transact_write_items(TransactItems=[_put(table, unique())], ClientRequestToken=token)
    with refused(
        "IdempotentParameterMismatchException",
        "The request uses the same client token as a previous, but different, request.",
    ):
        dynamodb.transact_write_items(TransactItems=[_put(table, unique())], ClientRequestToken=token)


def test_a_failed_call_does_not_use_up_its_token(dynamodb: Any, table: str, unique: Unique) -> None:
    key, token = unique(), unique()
    request = {
        "TransactItems": [_put(table, key, ConditionExpression="attribute_exists(gone)")],
        "ClientRequestToken": token,
    }
    for _ in range(2):
        with refused("TransactionCanceledException"):
            dynamodb.transact_write_items(**request)


def test_a_token_that_is_too_long(dynamodb: Any, table: str) -> None:
    token = "t" * 37
    with refused(
        "ValidationException",
        f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy constraint: "
        "Member must have length less than or equal to 36",
    ):
        dynamodb.transact_write_items(TransactItems=[_put(table, "x")], ClientRequestToken=token)


def test_the_charge_is_twice_that_of_single_writes(dynamodb: Any, table: str, unique: Unique) -> None:
    """Units are repeated as ``WriteCapacityUnits``; a check is charged as a write of what it read."""
    large, checked = unique(), unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": checked}, "f": {"S": "x" * 1500}})
    answer = dynamodb.transact_write_items(
        TransactItems=[
            _put(table, unique()),
            _put(table, large, item={"f": {"S": "x" * 1500}}),
            _check(table, checked, "attribute_exists(pk)"),
        ],
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": table,
            "CapacityUnits": 10.0,
            "WriteCapacityUnits": 10.0,
            "Table": {"CapacityUnits": 10.0, "WriteCapacityUnits": 10.0},
        }
    ]


def test_a_value_that_is_nested_too_deep_is_a_reason_of_its_update(dynamodb: Any, table: str, unique: Unique) -> None:
    """In an item that is put, it refuses the transaction, in more words.

    Source: paritysuite/dynamodb-conformance pull request 178 (AWS's answers of 2026-09 in us-east-1 and eu-west-2);
    service model (the messages of TransactionCanceledException) and DynamoDB Local 3.3.1, asked 2026-11, for the words.
    """
    nesting = "Nesting Levels have exceeded supported limits"
    deep: dict[str, Any] = {"S": "x"}
    for _ in range(32):
        deep = {"L": [deep]}
    key = unique()
    with refused("TransactionCanceledException") as refusal:
        dynamodb.transact_write_items(
            TransactItems=[
                _put(table, key),
                {
                    "Update": {
                        "TableName": table,
                        "Key": {"pk": {"S": unique()}},
                        "UpdateExpression": "SET a = :v",
                        "ExpressionAttributeValues": {":v": deep},
                    }
                },
            ]
        )
    assert refusal.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ValidationError", "Message": nesting},
    ]
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})
    with refused("ValidationException", f"{nesting}: Attributes in the item have nested levels beyond supported limit"):
        dynamodb.transact_write_items(TransactItems=[_put(table, key, item={"a": deep})])


@pytest.mark.parametrize("levels", [32, 33, 150])
def test_a_condition_check_takes_values_however_deep(dynamodb: Any, table: str, unique: Unique, levels: int) -> None:
    """Source: as above."""
    deep: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        deep = {"L": [deep]}
    check = {
        "TableName": table,
        "Key": {"pk": {"S": unique()}},
        "ConditionExpression": "attribute_not_exists(pk) OR a = :v",
        "ExpressionAttributeValues": {":v": deep},
    }
    dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    check["ConditionExpression"] = "a = :v"
    with refused("TransactionCanceledException") as refusal:
        dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == ["ConditionalCheckFailed"]


def test_a_transaction_weighs_four_megabytes_at_most(dynamodb: Any, table: str, unique: Unique) -> None:
    """What is put counts, and what expressions mention each time they do; not the items that are changed.

    Source: dynamodb-exact §16 for the limit; DynamoDB Local 3.3.1, asked 2026-11, for what counts and for the words.
    """
    keys = [unique() for _ in range(11)]
    puts = [_put(table, key, item={"f": {"S": "x" * (381_000 - 3 - len(key))}}) for key in keys]
    left = 4_194_304 - 11 * 381_000
    dynamodb.transact_write_items(TransactItems=puts)
    check = {
        "ConditionCheck": {
            "TableName": table,
            "Key": {"pk": {"S": "x"}},
            "ConditionExpression": "a <> :v",
            "ExpressionAttributeValues": {":v": {"S": "x" * (left - 3 - 7)}},
        }
    }
    dynamodb.transact_write_items(TransactItems=[*puts, check])
    check["ConditionCheck"]["Key"] = {"pk": {"S": "xx"}}
    with refused("ValidationException", "Transaction payload size cannot exceed 4MB. Payload Size: 4194305"):
        dynamodb.transact_write_items(TransactItems=[*puts, check])
    dynamodb.transact_write_items(
        TransactItems=[
            {"Update": {"TableName": table, "Key": {"pk": {"S": key}}, "UpdateExpression": "REMOVE a"}} for key in keys
        ]
    )


def test_an_entry_is_one_action(dynamodb: Any, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    delete = {"Delete": {"TableName": table, "Key": {"pk": {"S": "y"}}}}
    with refused(
        "ValidationException", "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
    ):
        dynamodb.transact_write_items(TransactItems=[{}])
    with refused("ValidationException", "TransactItems can only contain one of Check, Put, Update or Delete"):
        dynamodb.transact_write_items(TransactItems=[{**_put(table, "x"), **delete}])
