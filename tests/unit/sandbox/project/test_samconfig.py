from pathlib import Path

import pytest

from sandbox.project.problem import TemplateFault
from sandbox.project.samconfig import SamConfig, parsed_overrides, read_samconfig


def config(tmp_path: Path, text: str) -> SamConfig:
    (tmp_path / "samconfig.toml").write_text(text)
    return read_samconfig(tmp_path)


def test_without_a_file_everything_is_empty(tmp_path: Path) -> None:
    assert read_samconfig(tmp_path) == SamConfig()


def test_values_come_from_the_default_environment_and_deploy_wins(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        """
        version = 0.1
        [default.global.parameters]
        region = "eu-west-1"
        stack_name = "general"
        [default.deploy.parameters]
        stack_name = "orders"
        template_file = "infra/template.yaml"
        parameter_overrides = 'Stage="prod one" Size=5'
        [prod.deploy.parameters]
        stack_name = "other"
        """,
    )
    assert found == SamConfig(
        template="infra/template.yaml",
        parameters={"Stage": "prod one", "Size": "5"},
        region="eu-west-1",
        stack_name="orders",
    )


def test_overrides_may_be_a_list(tmp_path: Path) -> None:
    found = config(tmp_path, '[default.deploy.parameters]\nparameter_overrides = ["Stage=prod", "Tags=a=b"]\n')
    assert found.parameters == {"Stage": "prod", "Tags": "a=b"}


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault) as caught:
        config(tmp_path, "[default]\nx = \n")
    assert str(caught.value).startswith(f"{tmp_path / 'samconfig.toml'}:2: not valid TOML: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 B=2", {"A": "1", "B": "2"}),
        ('A=\'x y\' B="p \\"q\\""', {"A": "x y", "B": 'p "q"'}),
        ("ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue='x y'", {"A": "1", "B": "x y"}),
        ("A=", {"A": ""}),
    ],
)
def test_overrides_in_both_spellings(text: str, expected: dict[str, str]) -> None:
    assert parsed_overrides(text) == expected
