"""Every cell of dynamodb-exact §2: what AWS says to a value of the wrong JSON type."""

from typing import Annotated, Any

import msgspec
import pytest

from sandbox.dynamodb import parameters as p
from sandbox.wire.constraints import Java
from sandbox.wire.decode import decode
from sandbox.wire.faults import SerializationException
from sandbox.wire.operation import RequestShape

PACKAGE = "com.amazonaws.dynamodb.v20120810."
STRUCTURE_FOUND = "Start of structure or map found where not expected"
CLASS_CAST = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
    "loader 'bootstrap')"
)


class Request(RequestShape):
    """One member of every Java type."""

    text: str | None = None
    flag: bool | None = None
    whole: int | None = None
    long: Annotated[int, Java(name="Long")] | None = None
    real: float | None = None
    item: p.ItemMap | None = None
    names: p.NamesMap | None = None
    projection: p.Projection | None = None
    key_schema: p.KeySchema | None = None
    expected: p.ExpectedMap | None = None
    reads: p.BatchGetMap | None = None
    writes: p.BatchWriteMap | None = None
    texts: list[str] | None = None


def refusal(members: dict[str, Any]) -> str | None:
    with pytest.raises(SerializationException) as refused:
        decode(Request, msgspec.json.encode(members))
    return refused.value.message


SCALARS = [
    ("Text", "String", True, "TRUE_VALUE cannot be converted to String"),
    ("Text", "String", False, "FALSE_VALUE cannot be converted to String"),
    ("Text", "String", 3, "NUMBER_VALUE cannot be converted to String"),
    ("Text", "String", 3.5, "DECIMAL_VALUE cannot be converted to String"),
    ("Flag", "Boolean", 3, "NUMBER_VALUE cannot be converted to Boolean"),
    ("Flag", "Boolean", 3.5, "DECIMAL_VALUE cannot be converted to Boolean"),
    ("Flag", "Boolean", "perhaps", "Unexpected token received from parser"),
    ("Whole", "Integer", True, "TRUE_VALUE cannot be converted to Integer"),
    ("Whole", "Integer", "3", "STRING_VALUE cannot be converted to Integer"),
    ("Long", "Long", False, "FALSE_VALUE cannot be converted to Long"),
    ("Long", "Long", "3", "STRING_VALUE cannot be converted to Long"),
    ("Real", "Double", "3", "STRING_VALUE cannot be converted to Double"),
]


@pytest.mark.parametrize(("member", "java", "value", "sentence"), SCALARS)
def test_scalars(member: str, java: str, value: object, sentence: str) -> None:
    assert refusal({member: value}) == sentence
    assert refusal({member: []}) == f"Unrecognized collection type class java.lang.{java}"
    assert refusal({member: {}}) == STRUCTURE_FOUND


@pytest.mark.parametrize("value", [True, False, 3, 3.5, "x"])
def test_scalars_where_containers_stand(value: object) -> None:
    assert refusal({"Texts": value}) == "Unexpected field type"
    assert refusal({"Names": value}) == "Unexpected field type"
    assert refusal({"Projection": value}) == "Unexpected field type"
    assert refusal({"KeySchema": [value]}) == "Unexpected value type in payload"
    assert refusal({"Item": {"a": value}}) == "Unexpected value type in payload"
    assert refusal({"Reads": {"music": {"Keys": [value]}}}) == CLASS_CAST
    assert refusal({"Writes": {"music": value}}) == CLASS_CAST


def test_lists_where_maps_and_structures_stand() -> None:
    assert refusal({"Names": []}) == ("Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>")
    assert refusal({"Item": []}) == (
        f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}AttributeValue>"
    )
    assert refusal({"Expected": []}) == (
        f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}ExpectedAttributeValue>"
    )
    assert refusal({"Reads": []}) == (
        f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}KeysAndAttributes>"
    )
    assert refusal({"Writes": []}) == (
        f"Unrecognized collection type java.util.Map<java.lang.String, java.util.List<{PACKAGE}WriteRequest>>"
    )
    assert refusal({"Projection": []}) == f"Unrecognized collection type class {PACKAGE}Projection"
    assert refusal({"KeySchema": [[]]}) == f"Unrecognized collection type class {PACKAGE}KeySchemaElement"
    assert refusal({"Item": {"a": []}}) == f"Unrecognized collection type class {PACKAGE}AttributeValue"
    assert refusal({"Reads": {"music": {"Keys": [[]]}}}) == (
        f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}AttributeValue>"
    )


def test_objects_where_lists_stand() -> None:
    assert refusal({"Texts": {}}) == STRUCTURE_FOUND
    assert refusal({"KeySchema": {}}) == STRUCTURE_FOUND
    assert refusal({"Writes": {"music": {}}}) == STRUCTURE_FOUND


VALUES = [
    ({"S": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"N": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"N": 1.5}, "DECIMAL_VALUE cannot be converted to String"),
    ({"B": 1}, "only base-64-encoded strings are convertible to bytes"),
    ({"B": True}, "only base-64-encoded strings are convertible to bytes"),
    ({"B": []}, "Unrecognized collection type class java.nio.ByteBuffer"),
    ({"B": {}}, STRUCTURE_FOUND),
    ({"BOOL": "perhaps"}, "Unexpected token received from parser"),
    ({"NULL": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    ({"SS": "a"}, "Unexpected field type"),
    ({"SS": [1]}, "NUMBER_VALUE cannot be converted to String"),
    ({"NS": [1]}, "NUMBER_VALUE cannot be converted to String"),
    ({"BS": [1]}, "only base-64-encoded strings are convertible to bytes"),
    ({"L": {}}, STRUCTURE_FOUND),
    ({"L": ["a"]}, "Unexpected value type in payload"),
    ({"L": [{"M": {"deep": {"S": 1}}}]}, "NUMBER_VALUE cannot be converted to String"),
    ({"M": "a"}, "Unexpected field type"),
    ({"M": []}, f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}AttributeValue>"),
]


@pytest.mark.parametrize(("value", "sentence"), VALUES)
def test_attribute_values(value: dict[str, object], sentence: str) -> None:
    assert refusal({"Item": {"a": value}}) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
        ("YWI@", "Invalid last non-pad Base64 character dectected"),
        ("YWJ=", "Invalid last non-pad Base64 character dectected"),
    ],
)
def test_base64_is_judged_before_constraints(text: str, sentence: str) -> None:
    """The typed decoder lets blobs pass as text; a request refused for another reason has them judged first."""
    assert refusal({"Item": {"a": {"B": text}}, "KeySchema": []}) == sentence


def test_members_are_walked_in_the_order_of_the_shape() -> None:
    assert refusal({"Whole": "x", "Text": 1}) == "NUMBER_VALUE cannot be converted to String"
