"""What can go wrong on the way to a hosted service, before it has a chance to answer."""

__all__ = ["MisroutedRequest", "ServiceUnknown"]


class MisroutedRequest(AssertionError):  # noqa: N818 - named for what happened, as the faults of the other packages are
    """A DynamoDB, Streams or Lambda request reached the hosted services: a mistake of our routing, never the user's."""

    def __init__(self, service: str) -> None:
        super().__init__(f"a request for {service} reached the hosted services; the sandbox answers {service} itself")


class ServiceUnknown(LookupError):  # noqa: N818 - as above
    """No hosted service answers this request; the text names what was asked for."""
