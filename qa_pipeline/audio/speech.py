"""Where somebody speaks: Silero's voice activity model over all channels at once, at 8 kHz."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Track
from qa_pipeline.domain import Span
from qa_pipeline.quiet import no_telemetry

RATE_HZ = 8000
FRAME = 256  # samples that the model looks at in one step at 8 kHz
FRAME_MS = 32


class SileroSpeech:
    """Finds speech with silero-vad (weights in its wheel, MIT).

    A frame opens a span at `threshold`, and a span closes when `min_silence_ms` stay below `threshold` - 0.15.
    """

    def __init__(self, *, threshold: float = 0.35, min_silence_ms: int = 200, min_speech_ms: int = 100) -> None:
        self.threshold = threshold
        self.min_silence_ms = min_silence_ms
        self.min_speech_ms = min_speech_ms
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        return f"silero-vad 6 t{self.threshold} s{self.min_silence_ms} m{self.min_speech_ms} onset1"

    def __call__(self, tracks: Sequence[Track]) -> tuple[tuple[Span, ...], ...]:
        """Spans of speech for each track, in order."""
        waves = [_at_8_khz(track) for track in tracks]
        if not waves or len(waves[0]) < FRAME:
            return tuple(() for _ in tracks)
        probabilities = self._probabilities(np.stack(waves))
        return tuple(
            tuple(
                snap_to_energy(span, wave)
                for span in spans_of(
                    row,
                    threshold=self.threshold,
                    min_silence_ms=self.min_silence_ms,
                    min_speech_ms=self.min_speech_ms,
                    end_ms=len(wave) * 1000 // RATE_HZ,
                )
            )
            for row, wave in zip(probabilities, waves, strict=True)
        )

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - silero's wrapper has no types
        no_telemetry()
        from silero_vad import load_silero_vad  # noqa: PLC0415 - brings torch

        return load_silero_vad(onnx=True)

    def _probabilities(self, waves: NDArray[np.float32]) -> NDArray[np.float32]:
        import torch  # noqa: PLC0415 - heavy

        with self._lock:  # the model carries its state from frame to frame
            result: NDArray[np.float32] = self._model.audio_forward(torch.from_numpy(waves), RATE_HZ).numpy()
        return result


def spans_of(
    probabilities: NDArray[np.float32], *, threshold: float, min_silence_ms: int, min_speech_ms: int, end_ms: int
) -> tuple[Span, ...]:
    """Speech spans from one probability for each 32 ms frame, sorted, apart, none beyond `end_ms`.

    >>> speech = np.array([0, 0.9, 0.9, 0.9, 0.9, 0, 0], np.float32)
    >>> spans_of(speech, threshold=0.5, min_silence_ms=64, min_speech_ms=100, end_ms=224)
    (Span(start_ms=32, end_ms=160),)
    """
    spans: list[Span] = []
    start = last = -1
    for index, probability in enumerate(probabilities):
        if probability >= threshold:
            start = index if start < 0 else start
            last = index
        elif start >= 0 and probability >= threshold - 0.15:
            last = index
        elif start >= 0 and (index - last) * FRAME_MS >= min_silence_ms:
            spans.append(Span(start_ms=start * FRAME_MS, end_ms=min((last + 1) * FRAME_MS, end_ms)))
            start = -1
    if start >= 0:
        spans.append(Span(start_ms=start * FRAME_MS, end_ms=min((last + 1) * FRAME_MS, end_ms)))
    return tuple(span for span in spans if span.duration_ms >= min_speech_ms)


def snap_to_energy(span: Span, wave: NDArray[np.float32], *, reach_ms: int = 120) -> Span:
    """The span with its edges moved, by at most `reach_ms` inwards, to where its sound really begins and ends.

    The model decides in steps of 32 ms and likes to be early; a 10 ms frame belongs to the speech when its level is
    within 30 dB of the span's loud parts.
    """
    size = RATE_HZ // 100
    piece = wave[span.start_ms * 8 : span.end_ms * 8]
    frames = len(piece) // size
    if frames * 10 <= 2 * reach_ms:
        return span
    level = np.sqrt(np.mean(piece[: frames * size].reshape(frames, size) ** 2, axis=1) + 1e-12)
    loud = np.flatnonzero(level > np.quantile(level, 0.95) * 10 ** (-30 / 20))
    start = span.start_ms + min(int(loud[0]) * 10, reach_ms)
    end = span.end_ms - min((frames - 1 - int(loud[-1])) * 10, reach_ms)
    return Span(start_ms=start, end_ms=end)


def _at_8_khz(track: Track) -> NDArray[np.float32]:
    if track.rate_hz == RATE_HZ:
        return track.samples
    import soxr  # noqa: PLC0415 - not needed for 8 kHz sound

    wave: NDArray[np.float32] = soxr.resample(track.samples, track.rate_hz, RATE_HZ).astype(np.float32)
    return wave
