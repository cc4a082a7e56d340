"""A hosted service's own refusal, as a fault like those of the emulated services."""

from sandbox.faults import ApiFault

__all__ = ["ServiceRefused", "refusal"]


class ServiceRefused(ApiFault):
    """A hosted service refuses; each of its codes is a class of its own, as everywhere."""


def refusal(code: str, message: str, *, status: int = 400) -> ServiceRefused:
    """The fault for *code*."""
    kind: type[ServiceRefused] = type(code, (ServiceRefused,), {"code": code, "status": status})
    return kind(message)
