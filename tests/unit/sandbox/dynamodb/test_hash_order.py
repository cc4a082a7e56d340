"""The order of Java's hash tables, by outputs that others show of programs in Java."""

from sandbox.dynamodb.hash_order import copy_ordered, hash_ordered, set_ordered


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
