"""Whisper through faster-whisper (CTranslate2): the default on a CPU, with 8-bit weights."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import EngineError, Provenance, Word
from qa_pipeline.quiet import no_telemetry

SLOT = 30 * 16_000  # samples that one window takes in the engine's input
OPTIONS: Mapping[str, Any] = {
    "beam_size": 5,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "word_timestamps": True,
    "without_timestamps": True,
}
PROMPTS = {"zh": "以下是普通话的客服通话，使用简体中文。"}  # without it the model writes traditional characters


def engine(folder: Path, *, model: str, sha256: str, threads: int, batch_size: int) -> FasterWhisper:
    """The engine over the CTranslate2 model in `folder`; weights are loaded when the first window comes."""
    return FasterWhisper(folder, model=model, sha256=sha256, threads=threads, batch_size=batch_size)


class FasterWhisper:
    """Decodes windows in batches. The same windows in the same batches give the same words."""

    def __init__(self, folder: Path, *, model: str, sha256: str, threads: int, batch_size: int) -> None:
        self._folder = folder
        self._threads = threads
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self.provenance = Provenance(
            engine="faster-whisper",
            engine_version=version("faster-whisper"),
            model=model,
            model_sha256=sha256,
            options=(
                ("batch_size", str(batch_size)),
                ("compute_type", "int8"),
                *((name, str(value)) for name, value in sorted(OPTIONS.items())),
                *((f"prompt_{language}", prompt) for language, prompt in sorted(PROMPTS.items())),
            ),
        )

    def recognise(self, windows: Sequence[NDArray[np.float32]], language: str) -> Sequence[tuple[Word, ...]]:
        """Words of each window, times from its start."""
        if not windows:
            return ()
        sound = np.zeros(len(windows) * SLOT, np.float32)
        clips = []
        for index, window in enumerate(windows):
            sound[index * SLOT : index * SLOT + len(window)] = window[:SLOT]
            clips.append({"start": index * 30.0, "end": index * 30.0 + min(len(window), SLOT) / 16_000})
        try:
            with self._lock:
                segments, _ = self._pipeline.transcribe(
                    sound,
                    language=language,
                    clip_timestamps=clips,
                    batch_size=self._batch_size,
                    initial_prompt=PROMPTS.get(language),
                    **OPTIONS,
                )
                found = [(int(segment.seek) // 3000, word) for segment in segments for word in segment.words or ()]
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(
                f"faster-whisper could not decode ({type(error).__name__}).",
                code="engine_failed",
                transient=isinstance(error, MemoryError) or "memory" in str(error),
            ) from error
        words: list[list[Word]] = [[] for _ in windows]
        for index, word in found:
            words[index].append(_word(word.word, word.start - index * 30.0, word.end - index * 30.0, word.probability))
        return tuple(tuple(one) for one in words)

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language for one window."""
        try:
            with self._lock:
                _, _, probabilities = self._pipeline.model.detect_language(audio=window)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"faster-whisper could not tell the language: {error}", code="engine_failed") from error
        return {str(name): float(value) for name, value in probabilities}

    @cached_property
    def _pipeline(self) -> Any:  # noqa: ANN401 - faster-whisper is loaded late
        no_telemetry()
        from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415 - heavy

        return BatchedInferencePipeline(
            WhisperModel(str(self._folder), device="cpu", compute_type="int8", cpu_threads=self._threads)
        )


def _word(text: str, start_s: float, end_s: float, probability: float) -> Word:
    start_ms = max(0, round(start_s * 1000))
    return Word(
        text=text,
        start_ms=start_ms,
        end_ms=max(start_ms, round(end_s * 1000)),
        probability=round(float(probability), 4),
    )
