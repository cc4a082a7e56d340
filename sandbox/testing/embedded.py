"""A sandbox in this process, behind plain synchronous calls."""

import itertools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from sandbox.adapters.admin_mappings import source_name
from sandbox.chaos import Chances, ChaosKind, Target
from sandbox.compose import Sandbox
from sandbox.config import Settings
from sandbox.drain import DrainReport
from sandbox.faults import ApiFault
from sandbox.project.problem import TemplateFault
from sandbox.testing.clients import make_client, make_resource
from sandbox.testing.handler_source import CallableHandler, HandlerSource, source_of
from sandbox.testing.invocations import FunctionInvocation, invocation_of
from sandbox.testing.loop_thread import LoopThread
from sandbox.testing.mapping_settings import mapping_members
from sandbox.testing.table_request import table_request
from sandbox.testing.virtual_clock import VirtualClock

__all__ = ["Deployment", "EmbeddedSandbox", "NotDrained"]

__tracebackhide__ = True  # pytest: a mistake in a test is shown in the test, not in here

_ROLE = "arn:aws:iam::{account_id}:role/sandbox-test"
_RUNTIME = "python3.12"
"""What functions say they run on when a test does not care; in-process they run on the test's own interpreter."""
_LOOKS_MAX = 10_000
_PATIENCE = (
    "as at AWS it is tried again until its records expire: deploy with maximum_retry_attempts to end that sooner, and "
    "drain(advance_clock=True) to spend no time between the tries"
)
_TIMEOUT_SECONDS = 30
"""Longer than Lambda's 3 seconds: tests are debugged, and machines that run them are busy."""


class NotDrained(AssertionError):  # noqa: N818 - reads as the failure it is: "NotDrained: …"
    """A mapping has not caught up; the text says which, and why."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A function, and its mapping where it has one."""

    name: str
    function_arn: str
    mapping_uuid: str | None

    def __str__(self) -> str:
        return self.name


class EmbeddedSandbox:
    """A whole sandbox on an event loop in a thread of its own: endpoint, streams, pollers, functions.

    Handlers run in this process unless *settings* say otherwise, in memory, on a free port. Use it as a context manager,
    or call ``close``.

    Attributes:
        clock: the sandbox's time, which can be moved.
    """

    def __init__(self, settings: Settings | None = None, *, search_folders: Sequence[Path] = ()) -> None:
        """Start it; requests are answered when this returns.

        *search_folders* are where ``deploy`` looks for handler files, before the working folder.

        Raises:
            OSError: the port is taken.
            RuntimeUnavailable: the functions cannot be run as *settings* say.
        """
        chosen = settings or Settings(port=0, runtime="in-process", watch_code=False, hold_unloadable_code=True)
        # The tests are the user's own: code may lie in any folder, theirs of a moment included.
        self.settings = replace(chosen, code_folders=(*chosen.code_folders, Path(Path.cwd().anchor)))
        self._search_folders = (*search_folders, Path.cwd())
        self._empty_folder: tempfile.TemporaryDirectory[str] | None = None
        self._names = itertools.count(2)
        self._loop = LoopThread("sandbox")
        try:
            self._sandbox = self._loop.run(_started(self.settings))
        except BaseException:
            self._loop.close()
            raise
        self.clock = VirtualClock(lambda: self._sandbox.clock, self._loop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop everything; invocations in flight are given up."""
        try:
            self._loop.run(self._sandbox.close())
        finally:
            self._loop.close()
            if self._empty_folder is not None:
                self._empty_folder.cleanup()

    # -- talking to it -----------------------------------------------------------------------------------------------

    @property
    def endpoint_url(self) -> str:
        """Where it answers, ``http://127.0.0.1:PORT``."""
        return self._sandbox.endpoint_url

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables by which any SDK or command line finds this sandbox."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.settings.default_account_id,
            "AWS_SECRET_ACCESS_KEY": self.settings.secret_access_key,
            "AWS_REGION": self.settings.default_region,
            "AWS_DEFAULT_REGION": self.settings.default_region,
        }

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this sandbox; *options* as of ``boto3.Session.client``."""
        return make_client(service, **self._place(options))

    def resource(self, service: str, **options: Any) -> Any:
        """A boto3 resource of this sandbox; *options* as of ``boto3.Session.resource``."""
        return make_resource(service, **self._place(options))

    def call(self, operation: str, parameters: Mapping[str, Any], **place: Any) -> Any:
        """Make one API call without HTTP: wire-named *parameters*, blobs as base64 text; gives the decoded answer.

        *place* is ``service`` (``dynamodb``, ``streams``, ``lambda``, ``logs``, or any other as boto3 calls it),
        ``account_id``, ``region``.

        Raises:
            ApiFault: the call is refused.
        """
        try:
            return self._loop.run(self._sandbox.call(operation, parameters, **place))
        except ApiFault as fault:
            raise fault.with_traceback(None) from None  # how the sandbox came to refuse explains nothing to a test

    # -- tables and functions ----------------------------------------------------------------------------------------

    def table(self, name: str, *keys: str, stream: str | None = "NEW_AND_OLD_IMAGES", **members: Any) -> str:
        """Create a table with a stream, on demand, and wait until it is ACTIVE; gives its name.

        *keys* are the partition key and perhaps the sort key, ``"id"`` or with a type ``"id:N"``; ``pk`` unless told.
        *stream* is the view type, ``None`` for no stream. *members* are further members of CreateTable.

        Raises:
            ApiFault: CreateTable is refused.
            TimeoutError: it does not become ACTIVE, as when settings delay that and nobody moves the clock.
        """
        self.call("CreateTable", table_request(name, keys, stream=stream, members=members))
        for _ in range(_LOOKS_MAX):  # each look is a turn of the sandbox's own loop, where statuses settle
            if self.call("DescribeTable", {"TableName": name})["Table"]["TableStatus"] == "ACTIVE":
                return name
        raise TimeoutError(f"the table {name} did not become ACTIVE")

    def deploy(
        self,
        handler: Callable[[Any, Any], Any] | str | Path,
        table: Any = None,
        *,
        name: str | None = None,
        runtime: str = _RUNTIME,
        environment: Mapping[str, str] | None = None,
        timeout_seconds: int = _TIMEOUT_SECONDS,
        memory_mb: int = 128,
        **mapping: Any,
    ) -> Deployment:
        """Create a function, and map it to a table's stream from its beginning.

        *handler* is a callable of the test, called as the object it is, or a file: ``functions/order/handler.py:handler``
        or ``functions/order:handler.handler``. *table* is a table's name, ARN or boto3 resource; ``None`` maps nothing.
        *name* is made from the handler where it is ``None``. *mapping* are settings of the event source mapping, in
        Python's or in AWS's spelling: ``batch_size=10``, ``filters=[…]``, ``starting_position="LATEST"``.

        Raises:
            ApiFault: the function or the mapping is refused.
            FileNotFoundError: there is no such handler file.
            RuntimeUnavailable: *handler* is a callable, but functions run in other processes.
            TypeError: *mapping* names a setting that there is not.
            ValueError: the table has no stream.
        """
        members = mapping_members(mapping)
        source = source_of(handler, folders=self._search_folders)
        stream_arn = self._stream_arn(table) if table is not None else None
        function_name = name or self._free_name(source.name)
        function_arn = self._create_function(source, function_name, runtime, environment, timeout_seconds, memory_mb)
        uuid: str | None = None
        if stream_arn is not None:
            request = {
                "FunctionName": function_name,
                "EventSourceArn": stream_arn,
                "StartingPosition": "TRIM_HORIZON",
                **members,
            }
            uuid = self.call("CreateEventSourceMapping", request, service="lambda")["UUID"]
        return Deployment(name=function_name, function_arn=function_arn, mapping_uuid=uuid)

    def deploy_template(self, template: str | Path = ".", **parameters: str) -> dict[str, str]:
        """Create the tables, functions, mappings and other resources that a SAM or CloudFormation template declares.

        *template* is the file, or a folder that has one; relative ones are looked for beside the test, then in the root
        folder of the tests and the working folder. *parameters* are the template's.

        Gives the names of tables, functions and other resources by their logical ids.

        Raises:
            FileNotFoundError: there is no such template.
            TemplateFault: it cannot be used; the text names the lines.
            TypeError: it has no such parameter.
        """
        from sandbox.testing.template import deploy_template  # noqa: PLC0415 - YAML and all, for tests that want it

        deploying = deploy_template(
            self._sandbox,
            template,
            parameters,
            folders=self._search_folders,
            account_id=self.settings.default_account_id,
            region=self.settings.default_region,
        )
        try:
            return self._loop.run(deploying)
        except (TemplateFault, FileNotFoundError, TypeError) as fault:
            raise fault.with_traceback(None) from None

    def invocations(self, function: str | Deployment) -> list[FunctionInvocation]:
        """The invocations of *function* that have ended, oldest first; ``drain`` first to have them all."""
        name = str(function)
        return [invocation_of(one) for one in self._loop.do(lambda: self._sandbox.function_host.last_invocations(name))]

    def logs(self, function: str | Deployment) -> list[str]:
        """What *function* printed and what the runtime noted about it, line by line, oldest first."""
        group = f"/aws/lambda/{function}"
        lines: list[str] = []
        token: str | None = None
        while True:
            request = {"logGroupName": group, **({"nextToken": token} if token else {})}
            answer = self.call("FilterLogEvents", request, service="logs")
            lines += [event["message"].rstrip("\n") for event in answer["events"]]
            token = answer.get("nextToken")
            if token is None:
                return lines

    # -- trouble -----------------------------------------------------------------------------------------------------

    def chaos(
        self, target: str | Deployment, *, seed: int = 0, delay_seconds: float = 1.0, **probabilities: float
    ) -> Mapping[ChaosKind, int]:
        """Have things go wrong for a table, or for the mapping of a deployed function; *seed* repeats the choices.

        *target* is a table's name or what ``deploy`` gave. *probabilities* are from 0.0 to 1.0: ``twice``, ``fail``,
        ``throttle`` and ``delay`` of a mapping; ``throttle``, ``delay``, ``trim`` and ``expire`` of a table. They take
        the place of those before. Only requests over HTTP meet a table's; ``call`` does not.

        Gives how often each kind has struck; it grows.

        Raises:
            ApiFault: the mapping is gone.
            ValueError: such a target has no such kind, or there is no mapping.
        """
        chances = Chances(probabilities=cast("Any", probabilities), delay_seconds=delay_seconds)
        meant = self._chaos_target(target)
        return self._loop.do(lambda: self._sandbox.chaos.set(meant, chances, seed=seed).struck)

    def _chaos_target(self, target: str | Deployment) -> Target:
        if isinstance(target, str):
            return Target(kind="table", key=target, label=target)
        if target.mapping_uuid is None:
            raise ValueError(f"{target} has no mapping")
        mapping = self.call("GetEventSourceMapping", {"UUID": target.mapping_uuid}, service="lambda")
        source = source_name(mapping["EventSourceArn"])
        return Target(kind="mapping", key=target.mapping_uuid, label=f"{source} -> {target}")

    # -- waiting -----------------------------------------------------------------------------------------------------

    def drain(self, timeout_seconds: float = 30.0, *, advance_clock: bool = False) -> None:
        """Return when every mapping has caught up with its stream, and asynchronous invocations have ended.

        With *advance_clock* nothing waits for batching windows, nor between the tries of what fails: the sandbox's clock
        jumps to the end of each such wait. Without it they take the seconds they take at AWS.

        Raises:
            NotDrained: one had not within *timeout_seconds* (of real time), or cannot; the text says which, and why.
        """
        report = self._loop.run(self._sandbox.drain(timeout_seconds, advance_clock=advance_clock))
        if not report.drained:
            raise NotDrained(self._explanation(report))

    # ----------------------------------------------------------------------------------------------------------------

    def _place(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "endpoint_url": self.endpoint_url,
            "account_id": self.settings.default_account_id,
            "region": options.pop("region_name", self.settings.default_region),
            "aws_secret_access_key": self.settings.secret_access_key,
            **options,
        }

    def _create_function(
        self,
        source: HandlerSource,
        name: str,
        runtime: str,
        environment: Mapping[str, str] | None,
        timeout_seconds: int,
        memory_mb: int,
    ) -> str:
        region, account_id = self.settings.default_region, self.settings.default_account_id
        arn = f"arn:aws:lambda:{region}:{account_id}:function:{name}"
        if isinstance(source, CallableHandler):
            call = source.call
            self._loop.do(lambda: self._sandbox.function_host.use_handler(arn, call))
            folder, dotted = self._folder_of_nothing(), "handler.handler"
        else:
            folder, dotted = source.folder, source.handler
        answer = self.call(
            "CreateFunction",
            {
                "FunctionName": name,
                "Runtime": runtime,
                "Role": _ROLE.format(account_id=account_id),
                "Handler": dotted,
                "Code": {"S3Bucket": "hot-reload", "S3Key": str(folder)},
                "Timeout": timeout_seconds,
                "MemorySize": memory_mb,
                "Environment": {"Variables": dict(environment or {})},
            },
            service="lambda",
        )
        return str(answer["FunctionArn"])

    def _folder_of_nothing(self) -> Path:
        """What a function needs as its code where its handler is an object of this process."""
        if self._empty_folder is None:
            self._empty_folder = tempfile.TemporaryDirectory(prefix="sandbox-test-")
        return Path(self._empty_folder.name)

    def _stream_arn(self, table: Any) -> str:
        name = table if isinstance(table, str) else table.name
        description = self.call("DescribeTable", {"TableName": name})["Table"]
        if not description.get("StreamSpecification", {}).get("StreamEnabled"):
            raise ValueError(
                f"the table {name} has no stream to map a function to; create it with a StreamSpecification, "
                "or with sandbox.table()"
            )
        return str(description["LatestStreamArn"])

    def _free_name(self, wanted: str) -> str:
        taken = {one["FunctionName"] for one in self.call("ListFunctions", {}, service="lambda")["Functions"]}
        name = wanted
        while name in taken:
            name = f"{wanted[:58]}-{next(self._names)}"
        return name

    def _explanation(self, report: DrainReport) -> str:
        lines = ["not every record or event was delivered:"]
        for stuck in report.stuck:
            function = stuck.function_arn.split(":")[6]
            count = stuck.pending_records
            lines.append(f"  {function}: {stuck.reason} ({count} {'record waits' if count == 1 else 'records wait'})")
            failed = [one.error for one in self.invocations(function) if one.error is not None]
            if failed and f"{failed[-1].error_type}: {failed[-1].message}" not in stuck.reason:
                lines.append(f"    its last failure: {failed[-1].error_type}: {failed[-1].message}")
            if ": failed: " in stuck.reason:
                lines.append(f"    {_PATIENCE}")
        lines += [
            f"  {event.function_arn.split(':')[6]}: the event {event.request_id} {event.reason}"
            for event in report.stuck_events
        ]
        return "\n".join(lines)


async def _started(settings: Settings) -> Sandbox:
    sandbox = Sandbox(settings)
    try:
        await sandbox.start()
    except BaseException:
        await sandbox.close()
        raise
    return sandbox
