"""Where the user's own modules lie that are not in the code folder."""

import json
import os

import boto3
import pytest

from runtimes.guest import elsewhere


@pytest.mark.parametrize(
    ("module", "path", "place"),
    [
        ("shared", "/src/shared/__init__.py", "/src/shared"),
        ("shared.deep.values", "/src/shared/deep/values.py", "/src/shared"),
        ("shared.deep", "/src/shared/deep/__init__.py", "/src/shared"),
        ("single", "/src/single.py", "/src/single.py"),
        ("company.billing.rules", "/src/company/billing/rules.py", "/src/company"),
        ("billing", "/src/lib/__init__.py", "/src/lib/__init__.py"),
        ("billing.rules", "/src/lib/rules.py", "/src/lib/rules.py"),
    ],
)
def test_the_place_of_a_module_is_its_outermost_package(module: str, path: str, place: str) -> None:
    """Where a finder gives a folder another name, no folder is known to be the package's: its files are."""
    assert elsewhere.place_of(module, path) == place


def test_neither_the_library_nor_installed_packages_are_elsewhere() -> None:
    for module in (json, os, boto3, elsewhere):
        assert module.__file__ is not None
        assert not elsewhere.is_elsewhere(module.__file__)
    assert elsewhere.is_elsewhere(__file__)
