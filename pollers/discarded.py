"""A batch that was given up, whole, for whoever keeps such batches so that they can be tried again."""

from dataclasses import dataclass

__all__ = ["DiscardedBatch"]


@dataclass(frozen=True, kw_only=True)
class DiscardedBatch:
    """Records that no function will be asked about again by their mapping.

    Attributes:
        batch_id: the request id of the last invocation, as in the trace and in the failure record.
        condition: RetryAttemptsExhausted or RecordAgeExceeded.
        at_seconds: epoch seconds.
        invoke_count: how often the function was asked about them.
        payload: the event with exactly these records.
    """

    batch_id: str
    mapping_uuid: str
    function_arn: str
    stream_arn: str
    shard_id: str
    condition: str
    at_seconds: float
    invoke_count: int
    record_count: int
    first_sequence_number: str
    last_sequence_number: str
    payload: bytes
