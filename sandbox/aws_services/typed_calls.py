"""Calls by operation name and parameters, for the sandbox's own use: a template's queues, a mapping's messages.

The service models say how a call is written and how its answer is read; they are botocore's, which the hosted code
brings along. Reading a model takes 10 to 100 ms, so this is imported and used in the services' thread only.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from botocore.awsrequest import prepare_request_dict
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from sandbox.aws_services.refusals import refusal
from sandbox.aws_services.reply import ForeignReply
from sandbox.aws_services.wsgi import ForeignRequest

__all__ = ["answer_of", "request_of", "signing_name"]


def request_of(service: str, operation: str, parameters: Mapping[str, Any]) -> ForeignRequest:
    """The request that asks for *operation*, not yet signed.

    Raises:
        ServiceRefused: there is no such service or operation, or a parameter is missing or not of its type.
    """
    model = _operation(service, operation)
    report = ParamValidator().validate(dict(parameters), model.input_shape)
    if report.has_errors():
        raise refusal("ValidationException", report.generate_report())
    written = create_serializer(_protocol(model), include_validation=False).serialize_to_request(
        dict(parameters), model
    )
    prepare_request_dict(written, endpoint_url="http://localhost")
    url = urlsplit(written["url"])
    body = urlencode(written["body"]) if isinstance(written["body"], dict) else written["body"]
    return ForeignRequest(
        method=written["method"],
        path=url.path or "/",
        query=url.query,
        headers={name.lower(): str(value) for name, value in written["headers"].items()},
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def answer_of(service: str, operation: str, reply: ForeignReply) -> dict[str, Any]:
    """The members of the answer.

    Raises:
        ServiceRefused: it is a refusal; told with the service's own code and text.
    """
    model = _operation(service, operation)
    parser = create_parser(_protocol(model))
    received = {"status_code": reply.status, "headers": dict(reply.headers), "body": reply.body}
    answer: dict[str, Any] = parser.parse(received, model.output_shape)
    if reply.status >= 300:
        error = answer.get("Error", {})
        raise refusal(error.get("Code") or str(reply.status), error.get("Message") or "", status=reply.status)
    answer.pop("ResponseMetadata", None)
    return answer


def signing_name(service: str) -> str:
    """What requests for *service* are signed for: ``monitoring`` of CloudWatch."""
    return str(_service(service).signing_name)


@cache
def _service(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _operation(service: str, operation: str) -> OperationModel:
    try:
        return _service(service).operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError) as unknown:
        raise refusal("UnknownOperationException", f"AWS has no operation {operation} of {service}.") from unknown


def _protocol(model: OperationModel) -> str:
    return str(model.service_model.resolved_protocol)  # what botocore itself would speak, of several
