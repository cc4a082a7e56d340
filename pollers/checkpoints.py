"""A memory of positions that lasts as long as the process."""

from collections.abc import Mapping

__all__ = ["MemoryCheckpoints"]


class MemoryCheckpoints:
    """Checkpoints in a dictionary: the implementation of ``ports.Checkpoints`` for tests and for short runs."""

    def __init__(self) -> None:
        self._positions: dict[str, dict[str, str]] = {}

    def load(self, mapping_uuid: str) -> Mapping[str, str]:
        """See ``ports.Checkpoints.load``."""
        return dict(self._positions.get(mapping_uuid, {}))

    def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
        """See ``ports.Checkpoints.store``."""
        self._positions.setdefault(mapping_uuid, {})[shard_id] = sequence_number

    def forget(self, mapping_uuid: str) -> None:
        """See ``ports.Checkpoints.forget``."""
        self._positions.pop(mapping_uuid, None)
