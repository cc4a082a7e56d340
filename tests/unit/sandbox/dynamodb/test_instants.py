"""Moments that no calendar has."""

import pytest

from sandbox.dynamodb.instants import instant_in_words


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (1_700_000_000.25, "2023-11-14T22:13:20Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (1e30, "9999-12-31T23:59:59Z"),
        (-1e30, "0001-01-01T00:00:00Z"),
    ],
)
def test_words(instant: float, words: str) -> None:
    assert instant_in_words(instant) == words
