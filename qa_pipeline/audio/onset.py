"""Where speech begins by its sound: for what is measured, not for what is recognised.

After a long silence the speech finder is 0.2 to 0.4 s late for soft first sounds (x, sh, h) and short first words
("I'm"). Recognition is better off with the finder's beginnings (docs/benchmarks.md); silences, holds, overlaps and
speaking time are measured from where the sound begins.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.audio.channels import frame_powers
from qa_pipeline.contracts import Track
from qa_pipeline.domain import Span

FRAME_MS = 10
QUIET_FRAMES = 10  # longer than the closure of a stop
FAINTER_DB = 30.0  # than the loud parts of the speech: quiet
REACH_MS = 500


def with_onsets(spans: Sequence[Span], track: Track) -> tuple[Span, ...]:
    """The spans, each begun where its sound rises out of quiet, at most 0.5 s earlier and after the one before.

    Where it is never quiet for 100 ms within reach, as on a line that hums or plays music, a span stays as it is.
    Only for a channel with one voice alone: another's, or its echo, would be taken for the beginning.
    """
    found: list[Span] = []
    for span in spans:
        first = max(0, found[-1].end_ms if found else 0, span.start_ms - REACH_MS)
        own = _levels(track, span.start_ms, span.end_ms)
        faintest = float(np.quantile(own, 0.95)) * 10 ** (-FAINTER_DB / 20) if own.size else 0.0
        faint = np.cumsum(np.pad(_levels(track, first, span.start_ms) <= faintest, (1, 0)))
        quiet = np.flatnonzero(faint[QUIET_FRAMES:] - faint[:-QUIET_FRAMES] == QUIET_FRAMES)
        start_ms = first + (int(quiet[-1]) + QUIET_FRAMES) * FRAME_MS if quiet.size else span.start_ms
        found.append(Span(start_ms=start_ms, end_ms=span.end_ms))
    return tuple(found)


def _levels(track: Track, start_ms: int, end_ms: int) -> NDArray[np.float64]:
    """The root mean square of each 10 ms."""
    powers = frame_powers(track.slice_ms(start_ms, end_ms), track.rate_hz * FRAME_MS // 1000)
    levels: NDArray[np.float64] = np.sqrt(powers + 1e-12)
    return levels
