from pathlib import Path

import pytest

from sandbox.project.find import account_id, find_template, region
from sandbox.project.samconfig import SamConfig


def test_samconfigs_template_comes_first(tmp_path: Path) -> None:
    for name in ("template.yaml", "stack.yaml"):
        (tmp_path / name).touch()
    assert find_template(tmp_path, SamConfig(template="stack.yaml")) == tmp_path / "stack.yaml"


@pytest.mark.parametrize("name", ["template.yaml", "template.yml", "template.json"])
def test_the_usual_names_are_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert find_template(tmp_path, SamConfig()) == tmp_path / name


def test_nothing_is_found_in_an_empty_folder(tmp_path: Path) -> None:
    assert find_template(tmp_path, SamConfig(template="missing.yaml")) is None


def test_a_twelve_digit_access_key_is_the_account() -> None:
    assert account_id({"AWS_ACCESS_KEY_ID": "111122223333"}) == "111122223333"
    assert account_id({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}) == "000000000000"
    assert account_id({}) == "000000000000"


def test_the_region_is_the_one_boto3_would_choose(tmp_path: Path) -> None:
    """A table in any other region would not be found by the developer's own client."""
    config_file = tmp_path / "config"
    config_file.write_text("[default]\nregion = eu-north-1\n[profile work]\nregion = eu-south-1\n")
    environment = {"AWS_CONFIG_FILE": str(config_file)}
    config = SamConfig(region="ap-south-1")
    assert region(config, {**environment, "AWS_DEFAULT_REGION": "us-west-2"}) == "us-west-2"
    assert region(config, environment) == "eu-north-1"
    assert region(config, {**environment, "AWS_PROFILE": "work"}) == "eu-south-1"
    assert region(config, {"AWS_CONFIG_FILE": str(tmp_path / "none")}) == "ap-south-1"
    assert region(SamConfig(), {"AWS_CONFIG_FILE": str(tmp_path / "none")}) == "us-east-1"
