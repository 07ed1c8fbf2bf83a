"""From a file to one Track a channel, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from qa_pipeline.audio import container
from qa_pipeline.audio.probe import MAX_DURATION_MS, Reader, nothing_in_it, probe, readers, too_long
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import AudioError

_LOUD = 0.97  # full scale is 0.98 in G.711
_CLIPPED_SHARE = 0.001
_SHORT_MS = 1000  # lossy formats may end a little earlier than they say


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """All channels of a recording, equally long, and doubts about it.

    `flags`: "truncated" (its end is missing), "damaged" (parts could not be decoded and are left out),
    "clipped" (more than one sample in a thousand is cut off at full scale), "non_finite_samples" (they became 0).
    """

    tracks: tuple[Track, ...]
    flags: tuple[str, ...] = ()


def decode(path: Path, rate_hz: int, *, max_duration_ms: int = MAX_DURATION_MS) -> Decoded:
    """The whole recording at `rate_hz`, in little memory however long it is (see track.py).

    Samples outside -1 to 1 are limited. A file that breaks off is decoded as far as it goes. The same file gives
    the same samples. Raises AudioError (codes in probe.py).
    """
    media = probe(path, max_duration_ms=max_duration_ms)
    head = container.opening(path)
    best: _Collector | None = None
    for reader in readers(path, head):
        collector = _read(reader, path, rate_hz, max_duration_ms)
        if best is None or collector.frames > best.frames:
            best = collector
        if collector.frames and not collector.damaged:
            break
    if best is None or not best.frames:
        raise nothing_in_it(path, head)
    claims = [claim for reader in readers(path, head) if (claim := reader.declared_ms(path)) is not None]
    missing = container.cut_off(path, head) or best.duration_ms + _SHORT_MS < max(claims, default=media.duration_ms)
    return Decoded(tracks=best.tracks(), flags=(*(("truncated",) if missing else ()), *best.flags()))


def _read(reader: Reader, path: Path, rate_hz: int, max_duration_ms: int) -> _Collector:
    collector = _Collector(rate_hz)
    try:
        for source_hz, block in reader.blocks(path):
            collector.add(source_hz, block)
            if collector.duration_ms > max_duration_ms:
                raise too_long(max_duration_ms)
    except AudioError as error:
        if error.code != "unreadable":
            raise
        collector.damaged = True
    collector.finish()
    return collector


class _Collector:
    """Cleans, resamples and gathers blocks, one track a channel."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.frames = 0
        self.damaged = False
        self._source_hz = 0
        self._tracks: list[Track] = []
        self._clipped = np.zeros(0)
        self._non_finite = False
        self._resampler: soxr.ResampleStream | None = None

    @property
    def duration_ms(self) -> int:
        return self.frames * 1000 // self._source_hz if self._source_hz else 0

    def add(self, source_hz: int, block: NDArray[np.float32]) -> None:
        if not self._tracks:
            self._start(source_hz, block.shape[1])
        self.frames += len(block)
        finite = np.isfinite(block)
        if not finite.all():
            self._non_finite = True
            block = np.where(finite, block, np.float32(0))
        flat = (np.abs(block[1:]) >= _LOUD) & (block[1:] == block[:-1])
        self._clipped += flat.sum(axis=0) + (np.abs(block) > 1).sum(axis=0)
        self._keep(block if self._resampler is None else np.clip(block, -1, 1), last=False)

    def finish(self) -> None:
        if self._resampler is not None:
            self._keep(np.zeros((0, len(self._tracks)), np.float32), last=True)

    def tracks(self) -> tuple[Track, ...]:
        return tuple(self._tracks)

    def flags(self) -> tuple[str, ...]:
        found = {
            "damaged": self.damaged,
            "clipped": bool((self._clipped > _CLIPPED_SHARE * self.frames).any()),
            "non_finite_samples": self._non_finite,
        }
        return tuple(name for name, is_so in found.items() if is_so)

    def _start(self, source_hz: int, channels: int) -> None:
        self._source_hz = source_hz
        self._tracks = [Track(rate_hz=self.rate_hz, channel=channel) for channel in range(channels)]
        self._clipped = np.zeros(channels)
        if source_hz != self.rate_hz:
            self._resampler = soxr.ResampleStream(source_hz, self.rate_hz, channels, dtype="float32")

    def _keep(self, block: NDArray[np.float32], *, last: bool) -> None:
        if self._resampler is not None:
            block = self._resampler.resample_chunk(block, last=last)
        try:
            for channel, track in enumerate(self._tracks):
                track.append(block[:, channel])
        except OSError as error:
            raise AudioError(
                "There is no room for the decoded sound.",
                code="no_space",
                hint="Make room in the folder for temporary files, or name another one in TMPDIR.",
            ) from error
