"""Names that SDKs know: a member misspelt here would be silently ignored there, or never sent."""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import msgspec
import pytest

from sandbox import catalog
from sandbox.awslambda.answers import EventSourceMappingConfiguration, FunctionConfiguration
from sandbox.wire.operation import Operation


def read_model(service: str, version: str) -> dict[str, Any]:
    path = Path(botocore.__file__).parent / "data" / service / version / "service-2.json.gz"
    model: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return model


def written(operations: catalog.Operations) -> list[Operation[Any]]:
    return [found for name in operations.written if (found := operations.find(name)) is not None]


WRITTEN = written(catalog.LAMBDA)
LAMBDA = read_model("lambda", "2015-03-31")
LOGS = read_model("logs", "2014-03-28")


def strangers(struct: type[msgspec.Struct], shape: dict[str, Any], model: dict[str, Any]) -> list[str]:
    """The members of *struct*, and of the structures in it, that the model's *shape* does not have."""
    members = shape["members"]
    found = []
    for field in msgspec.structs.fields(struct):
        if field.encode_name not in members:
            found.append(f"{struct.__name__}.{field.encode_name}")
            continue
        inner = nested(field.type)
        target = model["shapes"][members[field.encode_name]["shape"]]
        if target["type"] == "list":
            target = model["shapes"][target["member"]["shape"]]
        if inner is not None:
            found += strangers(inner, target, model)
    return found


def nested(annotation: Any) -> type[msgspec.Struct] | None:
    """The structure in ``X | None``, ``list[X]`` or ``Annotated[X, ...]``, if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = nested(argument)
        if found is not None:
            return found
    return None


@pytest.mark.parametrize(
    ("operation", "model"),
    [*((each, LAMBDA) for each in WRITTEN), *((each, LOGS) for each in written(catalog.LOGS))],
    ids=lambda value: value.name if isinstance(value, Operation) else "",
)
def test_every_member_of_a_request_is_in_the_model(operation: Operation[Any], model: dict[str, Any]) -> None:
    shape = model["shapes"][model["operations"][operation.name]["input"]["shape"]]
    assert strangers(operation.request, shape, model) == []


def test_every_required_member_is_required_here() -> None:
    for operation in WRITTEN:
        shape = LAMBDA["shapes"][LAMBDA["operations"][operation.name]["input"]["shape"]]
        ours = {field.encode_name for field in msgspec.structs.fields(operation.request) if field.required}
        assert ours == set(shape.get("required", ())), operation.name


def test_every_member_of_an_answer_is_in_the_model() -> None:
    shapes = LAMBDA["shapes"]
    assert strangers(FunctionConfiguration, shapes["FunctionConfiguration"], LAMBDA) == []
    assert strangers(EventSourceMappingConfiguration, shapes["EventSourceMappingConfiguration"], LAMBDA) == []


def test_every_status_is_the_models() -> None:
    statuses = {each.name: each.success_status for each in WRITTEN}
    models = {name: LAMBDA["operations"][name]["http"].get("responseCode", 200) for name in statuses}
    # The newest model says 200 of DeleteFunction; 204 is what AWS was seen to answer.
    assert statuses == {**models, "DeleteFunction": 204}
