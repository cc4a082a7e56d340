"""Streams and their shards as the log keeps them in memory, and sequence numbers as they are written."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Shard", "Stream", "sequence_from_wire", "sequence_to_wire"]

_SEQUENCE_BASE = 10**20


def sequence_to_wire(sequence: int) -> str:
    """21 digits, the least AWS's model allows. Source: lambda-event-source-mappings §4.3."""
    return str(_SEQUENCE_BASE + sequence)


def sequence_from_wire(text: str) -> int:
    """The counter behind a wire sequence number; numbers from elsewhere give values outside our range."""
    return int(text) - _SEQUENCE_BASE


@dataclass(kw_only=True)
class Shard:
    """One shard; ``last_sequence`` is set once it is closed.

    Attributes:
        low, high: the partition-key hashes it takes, ``low <= hash < high``.
        trimmed: the newest sequence number that retention has dropped; 0 while nothing was.
    """

    number: int
    shard_id: str
    parent_shard_id: str | None
    first_sequence: int
    last_sequence: int | None
    low: int
    high: int
    created: float
    closed: float | None = None
    trimmed: int = 0

    def may_hold(self, sequence: int) -> bool:
        """Whether the shard has, had or may yet get a record of that number."""
        return self.first_sequence <= sequence and (self.last_sequence is None or sequence <= self.last_sequence)


@dataclass(kw_only=True)
class Stream:
    """One stream of one table, enabled or disabled, with its shards in order of number."""

    id: int
    account_id: str
    region: str
    table_name: str
    label: str
    view_type: str
    key_schema: list[tuple[str, str]]
    created: float
    enabled: bool
    disabled: float | None = None
    shards: list[Shard] = field(default_factory=list)
    _open_lows: list[int] = field(default_factory=list)
    _open: list[Shard] = field(default_factory=list)

    @cached_property
    def arn(self) -> str:
        """The stream's ARN, label included."""
        return f"arn:aws:dynamodb:{self.region}:{self.account_id}:table/{self.table_name}/stream/{self.label}"

    @cached_property
    def shows_new_image(self) -> bool:
        """Whether its records have the item after the change."""
        return self.view_type in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")

    @cached_property
    def shows_old_image(self) -> bool:
        """Whether its records have the item before the change."""
        return self.view_type in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES")

    def index_open_shards(self) -> None:
        """Rebuild the lookup by hash after shards were opened or closed."""
        self._open = sorted(
            (shard for shard in self.shards if shard.last_sequence is None), key=lambda shard: shard.low
        )
        self._open_lows = [shard.low for shard in self._open]

    def shard_for(self, partition: bytes) -> Shard:
        """The open shard that takes a partition key with this 4-byte hash, or a row key, which begins with it."""
        if len(self._open) == 1:
            return self._open[0]
        return self._open[bisect_right(self._open_lows, int.from_bytes(partition[:4], "big")) - 1]

    def shard(self, shard_id: str) -> Shard | None:
        """The shard of that id, open or closed."""
        return next((shard for shard in self.shards if shard.shard_id == shard_id), None)
