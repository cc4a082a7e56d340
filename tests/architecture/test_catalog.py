"""The catalog against the public service models: every operation there is, and every member of the written ones.

An operation that is missing here would be refused as unknown instead of as not written; a member misspelt in a request
would be ignored without a word. What is left out on purpose stands in ``docs/differences.toml``, with its reason.
"""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import botocore.session
import msgspec
import pytest
from botocore import xform_name
from botocore.model import OperationModel, ServiceModel

from sandbox.catalog import Operations
from sandbox.web.rest import ROUTES
from sandbox.wire.operation import Operation
from sandbox.wire.shape import Member, shape_of

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("make_operations", ROOT / "docs" / "make_operations.py")
assert _spec is not None
assert _spec.loader is not None
make_operations: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_operations)

MODELS = {
    "dynamodb": "dynamodb",
    "streams": "dynamodbstreams",
    "lambda": "lambda",
    "logs": "logs",
    "metrics": "cloudwatch",
}
"""The service of the catalog -> the service of the model."""
CATALOG: dict[str, Operations] = {service: operations for service, (_, operations) in make_operations.SERVICES.items()}
WRITTEN = [(service, name) for service, operations in CATALOG.items() for name in sorted(operations.written)]
STATUS_SEEN = {"DeleteFunction": 204}
"""What AWS was seen to answer where the newest model says otherwise. Source: aws-recorded-answers §2."""

BEYOND_THE_MODEL = {"CreateTable": {"TableThroughputMode"}, "UpdateTable": {"TableThroughputMode"}}
"""What AWS was seen to read though no model has it. Source: ExtendDB/extenddb pull request 320."""


@cache
def model_of(service: str) -> ServiceModel:
    return cast("ServiceModel", botocore.session.get_session().get_service_model(MODELS[service]))


def operation_of(service: str, name: str) -> tuple[Operation[Any], OperationModel]:
    found = CATALOG[service].find(name)
    assert found is not None
    return found, model_of(service).operation_model(name)


def members_of(operation: Operation[Any]) -> tuple[Member, ...]:
    request: type[msgspec.Struct] = operation.request
    return shape_of(request).members


@cache
def differences() -> Any:
    return make_operations.read_differences()


def left_out(table: str, service: str, name: str) -> set[str]:
    entries = getattr(differences(), table)
    return {
        member for entry in entries if (entry.service, entry.operation) == (service, name) for member in entry.members
    }


@pytest.mark.parametrize("service", ["dynamodb", "streams", "lambda"])
def test_the_catalog_has_exactly_the_operations_of_the_service_model(service: str) -> None:
    operations = CATALOG[service]
    assert set(operations.written) | operations.unwritten == set(model_of(service).operation_names)
    assert set(operations.written).isdisjoint(operations.unwritten)


@pytest.mark.parametrize("service", ["logs", "metrics"])
def test_the_operations_of_a_shared_service_are_in_its_model(service: str) -> None:
    """All others of that service are moto's."""
    assert set(CATALOG[service].written) <= set(model_of(service).operation_names)
    assert not CATALOG[service].unwritten


def test_every_operation_of_lambda_has_a_path() -> None:
    """An operation without one could be listed as not written and yet be answered as unknown."""
    assert {route.operation for route in ROUTES} == set(model_of("lambda").operation_names)


@pytest.mark.parametrize(("service", "name"), WRITTEN)
def test_an_operation_is_the_one_it_is_listed_as(service: str, name: str) -> None:
    """The catalog finds files by name: a copied file that kept the name of its origin would answer for the wrong call."""
    operation, model = operation_of(service, name)
    assert operation.name == name
    assert operation.success_status == STATUS_SEEN.get(name, (model.http or {}).get("responseCode", 200))


@pytest.mark.parametrize(("service", "name"), WRITTEN)
def test_a_request_has_exactly_the_members_of_the_model(service: str, name: str) -> None:
    operation, model = operation_of(service, name)
    theirs = set(model.input_shape.members) if model.input_shape is not None else set()
    ours = {member.name for member in members_of(operation)}
    assert ours == (theirs - left_out("unread", service, name)) | BEYOND_THE_MODEL.get(name, set())
    assert left_out("unread", service, name) <= theirs, "docs/differences.toml leaves out what the model does not have"


@pytest.mark.parametrize(("service", "name"), WRITTEN)
def test_a_request_requires_what_the_model_requires(service: str, name: str) -> None:
    operation, model = operation_of(service, name)
    theirs = set(model.input_shape.required_members) if model.input_shape is not None else set()
    ours = {member.name for member in members_of(operation) if member.required}
    assert ours == theirs | left_out("required_here", service, name)


@pytest.mark.parametrize(("service", "name"), WRITTEN)
def test_members_have_the_types_of_the_model(service: str, name: str) -> None:
    """Structures inside of requests are compared member by member beside their declarations."""
    operation, model = operation_of(service, name)
    kinds = {
        "string": {"StringShape"},
        "boolean": {"BooleanShape"},
        "integer": {"NumberShape"},
        "long": {"NumberShape"},
        "timestamp": {"NumberShape"},
        "blob": {"BlobShape"},
        "list": {"ListShape"},
        "map": {"MapShape"},
        "structure": {"StructureShape", "MapShape"},  # one that is refused whatever it holds may stay a plain map
    }
    if model.input_shape is None:
        return
    wrong = {
        member.name: type(member.shape).__name__
        for member in members_of(operation)
        if member.name not in BEYOND_THE_MODEL.get(name, set())
        and type(member.shape).__name__ not in kinds[model.input_shape.members[member.name].type_name]
    }
    assert wrong == {}


def test_what_is_left_out_belongs_to_operations_that_are_written() -> None:
    """An entry for an operation that is gone, or not written, would promise something about nothing."""
    entries = [*differences().unread, *differences().required_here]
    assert [entry for entry in entries if (entry.service, entry.operation) not in WRITTEN] == []


def test_every_written_operation_is_asked_black_box() -> None:
    """What only unit tests call has never been seen by a client: its routing, its wire form, its errors."""
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests" / "conformance").rglob("*.py")))
    asked = set(re.findall(r"[\w]+", tests))
    assert [name for _, name in WRITTEN if not {name, xform_name(name)} & asked] == []
