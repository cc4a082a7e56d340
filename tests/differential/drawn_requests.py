"""Random requests about the stage: reads, writes of one item, statements."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.differential.drawn_expressions import Expressions
from tests.differential.endpoints import Request
from tests.differential.stage import NAMES, any_value, key_of

__all__ = ["AREAS"]

_INDEXES = (None, None, "local", "all", "some", "none")
_KEYS = {None: ("pk", "sk"), "local": ("pk", "h"), "all": ("g", "sk"), "some": ("g", None), "none": ("pk", "sk")}


def writes(random: Random, table: str) -> Iterator[Request]:
    """An update, put or delete with a condition, and a look at what it left."""
    drawn = Expressions(random)
    key = key_of(random)
    parameters: dict[str, Any] = {"TableName": table}
    operation = random.choice(("UpdateItem", "UpdateItem", "UpdateItem", "PutItem", "DeleteItem"))
    if operation == "PutItem":
        parameters["Item"] = key | {name: any_value(random) for name in random.sample(NAMES, 3)}
    else:
        parameters["Key"] = key
    if operation == "UpdateItem" and random.random() < 0.95:
        parameters["UpdateExpression"] = drawn.broken(drawn.update())
    if random.random() < 0.3:
        parameters["ConditionExpression"] = drawn.broken(drawn.condition(1))
    if random.random() < 0.7:
        parameters["ReturnValues"] = random.choice(("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"))
    if random.random() < 0.3:
        parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    yield Request(operation, parameters | drawn.placeholders())
    yield Request("GetItem", {"TableName": table, "Key": key})


def reads(random: Random, table: str) -> Iterator[Request]:
    """A Query or Scan of the table or an index, with any filter and projection."""
    drawn = Expressions(random)
    index = random.choice(_INDEXES)
    parameters: dict[str, Any] = {"TableName": table}
    operation = random.choice(("Query", "Query", "Scan"))
    if operation == "Query":
        parameters["KeyConditionExpression"] = drawn.broken(_key_condition(random, drawn, index))
        if random.random() < 0.3:
            parameters["ScanIndexForward"] = random.random() < 0.5
    if index is not None:
        parameters["IndexName"] = index
    if random.random() < 0.5:
        parameters["FilterExpression"] = drawn.broken(drawn.condition())
    if random.random() < 0.3:
        parameters["ProjectionExpression"] = drawn.broken(drawn.projection())
    if random.random() < 0.2:
        forms = ("ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES")
        parameters["Select"] = random.choice(forms)
    if random.random() < 0.2:
        parameters["ConsistentRead"] = random.random() < 0.5
    yield Request(operation, parameters | drawn.placeholders())


def _key_condition(random: Random, drawn: Expressions, index: str | None) -> str:
    hash_name, range_name = _KEYS[index]
    text = f"{hash_name} = {drawn.value({'S': random.choice('pqxyz')})}"
    if range_name is None or random.random() < 0.3:
        return text

    def number() -> str:
        return drawn.value({"N": str(random.randrange(12))} if random.random() < 0.95 else any_value(random, 0))

    match random.randrange(4):
        case 0:
            return f"{text} AND {range_name} BETWEEN {number()} AND {number()}"
        case 1:
            return f"{text} AND begins_with({range_name}, {number()})"
        case _:
            return f"{text} AND {range_name} {random.choice(('=', '<', '<=', '>', '>=', '<>'))} {number()}"


def statements(random: Random, table: str) -> Iterator[Request]:
    """A statement of PartiQL, and a look at what it left."""
    key = key_of(random)
    where = f"pk = '{key['pk']['S']}' AND sk = {key['sk']['N']}"
    more = f" AND {_clause(random)}" if random.random() < 0.5 else ""
    match random.randrange(5):
        case 0:
            target = random.choice((f'"{table}"', f'"{table}"."all"', f'"{table}"."none"'))
            text = f"SELECT {random.choice(('*', 'a, l[0]', 'm.a, pk', 's'))} FROM {target} WHERE {_clause(random)}"
        case 1:
            text = f'SELECT * FROM "{table}" WHERE {where}{more}'
        case 2:
            text = f'UPDATE "{table}" SET {_path(random)} = {_literal(random)} WHERE {where}{more}'
            text += random.choice(("", " RETURNING ALL NEW *", " RETURNING MODIFIED OLD *"))
        case 3:
            text = f'UPDATE "{table}" REMOVE {_path(random)} WHERE {where}{more}'
        case _:
            text = f"INSERT INTO \"{table}\" VALUE {{'pk': '{key['pk']['S']}', 'sk': {key['sk']['N']}, 'a': {_literal(random)}}}"
    yield Request("ExecuteStatement", {"Statement": text})
    yield Request("GetItem", {"TableName": table, "Key": key})


def _path(random: Random) -> str:
    return random.choice((*NAMES[:8], "l[0]", "m.a", "m.b.c", "l[1].a"))


def _literal(random: Random) -> str:
    choices = ("1", "-2.5", "'a'", "''", "true", "null", "missing", "[1, 'a']", "{'a': 1}", "<<1, 2>>", "<<'a'>>", "[]")
    return random.choice(choices)


def _clause(random: Random) -> str:
    path = _path(random)
    match random.randrange(8):
        case 0:
            return f"{path} IS {random.choice(('', 'NOT '))}{random.choice(('MISSING', 'NULL'))}"
        case 1:
            return f"{path} IN [{_literal(random)}, {_literal(random)}]"
        case 2:
            return f"{path} BETWEEN {_literal(random)} AND {_literal(random)}"
        case 3:
            return f"{random.choice(('begins_with', 'contains'))}({path}, {_literal(random)})"
        case 4:
            return f"size({path}) {random.choice('<>=')} {random.randrange(4)}"
        case 5:
            return f"NOT ({path} = {_literal(random)})"
        case 6:
            return f"({path} = {_literal(random)} OR {_path(random)} {random.choice('<>')} {_literal(random)})"
        case _:
            return f"{path} {random.choice(('=', '<>', '<', '<=', '>', '>='))} {_literal(random)}"


AREAS: dict[str, Callable[[Random, str], Iterator[Request]]] = {
    "writes": writes,
    "reads": reads,
    "statements": statements,
}
"""What there is to compare, by the name it has on the command line."""
