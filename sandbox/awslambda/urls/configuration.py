"""The settings of function URLs: asked for, kept, told, found by the id in the address.

The sentences of the refusals are AWS's as recalled, not as recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from sandbox.arn import function_arn
from sandbox.awslambda.faults import ResourceConflictException, ResourceNotFoundException
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.awslambda.store.ports import Attachment
from sandbox.awslambda.urls.address import url_id_of
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = [
    "AuthType",
    "FunctionUrl",
    "InvokeMode",
    "UrlConfiguration",
    "UrlCors",
    "UrlOfFunction",
    "configuration_of",
    "cors_document",
    "domain_of",
    "find_url",
    "found_configuration",
    "keep_configuration",
    "refuse_second_url",
    "urls_function",
    "urls_of",
]

AuthType = Literal["NONE", "AWS_IAM"]
InvokeMode = Literal["BUFFERED", "RESPONSE_STREAM"]

_Header = Annotated[str, Meta(max_length=1024)]


class UrlOfFunction(RequestShape):
    """What every operation on one function URL begins with."""

    function_name: FunctionName
    qualifier: Annotated[str, Meta(min_length=1, max_length=128, pattern=whole(r"(?!\d+$)[0-9a-zA-Z-_]+"))] | None = (
        None
    )


class UrlCors(RequestShape):
    """Which web pages may call, and how."""

    allow_credentials: bool | None = None
    allow_headers: Annotated[list[_Header], Meta(max_length=100)] | None = None
    allow_methods: Annotated[list[Annotated[str, Meta(max_length=6)]], Meta(max_length=6)] | None = None
    allow_origins: Annotated[list[Annotated[str, Meta(min_length=1, max_length=253)]], Meta(max_length=100)] | None = (
        None
    )
    expose_headers: Annotated[list[_Header], Meta(max_length=100)] | None = None
    max_age: Annotated[int, Meta(ge=0, le=86_400)] | None = None


class UrlConfiguration(ResponseShape):
    """The settings as they are answered; ``LastModifiedTime`` is not told at creation."""

    function_url: str
    function_arn: str
    auth_type: str
    cors: dict[str, Any] | None = None
    creation_time: str
    last_modified_time: str | None = None
    invoke_mode: str


@dataclass(frozen=True, kw_only=True)
class FunctionUrl:
    """One function URL as it is kept.

    Attributes:
        qualifier: the alias, or ``$LATEST``.
        settings: AuthType, Cors, InvokeMode and the times, as on the wire.
    """

    account_id: str
    region: str
    name: str
    qualifier: str
    settings: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """The ARN of what is invoked."""
        arn = function_arn(self.region, self.account_id, self.name)
        return arn if self.qualifier == LATEST else f"{arn}:{self.qualifier}"

    @property
    def url_id(self) -> str:
        """The first label of the address."""
        return url_id_of(self.arn)


def domain_of(url: FunctionUrl) -> str:
    """The host that answers for *url*; every name below ``localhost`` is this machine."""
    return f"{url.url_id}.lambda-url.{url.region}.localhost"


def urls_function(scope: LambdaScope, request: UrlOfFunction) -> FunctionReference:
    """Read the name of a function, or of an alias of it, that is there.

    Raises:
        ResourceNotFoundException: there is none.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    scope.function(reference)
    return reference


def found_configuration(scope: LambdaScope, reference: FunctionReference) -> FunctionUrl:
    """The URL of *reference*.

    Raises:
        ResourceNotFoundException: it has none.
    """
    place = (reference.account_id, reference.region, reference.name, reference.version)
    settings = scope.store.attachments.get("url", *place)
    if settings is None:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return _url(reference, settings)


def refuse_second_url(scope: LambdaScope, reference: FunctionReference) -> None:
    """Refuse a URL for what has one.

    Raises:
        ResourceConflictException: *reference* has a URL.
    """
    if any(url.qualifier == reference.version for url in urls_of(scope, reference)):
        raise ResourceConflictException(
            f"Failed to create function url config for [functionArn = {reference.qualified_arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )


def keep_configuration(scope: LambdaScope, reference: FunctionReference, settings: Mapping[str, Any]) -> FunctionUrl:
    """Keep the settings of the URL of *reference*; those that are ``None`` or empty are not kept."""
    kept = {name: value for name, value in settings.items() if value not in (None, {})}
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=reference.account_id,
                region=reference.region,
                name=reference.name,
                kind="url",
                qualifier=reference.version,
                document=kept,
            )
        )
    return _url(reference, kept)


def configuration_of(scope: LambdaScope, url: FunctionUrl, *, is_new: bool = False) -> UrlConfiguration:
    """Tell *url*, at the address that answers now."""
    endpoint = urlsplit(scope.endpoint_url())
    return UrlConfiguration(
        function_url=f"{endpoint.scheme}://{domain_of(url)}:{endpoint.port}/",
        function_arn=url.arn,
        auth_type=url.settings["AuthType"],
        cors=url.settings.get("Cors"),
        creation_time=url.settings["CreationTime"],
        last_modified_time=None if is_new else url.settings["LastModifiedTime"],
        invoke_mode=url.settings["InvokeMode"],
    )


def find_url(scope: LambdaScope, url_id: str) -> FunctionUrl | None:
    """The URL, of whatever account and region, that has this id."""
    urls = map(_of_attachment, scope.store.attachments.everything("url"))
    return next((url for url in urls if url.url_id == url_id), None)


def urls_of(scope: LambdaScope, reference: FunctionReference) -> list[FunctionUrl]:
    """The URLs of a function and of its aliases."""
    kept = scope.store.attachments.of_function("url", reference.account_id, reference.region, reference.name)
    return [_of_attachment(each) for each in kept]


def cors_document(cors: UrlCors | None) -> Any:
    """The request's Cors as it is kept; ``None`` where it says nothing."""
    return None if cors is None else msgspec.to_builtins(cors)


def _of_attachment(kept: Attachment) -> FunctionUrl:
    return FunctionUrl(
        account_id=kept.account_id,
        region=kept.region,
        name=kept.name,
        qualifier=kept.qualifier,
        settings=kept.document,
    )


def _url(reference: FunctionReference, settings: Mapping[str, Any]) -> FunctionUrl:
    return FunctionUrl(
        account_id=reference.account_id,
        region=reference.region,
        name=reference.name,
        qualifier=reference.version,
        settings=settings,
    )
