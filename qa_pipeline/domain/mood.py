"""How a customer felt over a call, from the sentiment of the turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_pipeline.domain.signal import Signal

THIRDS = 3
NEUTRAL = 0.2  # a mean closer to 0 than this is neutral


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """The path of a customer's mood. Labels are "negative", "neutral", "positive"; values -1 to 1.

    `start` is the first turn's label; `end` that of the last two turns: the one that is not neutral wins, of two such
    the later. `path` has the mean value of each third of the turns (fewer where there are fewer turns). `lowest` is the
    signal of the worst turn. `recovery` is the mean of the last two turns minus the worst third: 0 where it ends at its
    worst, None under three turns.
    """

    start: str
    end: str
    path: tuple[float, ...]
    lowest: Signal
    recovery: float | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The thirds as labels."""
        return tuple(_label(mean) for mean in self.path)


def mood(felt: Sequence[Signal]) -> Mood | None:
    """The mood of a call from its SENTIMENT signals in order; None without any."""
    if not felt:
        return None
    labels, values = [one.label for one in felt], [one.value or 0.0 for one in felt]
    ending = [label for label in labels[-2:] if label != "neutral"]
    path = _thirds(values)
    last = sum(values[-2:]) / len(values[-2:])
    return Mood(
        start=labels[0],
        end=ending[-1] if ending else "neutral",
        path=tuple(round(mean, 3) for mean in path),
        lowest=min(felt, key=lambda one: (one.value or 0.0, one.start_ms)),
        recovery=round(max(0.0, last - min(path)), 3) if len(values) >= THIRDS else None,
    )


def _label(mean: float) -> str:
    return "negative" if mean < -NEUTRAL else "positive" if mean > NEUTRAL else "neutral"


def _thirds(values: Sequence[float]) -> list[float]:
    """Means of three parts as equal as can be."""
    parts = min(THIRDS, len(values))
    ends = [round(part * len(values) / parts) for part in range(parts + 1)]
    return [sum(values[start:end]) / (end - start) for start, end in pairwise(ends)]
