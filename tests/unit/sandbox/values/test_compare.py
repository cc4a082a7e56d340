import pytest

from sandbox.values import AttributeValue, equal, items_equal, less_than


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({"S": "a"}, {"S": "a"}, True),
        ({"S": "1"}, {"N": "1"}, False),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}, True),
        ({"SS": ["a", "b"]}, {"SS": ["a", "c"]}, False),
        ({"SS": ["a"]}, {"SS": ["a", "b"]}, False),
        ({"NS": ["1", "2"]}, {"NS": ["2", "1"]}, True),
        ({"BS": ["YQ==", "Yg=="]}, {"BS": ["Yg==", "YQ=="]}, True),
        ({"SS": ["1"]}, {"NS": ["1"]}, False),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}, False),
        ({"L": [{"SS": ["a", "b"]}]}, {"L": [{"SS": ["b", "a"]}]}, True),
        ({"L": [{"S": "a"}]}, {"L": [{"S": "a"}, {"S": "a"}]}, False),
        ({"M": {"a": {"SS": ["a", "b"]}, "b": {"N": "1"}}}, {"M": {"b": {"N": "1"}, "a": {"SS": ["b", "a"]}}}, True),
        ({"M": {"a": {"N": "1"}}}, {"M": {"b": {"N": "1"}}}, False),
        ({"BOOL": True}, {"BOOL": False}, False),
    ],
)
def test_equality_is_deep_and_sets_have_no_order(a: AttributeValue, b: AttributeValue, same: bool) -> None:
    assert equal(a, b) is same
    assert equal(b, a) is same
    assert items_equal({"x": a}, {"x": b}) is same


@pytest.mark.parametrize(
    ("smaller", "greater"),
    [
        ({"S": ""}, {"S": "a"}),
        ({"S": "Z"}, {"S": "a"}),
        ({"S": "\uffff"}, {"S": "\U00010000"}),  # UTF-16 order would say otherwise
        ({"N": "-10"}, {"N": "-9"}),
        ({"N": "9"}, {"N": "10"}),
        ({"N": "1"}, {"N": "1.00000000000000000000000000000000000001"}),
        ({"B": ""}, {"B": "AA=="}),
        ({"B": "fw=="}, {"B": "gA=="}),  # 7f against 80: unsigned
    ],
)
def test_order_within_a_type(smaller: AttributeValue, greater: AttributeValue) -> None:
    assert less_than(smaller, greater)
    assert not less_than(greater, smaller)
    assert not less_than(smaller, smaller)


@pytest.mark.parametrize(
    ("a", "b"), [({"S": "1"}, {"N": "2"}), ({"BOOL": False}, {"BOOL": True}), ({"L": []}, {"L": []})]
)
def test_nothing_else_has_an_order(a: AttributeValue, b: AttributeValue) -> None:
    assert not less_than(a, b)
    assert not less_than(b, a)
