"""Expressions that are refused, and the exact words. Source: dynamodb-exact §7.3, §9.2, §9.3.

Asked of DeleteItem (conditions), Scan (filters) and GetItem (projections). The texts of what writes one item carry a
prefix (§3.5; of DeleteItem, and of what nobody uses: floci-io/floci issue 2893 and pull request 3447, AWS's answers of
2026-09 in ap-southeast-1, us-east-1 and eu-west-2; of empty texts and maps: getmoto/moto pull request 10198, AWS's
answers of 2026-08). What ADD and DELETE can take is named at the end: typedorm/typedorm issue 264.
"""

from typing import Any

import pytest

from tests.conformance.expect import refused

KEY = {"pk": {"S": "x"}}
WRITE_PREFIX = "1 validation error detected: "


CONDITIONS = [
    ("", {}, "The expression can not be empty;"),
    ("a = :none", {}, "An expression attribute value used in expression is not defined; attribute value: :none"),
    (
        "#none = :v",
        {":v": {"S": "x"}},
        "An expression attribute name used in the document path is not defined; attribute name: #none",
    ),
    ("nope(a)", {}, "Invalid function name; function: nope"),
    ("SIZE(a) = :v", {":v": {"N": "1"}}, "Invalid function name; function: SIZE"),
    ("size(a)", {}, "The function is not allowed to be used this way in an expression; function: size"),
    (
        "attribute_exists(a) = :v",
        {":v": {"BOOL": True}},
        "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ),
    (
        "attribute_exists(a, b)",
        {},
        "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ),
    (
        "begins_with(a)",
        {},
        "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
    ),
    (
        "attribute_exists(:v)",
        {":v": {"S": "x"}},
        "Operator or function requires a document path; operator or function: attribute_exists",
    ),
    (
        "begins_with(a, :v)",
        {":v": {"N": "1"}},
        "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ),
    (
        "size(:v) = :v",
        {":v": {"N": "1"}},
        "Incorrect operand type for operator or function; operator or function: size, operand type: N",
    ),
    (
        "attribute_type(a, :v)",
        {":v": {"N": "1"}},
        "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
    ),
    (
        "attribute_type(a, :v)",
        {":v": {"S": "X"}},
        "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
    ),
    (
        "a = a",
        {},
        (
            "The first operand must be distinct from the remaining operands for this operator or function; "
            "operator: =, first operand: [a]"
        ),
    ),
    (
        "contains(a, a)",
        {},
        (
            "The first operand must be distinct from the remaining operands for this operator or function; "
            "operator: contains, first operand: [a]"
        ),
    ),
    (
        "a BETWEEN :n AND :s",
        {":n": {"N": "1"}, ":s": {"S": "a"}},
        (
            "The BETWEEN operator requires same data type for lower and upper bounds; "
            "lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}"
        ),
    ),
    (
        "a BETWEEN :two AND :one",
        {":two": {"N": "2"}, ":one": {"N": "1"}},
        (
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"
        ),
    ),
    (
        "a < :v",
        {":v": {"BOOL": True}},
        "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
    ),
    (
        "attribute_exists(b) OR NOT :v >= a",
        {":v": {"SS": ["x"]}},
        "Incorrect operand type for operator or function; operator or function: >=, operand type: SS",
    ),
    (
        "a BETWEEN :v AND :v",
        {":v": {"NULL": True}},
        "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: NULL",
    ),
    ("((a = :v))", {":v": {"N": "1"}}, "The expression has redundant parentheses;"),
    ("a = :v AND ((b = :v))", {":v": {"N": "1"}}, "The expression has redundant parentheses;"),
    ("status = :v", {":v": {"N": "1"}}, "Attribute name is a reserved keyword; reserved keyword: status"),
    ("a.Year = :v", {":v": {"N": "1"}}, "Attribute name is a reserved keyword; reserved keyword: Year"),
    # Blanks, and several faults at once. Source: DynamoDB Local 3.3.1, asked 2026-11.
    (" \n", {}, 'Syntax error; token: "<EOF>", near: " \n"'),
    ("a =  ", {}, 'Syntax error; token: "<EOF>", near: "=  "'),
    (" = :v", {":v": {"N": "1"}}, 'Syntax error; token: "=", near: " = :v"'),
    ("((a = :v)) AND (", {":v": {"N": "1"}}, "The expression has redundant parentheses;"),
    ("((a)) AND b = :v", {":v": {"N": "1"}}, 'Syntax error; token: "AND", near: ") AND b"'),
    ("year = :v AND size(a)", {":v": {"N": "1"}}, "Attribute name is a reserved keyword; reserved keyword: year"),
    (
        "size(a, b) = :none",
        {":v": {"N": "1"}},
        "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
    ),
    (
        "a BETWEEN :b AND :v",
        {":v": {"N": "1"}, ":b": {"B": b"ab"}},
        (
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: "
            "{B:java.nio.HeapByteBuffer[pos=0 lim=2 cap=2]}, upper bound operand: AttributeValue: {N:1}"
        ),
    ),
    (
        "a BETWEEN a AND :v",
        {":v": {"L": []}},
        "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L",
    ),
    (
        "a.:v = :v",
        {":v": {"N": "1"}},
        "An expression attribute name used in the document path is not defined; attribute name: :v",
    ),
]


@pytest.mark.parametrize(("expression", "values", "text"), CONDITIONS, ids=[case[0] or "empty" for case in CONDITIONS])
@pytest.mark.parametrize("kind", ["condition", "filter"])
def test_a_refused_condition(
    dynamodb: Any, table: str, kind: str, expression: str, values: dict[str, Any], text: str
) -> None:
    given = {"ExpressionAttributeValues": values} if values else {}
    if kind == "condition":
        with refused("ValidationException", f"{WRITE_PREFIX}Invalid ConditionExpression: {text}"):
            dynamodb.delete_item(TableName=table, Key=KEY, ConditionExpression=expression, **given)
    else:
        with refused("ValidationException", f"Invalid FilterExpression: {text}"):
            dynamodb.scan(TableName=table, FilterExpression=expression, **given)


UPDATES = [
    ("", {}, "The expression can not be empty;"),
    ("SET a = :v SET b = :v", {":v": {"N": "1"}}, 'The "SET" section can only be used once in an update expression;'),
    (
        "SET a = :v, a.b = :v",
        {":v": {"N": "1"}},
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ),
    (
        "SET a = :v REMOVE a",
        {":v": {"N": "1"}},
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ),
    (
        "SET a[0] = :v, a.b = :v",
        {":v": {"N": "1"}},
        "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]",
    ),
    (
        "REMOVE m.x, n, m",
        {},
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [n]",
    ),
    # Of several faults that take the values to be seen, the last is told. Source: DynamoDB Local 3.3.1, asked 2026-11.
    (
        "SET a = :v + b, c = list_append(:v, d)",
        {":v": {"S": "x"}},
        "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
    ),
    (
        "SET a = list_append(list_append(b, :v), :v)",
        {":v": {"L": []}},
        "The function is not allowed to be used this way in an expression; function: list_append",
    ),
    (
        "SET a = if_not_exists(a, a)",
        {},
        (
            "The first operand must be distinct from the remaining operands for this operator or function; "
            "operator: if_not_exists, first operand: [a]"
        ),
    ),
    ("SET a = (b + :v) - c", {":v": {"N": "1"}}, 'Syntax error; token: "-", near: ") - c"'),
    (
        "ADD a :v",
        {":v": {"S": "x"}},
        "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    (
        "DELETE a :v",
        {":v": {"N": "1"}},
        "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    (
        "DELETE a :v",
        {":v": {"L": [{"S": "x"}]}},
        "Incorrect operand type for operator or function; operator: DELETE, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    (
        "SET a = :v + b",
        {":v": {"S": "x"}},
        "Incorrect operand type for operator or function; operator or function: +, operand type: S",
    ),
    (
        "SET a = list_append(a, :v)",
        {":v": {"S": "x"}},
        "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
    ),
    (
        "SET a = if_not_exists(:v, :v)",
        {":v": {"S": "x"}},
        "Operator or function requires a document path; operator or function: if_not_exists",
    ),
    ("SET a = nope(b)", {}, "Invalid function name; function: nope"),
    ("SET name = :v", {":v": {"S": "x"}}, "Attribute name is a reserved keyword; reserved keyword: name"),
    ("SET a = :none", {}, "An expression attribute value used in expression is not defined; attribute value: :none"),
]


@pytest.mark.parametrize(("expression", "values", "text"), UPDATES, ids=[case[0] or "empty" for case in UPDATES])
def test_a_refused_update(dynamodb: Any, table: str, expression: str, values: dict[str, Any], text: str) -> None:
    """What is found without an item carries UpdateItem's prefix. Source: §3.5; getmoto/moto pull request 10198."""
    with refused("ValidationException", f"{WRITE_PREFIX}Invalid UpdateExpression: {text}"):
        dynamodb.update_item(
            TableName=table,
            Key=KEY,
            UpdateExpression=expression,
            **({"ExpressionAttributeValues": values} if values else {}),
        )


PROJECTIONS = [
    ("", "The expression can not be empty;"),
    (
        "a, a.b",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ),
    (
        "a, a",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ),
    (
        "m.x, n, m",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [n]",
    ),
    (
        "#none, a, a[0], b",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [b]",
    ),
    ("size", "Attribute name is a reserved keyword; reserved keyword: size"),
    ("#none", "An expression attribute name used in the document path is not defined; attribute name: #none"),
]


@pytest.mark.parametrize(("expression", "text"), PROJECTIONS, ids=[case[0] or "empty" for case in PROJECTIONS])
def test_a_refused_projection(dynamodb: Any, table: str, expression: str, text: str) -> None:
    """Faults are reported even if nothing is read."""
    with refused("ValidationException", f"Invalid ProjectionExpression: {text}"):
        dynamodb.get_item(TableName=table, Key=KEY, ProjectionExpression=expression)


SYNTAX = [
    ("update", "ADD hits : incr", 'Syntax error; token: ":", near: "hits : incr"'),
    ("update", "INVALID SYNTAX HERE", 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'),
    ("update", "SET _a = :v", 'Syntax error; token: "_", near: "SET _a"'),
    ("projection", "!!! INVALID !!!", 'Syntax error; token: "!", near: "!!"'),
    ("projection", "__typename", 'Syntax error; token: "_", near: "__"'),
    ("projection", "#year_2021-03-03", 'Syntax error; token: "-", near: "#year_2021-0"'),
    ("update", "SET a[01] = :v", 'Syntax error; token: "1", near: "01]"'),
]


@pytest.mark.parametrize(("kind", "expression", "text"), SYNTAX, ids=[case[1] for case in SYNTAX])
def test_a_syntax_error_names_token_and_neighbours(
    dynamodb: Any, table: str, kind: str, expression: str, text: str
) -> None:
    if kind == "update":
        with refused("ValidationException", f"{WRITE_PREFIX}Invalid UpdateExpression: {text}"):
            dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression=expression)
    else:
        with refused("ValidationException", f"Invalid ProjectionExpression: {text}"):
            dynamodb.get_item(TableName=table, Key=KEY, ProjectionExpression=expression)


def test_an_expression_of_4096_bytes_is_the_longest(dynamodb: Any, table: str) -> None:
    """Counted on the raw string, before parsing."""
    expression = "a = :v" + " " * 4090
    value = {":v": {"N": "1"}}
    with refused("ConditionalCheckFailedException"):
        dynamodb.delete_item(TableName=table, Key=KEY, ConditionExpression=expression, ExpressionAttributeValues=value)
    with refused(
        "ValidationException",
        f"{WRITE_PREFIX}Invalid ConditionExpression: Expression size has exceeded the maximum allowed size;",
    ):
        dynamodb.delete_item(
            TableName=table, Key=KEY, ConditionExpression=expression + " ", ExpressionAttributeValues=value
        )


def test_only_the_filter_of_a_scan_is_refused_with_its_size(dynamodb: Any, table: str) -> None:
    """Source: floci pull request 3447, checked there on AWS; aws/aws-sdk-java-v2 issue 4597 quotes UpdateItem."""
    too_long = "Expression size has exceeded the maximum allowed size;"
    value = {":v": {"S": "1"}}
    text = "a = :v" + " " * 4091
    with refused("ValidationException", f"Invalid FilterExpression: {too_long} expression size: 4097"):
        dynamodb.scan(TableName=table, FilterExpression=text, ExpressionAttributeValues=value)
    with refused("ValidationException", f"Invalid FilterExpression: {too_long}"):
        dynamodb.query(
            TableName=table, KeyConditionExpression="pk = :v", FilterExpression=text, ExpressionAttributeValues=value
        )
    with refused("ValidationException", f"Invalid ProjectionExpression: {too_long}"):
        dynamodb.scan(TableName=table, ProjectionExpression="a" * 4097)
    with refused("ValidationException", f"{WRITE_PREFIX}Invalid UpdateExpression: {too_long}"):
        dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression="SET " + text, ExpressionAttributeValues=value)


def test_one_hundred_operands_of_in(dynamodb: Any, table: str) -> None:
    def ask(count: int) -> None:
        dynamodb.delete_item(
            TableName=table,
            Key=KEY,
            ConditionExpression=f"a IN ({', '.join(f':v{number}' for number in range(count))})",
            ExpressionAttributeValues={f":v{number}": {"N": str(number)} for number in range(count)},
        )

    with refused("ConditionalCheckFailedException"):
        ask(100)
    with refused(
        "ValidationException",
        f"{WRITE_PREFIX}Invalid ConditionExpression: The IN operator is provided with too many operands; "
        "number of operands: 101",
    ):
        ask(101)


def test_three_hundred_operators(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        f"{WRITE_PREFIX}Invalid ConditionExpression: The expression contains too many operators; operator count: 301",
    ):
        dynamodb.delete_item(
            TableName=table,
            Key=KEY,
            ConditionExpression=" AND ".join(["a=:v"] * 151),
            ExpressionAttributeValues={":v": {"N": "1"}},
        )


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("begins_with(s, :v)", {"N": "1"}, "operator or function: begins_with, operand type: N"),
        ("s < :v", {"L": []}, "operator or function: <, operand type: L"),
    ],
)
def test_the_prefix_of_a_condition(
    dynamodb: Any, table: str, expression: str, value: dict[str, Any], text: str
) -> None:
    """What writes one item has it, also where the condition is of no consequence."""
    asked = {
        "ConditionExpression": f"attribute_exists(a) OR {expression}",
        "ExpressionAttributeValues": {":v": value},
    }
    sentence = f"Invalid ConditionExpression: Incorrect operand type for operator or function; {text}"
    with refused("ValidationException", WRITE_PREFIX + sentence):
        dynamodb.put_item(TableName=table, Item=KEY, **asked)
    with refused("ValidationException", WRITE_PREFIX + sentence):
        dynamodb.update_item(TableName=table, Key=KEY, **asked)
    with refused("ValidationException", WRITE_PREFIX + sentence):
        dynamodb.delete_item(TableName=table, Key=KEY, **asked)


def test_a_path_to_what_has_no_order_is_merely_false(dynamodb: Any, table: str) -> None:
    item = {"pk": {"S": "orderless"}, "flag": {"BOOL": True}, "l1": {"L": []}}
    dynamodb.put_item(TableName=table, Item=item)
    for condition in ("flag < flag2", "l1 >= flag", "flag BETWEEN l1 AND l2"):
        with refused("ConditionalCheckFailedException"):
            dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]}, ConditionExpression=condition)


PLACEHOLDERS = [
    ({"ExpressionAttributeNames": {}}, WRITE_PREFIX + "ExpressionAttributeNames must not be empty"),
    ({"ExpressionAttributeValues": {}}, WRITE_PREFIX + "ExpressionAttributeValues must not be empty"),
    (
        {"ExpressionAttributeNames": {"a": "b"}},
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
    ),
    (
        {"ExpressionAttributeValues": {"a": {"S": "b"}}},
        'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"',
    ),
    (
        {"ExpressionAttributeNames": {"#" + "a" * 255: "b"}},
        (
            "ExpressionAttributeNames contains invalid key: "
            "The expression attribute map contains a key that is too long; size of key: 256"
        ),
    ),
    # An empty key, and in which order several are listed. Source: DynamoDB Local 3.3.1, asked 2026-11.
    (
        {"ExpressionAttributeNames": {"": "b"}},
        "ExpressionAttributeNames contains invalid key: The expression attribute map contains an empty key;",
    ),
    (
        {"ExpressionAttributeValues": {"": {"S": "b"}}},
        "ExpressionAttributeValues contains invalid key: The expression attribute map contains an empty key;",
    ),
    (
        {"ExpressionAttributeNames": {"#a": ""}, "ExpressionAttributeValues": {"a": {"S": "b"}}},
        'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"',
    ),
    (
        {"ExpressionAttributeNames": {"#a": ""}, "ExpressionAttributeValues": {":a": {}}},
        (
            "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, "
            "must contain exactly one of the supported datatypes for key :a"
        ),
    ),
    (
        {"ExpressionAttributeValues": {":ns": {"S": "b"}, ":es": {"S": "b"}}},
        WRITE_PREFIX + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:es, :ns}",
    ),
    (
        {"ExpressionAttributeNames": {"#a": "b"}},
        WRITE_PREFIX + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
    ),
    (
        {"ExpressionAttributeValues": {":a": {"S": "b"}}},
        WRITE_PREFIX + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
    ),
    (
        {"ExpressionAttributeNames": {"#a": "b"}, "ExpressionAttributeValues": {":a": {"S": "b"}}},
        WRITE_PREFIX + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
    ),
]


@pytest.mark.parametrize(("members", "text"), PLACEHOLDERS, ids=[case[1][-60:] for case in PLACEHOLDERS])
def test_refused_placeholders(dynamodb: Any, table: str, members: dict[str, Any], text: str) -> None:
    with refused("ValidationException", text):
        dynamodb.delete_item(TableName=table, Key=KEY, ConditionExpression="attribute_exists(b)", **members)


def test_what_no_key_can_answer_is_told_behind_the_other_expressions(dynamodb: Any, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    asked = {
        "TableName": table,
        "KeyConditionExpression": "pk = :v OR pk = :v",
        "ExpressionAttributeValues": {":v": {"S": "1"}},
    }
    with refused("ValidationException", 'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "="'):
        dynamodb.query(**asked, FilterExpression="a =")
    with refused("ValidationException", "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"):
        dynamodb.query(**asked, ExpressionAttributeNames={"#a": "a"})
    with refused("ValidationException", "Invalid operator used in KeyConditionExpression: OR"):
        dynamodb.query(**asked, FilterExpression="a = :v")


def test_a_filter_that_looks_into_a_key_is_refused_for_that_first(dynamodb: Any, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"
    with refused("ValidationException", message):
        dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :v",
            FilterExpression="pk.a = :v",
            ExpressionAttributeValues={":v": {"S": "1"}},
        )
