"""The order of Java's hash tables, by outputs that others show of programs in Java."""

from sandbox.dynamodb.hash_order import hash_ordered, set_ordered


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
