"""From lines to a table: check what each asks for as a PutItem of it would be, and put it.

Source: *Import format quotas and validation*, Amazon DynamoDB Developer Guide; ack-api-quirks DDB-IMPORT-013 and 020
for what counts as an error; of bulk puts the service model (``OutputTypeList``).
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import msgspec

from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.key_rules import check_index_keys, check_item_keys, refuse_paths_into_keys
from sandbox.dynamodb.expressions import Condition, InvalidExpression, check_parameters, parse_condition
from sandbox.dynamodb.faults import ConditionalCheckFailedException, ValidationException
from sandbox.dynamodb.lifecycle.input_lines import Unreadable
from sandbox.dynamodb.lifecycle.line_readers import AskedPut, ConditionalPut, ReadLine
from sandbox.dynamodb.limits import ITEM_BYTES_MAX
from sandbox.dynamodb.storage.commit import Change
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import Item, normalise_item
from sandbox.values.invalid import InvalidValue

__all__ = ["PutLines", "UnmetCondition", "put_lines"]


class UnmetCondition(NamedTuple):
    """A line whose condition is false: its index, its item, and the item that is there, ``None`` for none."""

    number: int
    item: Item
    existing: Item | None


class PutLines(msgspec.Struct, kw_only=True):
    """What came of some lines.

    Attributes:
        size_bytes: of the lines that were processed.
        changes: the puts, committed.
        refused: index and reason of lines that hold no item the table can take.
        is_unreadable: the last of those ends the object.
    """

    size_bytes: int = 0
    changes: list[Change] = []
    refused: list[tuple[int, str]] = []
    unmet: list[UnmetCondition] = []
    is_unreadable: bool = False


def put_lines(store: Store, table: Table, lines: Sequence[bytes], read: ReadLine, now: float) -> PutLines:
    """Put the items of *lines* into *table*, one after the other. *now* is epoch seconds."""
    done = PutLines()
    together: dict[bytes, Change] = {}
    for number, line in enumerate(lines):
        done.size_bytes += len(line)
        try:
            asked = read(line)
            if asked is None:
                continue
            item = cast("Item", asked.item)  # what a decoder checks as a TypedDict is a plain dictionary
            row_key, size = _checked(table, item)
            condition = _condition(table, asked)
        except Unreadable as error:
            done.refused.append((number, str(error)))
            done.is_unreadable = True
            break
        except (InvalidValue, InvalidExpression, ValidationException) as error:
            done.refused.append((number, error.message or ""))
            continue
        if row_key in together:  # no two changes of one commit concern the same item
            store.commit(list(together.values()), now=now)
            together.clear()
        try:
            change = write.put(
                table, row_key, item, size, condition=condition, wants_before=False, returns_item=condition is not None
            )
        except ConditionalCheckFailedException as failed:
            done.unmet.append(UnmetCondition(number, item, failed.extra.get("Item")))
            continue
        together[row_key] = change
        done.changes.append(change)
    if together:
        store.commit(list(together.values()), now=now)
    return done


def _checked(table: Table, item: Item) -> tuple[bytes, int]:
    """The row key and the size of an item that a put would take."""
    size = normalise_item(item)
    if size > ITEM_BYTES_MAX:
        raise ValidationException(write.ITEM_TOO_LARGE)
    row_key = check_item_keys(table, item)
    check_index_keys(table, item)
    return row_key, size


def _condition(table: Table, asked: AskedPut) -> Condition | None:
    if not isinstance(asked, ConditionalPut):
        return None
    placeholders = check_parameters(
        expressions={"ConditionExpression": asked.condition_expression},
        legacy={},
        names=asked.expression_attribute_names,
        values=cast("Item | None", asked.expression_attribute_values),
    )
    if asked.condition_expression is None:
        return None
    condition = parse_condition(asked.condition_expression, placeholders)
    placeholders.check_all_used()
    refuse_paths_into_keys(table, condition)
    return condition
