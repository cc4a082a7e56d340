from sandbox.project.late import endpoint_url_token, filled, stream_arn_token, table_of_token


def test_tokens_are_filled_wherever_they_stand() -> None:
    request = {
        "EventSourceArn": stream_arn_token("orders.v1"),
        "Environment": {"Variables": {"QUEUE": f"{endpoint_url_token()}/000000000000/q"}},
        "List": [f"<{stream_arn_token('a')}>", 5, True],
    }
    assert filled(request, stream_arn="arn:{}".format, endpoint_url="http://x") == {
        "EventSourceArn": "arn:orders.v1",
        "Environment": {"Variables": {"QUEUE": "http://x/000000000000/q"}},
        "List": ["<arn:a>", 5, True],
    }


def test_only_a_streams_own_token_names_a_table() -> None:
    assert table_of_token(stream_arn_token("orders")) == "orders"
    assert table_of_token(f"x{stream_arn_token('orders')}") is None
    assert table_of_token("arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/l") is None
    assert table_of_token(endpoint_url_token()) is None
