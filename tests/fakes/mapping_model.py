"""The reference model of a mapping: every record, what became of it, and the promises a poller must keep about it.

It knows nothing of batches, lanes, windows or backoff. Whoever plays the world tells it what happened (a record was written,
a function was handed records, some are finished, a batch was reported as discarded, a poller crashed); it answers with what
was broken:

* a record is handed over or reported as discarded in the end;
* the records of a key are handed over for the first time in the order they were written;
* no checkpoint stands at or behind a record that is neither finished nor discarded, and none moves back;
* a finished record is not handed over again, unless a crash or new settings caught the mapping while it was in flight, or
  (several lanes, an open window) while an older one was;
* a record is given up for a reason that its mapping allows.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pollers.records import SHARD_END, StreamRecord

__all__ = ["MappingModel"]


@dataclass(kw_only=True)
class Known:
    """One record."""

    number: str
    key: str
    shard_id: str
    created_seconds: float
    is_finished: bool = False
    was_handed_over: bool = False
    may_repeat: bool = False


@dataclass
class MappingModel:
    """What one mapping has been through.

    Attributes:
        broken: the promises that were broken, in words.
        handed_over: how many times a record was handed to the function.
    """

    broken: list[str] = field(default_factory=list)
    handed_over: int = 0
    _records: dict[str, Known] = field(default_factory=dict)
    _unfinished: dict[str, Known] = field(default_factory=dict)
    _in_flight: dict[Hashable, Sequence[str]] = field(default_factory=dict)
    _newest_of_key: dict[str, int] = field(default_factory=dict)
    _checkpoints: dict[str, str] = field(default_factory=dict)
    _settings: list[Mapping[str, Any]] = field(default_factory=list)

    def set_up(self, settings: Mapping[str, Any]) -> None:
        """These settings, by wire name, apply from now on; what is in flight ends under the ones before."""
        self._settings.append(dict(settings))

    def wrote(self, record: StreamRecord, key: str, shard_id: str, *, is_wanted: bool = True) -> None:
        """A record was committed; one that a filter leaves out is finished already."""
        number = record.sequence_number
        known = Known(number=number, key=key, shard_id=shard_id, created_seconds=record.created_seconds)
        known.is_finished = not is_wanted
        self._records[number] = known
        if is_wanted:
            self._unfinished[number] = known

    def began(self, invocation: Hashable, numbers: Sequence[str]) -> None:
        """The function was handed these and runs."""
        self._in_flight[invocation] = numbers
        for number in numbers:
            known = self._records.get(number)
            if known is None:
                self.broken.append(f"{number} was handed over, but never written for this mapping")
                continue
            self.handed_over += 1
            if known.is_finished and not known.may_repeat:
                self.broken.append(f"{number} of key {known.key} was handed over again after it was finished")
            if not known.was_handed_over:
                known.was_handed_over = True
                newest = self._newest_of_key.get(known.key, 0)
                if newest > int(number):
                    self.broken.append(f"{number} of key {known.key} came after {newest}")
                self._newest_of_key[known.key] = max(newest, int(number))

    def finished(self, numbers: Iterable[str]) -> None:
        """The function is done with these for good, whether or not the poller has heard of it yet."""
        for number in numbers:
            self._records[number].is_finished = True
            self._unfinished.pop(number, None)

    def ended(self, what: Hashable) -> None:
        """The poller got the answer to an invocation or a failure record."""
        self._in_flight.pop(what, None)

    def discarded(self, what: Hashable, document: Mapping[str, Any], numbers: Sequence[str], now: float) -> None:
        """A failure record was sent, whether or not it is kept; it told of these. It is in flight until it ``ended``."""
        self._in_flight[what] = numbers
        condition = document["requestContext"]["condition"]
        count = document["requestContext"]["approximateInvokeCount"]
        told = document["DDBStreamBatchInfo"]
        if (told["startSequenceNumber"], told["endSequenceNumber"], told["batchSize"]) != (
            numbers[0],
            numbers[-1],
            len(numbers),
        ):
            self.broken.append(f"the failure record of {numbers} says {told}")
        for number in numbers:
            known = self._records[number]
            if not self._may_discard(condition, count, known, now):
                self.broken.append(f"{number} was discarded, {condition}, after {count}: no settings say so")
            # What was given up for its age was perhaps never handed over; later records may come first now.
            known.was_handed_over = True
            if known.is_finished and not known.may_repeat:
                self.broken.append(f"{number} was discarded after it was finished")
        self.finished(numbers)

    def _may_discard(self, condition: str, count: int, known: Known, now: float) -> bool:
        if condition == "RecordAgeExceeded":
            limits = [one.get("MaximumRecordAgeInSeconds", -1) for one in self._settings]
            return any(limit >= 0 and now - known.created_seconds > limit for limit in limits)
        limits = [one.get("MaximumRetryAttempts", -1) for one in self._settings]
        return condition == "RetryAttemptsExhausted" and any(limit >= 0 and count > limit for limit in limits)

    def interrupted(self, *, lost: bool) -> None:
        """A poller ended and another begins at the checkpoints.

        *lost*: it crashed, and what was in flight with it; else what was in flight is still seen through.
        """
        in_flight = [self._records[number] for numbers in self._in_flight.values() for number in numbers]
        if lost:
            for known in in_flight:
                known.may_repeat = True
            self._in_flight.clear()
        has_lanes = any(one.get("ParallelizationFactor", 1) > 1 for one in self._settings)
        has_windows = any(one.get("TumblingWindowInSeconds", 0) > 0 for one in self._settings)
        if not has_lanes and not has_windows:
            return
        oldest: dict[str, int] = {}
        for known in (*self._unfinished.values(), *in_flight):
            oldest[known.shard_id] = min(int(known.number), oldest.get(known.shard_id, int(known.number)))
        for known in self._records.values():
            # A window's records live only in its state until it closes.
            if has_windows or int(known.number) > oldest.get(known.shard_id, int(known.number)):
                known.may_repeat = True

    def stored(self, checkpoints: Mapping[str, str]) -> None:
        """These checkpoints are stored."""
        for known in self._unfinished.values():
            reached = checkpoints.get(known.shard_id, "")
            if reached == SHARD_END or (reached.isdigit() and int(reached) >= int(known.number)):
                self.broken.append(f"the checkpoint {reached} of {known.shard_id} passed the unfinished {known.number}")
        for shard_id, before in self._checkpoints.items():
            after = checkpoints.get(shard_id, "")
            if before.isdigit() and not (after == SHARD_END or (after.isdigit() and int(after) >= int(before))):
                self.broken.append(f"the checkpoint of {shard_id} moved back from {before} to {after}")
        self._checkpoints = dict(checkpoints)

    def unfinished(self) -> list[str]:
        """The records that are neither delivered nor discarded."""
        return list(self._unfinished)
