"""What the tests of delivery use: functions from text, mappings that end with their test, notes in a table."""

from tests.conformance.awslambda.conftest import function, make_function, make_mapping, own_stream, stream
from tests.conformance.awslambda.test_delivery import failed, notes, set_up
from tests.conformance.streams.conftest import records_of

__all__ = [
    "failed",
    "function",
    "make_function",
    "make_mapping",
    "notes",
    "own_stream",
    "records_of",
    "set_up",
    "stream",
]
