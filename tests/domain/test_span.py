"""The arithmetic of spans, against what is true of each millisecond."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import Span
from qa_pipeline.domain.span import gaps, intersect, merge, nearest

LATEST = 60
span = st.tuples(st.integers(0, LATEST), st.integers(0, 15)).map(
    lambda pair: Span(start_ms=pair[0], end_ms=pair[0] + pair[1])
)
spans = st.lists(span, max_size=8)


def moments(some: list[Span] | tuple[Span, ...]) -> set[int]:
    return {ms for one in some for ms in range(one.start_ms, one.end_ms)}


def in_order(some: tuple[Span, ...]) -> bool:
    return all(one.end_ms <= other.start_ms for one, other in pairwise(some))


@given(some=spans)
def test_merged_spans_hold_the_same_time_in_order_and_apart(some: list[Span]) -> None:
    merged = merge(some)
    assert moments(some) == moments(merged)
    assert all(one.end_ms < other.start_ms for one, other in pairwise(merged))
    assert merge(merged) == merged


@given(some=spans, gap_ms=st.integers(0, 20))
def test_merging_over_gaps_fills_those_and_no_others(some: list[Span], gap_ms: int) -> None:
    merged = merge(some, gap_ms)
    assert all(one.duration_ms > gap_ms for one in gaps(merged))
    filled = moments(merged) - moments(some)
    assert filled <= moments([one for one in gaps(some) if one.duration_ms <= gap_ms])


@given(some=spans)
def test_gaps_are_what_is_left_between_the_ends(some: list[Span]) -> None:
    free = gaps(some)
    assert not moments(free) & moments(some)
    if some:
        whole = range(min(one.start_ms for one in some), max(one.end_ms for one in some))
        assert set(whole) == moments(free) | moments(some)


@given(left=spans, right=spans)
def test_what_two_share_is_in_both_and_complete(left: list[Span], right: list[Span]) -> None:
    shared = intersect(left, right)
    assert moments(left) & moments(right) == moments(shared)
    assert in_order(shared)
    assert moments(intersect(right, left)) == moments(shared)
    assert all(one.duration_ms > 0 for one in shared)


@given(some=spans.filter(bool), at=st.lists(st.integers(-5, LATEST + 20), max_size=6))
def test_the_nearest_span_is_no_further_away_than_any_other(some: list[Span], at: list[int]) -> None:
    apart = merge(some)

    def distance(index: int, moment: int) -> int:
        return max(apart[index].start_ms - moment, moment - apart[index].end_ms, 0)

    for moment, index in zip(at, nearest(apart, at), strict=True):
        assert distance(index, moment) == min(distance(other, moment) for other in range(len(apart)))
