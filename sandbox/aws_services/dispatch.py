"""Which hosted service answers, and which never may.

Imports moto: only to be imported in the thread that serves it.
"""

from typing import Any

from flask import Flask
from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.aws_services.faults import MisroutedRequest, ServiceUnknown

__all__ = ["HostedServices"]

_OURS = frozenset({"awslambda", "awslambda_simple", "dynamodb", "dynamodb_v20111205", "dynamodbstreams", "lambda"})
"""Services of this sandbox: moto's own would be a second source of truth."""
_INTERNAL = frozenset({"moto_api", "instance_metadata"})
"""moto's control surface (reset, recorder) and its machine metadata: nobody may reach them through the endpoint."""


class HostedServices(DomainDispatcherApplication):
    """moto's own dispatcher, which makes one WSGI application per service, with the refusals of this sandbox."""

    def __init__(self) -> None:
        super().__init__(_create_app)
        self._modules = frozenset(list_of_moto_modules())

    def get_backend_for_host(self, host: str | None) -> Any:
        """The service that serves *host*; overrides moto's, which prints what it does not know.

        Raises:
            MisroutedRequest: the service is one of ours.
            ServiceUnknown: nothing answers for it.
        """
        if host is None:
            return None
        service = host if host in self._modules or host in _INTERNAL else self._by_pattern(host)
        if service in _OURS:
            raise MisroutedRequest(service)
        if service is None or service in _INTERNAL:
            raise ServiceUnknown(host)
        return service

    def get_service_from_path(self, path_info: str) -> tuple[str | None, str | None]:  # noqa: ARG002 - moto's signature
        """Never take an unsigned request's first path segment for a service: here it is a bucket."""
        return None, None

    def _by_pattern(self, host: str) -> str | None:
        return next(
            (service for service, pattern in self.backend_url_patterns if pattern.match(f"http://{host}")), None
        )


def _create_app(service: Any) -> Flask:
    app: Flask = create_backend_app(service)
    # In debug mode flask would let any exception through and add its own pages; we only want the first of the two.
    app.debug = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app
