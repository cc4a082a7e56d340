from sandbox.cli.change import Change, shortened


def test_a_change_in_as_many_words_as_fit() -> None:
    change = Change.of({"eventName": "MODIFY", "dynamodb": {"Keys": {"pk": {"S": "a"}, "sk": {"N": "7"}}}})
    assert change.words(16) == "MODIFY pk=a sk=7"
    assert change.words(15) == "MODIFY a 7"
    assert change.words(9) == "MODIFY a…"


def test_shortened() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcdef", 0) == ""
