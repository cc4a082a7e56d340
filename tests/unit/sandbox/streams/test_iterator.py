import pytest

from sandbox.streams.iterator import ShardIterator

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2023-11-14T22:13:20.250"
ITERATOR = ShardIterator(
    stream_arn=ARN, shard_id="shardId-00000001700000000000-abcdef01", behind=7, issued=1_700_000_000.25
)


def test_text_and_back() -> None:
    text = ITERATOR.text()
    assert text.startswith(f"{ARN}|1|")
    assert ShardIterator.parse(text) == ITERATOR


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        ARN,
        f"{ARN}|1|",
        f"{ARN}|1|!!",
        f"{ARN}|1|YWJj",
        f"{ARN}|2|{ITERATOR.text()[-20:]}",
        "é|1|é",
        f"{ARN}|1|YS9iL2M=",
    ],
)
def test_nonsense_is_no_iterator(text: str) -> None:
    assert ShardIterator.parse(text) is None


def test_life_of_fifteen_minutes() -> None:
    assert not ITERATOR.is_expired(ITERATOR.issued + 900)
    assert ITERATOR.is_expired(ITERATOR.issued + 900.1)
