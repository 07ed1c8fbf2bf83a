"""One channel of a recording in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """Mono sound: `samples` (float32, -1 to 1, shape (n,)), `rate_hz`, `channel` (0 = left)."""

    samples: NDArray[np.float32]
    rate_hz: int
    channel: int = 0

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // self.rate_hz

    def slice_ms(self, start_ms: int, end_ms: int) -> NDArray[np.float32]:
        """The samples from `start_ms` up to, not including, `end_ms`: a view, cut to what there is.

        >>> Track(samples=np.zeros(8000, np.float32), rate_hz=8000).slice_ms(900, 2000).shape
        (800,)
        """
        start, end = (max(0, ms) * self.rate_hz // 1000 for ms in (start_ms, end_ms))
        return self.samples[start : max(start, end)]
