"""Whisper over CTranslate2, with faster-whisper's features, tokenizer and alignment: the default.

On a CPU each window has a core to itself: two threads on one window are hardly faster than one, two windows at a time
are twice as fast. A graphics card takes many windows in one batch.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import Provenance, Recognised
from qa_pipeline.quiet import no_telemetry
from qa_pipeline.speech.engines import _options as options

RATE_HZ = 16_000
FRAME = 160  # samples; 10 ms
FULL = 3000  # frames: 30 s; with less than the model was trained on it is quicker, and wrong more often
HALF = 1500  # enough for the short windows of a second look
CUBLAS = "libcublas.so.12"
AT_THE_END = 100  # frames of silence that a half one must hold behind the speech


def engine(
    folder: Path, *, model: str, sha256: str, threads: int, batch_size: int, device: str = "cpu"
) -> FasterWhisper:
    """The engine over the CTranslate2 model in `folder`; weights are loaded when the first window comes.

    `device` is "cpu", "cuda", or "auto": a graphics card where there is one with all that it needs.
    """
    if device == "auto":
        device = "cuda" if _card() else "cpu"
    return FasterWhisper(folder, model=model, sha256=sha256, threads=threads, batch_size=batch_size, device=device)


class FasterWhisper:
    """Decodes `threads` windows at a time on a CPU, `batch_size` in one batch on a graphics card.

    On a CPU a window's words depend on nothing but the window. May be called from several threads at a time.
    """

    def __init__(
        self, folder: Path, *, model: str, sha256: str, threads: int, batch_size: int, device: str = "cpu"
    ) -> None:
        self._folder = folder
        self._device = device
        self._at_once = max(1, threads) if device == "cpu" else 1
        self._batch_size = 1 if device == "cpu" else batch_size
        self._compute_type = "int8" if device == "cpu" else "float16"
        self._loading = threading.Lock()
        self.provenance = Provenance(
            engine="faster-whisper",
            engine_version=f"{version('faster-whisper')} on ctranslate2 {version('ctranslate2')}",
            model=model,
            model_sha256=sha256,
            options=(
                ("batch_size", str(self._batch_size)),
                ("compute_type", self._compute_type),
                ("frames", f"{FULL}, {HALF} for short second looks"),
                *options.written(),
            ),
        )

    def recognise(
        self, windows: Sequence[NDArray[np.float32]], language: str, *, again: bool = False
    ) -> Sequence[Recognised]:
        """What is said in each window."""
        size = self._batch_size
        batches = [windows[at : at + size] for at in range(0, len(windows), size)]
        with options.errors("faster-whisper"):
            decoded = self._pool.map(lambda batch: self._decode(batch, language, again=again), batches)
            return tuple(one for batch in decoded for one in batch)

    def align(self, window: NDArray[np.float32], texts: Sequence[str], language: str) -> Sequence[Recognised]:
        """The words of each text at their times in the window."""
        with options.errors("faster-whisper"):
            tokenizer, encoded = self._tokenizer(language), self._model.encode(self._features([window], FULL))
            return tuple(
                _aligned(alignment)
                for text in texts
                for alignment in self._model.find_alignment(
                    tokenizer, [tokenizer.encode(text)], encoded, [_frames(window)]
                )
            )

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language for one window."""
        with options.errors("faster-whisper"):
            _, _, probabilities = self._model.detect_language(audio=window)
        return {str(name): float(value) for name, value in probabilities}

    def _decode(self, batch: Sequence[NDArray[np.float32]], language: str, *, again: bool) -> tuple[Recognised, ...]:
        model, tokenizer = self._model, self._tokenizer(language)
        prompt = model.get_prompt(
            tokenizer, tokenizer.encode(options.PROMPTS.get(language, "")), without_timestamps=True
        )
        frames = HALF if again and max(map(_frames, batch)) <= HALF - AT_THE_END else FULL
        encoded = model.encode(self._features(batch, frames))
        results = model.model.generate(
            encoded,
            [prompt] * len(batch),
            beam_size=options.BEAM_SIZE,
            max_length=min(
                model.max_length, len(prompt) + options.most_tokens(language, max(map(len, batch)) / RATE_HZ)
            ),
            no_repeat_ngram_size=options.NO_REPEAT_AGAIN if again else 0,
            suppress_blank=True,
            suppress_tokens=self._suppressed(language),
            return_scores=True,
            return_no_speech_prob=True,
        )
        texts = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in results]
        alignments = model.find_alignment(tokenizer, texts, encoded, [_frames(window) for window in batch])
        return tuple(
            replace(
                _aligned(alignment),
                log_probability=round(float(result.scores[0]) * len(text) / (len(text) + 1), 4),
                no_speech=round(float(result.no_speech_prob), 4),
            )
            for result, text, alignment in zip(results, texts, alignments, strict=True)
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
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._at_once, thread_name_prefix="recognise")

    @property
    def _model(self) -> Any:  # noqa: ANN401 - faster-whisper is loaded late
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:  # noqa: ANN401 - likewise
        no_telemetry()
        if self._device == "cuda":
            _load_cublas()
        from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy

        return WhisperModel(
            str(self._folder),
            device=self._device,
            compute_type=self._compute_type,
            cpu_threads=1,
            num_workers=self._at_once,
        )


def _card() -> bool:
    """Whether there is a graphics card, and the library that CTranslate2 needs for it."""
    import ctranslate2  # noqa: PLC0415 - heavy

    if not ctranslate2.get_cuda_device_count():
        return False
    _load_cublas()
    try:
        ctypes.CDLL(CUBLAS)
    except OSError:
        return False
    return True


def _load_cublas() -> None:
    """Where the extra `gpu` brought cuBLAS: CTranslate2 looks for it by name among what is loaded."""
    found = find_spec("nvidia")
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        for name in ("libcublasLt.so.12", CUBLAS):
            library = Path(folder) / "cublas" / "lib" / name
            if library.is_file():
                ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)


def _frames(window: NDArray[np.float32]) -> int:
    return max(1, min(FULL, len(window) // FRAME))


def _aligned(alignment: list[dict[str, Any]]) -> Recognised:
    from faster_whisper.transcribe import merge_punctuations  # noqa: PLC0415 - heavy

    merge_punctuations(alignment, options.OPENING_MARKS, options.CLOSING_MARKS)
    return Recognised(
        words=tuple(
            options.word(part["word"], part["start"], part["end"], part["probability"])
            for part in alignment
            if part["word"]
        )
    )
