"""SearchVectors, and what writes do to the index it searches.

Source, unless a test names another: the documentation of SearchVectors; the developer guide's pages on vector search;
nubo-db/dynoxide and ExtendDB/extenddb, whose sources tell what they measured on AWS in August 2026.
"""

import struct
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
TWICE = "One or more parameter values are not valid. One or more parameter values were invalid ."
ONCE = "One or more parameter values were invalid."


def vector(*numbers: float | str) -> list[dict[str, str]]:
    """A vector as it stands in a search."""
    return [{"N": str(number)} for number in numbers]


def listed(*numbers: float | str) -> dict[str, Any]:
    """A vector as it stands in an item."""
    return {"L": vector(*numbers)}


def index(name: str = "near", function: str = "EUCLIDEAN", **members: Any) -> dict[str, Any]:
    return {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": "v"},
        "Dimensions": 2,
        "DistanceFunction": function,
        "Projection": {"ProjectionType": "ALL"},
        **members,
    }


def schema(**kinds: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "SearchSchemaElementType": kind} for name, kind in kinds.items()]


@pytest.fixture
def near(make_table: Callable[..., str]) -> str:
    """A table with one vector index over all of its items."""
    return make_table(VectorIndexes=[index()])


@pytest.fixture
def shops(make_table: Callable[..., str]) -> str:
    """A table whose vectors are searched by shop, and filtered by colour and amount."""
    searched = schema(shop="HASH", colour="INLINE_FILTER", amount="INLINE_FILTER")
    only_keys = index(SearchSchema=searched, Projection={"ProjectionType": "KEYS_ONLY"})
    return make_table(definitions=["shop:S", "colour:S", "amount:N"], VectorIndexes=[only_keys])


Search = Callable[..., list[dict[str, Any]]]
Put = Callable[..., None]


@pytest.fixture
def search(dynamodb: Any) -> Search:
    """Search an index; gives the results."""

    def run(table: str, *numbers: float, top_k: int = 10, **members: Any) -> list[dict[str, Any]]:
        asked = {"IndexName": "near", "SearchVector": vector(*numbers), "TopK": top_k, **members}
        found: list[dict[str, Any]] = dynamodb.search_vectors(TableName=table, **asked)["SearchResults"]
        return found

    return run


@pytest.fixture
def put(dynamodb: Any) -> Put:
    def run(table: str, key: str, *numbers: float | str, **attributes: Any) -> None:
        item = {"pk": {"S": key}, **attributes}
        if numbers:
            item["v"] = listed(*numbers)
        dynamodb.put_item(TableName=table, Item=item)

    return run


def keys(results: list[dict[str, Any]]) -> list[str]:
    return [result["Item"]["pk"]["S"] for result in results]


# -- scores ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "found"),
    [
        ("EUCLIDEAN", [("a", 0.0), ("b", 1.0), ("d", 2.0), ("c", 3.0)]),
        ("COSINE", [("a", 0.0), ("c", 0.0), ("b", 1 - 0.5**0.5), ("d", 2.0)]),
        ("DOT_PRODUCT", [("c", 4.0), ("a", 1.0), ("b", 1.0), ("d", -1.0)]),
    ],
)
def test_the_nearest_comes_first(
    make_table: Callable[..., str], put: Put, search: Search, function: str, found: list[tuple[str, float]]
) -> None:
    table = make_table(VectorIndexes=[index(function=function)])
    for key, numbers in {"a": (1, 0), "b": (1, 1), "c": (4, 0), "d": (-1, 0)}.items():
        put(table, key, *numbers)
    results = search(table, 1, 0)
    # The order of equal scores is nobody's promise.
    assert sorted(keys(results)) == ["a", "b", "c", "d"]
    assert [result["Score"] for result in results] == pytest.approx([score for _, score in found], abs=1e-6)
    assert {key: result["Score"] for key, result in zip(keys(results), results, strict=True)} == pytest.approx(
        dict(found), abs=1e-6
    )


def test_a_vector_without_a_direction_is_neither_near_nor_far(
    make_table: Callable[..., str], put: Put, search: Search
) -> None:
    table = make_table(VectorIndexes=[index(function="COSINE")])
    put(table, "zero", 0, 0)
    put(table, "one", 1, 0)
    assert [result["Score"] for result in search(table, 0, 0)] == [1.0, 1.0]
    assert {result["Item"]["pk"]["S"]: result["Score"] for result in search(table, 2, 0)} == {"one": 0.0, "zero": 1.0}


def test_a_score_ends_at_the_bound_of_a_float(make_table: Callable[..., str], put: Put, search: Search) -> None:
    table = make_table(VectorIndexes=[index(function="DOT_PRODUCT")])
    put(table, "large", "3e38", "3e38")
    put(table, "cancelled", "3e38", "-3e38")
    results = search(table, 3e38, 3e38)
    greatest = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
    assert {result["Item"]["pk"]["S"]: result["Score"] for result in results} == {"large": greatest, "cancelled": 0.0}


def test_vectors_are_compared_as_32_bit_floats(near: str, put: Put, search: Search) -> None:
    put(near, "a", "0.1", "16777217")
    [result] = search(near, 0.1, 16777216)
    assert result["Score"] == 0.0


def test_at_most_so_many_are_found(near: str, put: Put, search: Search) -> None:
    for number in range(5):
        put(near, f"k{number}", number, 0)
    assert keys(search(near, 0, 0, top_k=3)) == ["k0", "k1", "k2"]
    assert len(search(near, 0, 0, top_k=100)) == 5


def test_an_empty_index_finds_nothing(near: str, search: Search) -> None:
    assert search(near, 0, 0) == []


# -- what is in the index --------------------------------------------------------------------------------------------


def test_every_write_reaches_the_index(dynamodb: Any, near: str, put: Put, search: Search) -> None:
    put(near, "put", 0, 0)
    dynamodb.update_item(
        TableName=near,
        Key={"pk": {"S": "updated"}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": listed(1, 0)},
    )
    batch = [{"PutRequest": {"Item": {"pk": {"S": "batch"}, "v": listed(2, 0)}}}]
    dynamodb.batch_write_item(RequestItems={near: batch})
    transacted = {"TableName": near, "Item": {"pk": {"S": "transacted"}, "v": listed(3, 0)}}
    dynamodb.transact_write_items(TransactItems=[{"Put": transacted}])
    dynamodb.execute_statement(Statement=f"INSERT INTO \"{near}\" VALUE {{'pk': 'inserted', 'v': [4, 0]}}")
    assert keys(search(near, 0, 0)) == ["put", "updated", "batch", "transacted", "inserted"]
    dynamodb.update_item(
        TableName=near,
        Key={"pk": {"S": "put"}},
        UpdateExpression="SET v[0] = :nine",
        ExpressionAttributeValues={":nine": {"N": "9"}},
    )
    dynamodb.delete_item(TableName=near, Key={"pk": {"S": "updated"}})
    dynamodb.update_item(TableName=near, Key={"pk": {"S": "batch"}}, UpdateExpression="REMOVE v")
    dynamodb.execute_statement(Statement=f"DELETE FROM \"{near}\" WHERE pk = 'inserted'")
    assert [(result["Item"]["pk"]["S"], result["Score"]) for result in search(near, 0, 0)] == [
        ("transacted", 3.0),
        ("put", 9.0),
    ]


def test_an_item_without_vector_or_hash_attribute_is_not_found(shops: str, put: Put, search: Search) -> None:
    put(shops, "whole", 1, 1, shop={"S": "a"})
    put(shops, "no shop", 1, 1)
    put(shops, "no vector", shop={"S": "a"})
    condition = {"SearchConditionExpression": "shop = :s", "ExpressionAttributeValues": {":s": {"S": "a"}}}
    assert keys(search(shops, 1, 1, **condition)) == ["whole"]


def test_an_item_that_changes_its_partition_is_found_there_only(shops: str, put: Put, search: Search) -> None:
    put(shops, "k", 1, 1, shop={"S": "a"})
    put(shops, "k", 1, 1, shop={"S": "b"})
    for shop, found in (("a", []), ("b", ["k"])):
        condition = {"SearchConditionExpression": "shop = :s", "ExpressionAttributeValues": {":s": {"S": shop}}}
        assert keys(search(shops, 1, 1, **condition)) == found


def test_filters_must_all_hold(shops: str, put: Put, search: Search) -> None:
    """Numbers are compared by value; an item without the attribute is not found."""
    put(shops, "a", 0, 0, shop={"S": "x"}, colour={"S": "red"}, amount={"N": "1.50"})
    put(shops, "b", 1, 0, shop={"S": "x"}, colour={"S": "red"}, amount={"N": "2"})
    put(shops, "c", 2, 0, shop={"S": "x"}, colour={"S": "blue"})
    put(shops, "d", 3, 0, shop={"S": "y"}, colour={"S": "red"}, amount={"N": "1.5"})
    values = {":s": {"S": "x"}, ":red": {"S": "red"}, ":amount": {"N": "15e-1"}}

    def asked(expression: str, *used: str) -> list[str]:
        given = {name: values[name] for name in used}
        return keys(search(shops, 0, 0, SearchConditionExpression=expression, ExpressionAttributeValues=given))

    assert asked("shop = :s", ":s") == ["a", "b", "c"]
    assert asked("shop = :s AND colour = :red", ":s", ":red") == ["a", "b"]
    assert asked("(:amount = amount) AND shop = :s and colour = :red", ":s", ":red", ":amount") == ["a"]


def test_names_of_conditions_may_be_placeholders(shops: str, put: Put, search: Search) -> None:
    put(shops, "a", 0, 0, shop={"S": "x"})
    found = search(
        shops,
        0,
        0,
        SearchConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "shop"},
        ExpressionAttributeValues={":s": {"S": "x"}},
    )
    assert keys(found) == ["a"]


# -- what is shown ---------------------------------------------------------------------------------------------------


def test_the_vector_is_shown_only_where_it_is_asked_for(near: str, put: Put, search: Search) -> None:
    put(near, "a", "0.1", "123456789", title={"S": "t"}, more={"M": {"x": {"N": "1"}, "y": {"N": "2"}}})
    [result] = search(near, 0, 0)
    more = {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}
    assert result["Item"] == {"pk": {"S": "a"}, "title": {"S": "t"}, "more": more}
    [result] = search(near, 0, 0, ProjectionExpression="v, more.x")
    assert result["Item"] == {"v": listed("0.1", "123456790"), "more": {"M": {"x": {"N": "1"}}}}
    [result] = search(near, 0, 0, ProjectionExpression="v[0]")
    assert result["Item"] == {"v": listed("0.1")}


def test_keys_only_shows_keys_and_what_is_searched_for(shops: str, put: Put, search: Search) -> None:
    put(shops, "a", 1, 1, shop={"S": "x"}, colour={"S": "red"}, title={"S": "t"})
    condition = {"SearchConditionExpression": "shop = :s", "ExpressionAttributeValues": {":s": {"S": "x"}}}
    [result] = search(shops, 1, 1, **condition)
    assert result["Item"] == {"pk": {"S": "a"}, "shop": {"S": "x"}, "colour": {"S": "red"}}
    [result] = search(shops, 1, 1, ProjectionExpression="v, pk, title", **condition)
    assert result["Item"] == {"pk": {"S": "a"}}


def test_an_index_shows_what_it_includes(make_table: Callable[..., str], put: Put, search: Search) -> None:
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title", "v"]}
    table = make_table(VectorIndexes=[index(Projection=projection)])
    put(table, "a", "1e-7", -2, title={"S": "t"}, extra={"S": "o"})
    [result] = search(table, 1, 1)
    assert result["Item"] == {"pk": {"S": "a"}, "title": {"S": "t"}}
    [result] = search(table, 1, 1, ProjectionExpression="v, extra")
    assert result["Item"] == {"v": listed("0.0000001", "-2")}


# -- capacity --------------------------------------------------------------------------------------------------------


def _wide(make_table: Callable[..., str], projection: str = "ALL") -> str:
    """A table as ExtendDB measured one: 1,024 dimensions, partitioned by tenant."""
    wide = index(
        VectorAttribute={"AttributeName": "emb"},
        Dimensions=1024,
        SearchSchema=schema(tenant="HASH"),
        Projection={"ProjectionType": projection},
    )
    return make_table(definitions=["tenant:S"], VectorIndexes=[wide])


def _item(key: str, tenant: str = "t1", **attributes: Any) -> dict[str, Any]:
    return {"pk": {"S": key}, "tenant": {"S": tenant}, "emb": listed(*[0.1] * 1024), **attributes}


def _charged(answer: dict[str, Any]) -> float | None:
    charge: float | None = (
        answer["ConsumedCapacity"].get("VectorIndexes", {}).get("near", {}).get("VectorWriteRequestBytes")
    )
    return charge


def test_a_write_is_charged_by_its_bytes_in_the_index(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """The figures are those that AWS reported. Source: ExtendDB/extenddb (``vector_capacity``)."""
    table = _wide(make_table)

    def put(**item: Any) -> float | None:
        return _charged(dynamodb.put_item(TableName=table, Item=item, ReturnConsumedCapacity="INDEXES"))

    assert put(**_item("b1")) == 4111
    assert put(**_item("b1")) is None
    assert put(**_item("b2", blob={"S": "x" * 2000})) == 6115
    assert put(**_item("pred-g", a={"S": "1"}, bb={"S": "22"}, ccc={"S": "333"})) == 4127
    assert put(**_item("mv1")) == 4112
    assert put(**_item("mv1", tenant="t9")) == 8224
    deleted = dynamodb.delete_item(TableName=table, Key={"pk": {"S": "b2"}}, ReturnConsumedCapacity="INDEXES")
    assert _charged(deleted) == 6115
    assert put(pk={"S": "none"}, tenant={"S": "t1"}) is None


def test_a_small_write_is_charged_a_kilobyte(dynamodb: Any, near: str) -> None:
    item = {"pk": {"S": "a"}, "v": listed(1, 2)}
    answer = dynamodb.put_item(TableName=near, Item=item, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert answer == {
        "TableName": near,
        "CapacityUnits": 1.0,
        "Table": {"CapacityUnits": 1.0},
        "VectorIndexes": {"near": {"VectorWriteRequestBytes": 1024.0}},
    }
    total = dynamodb.put_item(TableName=near, Item={**item, "n": {"N": "1"}}, ReturnConsumedCapacity="TOTAL")
    assert total["ConsumedCapacity"] == {"TableName": near, "CapacityUnits": 1.0}


def test_what_the_index_does_not_project_costs_it_nothing(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = _wide(make_table, "KEYS_ONLY")
    first = dynamodb.put_item(
        TableName=table, Item=_item("k1", body={"S": "x" * 2000}), ReturnConsumedCapacity="INDEXES"
    )
    assert _charged(first) == 4111
    second = dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": "k1"}},
        UpdateExpression="REMOVE body",
        ReturnConsumedCapacity="INDEXES",
    )
    assert _charged(second) is None


def test_transactions_and_batches_are_charged_so_too(dynamodb: Any, near: str) -> None:
    """A transaction costs an index what the same write costs outside of one."""
    item = {"pk": {"S": "t"}, "v": listed(1, 2)}
    [charged] = dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": near, "Item": item}}], ReturnConsumedCapacity="INDEXES"
    )["ConsumedCapacity"]
    assert charged["VectorIndexes"] == {"near": {"VectorWriteRequestBytes": 1024.0}}
    writes = [{"PutRequest": {"Item": {"pk": {"S": f"b{number}"}, "v": listed(1, 2)}}} for number in range(2)]
    [charged] = dynamodb.batch_write_item(RequestItems={near: writes}, ReturnConsumedCapacity="INDEXES")[
        "ConsumedCapacity"
    ]
    assert charged["VectorIndexes"] == {"near": {"VectorWriteRequestBytes": 2048.0}}


def test_a_search_is_charged_in_bytes(dynamodb: Any, near: str, put: Put) -> None:
    """AWS does not repeat its own figures; only that there is one, and its least, is known."""
    put(near, "a", 1, 2)
    asked = {"TableName": near, "IndexName": "near", "SearchVector": vector(0, 0), "TopK": 1}
    assert "ConsumedCapacity" not in dynamodb.search_vectors(**asked)
    assert "ConsumedCapacity" not in dynamodb.search_vectors(**asked, ReturnConsumedCapacity="NONE")
    for mode in ("TOTAL", "INDEXES"):
        [(member, charge)] = dynamodb.search_vectors(**asked, ReturnConsumedCapacity=mode)["ConsumedCapacity"].items()
        assert member == "VectorSearchRequestBytes"
        assert charge >= 1024


# -- refused searches ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "message"),
    [
        pytest.param({"TopK": 101}, "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive", id="TopK"),
        pytest.param({"IndexName": "other"}, "The table does not have the specified index: other", id="index"),
        pytest.param({"SearchVector": vector(1)}, "Input search vector dimension 1 does not match vector index dimension 2", id="too short"),
        pytest.param({"SearchVector": [{"L": vector(1, 2)}]}, "Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute", id="list"),
        pytest.param({"SearchVector": [{"S": "1"}, {"N": "1"}]}, "Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute", id="text"),
        pytest.param({"SearchVector": vector(1, "4e38")}, "Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute", id="range"),
        pytest.param({"SearchVector": vector(1, "nan")}, "Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute", id="no number"),
        pytest.param({"SearchVector": []}, "1 validation error detected: Value at 'SearchVector' failed to satisfy constraint: Member must have length greater than or equal to 1", id="empty"),
        pytest.param({"IndexName": "a"}, "1 validation error detected: Value at 'IndexName' failed to satisfy constraint: Member must have length greater than or equal to 3", id="short name"),
        pytest.param(
            {"SearchConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "x"}}},
            "SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: pk",
            id="not searched",
        ),
        pytest.param({"ExpressionAttributeValues": {":a": {"S": "x"}}}, "ExpressionAttributeValues can only be specified when using expressions: SearchConditionExpression is null", id="values alone"),
        pytest.param({"ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be empty;", id="no projection"),
        pytest.param(
            {"ReturnConsumedCapacity": "ALL"},
            "Value 'ALL' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
            "[INDEXES, TOTAL, NONE]",
            id="capacity",
        ),
    ],
)  # fmt: skip
def test_a_search_that_does_not_fit_is_refused(dynamodb: Any, near: str, members: dict[str, Any], message: str) -> None:
    asked = {"IndexName": "near", "SearchVector": vector(1, 2), "TopK": 1, **members}
    with refused("ValidationException", message):
        dynamodb.search_vectors(TableName=near, **asked)


@pytest.mark.parametrize(
    ("expression", "values", "message"),
    [
        (None, None, "SearchConditionExpression must be provided when SearchSchema has a HASH key"),
        ("", None, "Invalid SearchConditionExpression: The expression can not be empty;"),
        ("shop > :a", {":a": {"S": "x"}}, "Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression"),
        ("shop = :a AND amount < :b", {":a": {"S": "x"}, ":b": {"N": "1"}}, "Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression"),
        ("shop.x = :a", {":a": {"S": "x"}}, "Invalid SearchConditionExpression: SearchConditionExpression cannot have conditions on nested attributes"),
        ("shop = :a AND shop = :a", {":a": {"S": "x"}}, "Invalid SearchConditionExpression: SearchConditionExpression must only contain one condition per attribute"),
        ("shop = :a", {":a": {"N": "1"}}, "Type of 'shop' attribute in SearchConditionExpression (N) does not match type in search schema (S)"),
        ("shop = :a", {":a": {"S": ""}}, "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: shop"),
        ("shop = :a", {":a": {"S": "x"}, ":b": {"S": "x"}}, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"),
        ("shop = :a", None, "Invalid SearchConditionExpression: An expression attribute value used in expression is not defined; attribute value: :a"),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_fit_is_refused(
    dynamodb: Any, shops: str, expression: str | None, values: dict[str, Any] | None, message: str
) -> None:
    asked: dict[str, Any] = {"SearchConditionExpression": expression, "ExpressionAttributeValues": values}
    given = {member: value for member, value in asked.items() if value is not None}
    with refused("ValidationException", message):
        dynamodb.search_vectors(TableName=shops, IndexName="near", SearchVector=vector(1, 2), TopK=1, **given)


@pytest.mark.parametrize(
    "expression", ["shop = :a OR amount = :b", "NOT shop = :a AND amount = :b", "shop IN (:a, :b)"]
)
def test_only_and_joins_conditions(dynamodb: Any, shops: str, expression: str) -> None:
    """The sentence is an assumption, in part."""
    with refused(
        "ValidationException", "Invalid SearchConditionExpression: Invalid operator used in SearchConditionExpression"
    ):
        dynamodb.search_vectors(
            TableName=shops,
            IndexName="near",
            SearchVector=vector(1, 2),
            TopK=1,
            SearchConditionExpression=expression,
            ExpressionAttributeValues={":a": {"S": "x"}, ":b": {"N": "1"}},
        )


def test_a_table_that_is_not_there_cannot_be_searched(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.search_vectors(TableName=unique(), IndexName="near", SearchVector=vector(1), TopK=1)


def test_a_vector_index_cannot_be_read_otherwise(dynamodb: Any, near: str) -> None:
    with refused("ValidationException", "Query operation not supported on this index type."):
        dynamodb.query(
            TableName=near,
            IndexName="near",
            KeyConditionExpression="pk = :a",
            ExpressionAttributeValues={":a": {"S": "a"}},
        )
    with refused("ValidationException", "Scan operation not supported on this index type"):
        dynamodb.scan(TableName=near, IndexName="near")
    with refused("ValidationException", "Scan operation not supported on this index type"):
        dynamodb.execute_statement(Statement=f'SELECT * FROM "{near}"."near"')


# -- refused writes --------------------------------------------------------------------------------------------------

BAD_VECTORS = [
    pytest.param({"S": "x"}, f"{TWICE} Invalid type for parameter v, Expected: L, Actual: S. IndexName: near", id="text"),
    pytest.param({"NS": ["1", "2"]}, f"{TWICE} Invalid type for parameter v, Expected: L, Actual: NS. IndexName: near", id="set"),
    pytest.param(listed(1), f"{TWICE} Invalid size for parameter v, Expected: 2, Actual: 1. IndexName: near", id="too short"),
    pytest.param(listed(1, 2, 3), f"{TWICE} Invalid size for parameter v, Expected: 2, Actual: 3. IndexName: near", id="too long"),
    pytest.param({"L": [{"N": "1"}, {"S": "x"}]}, f"{ONCE} Invalid type for parameter v[1], Expected: 32-bit floating point number, Actual: S. IndexName: near", id="element"),
    pytest.param(listed("1e39", 1), f"{TWICE} Invalid value for parameter v[0], Value: 1.0E39 is outside valid range [-3.4028235E38, 3.4028235E38]. IndexName: near", id="range"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "message"), BAD_VECTORS)
def test_a_vector_that_is_none_is_refused(dynamodb: Any, near: str, value: dict[str, Any], message: str) -> None:
    item = {"pk": {"S": "a"}, "v": value}
    with refused("ValidationException", message):
        dynamodb.put_item(TableName=near, Item=item)
    with refused("ValidationException", message):
        dynamodb.update_item(
            TableName=near,
            Key={"pk": {"S": "a"}},
            UpdateExpression="SET v = :v",
            ExpressionAttributeValues={":v": value},
        )
    with refused("ValidationException", message):
        dynamodb.batch_write_item(RequestItems={near: [{"PutRequest": {"Item": item}}]})
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": near, "Item": item}}])
    assert caught.value.response["CancellationReasons"] == [{"Code": "ValidationError", "Message": message}]
    assert "Item" not in dynamodb.get_item(TableName=near, Key={"pk": {"S": "a"}})


def test_the_greatest_float_is_taken(near: str, put: Put, search: Search) -> None:
    put(near, "a", "3.4028235E38", "-3.4028235E38")
    [result] = search(near, 0, 0, ProjectionExpression="v")
    assert result["Item"]["v"] == listed(f"34028235{'0' * 31}", f"-34028235{'0' * 31}")


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("shop", {"N": "1"}, f"{ONCE} Attribute 'shop' type mismatch. Expected: S, Actual: N. IndexName: near"),
        ("amount", {"S": "1"}, f"{ONCE} Attribute 'amount' type mismatch. Expected: N, Actual: S. IndexName: near"),
        ("shop", {"S": ""}, "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: near, IndexKey: shop"),
    ],
)  # fmt: skip
def test_what_is_searched_for_must_have_its_type(
    dynamodb: Any, shops: str, attribute: str, value: dict[str, Any], message: str
) -> None:
    with refused("ValidationException", message):
        dynamodb.put_item(TableName=shops, Item={"pk": {"S": "a"}, attribute: value})


def test_a_filter_may_be_empty(shops: str, put: Put, search: Search) -> None:
    put(shops, "a", 1, 1, shop={"S": "x"}, colour={"S": ""})
    values = {":s": {"S": "x"}, ":c": {"S": ""}}
    condition = {"SearchConditionExpression": "shop = :s AND colour = :c", "ExpressionAttributeValues": values}
    assert keys(search(shops, 1, 1, **condition)) == ["a"]
