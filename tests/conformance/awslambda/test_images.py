"""Functions that are container images, as they are described; running them takes a Docker engine.

Source: refusals seen in deployment reports; API reference, CreateFunction and GetFunction.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.expect import refused

IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/orders:latest"
ROLE = "arn:aws:iam::000000000000:role/test"
NOT_OF_IMAGES = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."


@pytest.fixture
def make_image(awslambda: Any, unique: Callable[[], str]) -> Iterator[Callable[..., dict[str, Any]]]:
    """Create a function of an image; deleted at the end of the test."""
    made: list[str] = []

    def make(**members: Any) -> dict[str, Any]:
        name = f"fn-{unique()}"
        given = {"FunctionName": name, "Role": ROLE, "PackageType": "Image", "Code": {"ImageUri": IMAGE}, **members}
        answer: dict[str, Any] = awslambda.create_function(**given)
        made.append(name)
        return answer

    yield make
    for name in made:
        awslambda.delete_function(FunctionName=name)


def test_what_is_told(awslambda: Any, make_image: Callable[..., dict[str, Any]]) -> None:
    config = {"EntryPoint": ["/entry"], "Command": ["app.handler"], "WorkingDirectory": "/srv"}
    created = make_image(ImageConfig=config)
    assert (created["PackageType"], created["CodeSize"]) == ("Image", 0)
    assert created["ImageConfigResponse"] == {"ImageConfig": config}
    assert {"Runtime", "Handler", "RuntimeVersionConfig"}.isdisjoint(created)
    code = awslambda.get_function(FunctionName=created["FunctionName"])["Code"]
    assert (code["RepositoryType"], code["ImageUri"]) == ("ECR", IMAGE)
    assert code["ResolvedImageUri"].startswith(IMAGE.partition(":")[0] + "@sha256:")
    assert "Location" not in code


def test_changes(awslambda: Any, make_image: Callable[..., dict[str, Any]]) -> None:
    created = make_image(ImageConfig={"Command": ["a.b"]})
    name = {"FunctionName": created["FunctionName"]}
    changed = awslambda.update_function_code(**name, ImageUri=IMAGE.replace("latest", "v2"))
    assert changed["CodeSha256"] != created["CodeSha256"]
    assert awslambda.get_function(**name)["Code"]["ImageUri"].endswith(":v2")
    changed = awslambda.update_function_configuration(**name, ImageConfig={"WorkingDirectory": "/srv"})
    assert changed["ImageConfigResponse"] == {"ImageConfig": {"WorkingDirectory": "/srv"}}
    assert "ImageConfigResponse" in awslambda.update_function_configuration(**name, Timeout=9)
    assert "ImageConfigResponse" not in awslambda.update_function_configuration(**name, ImageConfig={})


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Handler": "app.handler"}, NOT_OF_IMAGES),
        ({"Runtime": "python3.12"}, NOT_OF_IMAGES),
        ({"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]}, NOT_OF_IMAGES),
        (
            {"PackageType": "Zip"},
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ),
        (
            {"PackageType": "Zip", "Runtime": "python3.12", "Handler": "app.handler"},
            "Please provide a source for function code.",
        ),
    ],
    ids=["handler", "runtime", "layers", "zip", "zip with a handler"],
)
def test_refused_at_creation(make_image: Callable[..., dict[str, Any]], members: Any, message: str) -> None:
    with refused("InvalidParameterValueException", message):
        make_image(**members)


def test_a_function_stays_of_its_type(
    awslambda: Any, make_image: Callable[..., dict[str, Any]], function: str, zip_of: Callable[..., bytes]
) -> None:
    image = make_image()["FunctionName"]
    code = "InvalidParameterValueException"
    with refused(code, "Please provide ImageUri when updating a function with packageType Image."):
        awslambda.update_function_code(FunctionName=image, ZipFile=zip_of(app__py=""))
    with refused(code, "Please don't provide ImageUri when updating a function with packageType Zip."):
        awslambda.update_function_code(FunctionName=function, ImageUri=IMAGE)
    with refused(code, NOT_OF_IMAGES):
        awslambda.update_function_configuration(FunctionName=image, Handler="app.handler")
    with refused(code):
        awslambda.update_function_configuration(FunctionName=function, ImageConfig={"Command": ["a.b"]})
