"""Searches find what looking at every vector finds, though they look closely at few."""

import random
from collections.abc import Callable

import pytest

from sandbox.dynamodb.engine.vector_search import Search, nearest
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.dynamodb.storage.vector_index import VectorEntry, VectorIndex, VectorIndexDefinition, Vectors
from sandbox.values.vector import DistanceFunction, packed, score, unpacked

FUNCTIONS: list[DistanceFunction] = ["COSINE", "EUCLIDEAN", "DOT_PRODUCT"]


def _index(function: DistanceFunction, dimensions: int) -> VectorIndex:
    store = Store(Database())
    definition = TableDefinition(
        id=0,
        account_id="000000000000",
        region="us-east-1",
        name="t",
        table_id="id",
        created=0.0,
        attribute_types={"pk": "S"},
        key_schema=[("pk", "HASH")],
        vector_indexes=[
            VectorIndexDefinition(
                name="near",
                number=1,
                attribute="v",
                dimensions=dimensions,
                distance_function=function,
                search_schema=[],
                projection_type="ALL",
            )
        ],
    )
    with store.database.write():
        return store.create_table(definition).vector_indexes["near"]


def _put(index: VectorIndex, vectors: list[list[float]]) -> dict[bytes, tuple[float, ...]]:
    """Store *vectors*; gives them back by key, as they are kept."""
    kept = {}
    for number, vector in enumerate(vectors):
        key, data = f"{number:06}".encode(), packed(vector)
        index.entries.put(key, VectorEntry(4, b"", (), data, {}))
        kept[key] = unpacked(data)
    return kept


def _vectors(chance: random.Random, kind: str, count: int, dimensions: int) -> list[list[float]]:
    match kind:
        case "alike":
            centre = [chance.gauss(0, 1) for _ in range(dimensions)]
            return [[x + chance.gauss(0, 1e-4) for x in centre] for _ in range(count)]
        case "of many sizes":
            sizes = [10 ** chance.uniform(-6, 6) for _ in range(count)]
            return [[size * chance.gauss(0, 1) for _ in range(dimensions)] for size in sizes]
        case "few":
            # Many are the same, and some are zero.
            few = [[chance.choice((-1.0, 0.0, 1.0)) for _ in range(dimensions)] for _ in range(7)]
            return [chance.choice([*few, [0.0] * dimensions]) for _ in range(count)]
        case _:
            return [[chance.gauss(0, 1) for _ in range(dimensions)] for _ in range(count)]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("kind", ["random", "alike", "of many sizes", "few"])
@pytest.mark.parametrize(("count", "dimensions"), [(5, 3), (2_345, 6)])
def test_the_nearest_are_found(function: DistanceFunction, kind: str, count: int, dimensions: int) -> None:
    chance = random.Random(f"{function} {kind} {count}")
    index = _index(function, dimensions)
    kept = _put(index, _vectors(chance, kind, count, dimensions))
    sign = -1 if function == "DOT_PRODUCT" else 1
    queries = [chance.choice(list(kept.values())), unpacked(packed(_vectors(chance, kind, 1, dimensions)[0]))]
    for query in [*queries, (0.0,) * dimensions]:
        for top_k in (1, 10, 100):
            expected = sorted((sign * score(function, query, stored), key) for key, stored in kept.items())[:top_k]
            answer = nearest(index, query, {}, top_k)
            assert [(sign * found.score, found.key) for found in answer.found] == expected
            assert answer.scanned_bytes == 4 * count


def test_few_are_looked_at_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a search of a large index takes ten times as long."""
    index = _index("COSINE", 32)
    _put(index, _vectors(random.Random(1), "random", 5_000, 32))
    looked_at: list[bytes] = []
    vectors = Vectors.vectors

    def watched(self: Vectors, keys: list[bytes], equal: dict[str, bytes]) -> object:
        looked_at.extend(keys)
        return vectors(self, keys, equal)

    monkeypatch.setattr(Vectors, "vectors", watched)
    assert len(nearest(index, tuple([1.0] * 32), {}, 10).found) == 10
    assert 10 <= len(looked_at) < 500


def _nearest_to(index: VectorIndex, top_k: int, between: Callable[[], None]) -> list[bytes]:
    """The keys of a search of two steps and more; *between* is called behind the first."""
    search = Search(index, (2.0, 0.0), {}, top_k)
    assert search.goes_on()
    between()
    while search.goes_on():
        pass
    return [found.key for found in search.nearest().found]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_changes_during_a_search_is_true_at_its_end(function: DistanceFunction) -> None:
    """A search of many lets others in between; what it gives must be there, once, with its vector as it is then.

    The nearest, which others were too far away for, go or move away; one comes again as the last of all.
    """
    index = _index(function, 2)
    _put(index, [[2.0, -number / 1_000] if function != "DOT_PRODUCT" else [-number, 0] for number in range(4_500)])
    first, second, third = (f"{number:06}".encode() for number in range(3))

    def change() -> None:
        index.entries.delete(first)
        index.entries.put(first, VectorEntry(4, b"", (), index_vector(function, near=True), {}))
        index.entries.delete(second)
        index.entries.put(third, VectorEntry(4, b"", (), index_vector(function, near=False), {}))

    def index_vector(function: DistanceFunction, *, near: bool) -> bytes:
        if function == "DOT_PRODUCT":
            return packed([-0.5, 0.0] if near else [-9_999.0, 0.0])
        return packed([2.0, -0.0005] if near else [-9_999.0, 0.0])

    assert _nearest_to(index, 3, change) == [first, b"000003", b"000004"]
    assert _nearest_to(index, 3, lambda: None) == [first, b"000003", b"000004"]


def test_no_entry_is_looked_at_twice() -> None:
    """Steps go on behind the last entry, in an index of one vector many times over, too."""
    index = _index("COSINE", 2)
    _put(index, [[1.0, 0.0]] * 4_100)
    search = Search(index, (1.0, 0.0), {}, 100)
    steps = 1
    while search.goes_on():
        steps += 1
    assert steps == 3
    assert search.nearest().scanned_bytes == 4 * 4_100
    assert [found.key for found in search.nearest().found] == [f"{number:06}".encode() for number in range(100)]
