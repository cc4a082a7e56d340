"""Where a template's resources are."""

from dataclasses import dataclass

__all__ = ["Place"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Account and region of the template."""

    account_id: str
    region: str
