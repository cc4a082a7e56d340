"""Short forms turned into AWS's requests."""

import pytest

from sandbox.testing.mapping_settings import mapping_members
from sandbox.testing.table_request import table_request


def test_either_spelling_is_understood() -> None:
    assert mapping_members({"batch_size": 5, "MaximumRetryAttempts": 2, "bisect_batch_on_function_error": True}) == {
        "BatchSize": 5,
        "MaximumRetryAttempts": 2,
        "BisectBatchOnFunctionError": True,
    }


def test_short_forms() -> None:
    assert mapping_members({"filters": [{"eventName": ["INSERT"]}, '{"a":["b"]}'], "on_failure": "arn:x"}) == {
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}, {"Pattern": '{"a":["b"]}'}]},
        "DestinationConfig": {"OnFailure": {"Destination": "arn:x"}},
    }
    assert mapping_members({"report_batch_item_failures": True}) == {
        "FunctionResponseTypes": ["ReportBatchItemFailures"]
    }
    assert mapping_members({"report_batch_item_failures": False}) == {"FunctionResponseTypes": []}


def test_an_unknown_setting() -> None:
    with pytest.raises(TypeError, match=r"no setting 'batch'; there are filters, on_failure, .*batch_size"):
        mapping_members({"batch": 5})


def test_a_table_of_one_key_with_a_stream() -> None:
    assert table_request("t", [], stream="KEYS_ONLY", members={}) == {
        "TableName": "t",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    }


def test_a_table_of_two_keys_with_an_index() -> None:
    index = {"IndexName": "i", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}
    request = table_request(
        "t",
        ["id", "at:N"],
        stream=None,
        members={
            "GlobalSecondaryIndexes": [index],
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        },
    )
    assert request["KeySchema"] == [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    assert [one["AttributeName"] for one in request["AttributeDefinitions"]] == ["id", "at", "a"]
    assert request["GlobalSecondaryIndexes"] == [index]
    assert "BillingMode" not in request
    assert "StreamSpecification" not in request


def test_a_third_key() -> None:
    with pytest.raises(TypeError, match="at most one sort key"):
        table_request("t", ["a", "b", "c"], stream=None, members={})
