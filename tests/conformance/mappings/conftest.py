"""What the tests of delivery use: functions from text, mappings that end with their test, notes in a table."""

from tests.conformance.awslambda.conftest import make_function, make_mapping
from tests.conformance.awslambda.test_delivery import failed, notes, set_up

__all__ = ["failed", "make_function", "make_mapping", "notes", "set_up"]
