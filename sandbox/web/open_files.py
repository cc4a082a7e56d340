"""Room for ten thousand connections: every one is an open file. Source: reliability F1."""

from typing import Final

__all__ = ["allow_connections"]

_OTHERS: Final = 512
"""Files of the process itself: store, watchers, pipes to workers."""


def allow_connections(count: int = 10_000) -> int:
    """Raise this process's own limit of open files for *count* connections, as far as the system lets it.

    For the start of a server process only: the limit is inherited by the processes it starts. Gives how many connections
    there is room for; *count* where the system has no such limit.
    """
    try:
        import resource  # noqa: PLC0415 - Windows has no such module
    except ImportError:
        return count
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _OTHERS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return count
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        wanted = soft  # macOS refuses values above its own maximum, whatever the hard limit says
    return max(0, wanted - _OTHERS)
