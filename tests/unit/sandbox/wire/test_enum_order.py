"""The order of enumerations, by the lists that were seen of AWS; see ``sandbox.wire.enum_order`` for where."""

import pytest

from sandbox.wire.enum_order import printed_order


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
    assert printed_order(sorted(values)) == values
    assert printed_order(sorted(values, reverse=True)) == values


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
    assert printed_order(reversed(in_the_model.split(", "))) == listed.split(", ")
