"""What a Lambda operation receives: whose functions, where they are kept, who runs and who polls."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.asynchronous import AsynchronousInvocations
from sandbox.awslambda.code import CodeStore
from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.names import LATEST, ONLY_FUNCTIONS, FunctionReference, read_function_name
from sandbox.awslambda.ports import FunctionHost, MappingHost, QueueDirectory, StreamDirectory
from sandbox.awslambda.routing import AliasRouting
from sandbox.awslambda.store.ports import LambdaStore, StoredFunction
from sandbox.clock import Clock
from sandbox.ids import Ids

__all__ = ["LambdaScope", "PatternCheck"]

PatternCheck = Callable[[str], bool]
"""A filter pattern's text -> whether AWS accepts it."""


@dataclass(frozen=True, kw_only=True)
class LambdaScope:
    """One account and region of the Lambda API.

    Attributes:
        routing: which version an alias runs.
        pattern_is_valid: judges the patterns of FilterCriteria.
        endpoint_url: where functions find the sandbox; asked when a function is deployed.
        secret_access_key: what functions sign their requests with.
        environment: variables that every function gets.
    """

    account_id: str
    region: str
    store: LambdaStore
    clock: Clock
    ids: Ids
    function_host: FunctionHost
    mapping_host: MappingHost
    streams: StreamDirectory
    queues: QueueDirectory
    code: CodeStore
    routing: AliasRouting
    asynchronous: AsynchronousInvocations
    pattern_is_valid: PatternCheck
    endpoint_url: Callable[[], str]
    secret_access_key: str = "sandbox"  # noqa: S105 - any will do, unless signatures are checked
    environment: Mapping[str, str] = field(default_factory=dict)

    def reference(self, function_name: str, qualifier: str | None = None) -> FunctionReference:
        """Read a function's name as this account and region see it.

        Raises:
            ValidationException, InvalidParameterValueException, ResourceNotFoundException: see ``read_function_name``.
        """
        return read_function_name(function_name, qualifier, account_id=self.account_id, region=self.region)

    def unqualified(self, function_name: str) -> FunctionReference:
        """Read a function's name where a version or alias has no place; ``$LATEST`` is dropped.

        Raises:
            InvalidParameterValueException: it names a version or alias.
            ValidationException, ResourceNotFoundException: see ``read_function_name``.

        Source: esm §5.2.
        """
        reference = self.reference(function_name)
        if reference.qualifier not in (None, LATEST):
            raise InvalidParameterValueException(ONLY_FUNCTIONS)
        return dataclasses.replace(reference, qualifier=None)

    def find(self, reference: FunctionReference) -> StoredFunction | None:
        """The version meant by *reference*, that of an alias as the alias names it, or ``None``.

        Another account's functions are not seen.
        """
        if reference.account_id != self.account_id:
            return None
        functions = self.store.functions
        found = functions.get(self.account_id, self.region, reference.name, reference.version)
        if found is not None or reference.qualifier is None:
            return found
        alias = self.store.attachments.get("alias", self.account_id, self.region, reference.name, reference.qualifier)
        if alias is None:
            return None
        return functions.get(self.account_id, self.region, reference.name, alias["FunctionVersion"])

    def function(self, reference: FunctionReference) -> StoredFunction:
        """The version meant by *reference*.

        Raises:
            ResourceNotFoundException: there is no such function, version or alias.
        """
        found = self.find(reference)
        if found is None:
            raise ResourceNotFoundException(f"Function not found: {reference.qualified_arn}")
        return found

    def configuration(self, reference: FunctionReference) -> FunctionConfiguration:
        """The settings and state of a version, its ARN qualified as it was asked for.

        Raises:
            ResourceNotFoundException: there is no such function, version or alias.
        """
        stored = self.function(reference).configuration
        return FunctionConfiguration.of({**stored, "FunctionArn": reference.qualified_arn})

    def reserved_concurrency(self, reference: FunctionReference) -> int | None:
        """What is reserved for the function as a whole, ``None`` where nothing is."""
        latest = self.store.functions.get(self.account_id, self.region, reference.name, LATEST)
        return None if latest is None else latest.reserved_concurrency
