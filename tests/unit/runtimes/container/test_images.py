import pytest

from runtimes.container.images import image_of
from runtimes.contract import RuntimeUnavailable


@pytest.mark.parametrize(
    ("runtime", "image"),
    [
        ("python3.12", "public.ecr.aws/lambda/python:3.12"),
        ("nodejs22.x", "public.ecr.aws/lambda/nodejs:22"),
        ("java21", "public.ecr.aws/lambda/java:21"),
        ("java8.al2", "public.ecr.aws/lambda/java:8.al2"),
        ("dotnet8", "public.ecr.aws/lambda/dotnet:8"),
        ("ruby3.3", "public.ecr.aws/lambda/ruby:3.3"),
        ("provided.al2023", "public.ecr.aws/lambda/provided:al2023"),
    ],
)
def test_a_runtime_stands_for_awss_base_image(runtime: str, image: str) -> None:
    assert image_of(runtime, {}) == image


def test_a_chosen_image_comes_first() -> None:
    assert image_of("python3.12", {"python3.12": "mine:latest"}) == "mine:latest"
    assert image_of("custom", {"custom": "mine:latest"}) == "mine:latest"


def test_what_stands_for_nothing_is_told_with_what_to_do() -> None:
    with pytest.raises(RuntimeUnavailable, match="name one with --image perl5=IMAGE"):
        image_of("perl5", {})
