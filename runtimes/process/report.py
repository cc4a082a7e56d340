"""What a worker tells about the packages it has imported, once its handler is loaded and once after its first answer."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtimes.guest.sdk import NAMES as SDK_NAMES

__all__ = ["Report", "ReportReader"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Installed packages' modules in the order of their import, and what the AWS SDK has read of its own files.

    Attributes:
        sdk_data: pairs of search paths and the calls of botocore's loader that were answered from them.
        elsewhere: where modules lie that came neither with the code nor from installed packages: folders and files.
    """

    sdk_modules: tuple[str, ...]
    other_modules: tuple[str, ...]
    sdk_data: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...]
    elsewhere: tuple[Path, ...]

    def sdk_news(self, known: "Report | None") -> tuple[list[str], list[Any]]:
        """The SDK's modules and data that *known* does not have, as a fork server takes them."""
        modules = set(known.sdk_modules) if known is not None else set()
        data = set(known.sdk_data) if known is not None else set()
        new_data: dict[tuple[str, ...], list[Any]] = {}
        for paths, call in self.sdk_data:
            if (paths, call) not in data:
                new_data.setdefault(paths, []).append(call)
        return [name for name in self.sdk_modules if name not in modules], [list(pair) for pair in new_data.items()]

    def merged(self, other: "Report | None") -> "Report":
        """Both."""
        if other is None:
            return self
        return Report(
            sdk_modules=_union(other.sdk_modules, self.sdk_modules),
            other_modules=_union(other.other_modules, self.other_modules),
            sdk_data=_union(other.sdk_data, self.sdk_data),
            elsewhere=_union(other.elsewhere, self.elsewhere),
        )


class ReportReader:
    """Turn what arrives in portions into reports."""

    def __init__(self, tell: Callable[[Report], None]) -> None:
        self._tell = tell
        self._received = b""

    def feed(self, data: bytes) -> None:
        """Take a portion of any size."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            modules = told["modules"]
            self._tell(
                Report(
                    sdk_modules=tuple(name for name in modules if name.partition(".")[0] in SDK_NAMES),
                    other_modules=tuple(name for name in modules if name.partition(".")[0] not in SDK_NAMES),
                    sdk_data=tuple((tuple(paths), tuple(call)) for paths, calls in told["sdk_data"] for call in calls),
                    elsewhere=tuple(map(Path, told["elsewhere"])),
                )
            )


def _union(first: Iterable[Any], second: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*first, *second)))
