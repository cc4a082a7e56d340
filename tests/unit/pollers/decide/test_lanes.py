from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pollers.decide.batching import Batch
from pollers.decide.lanes import Lane, checkpoint, lane_of
from tests.fakes.batches import entries
from tests.fakes.stream import FakeStream


def test_equal_keys_take_equal_lanes() -> None:
    stream = FakeStream()
    assert lane_of(stream.put("a", image={"x": {"S": "1"}}), "pk", 7) == lane_of(
        stream.put("a", event_name="REMOVE"), "pk", 7
    )


def test_keys_spread_over_the_lanes() -> None:
    stream = FakeStream()
    counts = Counter(lane_of(stream.put(f"key-{number}"), "pk", 10) for number in range(1000))
    assert sorted(counts) == list(range(10))
    assert max(counts.values()) < 150


def test_without_anything_unfinished_the_checkpoint_is_the_last_read() -> None:
    assert checkpoint([Lane(0), Lane(1)], "42") == "42"
    assert checkpoint([Lane(0)], "") == ""


@given(st.lists(st.integers(min_value=0, max_value=2), min_size=1, max_size=20), st.data())
def test_the_checkpoint_stands_just_before_the_oldest_unfinished_record(routes: list[int], data: st.DataObject) -> None:
    """Whatever lanes finish in whatever order; the checkpoint never passes an unfinished record and loses none."""
    made = entries(len(routes))
    lanes = [Lane(number) for number in range(3)]
    for route, entry in zip(routes, made, strict=True):
        lanes[route].pending.append(entry)
    finished: set[str] = set()
    for lane in lanes:
        in_flight = data.draw(st.integers(min_value=0, max_value=len(lane.pending)))
        if in_flight:
            lane.work.append(Batch(entries=[lane.pending.popleft() for _ in range(in_flight)]))
        is_done: bool = data.draw(st.booleans())
        if lane.work and is_done:
            finished |= {entry.record.sequence_number for entry in lane.work.popleft().entries}
    reached = checkpoint(lanes, made[-1].record.sequence_number)
    numbers = [entry.record.sequence_number for entry in made]
    expected = ""
    for number in numbers:
        if number not in finished:
            break
        expected = number
    assert reached == expected


def test_records_of_an_open_window_stay_unfinished() -> None:
    lane = Lane(0)
    first, second = entries(2)
    lane.window_first = first
    lane.pending.append(second)
    assert lane.oldest_unfinished() is first
    assert checkpoint([lane], second.record.sequence_number) == first.before
