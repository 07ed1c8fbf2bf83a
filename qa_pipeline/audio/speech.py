"""Where somebody speaks: Silero's voice activity model, block by block, in little memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.audio.channels import frame_powers
from qa_pipeline.contracts import Track
from qa_pipeline.domain import Span
from qa_pipeline.quiet import no_telemetry

RATE_HZ = 8000  # what telephones carry; the model knows this rate, and hears quiet beginnings better at it
FRAME = 256  # samples that the model looks at in one step, behind CONTEXT samples of the step before
CONTEXT = 32
FRAME_MS = 32
_RATE = np.array(RATE_HZ, np.int64)


class SileroSpeech:
    """Finds speech with silero-vad (weights in its wheel, MIT), all tracks of a recording at once, on one thread.

    A frame opens a span at `threshold`, and a span closes when `min_silence_ms` stay below `threshold` - 0.15.
    """

    def __init__(self, *, threshold: float = 0.35, min_silence_ms: int = 200, min_speech_ms: int = 100) -> None:
        self.threshold = threshold
        self.min_silence_ms = min_silence_ms
        self.min_speech_ms = min_speech_ms
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        return f"silero-vad 6.2.3 t{self.threshold} s{self.min_silence_ms} m{self.min_speech_ms} onset1"

    def __call__(self, tracks: Sequence[Track]) -> tuple[tuple[Span, ...], ...]:
        """Spans of speech for each track, in order. The tracks are equally long."""
        if not tracks or tracks[0].duration_ms < FRAME_MS:
            return tuple(() for _ in tracks)
        with self._lock:
            probabilities = self._probabilities(tracks)
        return tuple(
            tuple(
                snap_to_energy(span, track)
                for span in spans_of(
                    row,
                    threshold=self.threshold,
                    min_silence_ms=self.min_silence_ms,
                    min_speech_ms=self.min_speech_ms,
                    end_ms=track.duration_ms,
                )
            )
            for row, track in zip(probabilities, tracks, strict=True)
        )

    def _probabilities(self, tracks: Sequence[Track]) -> NDArray[np.float32]:
        """One probability for each track and 32 ms, shape (tracks, frames); the model's state goes on."""
        found: list[NDArray[np.float32]] = []
        state = np.zeros((2, len(tracks), 128), np.float32)
        left = np.zeros((len(tracks), CONTEXT), np.float32)
        for block in zip(*map(_at_8_khz, tracks), strict=True):
            sound = np.concatenate([left, np.stack(block)], axis=1)
            steps = (sound.shape[1] - CONTEXT) // FRAME
            for at in range(0, steps * FRAME, FRAME):
                heard, state = self._step(sound[:, at : at + CONTEXT + FRAME], state)
                found.append(heard)
            left = sound[:, steps * FRAME :]
        if left.shape[1] > CONTEXT:
            rest = np.pad(left, ((0, 0), (0, CONTEXT + FRAME - left.shape[1])))
            found.append(self._step(rest, state)[0])
        return np.concatenate(found, axis=1)

    def _step(
        self, sound: NDArray[np.float32], state: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        heard, state = self._model.run(None, {"input": sound, "state": state, "sr": _RATE})
        return heard, state

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - onnxruntime has no types
        no_telemetry()
        import onnxruntime  # noqa: PLC0415 - heavy

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # importing the package would bring PyTorch: 200 MB for a file
        place = distribution("silero-vad").locate_file("silero_vad/data/silero_vad_op18_ifless.onnx")
        weights = Path(str(place)).read_bytes()
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


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


def snap_to_energy(span: Span, track: Track, *, reach_ms: int = 120) -> Span:
    """The span with its edges moved, by at most `reach_ms` inwards, to where its sound really begins and ends.

    The model decides in steps of 32 ms and likes to be early; a 10 ms frame belongs to the speech when its level is
    within 30 dB of the span's loud parts.
    """
    size = track.rate_hz // 100
    power = frame_powers(track.slice_ms(span.start_ms, span.end_ms), size)
    if len(power) * 10 <= 2 * reach_ms:
        return span
    level = np.sqrt(power + 1e-12)
    loud = np.flatnonzero(level > np.quantile(level, 0.95) * 10 ** (-30 / 20))
    start = span.start_ms + min(int(loud[0]) * 10, reach_ms)
    end = span.end_ms - min((len(power) - 1 - int(loud[-1])) * 10, reach_ms)
    return Span(start_ms=start, end_ms=end)


def _at_8_khz(track: Track) -> Iterator[NDArray[np.float32]]:
    """The track's samples at 8 kHz, block by block."""
    if track.rate_hz == RATE_HZ:
        yield from track.blocks()
        return
    import soxr  # noqa: PLC0415 - not needed for 8 kHz sound

    stream = soxr.ResampleStream(track.rate_hz, RATE_HZ, 1, dtype="float32")
    for block in track.blocks():
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
