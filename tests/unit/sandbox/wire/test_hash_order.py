"""The order of Java's hash tables, by outputs that others show of programs in Java, and by lists that were seen of AWS."""

import pytest

from sandbox.wire.hash_order import copy_ordered, enum_ordered, hash_code, hash_ordered, set_ordered, table_ordered


def test_a_set_of_a_few_names() -> None:
    """Source: w3schools.com, "Java HashSet": what it prints of these cars."""
    assert set_ordered(["Volvo", "BMW", "Ford", "Mazda"]) == ["Volvo", "Mazda", "Ford", "BMW"]


def test_a_set_grows_when_it_is_three_quarters_full() -> None:
    """``Aa`` and ``BB`` have one hash in Java, so they stay as they came; letters follow their codes."""
    letters = [chr(code) for code in range(ord("a"), ord("a") + 13)]
    assert set_ordered(letters[:12]) == hash_ordered(letters[:12], 16)
    assert set_ordered(letters) == hash_ordered(letters, 32) == letters
    assert set_ordered(["BB", "Aa"]) == ["BB", "Aa"]
    assert set_ordered(["Aa", "BB"]) == ["Aa", "BB"]


def test_a_set_made_of_others_at_once_is_sized_for_them() -> None:
    """Source: ``HashSet(Collection)`` in the documentation of Java: a capacity of what fits into three quarters, and one more."""
    letters = [chr(code) for code in range(ord("i"), ord("i") + 12)]
    assert copy_ordered(letters[:11]) == hash_ordered(letters[:11], 16) != letters[:11]
    assert copy_ordered(letters) == hash_ordered(letters, 32) == letters


@pytest.mark.parametrize(
    "listed",
    [
        "INDEXES, TOTAL, NONE",
        "SIZE, NONE",
        "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW",
        "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
        "OR, AND",
        "HASH, RANGE",
        "B, N, S",
        "ALL, INCLUDE, KEYS_ONLY",
        "PROVISIONED, PAY_PER_REQUEST",
        "MILLISECOND, MICROSECOND",
        "ZSTD, NONE, GZIP",
        "ENABLE, DISABLE",
        "THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS",
        "LATEST, AT_TIMESTAMP, TRIM_HORIZON",
    ],
)
def test_every_list_seen_of_aws_has_the_order(listed: str) -> None:
    values = listed.split(", ")
    assert enum_ordered(sorted(values)) == values
    assert enum_ordered(sorted(values, reverse=True)) == values


@pytest.mark.parametrize(
    ("in_the_model", "listed"),
    [
        (
            "EQ, NE, IN, LE, LT, GE, GT, BETWEEN, NOT_NULL, NULL, CONTAINS, NOT_CONTAINS, BEGINS_WITH",
            "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
        ),
        ("NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY", "OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE"),
        ("COSINE, DOT_PRODUCT, EUCLIDEAN", "DOT_PRODUCT, COSINE, EUCLIDEAN"),
    ],
)
def test_of_two_in_one_bucket_the_last_of_the_model_comes_first(in_the_model: str, listed: str) -> None:
    """In each of the three lists two values share a bucket."""
    assert enum_ordered(reversed(in_the_model.split(", "))) == listed.split(", ")


@pytest.mark.parametrize(
    "listed",
    [
        "attributeType, attributeName",
        "attributeName, keyType",
        "indexName, keySchema, projection",
        "writeCapacityUnits, readCapacityUnits",
        "attributeName, enabled",
    ],
)
def test_members_were_measured_in_the_order_of_a_map(listed: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-457."""
    names = listed.split(", ")
    assert table_ordered(sorted(names), hash_code) == table_ordered(sorted(names)[::-1], hash_code) == names


def test_scan_lists_its_members_in_the_order_of_a_map() -> None:
    """Of sixteen members, among which the last two share a bucket. Source: dynamodb-exact §3.3."""
    listed = (
        "select indexName totalSegments returnConsumedCapacity tableName conditionalOperator scanFilter segment limit "
        "attributesToGet"
    ).split()
    others = "consistentRead exclusiveStartKey projectionExpression filterExpression".split()
    others += ["expressionAttributeNames", "expressionAttributeValues"]
    ordered = table_ordered([*sorted(listed, reverse=True), *others], hash_code)
    assert [name for name in ordered if name in listed] == listed
