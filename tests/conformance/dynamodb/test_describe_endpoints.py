"""DescribeEndpoints, which clients ask that have endpoint discovery switched on."""

from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config


def test_the_address_is_one_to_go_on_with(dynamodb: Any, table: str, endpoint_url: str) -> None:
    """A client goes where the answer says, with whatever it has to write: that must be the same service."""
    endpoints = dynamodb.describe_endpoints()["Endpoints"]
    assert len(endpoints) == 1
    assert endpoints[0]["CachePeriodInMinutes"] == 1440
    found = boto3.client(
        "dynamodb",
        endpoint_url=f"{urlsplit(endpoint_url).scheme}://{endpoints[0]['Address']}",
        region_name=dynamodb.meta.region_name,
        aws_access_key_id=dynamodb._request_signer._credentials.access_key,
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}),
    )
    assert found.describe_table(TableName=table)["Table"]["TableName"] == table
