"""A stretch of time, and the arithmetic on it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """From `start_ms` up to, not including, `end_ms`, on the recording's clock."""

    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlap_ms(self, other: Span) -> int:
        """Milliseconds that both share.

        >>> Span(start_ms=0, end_ms=900).overlap_ms(Span(start_ms=400, end_ms=2000))
        500
        """
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))


def merge(spans: Iterable[Span], gap_ms: int = 0) -> tuple[Span, ...]:
    """The same time in as few spans as possible, sorted; spans at most `gap_ms` apart become one.

    >>> merge([Span(start_ms=5, end_ms=9), Span(start_ms=0, end_ms=4)], gap_ms=1)
    (Span(start_ms=0, end_ms=9),)
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start_ms - merged[-1].end_ms <= gap_ms:
            merged[-1] = Span(start_ms=merged[-1].start_ms, end_ms=max(merged[-1].end_ms, span.end_ms))
        else:
            merged.append(span)
    return tuple(merged)


def gaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The time between the spans, from the end of the first to the start of the last.

    >>> gaps([Span(start_ms=0, end_ms=4), Span(start_ms=9, end_ms=12)])
    (Span(start_ms=4, end_ms=9),)
    """
    joined = merge(spans)
    return tuple(Span(start_ms=before.end_ms, end_ms=after.start_ms) for before, after in pairwise(joined))


def intersect(left: Iterable[Span], right: Iterable[Span]) -> tuple[Span, ...]:
    """The time that lies in both.

    >>> intersect([Span(start_ms=0, end_ms=5)], [Span(start_ms=3, end_ms=9)])
    (Span(start_ms=3, end_ms=5),)
    """
    ours, others = merge(left), merge(right)
    shared: list[Span] = []
    a = b = 0
    while a < len(ours) and b < len(others):
        one, other = ours[a], others[b]
        if one.overlap_ms(other) > 0:
            shared.append(Span(start_ms=max(one.start_ms, other.start_ms), end_ms=min(one.end_ms, other.end_ms)))
        a, b = (a + 1, b) if one.end_ms < other.end_ms else (a, b + 1)
    return tuple(shared)


def nearest(spans: Sequence[Span], moments_ms: Iterable[float]) -> list[int]:
    """For each moment the index of the span (of some that are sorted and apart) that it lies in or is nearest to.

    >>> nearest([Span(start_ms=0, end_ms=10), Span(start_ms=30, end_ms=40)], [5, 19, 21, 99])
    [0, 0, 1, 1]
    """
    half_way = [(one.end_ms + other.start_ms) / 2 for one, other in pairwise(spans)]
    return [bisect(half_way, moment) for moment in moments_ms]
