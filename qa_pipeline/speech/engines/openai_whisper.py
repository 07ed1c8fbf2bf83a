"""Whisper through openai-whisper (PyTorch): the reference. Slower on a CPU, same weights."""

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
from qa_pipeline.speech.checkpoint import read_whisper

OPTIONS: Mapping[str, Any] = {"beam_size": 5, "temperature": 0.0, "without_timestamps": True, "fp16": False}
PROMPTS = {"zh": "以下是普通话的客服通话，使用简体中文。"}


def engine(folder: Path, *, model: str, sha256: str, threads: int, batch_size: int) -> OpenAiWhisper:  # noqa: ARG001 - one signature for all engines
    """The engine over the same CTranslate2 folder that faster-whisper reads (float16, converted in memory)."""
    return OpenAiWhisper(folder, model=model, sha256=sha256, threads=threads)


class OpenAiWhisper:
    """Decodes each window once, by itself.

    `model.transcribe` would go back to the end of the last word, decode the rest of the window again, and sample five
    times at rising temperatures where it finds none: minutes a call, and words that nobody said.
    """

    def __init__(self, folder: Path, *, model: str, sha256: str, threads: int) -> None:
        self._folder = folder
        self._model_name = model
        self._threads = threads
        self._lock = threading.Lock()
        self.provenance = Provenance(
            engine="openai-whisper",
            engine_version=version("openai-whisper"),
            model=model,
            model_sha256=sha256,
            options=(
                *((name, str(value)) for name, value in sorted(OPTIONS.items())),
                *((f"prompt_{language}", prompt) for language, prompt in sorted(PROMPTS.items())),
            ),
        )

    def recognise(self, windows: Sequence[NDArray[np.float32]], language: str) -> Sequence[tuple[Word, ...]]:
        """Words of each window, times from its start."""
        with self._lock:
            return tuple(self._one(window, language) for window in windows)

    def _one(self, window: NDArray[np.float32], language: str) -> tuple[Word, ...]:
        no_telemetry()
        import whisper  # noqa: PLC0415 - heavy
        from whisper.timing import add_word_timestamps  # noqa: PLC0415 - heavy

        model = self._model
        try:
            mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(window), n_mels=model.dims.n_mels)
            options = whisper.DecodingOptions(language=language, prompt=PROMPTS.get(language), **OPTIONS)
            segment = {
                "seek": 0,
                "start": 0.0,
                "end": len(window) / whisper.audio.SAMPLE_RATE,
                "tokens": whisper.decode(model, mel, options).tokens,
            }
            add_word_timestamps(
                segments=[segment],
                model=model,
                tokenizer=whisper.tokenizer.get_tokenizer(
                    model.is_multilingual, num_languages=model.num_languages, language=language, task="transcribe"
                ),
                mel=mel,
                num_frames=min(len(window) // whisper.audio.HOP_LENGTH, mel.shape[-1]),
                last_speech_timestamp=0.0,
            )
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError(
                f"openai-whisper could not decode ({type(error).__name__}).",
                code="engine_failed",
                transient=isinstance(error, MemoryError) or "memory" in str(error),
            ) from error
        return tuple(
            Word(
                text=word["word"],
                start_ms=max(0, round(word["start"] * 1000)),
                end_ms=max(0, round(word["start"] * 1000), round(word["end"] * 1000)),
                probability=round(float(word["probability"]), 4),
            )
            for word in segment["words"]
        )

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language for one window."""
        no_telemetry()
        import whisper  # noqa: PLC0415 - heavy

        try:
            with self._lock:
                mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(window), n_mels=self._model.dims.n_mels)
                _, probabilities = self._model.detect_language(mel)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"openai-whisper could not tell the language: {error}", code="engine_failed") from error
        return {str(name): float(value) for name, value in probabilities.items()}

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - whisper has no types
        no_telemetry()
        import torch  # noqa: PLC0415 - heavy
        import whisper  # noqa: PLC0415 - heavy

        if self._threads:
            torch.set_num_threads(self._threads)
        dimensions, state = read_whisper(self._folder)
        model = whisper.model.Whisper(whisper.model.ModelDimensions(**dimensions))
        model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
        heads = whisper._ALIGNMENT_HEADS.get(self._model_name.removeprefix("whisper-"))  # noqa: SLF001 - the only place where they are
        if heads is not None:
            model.set_alignment_heads(heads)
        return model.eval()
