"""Whisper over CTranslate2, with faster-whisper's features, tokenizer and alignment: the default.

Its own `transcribe` always computes 30 s. Here a window costs what it is long: the encoder sees its frames and a second
more, rounded up to a step, so that windows of about the same length go through in one batch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import EngineError, Provenance, Recognised, Word
from qa_pipeline.quiet import no_telemetry
from qa_pipeline.speech.engines import _options as options

FRAME = 160  # samples; 10 ms
FULL = 3000  # frames that the model knows
FEWEST = 1500  # in shorter windows it repeats itself: 15 to 30 % of words invented, against 11 % at 15 s
STEP = 250
PADDING = 100  # frames of silence behind the speech, so that it hears the end


def engine(
    folder: Path, *, model: str, sha256: str, threads: int, batch_size: int, device: str = "cpu"
) -> FasterWhisper:
    """The engine over the CTranslate2 model in `folder`; weights are loaded when the first window comes."""
    return FasterWhisper(folder, model=model, sha256=sha256, threads=threads, batch_size=batch_size, device=device)


class FasterWhisper:
    """Decodes windows of equal length in batches. The same windows in the same call give the same words."""

    def __init__(
        self, folder: Path, *, model: str, sha256: str, threads: int, batch_size: int, device: str = "cpu"
    ) -> None:
        self._folder = folder
        self._threads = threads
        self._batch_size = batch_size
        self._device = device
        self._compute_type = "float16" if device == "cuda" else "int8"
        self._lock = threading.Lock()
        self.provenance = Provenance(
            engine="faster-whisper",
            engine_version=f"{version('faster-whisper')} on ctranslate2 {version('ctranslate2')}",
            model=model,
            model_sha256=sha256,
            options=(
                ("batch_size", str(batch_size)),
                ("compute_type", self._compute_type),
                ("frames", f"{FEWEST}-{FULL} by {STEP}, {PADDING} padding"),
                *options.written(),
            ),
        )

    def recognise(
        self,
        windows: Sequence[NDArray[np.float32]],
        language: str,
        *,
        vocabulary: Sequence[str] = (),
        again: bool = False,
    ) -> Sequence[Recognised]:
        """What is said in each window. Windows of one length are decoded together, `batch_size` at a time."""
        found: dict[int, Recognised] = {}
        try:
            with self._lock:
                for frames, indices in self._batches(windows, again=again):
                    batch = [windows[index] for index in indices]
                    made = self._decode(batch, frames, language, vocabulary, again=again)
                    found |= dict(zip(indices, made, strict=True))
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(
                f"faster-whisper could not decode ({type(error).__name__}).",
                code="engine_failed",
                transient=isinstance(error, MemoryError) or "memory" in str(error),
            ) from error
        return tuple(found[index] for index in range(len(windows)))

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language for one window."""
        try:
            with self._lock:
                _, _, probabilities = self._model.detect_language(audio=window)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"faster-whisper could not tell the language: {error}", code="engine_failed") from error
        return {str(name): float(value) for name, value in probabilities}

    def _batches(self, windows: Sequence[NDArray[np.float32]], *, again: bool) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(frames, indices of windows) of each batch; a second look gives each window the full 30 s."""
        lengths: dict[int, list[int]] = {}
        for index, window in enumerate(windows):
            lengths.setdefault(FULL if again else frames_for(len(window)), []).append(index)
        for frames, indices in sorted(lengths.items()):
            for at in range(0, len(indices), self._batch_size):
                yield frames, tuple(indices[at : at + self._batch_size])

    def _decode(
        self,
        batch: Sequence[NDArray[np.float32]],
        frames: int,
        language: str,
        vocabulary: Sequence[str],
        *,
        again: bool,
    ) -> Iterator[Recognised]:
        model, tokenizer = self._model, self._tokenizer(language)
        prompt = model.get_prompt(
            tokenizer, tokenizer.encode(options.prompt(language, vocabulary)), without_timestamps=True
        )
        encoded = model.encode(self._features(batch, frames))
        results = model.model.generate(
            encoded,
            [prompt] * len(batch),
            beam_size=options.BEAM_SIZE,
            max_length=min(model.max_length, len(prompt) + options.most_tokens(language, frames / 100)),
            no_repeat_ngram_size=options.NO_REPEAT_AGAIN if again else 0,
            suppress_blank=True,
            suppress_tokens=self._suppressed(language),
            return_scores=True,
            return_no_speech_prob=True,
        )
        texts = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
        lengths = [max(1, min(frames, len(window) // FRAME)) for window in batch]
        for result, text, alignment in zip(
            results, texts, model.find_alignment(tokenizer, texts, encoded, lengths), strict=True
        ):
            yield Recognised(
                words=_words(alignment),
                log_probability=round(float(result.scores[0]) * len(text) / (len(text) + 1), 4),
                no_speech=round(float(result.no_speech_prob), 4),
            )

    def _features(self, batch: Sequence[NDArray[np.float32]], frames: int) -> NDArray[np.float32]:
        """Log-mel spectrograms, shape (len(batch), mels, frames)."""
        extract, samples = self._model.feature_extractor, frames * FRAME
        padded = (np.pad(window[:samples], (0, max(0, samples - len(window)))) for window in batch)
        return np.stack([extract(window)[:, :frames] for window in padded])

    def _tokenizer(self, language: str) -> Any:  # noqa: ANN401 - faster-whisper has no types
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - heavy

        plain = Tokenizer(self._model.hf_tokenizer, multilingual=True, task="transcribe", language=language)
        return options.NumbersInParts(plain)

    def _suppressed(self, language: str) -> list[int]:
        from faster_whisper.transcribe import get_suppressed_tokens  # noqa: PLC0415 - heavy

        return list(get_suppressed_tokens(self._tokenizer(language), [-1]))

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - faster-whisper is loaded late
        no_telemetry()
        from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy

        return WhisperModel(
            str(self._folder), device=self._device, compute_type=self._compute_type, cpu_threads=self._threads
        )


def frames_for(samples: int) -> int:
    """Frames that the encoder gets for a window of so many samples at 16 kHz.

    >>> frames_for(3 * 16_000), frames_for(21 * 16_000), frames_for(29 * 16_000)
    (1500, 2250, 3000)
    """
    needed = -(-samples // FRAME) + PADDING
    return min(FULL, max(FEWEST, -(-needed // STEP) * STEP))


def _words(alignment: list[dict[str, Any]]) -> tuple[Word, ...]:
    from faster_whisper.transcribe import merge_punctuations  # noqa: PLC0415 - heavy

    merge_punctuations(alignment, options.OPENING_MARKS, options.CLOSING_MARKS)
    return tuple(
        options.word(part["word"], part["start"], part["end"], part["probability"])
        for part in alignment
        if part["word"]
    )
