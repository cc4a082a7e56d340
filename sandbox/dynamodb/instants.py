"""How refusals tell a moment."""

from datetime import UTC, datetime

__all__ = ["instant_in_words"]

_FIRST = -62_135_596_800
_LAST = 253_402_300_799


def instant_in_words(instant: float) -> str:
    """The second in which *instant* lies, epoch seconds; what is beyond the years 1 to 9999 is their beginning or end."""
    moment = datetime.fromtimestamp(min(max(instant, _FIRST), _LAST), tz=UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
