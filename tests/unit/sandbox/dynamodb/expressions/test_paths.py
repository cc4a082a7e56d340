"""The tree of paths: what clashes, which two paths are named, and in which order it is walked.

Source: DynamoDB Local 3.3.1, asked 2026-11, for all that is told here of clashes and order.
"""

import pytest

from sandbox.dynamodb.expressions.invalid import InvalidExpression
from sandbox.dynamodb.expressions.paths import PathTree, ResolvedPath, refuse_overlap


def paths_of(text: str) -> list[ResolvedPath]:
    return [tuple(int(step) if step.isdigit() else step for step in path.split(".")) for path in text.split()]


@pytest.mark.parametrize(
    ("text", "clash"),
    [
        ("o p o", "overlap [o] [p]"),
        ("p o p", "overlap [p] [p]"),
        ("p o o", "overlap [o] [o]"),
        ("a1 a2 a3 a1", "overlap [a1] [a3]"),
        ("a1 a2 a1 a2", "overlap [a2] [a2]"),
        ("m n m.x", "overlap [m] [n]"),
        ("m.x n m", "overlap [m, x] [n]"),
        ("m.x n m.x", "overlap [m, x] [m, x]"),
        ("m.x m.y m.s m.x", "overlap [m, x] [m, y]"),
        ("m.x m.y m", "overlap [m, y] [m]"),
        ("l.0 l.1 l.2 l.1", "overlap [l, [1]] [l, [2]]"),
        ("m.x m.y z m.0", "conflict [m, y] [m, [0]]"),
        ("m.0 z m.x m.y", "conflict [m, [0]] [m, y]"),
        ("m.x z z.y m.0", "overlap [z] [m, [0]]"),
        ("z z.y m.x m.0", "conflict [m, x] [m, [0]]"),
    ],
)
def test_paths_that_clash_are_named_in_awss_way(text: str, clash: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        refuse_overlap("ProjectionExpression", paths_of(text))
    verb, one, two = clash.replace("] [", "]|[").replace(" [", "|[", 1).split("|")
    assert fault.value.message == (
        f"Invalid ProjectionExpression: Two document paths {verb} with each other; must remove or rewrite one of these "
        f"paths; path one: {one}, path two: {two}"
    )


def test_the_tree_is_walked_in_the_order_of_a_hash_table_and_the_last_path_first() -> None:
    tree = PathTree("UpdateExpression")
    for path in reversed(paths_of("Z aa j p m.y m.x o n l.0 l.16 l.2")):
        tree.add(path)
    assert tree.walk() == paths_of("n m.y m.x l.2 l.16 l.0 j Z p aa o")


def test_a_level_of_more_than_twelve_has_more_buckets() -> None:
    names = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    small, large = PathTree("UpdateExpression"), PathTree("UpdateExpression")
    for name in reversed(names[:12]):
        small.add((name,))
    for name in reversed(names[:13]):
        large.add((name,))
    assert small.walk() == [(name,) for name in "lkjihgfedcba"[:12]]
    assert large.walk() == [(name,) for name in "mlkjihgfedcba"]
