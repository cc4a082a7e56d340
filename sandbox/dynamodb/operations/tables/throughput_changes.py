"""How throughput and billing mode of an existing table change, and what forbids it.

Source: dynamodb-exact §19.3.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sandbox.dynamodb.faults import LimitExceededException, ValidationException
from sandbox.dynamodb.lifecycle.throughput import decreases_on, settled_throughput
from sandbox.dynamodb.parameters import ProvisionedThroughput
from sandbox.dynamodb.storage.table import IndexDefinition, TableDefinition, Throughput

__all__ = [
    "changed_index_throughput",
    "changed_throughput",
    "check_changes",
    "switched_to_on_demand",
    "switched_to_provisioned",
]

_FREE_DECREASES = 4
_DECREASE_PAUSE_SECONDS = 3600
_ON_DEMAND_SWITCHES_MAX = 4
_DAY_SECONDS = 86_400


def changed_throughput(definition: TableDefinition, wanted: ProvisionedThroughput, now: float) -> TableDefinition:
    """The table with new units pending: the old ones show until the change has settled, the times are new at once.

    Raises:
        LimitExceededException: too many decreases today.
    """
    _check_decrease(definition.throughput, wanted, now)
    return replace(definition, throughput=_dated(definition.throughput, wanted, now), pending_throughput=_units(wanted))


def changed_index_throughput(index: IndexDefinition, wanted: ProvisionedThroughput, now: float) -> IndexDefinition:
    """The index with new units pending, as ``changed_throughput``; what has none, as its table was on demand, has them at once.

    Source: ack-api-quirks DDB-TABLE-165.
    """
    if not index.throughput.read_capacity_units:
        return replace(index, throughput=_first(index.throughput, wanted), pending_throughput=_units(wanted))
    _check_decrease(index.throughput, wanted, now)
    return replace(index, throughput=_dated(index.throughput, wanted, now), pending_throughput=_units(wanted))


def switched_to_provisioned(definition: TableDefinition, wanted: ProvisionedThroughput) -> TableDefinition:
    """The table, which was on demand, with its units, which are told at once and count as no increase.

    Source: ack-api-quirks DDB-TABLE-055, 165, 452.
    """
    return replace(
        definition,
        billing_mode="PROVISIONED",
        on_demand_throughput=None,
        throughput=_first(definition.throughput, wanted),
        pending_throughput=_units(wanted),
        indexes=[replace(index, on_demand_throughput=None) for index in definition.indexes],
    )


def _first(throughput: Throughput, wanted: ProvisionedThroughput) -> Throughput:
    read, write = _units(wanted)
    return replace(throughput, read_capacity_units=read, write_capacity_units=write)


def _units(wanted: ProvisionedThroughput) -> tuple[int, int]:
    return wanted.read_capacity_units, wanted.write_capacity_units


def _dated(throughput: Throughput, wanted: ProvisionedThroughput, now: float) -> Throughput:
    read, write = _units(wanted)
    increases = read > throughput.read_capacity_units or write > throughput.write_capacity_units
    decreases = read < throughput.read_capacity_units or write < throughput.write_capacity_units
    return replace(
        throughput,
        last_increase=now if increases else throughput.last_increase,
        last_decrease=now if decreases else throughput.last_decrease,
    )


def check_changes(throughput: Throughput, wanted: ProvisionedThroughput, place: str) -> None:
    """Refuse units that are in force already; *place* is ``the table`` or ``index`` and its name, as the sentence has it.

    Source: dynamodb-exact §19.3; of an index ack-api-quirks DDB-TABLE-164, whose quotation ends in the middle.

    Raises:
        ValidationException: nothing would change.
    """
    read, write = _units(wanted)
    if (read, write) != (throughput.read_capacity_units, throughput.write_capacity_units):
        return
    raise ValidationException(
        f"The provisioned throughput for the {place.removeprefix('the ')} will not change. "
        "The requested value equals the current value. "
        f"Current ReadCapacityUnits provisioned for {place}: {read}. Requested ReadCapacityUnits: {read}. "
        f"Current WriteCapacityUnits provisioned for {place}: {write}. Requested WriteCapacityUnits: {write}. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
    )


def _check_decrease(throughput: Throughput, wanted: ProvisionedThroughput, now: float) -> None:
    """Four decreases in a UTC day at any time, further ones an hour apart; the next day begins anew.

    The wording is quoted in a public issue (ansible-collections/community.aws 1558). Source: ack-api-quirks
    DDB-TABLE-184, 185, 326.
    """
    read, write = _units(wanted)
    if read >= throughput.read_capacity_units and write >= throughput.write_capacity_units:
        return
    decreases, last = decreases_on(throughput, now), throughput.last_decrease
    if decreases < _FREE_DECREASES or last is None or now >= last + _DECREASE_PAUSE_SECONDS:
        return
    following = min(last + _DECREASE_PAUSE_SECONDS, (last // _DAY_SECONDS + 1) * _DAY_SECONDS)
    raise LimitExceededException(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. "
        f"After the first {_FREE_DECREASES} decreases, each subsequent decrease in the same UTC day can be performed at most "
        f"once every {_DECREASE_PAUSE_SECONDS} seconds. Number of decreases today: {decreases}. "
        f"Last decrease at {_moment(last)}. Next decrease can be made at {_moment(following)}"
    )


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    hour = moment.hour % 12 or 12
    return f"{moment:%A, %B} {moment.day}, {moment.year} at {hour}:{moment:%M:%S %p} Coordinated Universal Time"


def switched_to_on_demand(definition: TableDefinition, now: float, *, index_seconds: float) -> TableDefinition:
    """The table and its indexes without provisioned units; a table that is on demand stays as it is.

    Of an index it counts as a decrease, of the table it does not: ack-api-quirks DDB-TABLE-064, 153. An index is UPDATING
    for *index_seconds*: dynalite 4.0.0, asked 2026-11; go-to-k/cdkd issue 1588, where indexes outlast the table's status.

    Raises:
        LimitExceededException: it was switched four times in the last 24 hours. The wording is that of the former
            limit of once a day (aws-amplify/amplify-cli 1054), with the number of today: an assumption.
    """
    if definition.billing_mode == "PAY_PER_REQUEST":
        return definition
    recent = [instant for instant in definition.on_demand_switches if instant > now - _DAY_SECONDS]
    if len(recent) >= _ON_DEMAND_SWITCHES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Update to PayPerRequest mode are limited to {_ON_DEMAND_SWITCHES_MAX} times in 1 day(s). "
            f"Last update at {_moment(recent[-1])}. Next update can be made at {_moment(recent[0] + _DAY_SECONDS)}"
        )
    return replace(
        definition,
        billing_mode="PAY_PER_REQUEST",
        on_demand_switches=[*recent, now],
        throughput=replace(definition.throughput, read_capacity_units=0, write_capacity_units=0),
        pending_throughput=(0, 0),
        indexes=[
            _without_units(index, now, now + index_seconds) if index.is_global else index
            for index in definition.indexes
        ],
    )


def _without_units(index: IndexDefinition, now: float, settles_at: float) -> IndexDefinition:
    throughput = settled_throughput(index.throughput, (0, 0), now)
    changed = replace(index, throughput=replace(throughput, last_decrease=now), pending_throughput=None)
    return replace(changed, status="UPDATING", settles_at=settles_at) if index.status == "ACTIVE" else changed
