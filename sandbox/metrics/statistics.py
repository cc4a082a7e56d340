"""Statistics of buckets, by CloudWatch's names."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.metrics.store import Bucket

__all__ = ["SIMPLE", "statistic"]

SIMPLE: Final[Mapping[str, Callable[[Bucket], float]]] = {
    "SampleCount": lambda bucket: float(bucket.count),
    "Average": lambda bucket: bucket.total / bucket.count,
    "Sum": lambda bucket: bucket.total,
    "Minimum": lambda bucket: bucket.minimum,
    "Maximum": lambda bucket: bucket.maximum,
}
_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


def statistic(name: str) -> Callable[[Bucket], float] | None:
    """What computes the statistic of that name, ``p95`` included; ``None`` where there is none, such as trimmed means.

    A percentile lies between the two values nearest to its rank, which is an assumption.
    """
    simple = SIMPLE.get(name)
    if simple is not None:
        return simple
    match = _PERCENTILE.fullmatch(name)
    if match is None:
        return None
    share = float(match.group(1)) / 100
    return lambda bucket: _percentile(sorted(bucket.values), share)


def _percentile(values: list[float], share: float) -> float:
    rank = share * (len(values) - 1)
    below = int(rank)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (rank - below)
