"""One random operation at a time, on the product and on the model: the answers must be the same."""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from sandbox.clock import Clock
from sandbox.dynamodb.operations.items.batch_get_item import batch_get_item
from sandbox.dynamodb.operations.items.batch_write_item import batch_write_item
from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.items.get_item import get_item
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.items.update_item import update_item
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.transactions.transact_get_items import transact_get_items
from sandbox.dynamodb.operations.transactions.transact_write_items import transact_write_items
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.store import Store
from sandbox.faults import ApiFault
from sandbox.ids import Ids
from sandbox.wire.decode import decode
from sandbox.wire.encode import encode
from sandbox.wire.operation import Operation
from tests.model.conditions import Path, Texts, project, written
from tests.model.pages import PageChecks
from tests.model.programs import Draw, definition_of, new_tables
from tests.model.reference import (
    Bill,
    Cancelled,
    Refused,
    TableModel,
    TransactionModel,
    Write,
    batch_write,
    read_units,
)
from tests.model.values import Item, freeze, item_size

__all__ = ["Machine"]

_WRITES: dict[str, Operation[Any]] = {"Put": put_item, "Delete": delete_item, "Update": update_item}


class _StandingClock(Clock):
    def now(self) -> float:
        return 1_700_000_000.25


class Machine:
    """A product in memory, a model, and what draws programs for both."""

    def __init__(self, random: Random) -> None:
        self.draw = Draw(random)
        self.tables = new_tables()
        self.transactions = TransactionModel()
        self.scope = Scope(
            account_id="000000000000",
            region="us-east-1",
            store=Store(Database()),
            clock=_StandingClock(),
            ids=Ids(seed=1),
        )
        for table in self.tables:
            self.call(create_table, definition_of(table))
        self.pages = PageChecks(self.draw, self.call)

    def close(self) -> None:
        """Let the database go."""
        self.scope.store.database.close()

    def call(self, operation: Operation[Any], members: dict[str, Any]) -> Any:
        """Run an operation as the wire does."""
        request = decode(operation.request, msgspec.json.encode(members))
        response = operation.run(self.scope, request)
        return None if response is None else msgspec.json.decode(_bytes_of(response))

    def compare(
        self, operation: Operation[Any], members: dict[str, Any], expect: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Run an operation; it must answer what the model says, or be refused as the model says."""
        expected: dict[str, Any] | Refused
        try:
            expected = expect()
        except Refused as refused:
            expected = refused
        answer: dict[str, Any] | ApiFault
        try:
            answer = self.call(operation, members)
        except ApiFault as fault:
            answer = fault
        told = (operation.name, members, answer, getattr(answer, "extra", None), expected)
        if isinstance(expected, Refused):
            assert isinstance(answer, ApiFault), told
            assert answer.code == expected.code, told
            if isinstance(expected, Cancelled):
                assert [reason["Code"] for reason in answer.extra["CancellationReasons"]] == expected.codes, told
            if members.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                assert same(answer.extra.get("Item"), expected.item), told
            return {}
        assert not isinstance(answer, ApiFault), told
        for member, value in expected.items():
            assert same(answer.get(member), value), (member, *told)
        return answer

    # -- one step of a program ---------------------------------------------------------------------------------------

    def step(self) -> None:
        """One operation: mostly writes, because there must be something to read."""
        match self.draw.random.randrange(16):
            case 0 | 1 | 2 | 3 | 4 | 5 | 6:
                self.write_one()
            case 7:
                self.get_one()
            case 8:
                self.batch_write()
            case 9:
                self.batch_get()
            case 10 | 11:
                self.transact_write()
            case 12:
                self.transact_get()
            case 13 | 14:
                self.pages.query(self.draw.one_of(self.tables))
            case _:
                self.pages.scan(self.draw.one_of(self.tables))

    def new_write(self, kinds: str, *, tested: bool = True) -> Write:
        """Draw a write."""
        table = self.draw.one_of(self.tables)
        kind = self.draw.one_of(kinds.split())
        item = self.draw.item(table) if kind == "Put" else self.draw.known_key(table)
        actions = self.draw.actions(table) if kind == "Update" else []
        test = self.draw.maybe_test() if tested else None
        if kind == "ConditionCheck" and test is None:
            test = self.draw.test()
        return Write(kind=kind, table=table, item=item, actions=actions, test=test)

    def write_one(self) -> None:
        """PutItem, UpdateItem or DeleteItem."""
        write = self.new_write("Put Put Put Update Update Update Delete")
        shown = self.draw.one_of(
            ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
            if write.kind == "Update"
            else ("NONE", "ALL_OLD")
        )
        members = request_of(write) | {"ReturnValues": shown, "ReturnConsumedCapacity": "INDEXES"}
        if self.draw.chance(2):
            members["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"

        def expect() -> dict[str, Any]:
            before, after, bill = write.table.write(write)
            attributes = {
                "NONE": None,
                "ALL_OLD": before,
                "ALL_NEW": after,
                "UPDATED_OLD": written(write.actions, before or {}) or None,
                "UPDATED_NEW": written(write.actions, after or {}) or None,
            }[shown]
            return {"Attributes": attributes, "ConsumedCapacity": bill_member(write.table, bill)}

        self.compare(_WRITES[write.kind], members, expect)

    def get_one(self) -> None:
        """GetItem."""
        table = self.draw.one_of(self.tables)
        key = self.draw.known_key(table)
        consistent = self.draw.chance(2)
        paths = self.paths()
        members = {
            "TableName": table.name,
            "Key": key,
            "ConsistentRead": consistent,
            "ReturnConsumedCapacity": "TOTAL",
            **projection_members(paths),
        }

        def expect() -> dict[str, Any]:
            refuse_paths_into_keys(table, paths)
            table.check_key(key)
            item = table.find(key)
            units = read_units(item_size(item or {}), consistent=consistent)
            shown = item if paths is None or item is None else project(item, paths)
            return {"Item": shown, "ConsumedCapacity": {"TableName": table.name, "CapacityUnits": units}}

        self.compare(get_item, members, expect)

    def paths(self) -> list[Path] | None:
        """A projection, or none."""
        if self.draw.chance(2):
            return None
        paths = {path[0]: path for path in (self.draw.path() for _ in range(3))}
        return list(paths.values())

    # -- several items -----------------------------------------------------------------------------------------------

    def batch_write(self) -> None:
        """BatchWriteItem."""
        writes = self.different_writes(
            [self.new_write("Put Put Delete", tested=False) for _ in range(1 + self.draw.random.randrange(8))]
        )
        requests: dict[str, list[Any]] = {}
        for write in writes:
            entry = (
                {"PutRequest": {"Item": write.item}} if write.kind == "Put" else {"DeleteRequest": {"Key": write.item}}
            )
            requests.setdefault(write.table.name, []).append(entry)

        def expect() -> dict[str, Any]:
            bills = batch_write(writes)
            return {
                "UnprocessedItems": {},
                "ConsumedCapacity": [bill_member(self.named(name), bills[name]) for name in requests],
            }

        self.compare(batch_write_item, {"RequestItems": requests, "ReturnConsumedCapacity": "INDEXES"}, expect)

    def batch_get(self) -> None:
        """BatchGetItem: the order of the answer is the product's own affair."""
        tables = [table for table in self.tables if self.draw.chance(2)] or self.tables[:1]
        asked: dict[str, dict[str, Any]] = {
            table.name: {
                "Keys": self.different(
                    [(table, self.draw.known_key(table)) for _ in range(1 + self.draw.random.randrange(6))]
                ),
                "ConsistentRead": self.draw.chance(2),
            }
            for table in tables
        }
        found: dict[str, list[Item]] = {}

        def expect() -> dict[str, Any]:
            bills = []
            for table in tables:
                keys = asked[table.name]["Keys"]
                for key in keys:
                    table.check_key(key)
                if len({table.identity(key) for key in keys}) < len(keys):
                    raise Refused("ValidationException")
                items = [table.find(key) for key in keys]
                consistent = bool(asked[table.name]["ConsistentRead"])
                bill = Bill(sum(read_units(item_size(item or {}), consistent=consistent) for item in items))
                bills.append(bill_member(table, bill))
                found[table.name] = [item for item in items if item is not None]
            return {"UnprocessedKeys": {}, "ConsumedCapacity": bills}

        answer = self.compare(batch_get_item, {"RequestItems": asked, "ReturnConsumedCapacity": "INDEXES"}, expect)
        for name, items in answer.get("Responses", {}).items():
            assert {freeze({"M": item}) for item in items} == {freeze({"M": item}) for item in found[name]}

    def transact_write(self) -> None:
        """TransactWriteItems, now and then with a token that was used before."""
        writes = self.different_writes(
            [
                self.new_write("Put Put Update Update Delete ConditionCheck")
                for _ in range(1 + self.draw.random.randrange(5))
            ]
        )
        token = self.draw.one_of((None, None, "one", "two"))
        members: dict[str, Any] = {
            "TransactItems": [{write.kind: request_of(write)} for write in writes],
            "ReturnConsumedCapacity": "INDEXES",
        }
        if token is not None:
            members["ClientRequestToken"] = token
        for again in range(2 if token is not None else 1):
            self.compare(transact_write_items, members, lambda: self._expect_transaction(writes, token))
            if again == 0 and token not in self.transactions.tokens:
                return

    def _expect_transaction(self, writes: list[Write], token: str | None) -> dict[str, Any]:
        bills, is_replay = self.transactions.write(writes, token)
        direction = "ReadCapacityUnits" if is_replay else "WriteCapacityUnits"
        names = dict.fromkeys(write.table.name for write in writes)
        return {"ConsumedCapacity": [bill_member(self.named(name), bills[name], direction) for name in names]}

    def transact_get(self) -> None:
        """TransactGetItems."""
        tables = [self.draw.one_of(self.tables) for _ in range(1 + self.draw.random.randrange(4))]
        keys = [self.draw.known_key(table) for table in tables]
        gets = [{"Get": {"TableName": table.name, "Key": key}} for table, key in zip(tables, keys, strict=True)]

        def expect() -> dict[str, Any]:
            pairs = list(zip(tables, keys, strict=True))
            codes = []
            for table, key in pairs:
                try:
                    table.check_key(key)
                    codes.append("None")
                except Refused:
                    codes.append("ValidationError")
            if set(codes) != {"None"}:
                raise Cancelled(codes)
            if len({(table.name, table.identity(key)) for table, key in pairs}) < len(pairs):
                raise Refused("ValidationException")
            items = [table.find(key) for table, key in pairs]
            bills: dict[str, Bill] = {}
            for (table, _), item in zip(pairs, items, strict=True):
                bill = bills.setdefault(table.name, Bill())
                bill.table += 2 * read_units(item_size(item or {}), consistent=True)
            return {
                "Responses": [{} if item is None else {"Item": item} for item in items],
                "ConsumedCapacity": [
                    bill_member(self.named(name), bill, "ReadCapacityUnits") for name, bill in bills.items()
                ],
            }

        self.compare(transact_get_items, {"TransactItems": gets, "ReturnConsumedCapacity": "INDEXES"}, expect)

    def different(self, pairs: list[tuple[TableModel, Item]]) -> list[Item]:
        """The items or keys, mostly without those that stand for an item already named."""
        if self.draw.chance(8):
            return [item for _, item in pairs]
        kept = {
            repr([table.name, *(freeze(item[name]) for name, _ in table.keys if name in item)]): item
            for table, item in pairs
        }
        return list(kept.values())

    def different_writes(self, writes: list[Write]) -> list[Write]:
        """The same for writes."""
        kept = self.different([(write.table, write.item) for write in writes])
        return [write for write in writes if any(write.item is item for item in kept)]

    def named(self, name: str) -> TableModel:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


# -- requests and answers --------------------------------------------------------------------------------------------


def same(left: Any, right: Any) -> bool:
    """Equal, whatever the order of the members of sets."""
    return bool(_ordered(left) == _ordered(right))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: sorted(member) if name in ("SS", "NS", "BS") and isinstance(member, list) else _ordered(member)
            for name, member in value.items()
        }
    return [_ordered(member) for member in value] if isinstance(value, list) else value


def request_of(write: Write) -> dict[str, Any]:
    """The members of a write, as a request of its own or as an entry of a transaction."""
    texts = Texts()
    members: dict[str, Any] = {"TableName": write.table.name}
    members["Item" if write.kind == "Put" else "Key"] = write.item
    if write.actions:
        members["UpdateExpression"] = texts.update(write.actions)
    if write.test is not None:
        members["ConditionExpression"] = texts.test(write.test)
    return members | placeholder_members(texts)


def placeholder_members(texts: Texts) -> dict[str, Any]:
    """The placeholders that were used."""
    members: dict[str, Any] = {}
    if texts.names:
        members["ExpressionAttributeNames"] = texts.names
    if texts.values:
        members["ExpressionAttributeValues"] = texts.values
    return members


def projection_members(paths: list[Path] | None) -> dict[str, Any]:
    """A projection of *paths*."""
    if paths is None:
        return {}
    texts = Texts()
    return {"ProjectionExpression": ", ".join(map(texts.path, paths)), **placeholder_members(texts)}


def refuse_paths_into_keys(table: TableModel, paths: list[Path] | None) -> None:
    """Programs never look into keys; should that change, this is where the model says so."""
    for path in paths or []:
        assert len(path) == 1 or path[0] in ("list", "map", "spot"), (table.name, path)


def bill_member(table: TableModel, bill: Bill, direction: str | None = None) -> dict[str, Any]:
    """``ConsumedCapacity`` with INDEXES."""

    def units(number: float) -> dict[str, float]:
        return {"CapacityUnits": number} | ({direction: number} if direction else {})

    answer: dict[str, Any] = {"TableName": table.name, **units(bill.total), "Table": units(bill.table)}
    for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
        arms = {
            name: units(number) for name, number in bill.indexes.items() if table.indexes[name].is_global is is_global
        }
        if arms:
            answer[member] = arms
    if bill.vectors:
        answer["VectorIndexes"] = {name: {"VectorWriteRequestBytes": charge} for name, charge in bill.vectors.items()}
    return answer


def _bytes_of(response: Any) -> bytes:
    """An answer as it leaves; a page is its JSON already."""
    return response if isinstance(response, bytes) else encode(response)
