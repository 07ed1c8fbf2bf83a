"""One channel of a recording, in memory while it is short and in a temporary file when it is long."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

import numpy as np
from numpy.typing import NDArray

BLOCK = 2**17
IN_MEMORY = 16 * 2**20  # bytes of one channel: nine minutes at 16 kHz
_FULL_SCALE = 32767


class Track:
    """Mono sound at `rate_hz`, `channel` 0 = left, with `frames` samples. Reading gives float32 from -1 to 1.

    Samples are kept with 16 bits, as telephone recordings have at most: the same ones whether in memory or in a file.
    Not for several threads at a time.
    """

    def __init__(self, *, rate_hz: int, channel: int = 0) -> None:
        self.rate_hz = rate_hz
        self.channel = channel
        self.frames = 0
        self._samples = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives as long as the track

    @classmethod
    def of(cls, samples: NDArray[np.float32], *, rate_hz: int, channel: int = 0) -> Track:
        """The track of these samples.

        >>> Track.of(np.zeros(12_000, np.float32), rate_hz=8000).duration_ms
        1500
        """
        track = cls(rate_hz=rate_hz, channel=channel)
        track.append(samples)
        return track

    def append(self, samples: NDArray[np.float32]) -> None:
        """Puts samples, limited to -1 to 1, behind the others. Raises OSError when there is no room for them."""
        limited = np.clip(samples, -1, 1)
        self._samples.seek(0, 2)
        self._samples.write(np.rint(limited * _FULL_SCALE).astype("<i2").tobytes())
        self.frames += len(samples)

    @property
    def duration_ms(self) -> int:
        """Whole milliseconds of sound."""
        return self.frames * 1000 // self.rate_hz

    def slice_ms(self, start_ms: int, end_ms: int) -> NDArray[np.float32]:
        """The samples from `start_ms` up to, not including, `end_ms`, cut to what there is.

        >>> Track.of(np.zeros(8000, np.float32), rate_hz=8000).slice_ms(900, 2000).shape
        (800,)
        """
        start, end = (max(0, ms) * self.rate_hz // 1000 for ms in (start_ms, end_ms))
        return self.read(start, end)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """The samples from number `first` up to, not including, `last`, cut to what there is."""
        last = min(last, self.frames)
        if first >= last:
            return np.zeros(0, np.float32)
        self._samples.seek(2 * first)
        raw = np.frombuffer(self._samples.read(2 * (last - first)), "<i2")
        return raw.astype(np.float32) / np.float32(_FULL_SCALE)

    def blocks(self, size: int = BLOCK) -> Iterator[NDArray[np.float32]]:
        """All samples in order, `size` at a time, the last block shorter."""
        return (self.read(at, at + size) for at in range(0, self.frames, size))

    def __del__(self) -> None:
        self._samples.close()
