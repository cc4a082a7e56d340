"""What applying a project needs of a sandbox: its API, nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from sandbox.faults import ApiFault
from sandbox.project.problem import Problem, TemplateFault
from sandbox.project.project import Notice

__all__ = ["Api", "Caller"]

_SERVICE_NAMES: Final = {
    "dynamodb": "DynamoDB",
    "events": "EventBridge",
    "kinesis": "Kinesis",
    "lambda": "Lambda",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "Systems Manager",
}


class Api(Protocol):
    """A running sandbox."""

    @property
    def endpoint_url(self) -> str:
        """``http://HOST:PORT``."""

    async def call(
        self,
        operation: str,
        parameters: dict[str, Any],
        *,
        service: str = "dynamodb",
        account_id: str | None = None,
        region: str | None = None,
    ) -> Any:
        """One API call with wire names; the decoded answer. Raises: ApiFault."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Makes the calls of one template, in its account and region, and reports refusals at its lines."""

    api: Api
    template: Path
    account_id: str
    region: str
    notices: list[Notice] = field(default_factory=list)

    async def call(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        line: int,
        service: str = "dynamodb",
        advice: str = "",
    ) -> Any:
        """The answer. Raises: TemplateFault with AWS's wording, at *line*, and *advice* where there is any."""
        try:
            return await self._send(operation, parameters, service)
        except ApiFault as fault:
            raise self._refusal(fault, service, line, advice) from fault

    async def find(
        self, operation: str, parameters: Mapping[str, Any], *, line: int, service: str = "dynamodb"
    ) -> Any | None:
        """The answer, or ``None`` where what is asked for does not exist. Raises: TemplateFault."""
        try:
            return await self._send(operation, parameters, service)
        except ApiFault as fault:
            if fault.code == "ResourceNotFoundException":
                return None
            raise self._refusal(fault, service, line) from fault

    async def ensure(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        line: int,
        service: str,
        there_already: Collection[str],
    ) -> None:
        """Make a call that one of these refusals grants as well. Raises: TemplateFault."""
        try:
            await self._send(operation, parameters, service)
        except ApiFault as fault:
            if fault.code not in there_already:
                raise self._refusal(fault, service, line) from fault

    def _refusal(self, fault: ApiFault, service: str, line: int, advice: str = "") -> TemplateFault:
        what = f"{_SERVICE_NAMES.get(service, service)} refuses this: {fault.message or fault.code}"
        return TemplateFault(self.template, [Problem(line=line, what=what, advice=advice)])

    def notice(self, line: int, text: str) -> None:
        """Remember something the developer should know."""
        self.notices.append(Notice(line=line, text=text))

    async def _send(self, operation: str, parameters: Mapping[str, Any], service: str) -> Any:
        return await self.api.call(
            operation, dict(parameters), service=service, account_id=self.account_id, region=self.region
        )
