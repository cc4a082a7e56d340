"""What a DynamoDB or Streams operation receives: whose tables, where they are kept, what time it is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.arn import TableArn, parse_table_arn
from sandbox.clock import Clock
from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table
from sandbox.ids import Ids

__all__ = ["Delays", "Scope"]


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long tables and indexes stay in passing statuses, in seconds; all instant by default."""

    create_seconds: float = 0.0
    update_seconds: float = 0.0
    delete_seconds: float = 0.0
    index_seconds: float = 0.0


@dataclass(kw_only=True)
class Scope:
    """One account and region of the store.

    Attributes:
        wake_lifecycle: tells whoever moves tables out of passing statuses that there is a new one to watch.
        address: the host and the port, if any, at which clients find this service; ``None`` is where AWS has it.
    """

    account_id: str
    region: str
    store: Store
    clock: Clock
    ids: Ids
    delays: Delays = field(default_factory=Delays)
    stream_shards: int = 1
    wake_lifecycle: Callable[[], None] = lambda: None
    address: Callable[[], str] | None = None

    def table(self, name: str) -> Table:
        """The table an item operation names, by name or ARN, if it can be used.

        Raises:
            ResourceNotFoundException: there is none, or it is being created or deleted.

        Source: dynamodb-exact §3.1 row 8, §19.2.
        """
        table = self.store.table(self.account_id, self.region, name)
        if table is None and name.startswith("arn:"):
            table = self.find(name)
        if table is None or table.definition.status in ("CREATING", "DELETING"):
            if table is None:
                from sandbox.dynamodb.misplaced import tell_where_it_is  # noqa: PLC0415 - no start waits for it

                tell_where_it_is(self.store, self.account_id, self.region, name)
            raise ResourceNotFoundException("Requested resource not found")
        return table

    def find(self, name: str) -> Table | None:
        """The table named by *name* or ARN, whatever its status.

        Raises:
            ValidationException, AccessDeniedException: it is an ARN of elsewhere, as ``check_own``.
        """
        if name.startswith("arn:"):
            arn = parse_table_arn(name)
            if arn is None:
                return None
            self.check_own(arn, name)
            name = arn.table_name
        return self.store.table(self.account_id, self.region, name)

    def check_own(self, arn: TableArn, text: str) -> None:
        """Check that a table's ARN, *text* as it was sent, is one of this account and region.

        Raises:
            ValidationException: it is the ARN of another region, in the words of hashicorp/terraform-provider-aws 42792,
                or of another partition, in those of ack-api-quirks DDB-TABLE-442.
            AccessDeniedException: it is the ARN of another account, as recorded for the table operations
                (ack-api-quirks DDB-TABLE-011).
        """
        if arn.partition != "aws":
            raise ValidationException(f"1 validation error detected: Invalid AWS partition in '{text}'")
        if arn.region != self.region:
            raise ValidationException(f"1 validation error detected: Invalid AWS region in '{text}'")
        if arn.account_id != self.account_id:
            raise AccessDeniedException("Access is denied")
