"""Query and Scan of random programs: every page of every reading must be the model's.

Entries of an index with equal keys come in an order that AWS leaves open. So an index is first read whole, which must
give the model's entries, sorted; the order found there is then the one that pages, filters and segments must keep.
"""

from collections.abc import Callable
from typing import Any

from sandbox.dynamodb.operations.items.query import query
from sandbox.dynamodb.operations.items.scan import scan
from sandbox.wire.operation import Operation
from tests.model.conditions import Path, Test, Texts, holds, project
from tests.model.programs import Draw
from tests.model.reference import TableModel, read_units, sort_value
from tests.model.values import Item, comparable, freeze, hash_of, item_size

__all__ = ["PageChecks"]

Pair = tuple[Item, Item]
"""An entry as it is in the table or index, and its whole item."""
PAGE_BYTES_MAX = 1 << 20


class PageChecks:
    """Reads pages of one product."""

    def __init__(self, draw: Draw, call: Callable[[Operation[Any], dict[str, Any]], Any]) -> None:
        self.draw = draw
        self.call = call

    def query(self, table: TableModel) -> None:
        """Query one partition of the table or an index, with any sort condition, in either direction."""
        index_name = self.draw.one_of([None, *table.indexes])
        keys = table.keys if index_name is None else table.indexes[index_name].keys
        pairs = table.rows(index_name)
        name, kind = keys[0]
        hash_value = self.draw.one_of(pairs)[0][name] if pairs and not self.draw.chance(6) else {kind: "1" * 4}
        texts = Texts()
        condition = f"{texts.path((name,))} = {texts.value(hash_value)}"
        operator = None
        operands: list[str] = []
        if len(keys) == 2 and self.draw.chance(2):
            operator, operands, text = self._sort_condition(texts, keys[1], pairs)
            condition += f" AND {text}"
        base: dict[str, Any] = {"TableName": table.name, "ScanIndexForward": self.draw.chance(2)}
        chosen = [
            pair
            for pair in self._in_order(table, index_name, query, base, texts)
            if freeze(pair[0][name]) == freeze(hash_value)
        ]
        if operator is not None:
            sort_name, sort_kind = keys[1]
            chosen = [
                pair
                for pair in chosen
                if _meets(
                    comparable(sort_kind, pair[0][sort_name][sort_kind]),
                    operator,
                    [comparable(sort_kind, text) for text in operands],
                )
            ]
        base["KeyConditionExpression"] = condition
        bounds = _last_values(operator, operands, forward=base["ScanIndexForward"])

        def is_surely_last(entry: Item) -> bool:
            """What an index has beside it may have the same key; of a table's keys each is the only one."""
            if index_name is not None:
                return False
            return len(keys) == 1 or any(
                comparable(keys[1][1], entry[keys[1][0]][keys[1][1]]) == comparable(keys[1][1], text) for text in bounds
            )

        self._read(table, index_name, query, base, texts, chosen, is_surely_last)

    def _sort_condition(self, texts: Texts, key: tuple[str, str], pairs: list[Pair]) -> tuple[str, list[str], str]:
        name, kind = key
        known = [pair[0][name][kind] for pair in pairs] or [
            self.draw.one_of({"S": ["r"], "N": ["1"], "B": ["AQ=="]}[kind])
        ]
        first, second = sorted(
            (self.draw.one_of(known), self.draw.one_of(known)), key=lambda text: comparable(kind, text)
        )
        operator = self.draw.one_of(("=", "<", "<=", ">", ">=", "BETWEEN", *(["begins_with"] if kind != "N" else [])))
        path = texts.path((name,))
        low = texts.value({kind: first})
        match operator:
            case "BETWEEN":
                return operator, [first, second], f"{path} BETWEEN {low} AND {texts.value({kind: second})}"
            case "begins_with":
                return operator, [first], f"begins_with({path}, {low})"
        return operator, [first], f"{path} {operator} {low}"

    def check_order(self, table: TableModel, index_name: str | None) -> None:
        """Everything the table or index holds, and nothing else, in order."""
        pairs = self._in_order(table, index_name, scan, {"TableName": table.name}, Texts())
        assert len(pairs) == len(table.rows(index_name))

    def scan(self, table: TableModel) -> None:
        """Scan the table or an index, whole or by segments."""
        index_name = self.draw.one_of([None, *table.indexes])
        base: dict[str, Any] = {"TableName": table.name}
        pairs = self._in_order(table, index_name, scan, base, Texts())
        total = self.draw.one_of((1, 1, 2, 3, 7))
        keys = table.keys if index_name is None else table.indexes[index_name].keys
        if total == 1:
            self._read(table, index_name, scan, base, Texts(), pairs)
            return
        for segment in range(total):
            low, high = -(-4096 * segment // total), -(-4096 * (segment + 1) // total)
            own = [pair for pair in pairs if low <= int.from_bytes(hash_of(pair[0][keys[0][0]])[:2]) >> 4 < high]
            placed = base | {"Segment": segment, "TotalSegments": total}
            self._read(table, index_name, scan, placed, Texts(), own)

    # -- order -------------------------------------------------------------------------------------------------------

    def _in_order(
        self,
        table: TableModel,
        index_name: str | None,
        operation: Operation[Any],
        base: dict[str, Any],
        texts: Texts,
    ) -> list[Pair]:
        """The model's entries in the order of the product, which is checked on the way."""
        forward = base.get("ScanIndexForward", True)
        expected = table.rows(index_name)
        if index_name is None:
            return expected if forward else expected[::-1]
        keys = table.indexes[index_name].keys
        members: dict[str, Any] = base | {"IndexName": index_name}
        if operation is query:
            name, kind = keys[0]
            hash_value = texts.values[":v0"]
            expected = [pair for pair in expected if freeze(pair[0][name]) == freeze(hash_value)]
            members |= {
                "KeyConditionExpression": "#k = :k",
                "ExpressionAttributeNames": {"#k": name},
                "ExpressionAttributeValues": {":k": {kind: hash_value[kind]}},
            }
        found: list[Item] = []
        start: Item | None = None
        while True:
            page = self.call(operation, members | ({"ExclusiveStartKey": start} if start else {}))
            found += page["Items"]
            start = page.get("LastEvaluatedKey")
            if start is None:
                break
        by_key = {table.identity(item): (entry, item) for entry, item in expected}
        assert len(found) == len(expected), (index_name, found, expected)
        for entry in found:
            assert freeze({"M": entry}) == freeze({"M": by_key[table.identity(entry)][0]}), (index_name, entry)
        order = [(hash_of(entry[keys[0][0]]), sort_value(entry, keys)) for entry in found]
        assert order == sorted(order, reverse=not forward), (index_name, order)
        return [by_key[table.identity(entry)] for entry in found]

    # -- pages -------------------------------------------------------------------------------------------------------

    def _read(
        self,
        table: TableModel,
        index_name: str | None,
        operation: Operation[Any],
        base: dict[str, Any],
        texts: Texts,
        pairs: list[Pair],
        is_surely_last: Callable[[Item], bool] = lambda _: False,
    ) -> None:
        """Read all pages with a random limit, filter, projection and Select; each must be the next part of *pairs*."""
        index = table.indexes[index_name] if index_name is not None else None
        keys = table.keys if index is None else [*table.keys, *index.keys]
        members = dict(base)
        if index_name is not None:
            members["IndexName"] = index_name
        test, paths, wants_all = self._selection(table, index_name, operation)
        if test is not None:
            members["FilterExpression"] = texts.test(test)
        if paths is not None:
            members["ProjectionExpression"] = ", ".join(map(texts.path, paths))
        if wants_all:
            members["Select"] = "ALL_ATTRIBUTES"
        elif paths is None and self.draw.chance(5):
            members["Select"] = "COUNT"
        limit = self.draw.one_of((None, 1, 2, 3, 5))
        if limit is not None:
            members["Limit"] = limit
        consistent = (index is None or not index.is_global) and self.draw.chance(2)
        members |= {"ConsistentRead": consistent, "ReturnConsumedCapacity": "INDEXES"}
        if texts.names:
            members["ExpressionAttributeNames"] = texts.names
        if texts.values:
            members["ExpressionAttributeValues"] = texts.values
        asked = {str(path[0]) for path in paths or []}
        fetches = (
            index is not None
            and not index.is_global
            and index.projected is not None
            and (wants_all or not asked <= index.projected)
        )
        left = list(pairs)
        while True:
            page, left, is_full = _first_page(left, limit, measures_items=fetches)
            answer = self.call(operation, members)
            shown = [item if fetches else entry for entry, item in page]
            passed = [item for item in shown if test is None or holds(test, item)]
            assert answer["ScannedCount"] == len(page), (members, answer, page)
            assert answer["Count"] == len(passed), (members, answer, passed)
            if members.get("Select") == "COUNT":
                assert "Items" not in answer
            else:
                expected = passed if paths is None else [project(item, paths) for item in passed]
                assert [freeze({"M": item}) for item in answer["Items"]] == [
                    freeze({"M": item}) for item in expected
                ], (members, answer, expected)
            self._check_bill(
                table, index_name, answer["ConsumedCapacity"], page, consistent=consistent, fetches=fetches
            )
            last = answer.get("LastEvaluatedKey")
            assert (last is not None) == (is_full and not is_surely_last(page[-1][0])), (members, answer)
            if last is None:
                assert not left, (members, left)
                return
            assert last == {name: page[-1][0][name] for name, _ in keys}, (members, last)
            members["ExclusiveStartKey"] = last

    def _selection(
        self, table: TableModel, index_name: str | None, operation: Operation[Any]
    ) -> tuple[Test | None, list[Path] | None, bool]:
        """A filter, a projection, and whether everything is asked for: only what is allowed here."""
        index = table.indexes[index_name] if index_name is not None else None
        key_names = {name for name, _ in (table.keys if index is None else index.keys)}
        test = self.draw.maybe_test()
        if test is not None and operation is query and _names(test) & key_names:
            test = None
        is_held = index is None or index.projected is None or test is None or _names(test) <= index.projected
        if operation is query and not is_held:
            test = None
        paths = None
        if self.draw.chance(3):
            paths = list({path[0]: path for path in (self.draw.path() for _ in range(2))}.values())
            if index is not None and index.is_global and index.projected is not None:
                paths = [path for path in paths if path[0] in index.projected] or None
        can_show_all = index is None or not index.is_global or index.projected is None
        return test, paths, paths is None and can_show_all and self.draw.chance(4)

    def _check_bill(
        self,
        table: TableModel,
        index_name: str | None,
        bill: dict[str, Any],
        page: list[Pair],
        *,
        consistent: bool,
        fetches: bool,
    ) -> None:
        units = read_units(sum(item_size(entry) for entry, _ in page), consistent=consistent)
        fetched = sum(read_units(item_size(item), consistent=consistent) for _, item in page) if fetches else 0.0
        expected: dict[str, Any] = {"TableName": table.name, "CapacityUnits": units + fetched}
        if index_name is None:
            expected["Table"] = {"CapacityUnits": units}
        else:
            member = "GlobalSecondaryIndexes" if table.indexes[index_name].is_global else "LocalSecondaryIndexes"
            expected |= {"Table": {"CapacityUnits": fetched}, member: {index_name: {"CapacityUnits": units}}}
        assert bill == expected, (index_name, bill, expected)


def _first_page(pairs: list[Pair], limit: int | None, *, measures_items: bool) -> tuple[list[Pair], list[Pair], bool]:
    """The rows of a page, those behind it, and whether it ended before the rows did."""
    size = 0
    for count, (entry, item) in enumerate(pairs, 1):
        size += item_size(item if measures_items else entry)
        if count == limit or size >= PAGE_BYTES_MAX:
            return pairs[:count], pairs[count:], True
    return pairs, [], False


def _last_values(operator: str | None, operands: list[str], *, forward: bool) -> list[str]:
    """The sort keys of a table behind which a Query with that condition looks no further."""
    match operator:
        case "<=" if forward:
            return operands
        case ">=" if not forward:
            return operands
        case "BETWEEN":
            return operands[1:] if forward else operands[:1]
    return []


def _names(test: Test) -> set[str]:
    """The top-level attributes a condition looks at."""
    match test:
        case ("and" | "or", left, right):
            return _names(left) | _names(right)
        case ("not", inner):
            return _names(inner)
    return {str(test[1][0])}


def _meets(value: Any, operator: str, operands: list[Any]) -> bool:
    match operator:
        case "=":
            return bool(value == operands[0])
        case "<":
            return bool(value < operands[0])
        case "<=":
            return bool(value <= operands[0])
        case ">":
            return bool(value > operands[0])
        case ">=":
            return bool(value >= operands[0])
        case "BETWEEN":
            return bool(operands[0] <= value <= operands[1])
    return bool(value.startswith(operands[0]))
