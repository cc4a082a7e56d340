import pytest

from sandbox.logs.faults import InvalidParameterException
from sandbox.logs.filter_pattern import read_filter_pattern

MESSAGES = [
    "[ERROR] 400 BAD REQUEST",
    "[ERROR] 401 UNAUTHORIZED REQUEST",
    "[WARN] slow answer",
    'say "hello" to error',
]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        (None, [0, 1, 2, 3]),
        ("", [0, 1, 2, 3]),
        ("  ", [0, 1, 2, 3]),
        ("ERROR", [0, 1]),
        ("error", [3]),
        ("ERROR REQUEST", [0, 1]),
        ("ERROR BAD", [0]),
        ('"BAD REQUEST"', [0]),
        ('"REQUEST BAD"', []),
        ('"[WARN]"', [2]),
        ("?BAD ?slow", [0, 2]),
        ("ERROR -BAD", [1]),
        ('-"BAD REQUEST"', [1, 2, 3]),
        ('?"slow answer"', [2]),
        ("?slow ERROR", [0, 1]),
        (r'"say \"hello\""', [3]),
    ],
)
def test_terms_phrases_alternatives_and_exclusions(pattern: str | None, matched: list[int]) -> None:
    found = read_filter_pattern(pattern)
    assert [index for index, message in enumerate(MESSAGES) if found.matches(message)] == matched


@pytest.mark.parametrize("pattern", ['{ $.level = "ERROR" }', "[a, b]", "%ERROR.*%", '"unfinished', 'a"b"'])
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    """Giving back everything, or nothing, would look like an answer."""
    with pytest.raises(InvalidParameterException, match="Invalid filter pattern"):
        read_filter_pattern(pattern)
