"""A table asked for where it is not: the answer is AWS's, the log says where it is."""

import pytest

from sandbox.dynamodb.faults import ResourceNotFoundException
from sandbox.testing.embedded import EmbeddedSandbox


def _ask(sandbox: EmbeddedSandbox, name: str, **place: str) -> str:
    with pytest.raises(ResourceNotFoundException) as refused:
        sandbox.call("GetItem", {"TableName": name, "Key": {"pk": {"S": "a"}}}, **place)
    return str(refused.value)


def test_a_client_of_another_region_is_told_of_once(sandbox: EmbeddedSandbox, caplog: pytest.LogCaptureFixture) -> None:
    """Every SDK has a region of its own to be mistaken about, and an empty answer is all it gets."""
    sandbox.table("orders")
    for _ in range(2):
        assert _ask(sandbox, "orders", region="eu-west-1") == "Requested resource not found"
    (told,) = caplog.messages
    assert told == (
        "The table orders was asked for in eu-west-1, and is in us-east-1: make the client with region us-east-1, or set "
        "AWS_DEFAULT_REGION=us-east-1."
    )


def test_a_client_of_another_account_is_told_of(sandbox: EmbeddedSandbox, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.table("orders")
    _ask(sandbox, "orders", account_id="123456789012")
    (told,) = caplog.messages
    assert told == (
        "The table orders was asked for in account 123456789012, and is in account 000000000000: an access key of twelve "
        "digits names an account, any other the sandbox's own."
    )


def test_a_table_that_is_nowhere_is_no_news(sandbox: EmbeddedSandbox, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.table("orders")
    _ask(sandbox, "ordres")
    assert caplog.messages == []
