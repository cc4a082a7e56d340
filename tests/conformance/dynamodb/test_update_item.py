"""UpdateItem: effects of the four clauses, return values, refusals.

The update language itself is in ``features/test_update_expressions.py``.
Source, unless a test names another: dynamodb-exact §3.3, §3.5, §8, §10, §11, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def test_an_update_creates_the_item(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="SET a = :v", ExpressionAttributeValues={":v": {"N": "1"}}
    )
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == {**key, "a": {"N": "1"}}


def test_an_update_without_an_expression_creates_the_key_alone(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.update_item(TableName=table, Key=key)
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == key


def test_an_upsert_may_remove_what_is_not_there(dynamodb: Any, table: str, unique: Unique) -> None:
    """Upsert: the key attributes come from ``Key``; removing what is not there is no error."""
    key = {"pk": {"S": unique()}}
    dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="SET a = :v REMOVE b", ExpressionAttributeValues={":v": {"N": "1"}}
    )
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == {**key, "a": {"N": "1"}}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("NONE", None),
        ("ALL_OLD", {"a": {"N": "1"}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}),
        ("ALL_NEW", {"a": {"N": "2"}, "m": {"M": {"x": {"N": "9"}, "y": {"N": "2"}}}, "new": {"S": "n"}}),
        ("UPDATED_OLD", {"a": {"N": "1"}, "m": {"M": {"x": {"N": "1"}}}}),
        ("UPDATED_NEW", {"a": {"N": "2"}, "m": {"M": {"x": {"N": "9"}}}, "new": {"S": "n"}}),
    ],
)
def test_return_values(dynamodb: Any, table: str, unique: Unique, wanted: str, expected: dict[str, Any] | None) -> None:
    """UPDATED_* hold only the paths the update names, without the key. Source: §11."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"N": "1"}, "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}})
    answer = dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET a = a + :one, m.x = :nine, #n = :n",
        ExpressionAttributeNames={"#n": "new"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":nine": {"N": "9"}, ":n": {"S": "n"}},
        ReturnValues=wanted,
    )
    if expected is not None and wanted.startswith("ALL"):
        expected = {**key, **expected}
    assert answer.get("Attributes") == expected


def test_a_remove_alone_has_no_updated_new(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"N": "1"}})
    answer = dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE a", ReturnValues="UPDATED_NEW")
    assert "Attributes" not in answer


def test_where_an_element_was_removed_updated_new_shows_the_next(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: dynalite 4.0.0 and, of the whole list, DynamoDB Local 3.3.1, asked 2026-11."""
    key = {"pk": {"S": unique()}}
    item = {**key, "a": {"N": "1"}, "l": {"L": [{"S": "x"}, {"S": "y"}]}, "m": {"M": {"l": {"L": [{"S": "z"}]}}}}
    dynamodb.put_item(TableName=table, Item=item)
    answer = dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="REMOVE a, l[0], m.l[0]", ReturnValues="UPDATED_NEW"
    )
    assert answer["Attributes"] == {"l": {"L": [{"S": "y"}]}}


@pytest.mark.parametrize(
    "removal",
    [
        {"UpdateExpression": "REMOVE a, b"},
        {"UpdateExpression": "DELETE a :v", "ExpressionAttributeValues": {":v": {"SS": ["x"]}}},
        {"AttributeUpdates": {"a": {"Action": "DELETE"}}},
        {"AttributeUpdates": {"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}},
    ],
    ids=["REMOVE", "DELETE", "legacy", "legacy with a value"],
)
def test_an_update_that_only_removes_makes_no_item(
    dynamodb: Any, table: str, unique: Unique, removal: dict[str, Any]
) -> None:
    """Source: scylladb/scylladb issues 5862 and 28368, which compare with AWS."""
    key = {"pk": {"S": unique()}}
    answer = dynamodb.update_item(
        TableName=table, Key=key, ReturnValues="ALL_NEW", ReturnConsumedCapacity="TOTAL", **removal
    )
    assert "Attributes" not in answer
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0
    assert "Item" not in dynamodb.get_item(TableName=table, Key=key)


def test_a_removal_below_nothing_is_refused(dynamodb: Any, table: str, unique: Unique) -> None:
    """A missing leaf is no fault, a missing parent is. Source: scylladb/scylladb issue 10043."""
    key = {"pk": {"S": unique()}}
    with refused("ValidationException", "The document path provided in the update expression is invalid for update"):
        dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE m.x")
    dynamodb.put_item(TableName=table, Item={**key, "m": {"M": {}}})
    dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE m.x")


@pytest.mark.parametrize(
    ("expression", "old", "new"),
    [
        ("SET l[0] = :v", {"l": {"L": [{"S": "x"}]}}, {"l": {"L": [{"S": "v"}]}}),
        ("SET l[1].a = :v", {"l": {"L": [{"M": {"a": {"S": "1"}}}]}}, {"l": {"L": [{"M": {"a": {"S": "v"}}}]}}),
        ("SET l[9] = :v", None, None),
        ("REMOVE l[2]", {"l": {"L": [{"S": "z"}]}}, None),
        ("REMOVE l[2] SET s = :v", {"l": {"L": [{"S": "z"}]}}, {"s": {"S": "v"}}),
        ("REMOVE l[1].a", {"l": {"L": [{"M": {"a": {"S": "1"}}}]}}, None),
    ],
)
def test_the_elements_of_a_list_that_were_updated(
    dynamodb: Any, table: str, unique: Unique, expression: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> None:
    """Source: ExtendDB/extenddb issue 98 and pull request 105, which compare with AWS."""
    key = {"pk": {"S": unique()}}
    item = {**key, "l": {"L": [{"S": "x"}, {"M": {"a": {"S": "1"}, "b": {"S": "2"}}}, {"S": "z"}]}}
    for wanted, expected in (("UPDATED_OLD", old), ("UPDATED_NEW", new)):
        dynamodb.put_item(TableName=table, Item=item)
        answer = dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression=expression,
            ReturnValues=wanted,
            **({"ExpressionAttributeValues": {":v": {"S": "v"}}} if ":v" in expression else {}),
        )
        assert answer.get("Attributes") == expected, wanted


def test_all_old_of_a_created_item_is_absent(dynamodb: Any, table: str, unique: Unique) -> None:
    answer = dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": unique()}},
        UpdateExpression="SET a = :v",
        ExpressionAttributeValues={":v": {"N": "1"}},
        ReturnValues="ALL_OLD",
    )
    assert "Attributes" not in answer


def test_a_failed_condition_changes_nothing(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    with refused("ConditionalCheckFailedException", "The conditional request failed") as refusal:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": item["pk"]},
            UpdateExpression="SET a = :two",
            ConditionExpression="a = :two",
            ExpressionAttributeValues={":two": {"N": "2"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.response["Item"] == item
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"] == item


def test_an_upsert_guarded_by_existence(dynamodb: Any, table: str, unique: Unique) -> None:
    """The condition sees an empty item where there is none, keys included. Source: §10."""
    with refused("ConditionalCheckFailedException"):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": unique()}},
            UpdateExpression="SET a = :v",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":v": {"N": "1"}},
        )


@pytest.mark.parametrize("expression", ["SET pk = :v", "REMOVE pk", "ADD pk :v", "DELETE pk :v", "SET a = :v, pk = :v"])
def test_key_attributes_cannot_be_updated(dynamodb: Any, table: str, expression: str) -> None:
    value = {"SS": ["x"]} if "DELETE" in expression else {"N": "1"}
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
    ):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "x"}},
            UpdateExpression=expression,
            **({"ExpressionAttributeValues": {":v": value}} if ":v" in expression else {}),
        )


def test_the_key_is_checked_before_key_updates(dynamodb: Any, table: str) -> None:
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.update_item(TableName=table, Key={"x": {"S": "x"}}, UpdateExpression="REMOVE pk")


def test_an_update_to_a_bad_index_key(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """A value of the request is judged before the item is read, what comes of an item's attributes after it.

    Source: dynalite, which was calibrated on AWS; ExtendDB/extenddb pull requests 184 and 275.
    """
    key = {"pk": {"S": unique()}, "sk": {"S": "1"}}
    mismatch = "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: {} IndexName: by_a"
    for expression, value in (("SET a = :v", {"N": "1"}), ("ADD a :v", {"N": "1"}), ("DELETE a :v", {"SS": ["x"]})):
        with refused("ValidationException", mismatch.format(*value)):
            dynamodb.update_item(
                TableName=indexed_table,
                Key=key,
                UpdateExpression=expression,
                ConditionExpression="attribute_exists(nothing)",
                ExpressionAttributeValues={":v": value},
            )
    with refused("ValidationException", mismatch.format("N")):
        dynamodb.update_item(TableName=indexed_table, Key=key, AttributeUpdates={"a": {"Value": {"N": "1"}}})
    with refused(
        "ValidationException",
        "The update expression attempted to update the secondary index key to unsupported type",
    ):
        dynamodb.update_item(
            TableName=indexed_table,
            Key=key,
            UpdateExpression="SET a = if_not_exists(nothing, :v)",
            ExpressionAttributeValues={":v": {"N": "1"}},
        )
    with refused(
        "ValidationException",
        "The update expression attempted to update the secondary index key beyond allowed size limits",
    ):
        dynamodb.update_item(
            TableName=indexed_table,
            Key=key,
            UpdateExpression="SET a = :v",
            ExpressionAttributeValues={":v": {"S": "x" * 2049}},
        )
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The update expression attempted to update a secondary index key "
        "to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.",
    ):
        dynamodb.update_item(
            TableName=indexed_table, Key=key, UpdateExpression="SET a = :v", ExpressionAttributeValues={":v": {"S": ""}}
        )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("SET a = if_not_exists(a, :v)", {"N": "1"}),
        ("SET a = :v - :v", {"N": "1"}),
        ("SET a = list_append(:v, :v)", {"L": []}),
    ],
)
def test_an_index_key_whose_type_the_text_tells(
    dynamodb: Any, indexed_table: str, unique: Unique, expression: str, value: dict[str, Any]
) -> None:
    """Refused in the words for an item that is put, where its value is the result.

    Source: dynalite 4.0.0 and, of the first two, DynamoDB Local 3.3.1, asked 2026-11.
    """
    asked: dict[str, Any] = {
        "TableName": indexed_table,
        "Key": {"pk": {"S": unique()}, "sk": {"S": "1"}},
        "UpdateExpression": expression,
        "ExpressionAttributeValues": {":v": value},
    }
    mismatch = "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: {} IndexName: by_a"
    with refused("ValidationException", mismatch.format(*value)):
        dynamodb.update_item(**asked)
    if "if_not_exists" in expression:
        dynamodb.put_item(TableName=indexed_table, Item={**asked["Key"], "a": {"S": "x"}})
        dynamodb.update_item(**asked)


def test_bad_enums_are_reported_one_at_a_time(dynamodb: Any, table: str) -> None:
    """UpdateItem stops at the first bad enum, ReturnValues first. Source: §3.3, 2026 deviation."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'b' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
    ):
        dynamodb.update_item(TableName=table, Key={"pk": {"S": "x"}}, ReturnValues="b", ReturnConsumedCapacity="a")


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.update_item(TableName=unique(), Key={"pk": {"S": "x"}})


def test_both_kinds_of_parameters(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: {UpdateExpression}",
    ):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "x"}},
            AttributeUpdates={"a": {"Action": "DELETE"}},
            Expected={"b": {"Exists": False}},
            UpdateExpression="REMOVE a",
        )


def test_an_update_that_grows_the_item_too_large(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §7.2."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"S": "x" * 300_000}})
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET b = :v",
            ExpressionAttributeValues={":v": {"S": "x" * 200_000}},
        )
    assert "b" not in dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.delete_item(TableName=table, Key=key)


def test_the_ceiling_of_an_update_with_a_short_key(dynamodb: Any, table: str) -> None:
    """With a one-character key an update's ceiling is 19 bytes below a put's. Source: §7.2, bisected to the byte.

    Without keys 2 + 1 bytes, plus 3 + 19 for one assignment.
    """
    key = {"pk": {"S": "k"}}
    room = 409_600 - 19 - len("pk") - len("k") - len("f")

    def update(size: int) -> None:
        dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression="SET f = :v", ExpressionAttributeValues={":v": {"S": "x" * size}}
        )

    update(room)
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        update(room + 1)
    dynamodb.delete_item(TableName=table, Key=key)


def test_what_an_update_does_not_name_is_out_of_its_measure(dynamodb: Any, table: str, unique: Unique) -> None:
    """The finished item may be larger by the bytes of such an attribute, up to 409,600.

    Source: nubo-db/dynoxide issue 210 (bisected on AWS in eu-west-2, 2026-09).
    """
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "u": {"S": "x" * 1000}})
    room = 409_600 - (len("u") + 1000) - len("pk") - len(key["pk"]["S"]) - len("f")

    def update(size: int) -> None:
        dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression="SET f = :v", ExpressionAttributeValues={":v": {"S": "x" * size}}
        )

    update(room)
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        update(room + 1)
    dynamodb.delete_item(TableName=table, Key=key)


def test_writing_through_an_index_costs_a_byte_of_room(dynamodb: Any, table: str) -> None:
    """Source: as above. Beside the 22 bytes of an assignment: a name of 1, and 3 + 1 for a list of one element."""
    key = {"pk": {"S": "k"}}
    dynamodb.put_item(TableName=table, Item={**key, "d": {"L": [{"S": "x"}]}})
    room = 409_600 - 22 - len("d") - 4

    def update(expression: str, value: dict[str, Any]) -> None:
        dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression=expression, ExpressionAttributeValues={":v": value}
        )

    update("SET d = :v", {"L": [{"S": "x" * room}]})
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        update("SET d[0] = :v", {"S": "x" * room})
    update("SET d[0] = :v", {"S": "x" * (room - 1)})
    dynamodb.delete_item(TableName=table, Key=key)


def test_the_charge_is_the_larger_of_before_and_after(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "f": {"S": "x" * 3000}})
    answer = dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE f", ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 3.0}
