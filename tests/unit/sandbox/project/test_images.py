"""Functions of a template that are container images."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.project.code import code_parameters
from sandbox.project.load import load_project
from sandbox.project.project import CodeImage, Project

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Tag: {Type: String, Default: v1}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: !Sub "shop/orders:${Tag}"
      ImageConfig: {Command: [app.handler], EntryPoint: [/entry], WorkingDirectory: /srv}
  Plain:
    Type: AWS::Lambda::Function
    Properties: {PackageType: Image, Code: {ImageUri: shop/plain}, Role: arn}
"""

Write = Callable[[str], Project]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def load(text: str) -> Project:
        (tmp_path / "template.yaml").write_text(text)
        return load_project(tmp_path / "template.yaml")

    return load


def test_images_are_read(write: Write) -> None:
    project = write(TEMPLATE)
    function, plain = project.functions
    assert function.code == CodeImage(uri="shop/orders:v1")
    assert code_parameters(function.code) == {"ImageUri": "shop/orders:v1"}
    assert function.request["PackageType"] == "Image"
    assert function.request["ImageConfig"] == {
        "Command": ["app.handler"],
        "EntryPoint": ["/entry"],
        "WorkingDirectory": "/srv",
    }
    assert plain.code == CodeImage(uri="shop/plain")
    assert project.code_folders == ()
    assert project.notices == ()


def test_an_image_that_is_still_to_be_built_is_noticed(write: Write) -> None:
    """SAM's source templates name a Dockerfile instead; the built template names the image."""
    project = write(TEMPLATE.replace('      ImageUri: !Sub "shop/orders:${Tag}"\n', ""))
    assert [function.logical_id for function in project.functions] == ["Plain"]
    (notice,) = project.notices
    assert notice.text == "Fn is a container image that the template does not name; add its ImageUri"
