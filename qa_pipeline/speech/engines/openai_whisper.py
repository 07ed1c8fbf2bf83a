"""Whisper through openai-whisper (PyTorch): the reference. Slower on a CPU, same weights."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import Provenance, Recognised
from qa_pipeline.quiet import no_telemetry
from qa_pipeline.speech.checkpoint import read_whisper
from qa_pipeline.speech.engines import _options as options


def engine(
    folder: Path,
    *,
    model: str,
    sha256: str,
    threads: int,
    batch_size: int,  # noqa: ARG001 - one signature for all engines
    device: str = "cpu",
) -> OpenAiWhisper:
    """The engine over the same CTranslate2 folder that faster-whisper reads (float16, converted in memory).

    `device` is "cpu", "cuda", or "auto": a graphics card where PyTorch can use one.
    """
    if device == "auto":
        import torch  # noqa: PLC0415 - heavy

        device = "cuda" if torch.cuda.is_available() else "cpu"
    return OpenAiWhisper(folder, model=model, sha256=sha256, threads=threads, device=device)


class OpenAiWhisper:
    """Decodes each window once, by itself.

    `model.transcribe` would go back to the end of the last word, decode the rest of the window again, and sample five
    times at rising temperatures where it finds none: minutes a call, and words that nobody said.
    """

    def __init__(self, folder: Path, *, model: str, sha256: str, threads: int, device: str = "cpu") -> None:
        self._folder = folder
        self._model_name = model
        self._threads = threads
        self._device = device
        self._half = device == "cuda"
        self._lock = threading.Lock()
        self.provenance = Provenance(
            engine="openai-whisper",
            engine_version=version("openai-whisper"),
            model=model,
            model_sha256=sha256,
            options=(("compute_type", "float16" if self._half else "float32"), *options.written()),
        )

    def recognise(
        self, windows: Sequence[NDArray[np.float32]], language: str, *, again: bool = False
    ) -> Sequence[Recognised]:
        """What is said in each window."""
        with self._lock, options.errors("openai-whisper"):
            return tuple(self._one(window, language, again=again) for window in windows)

    def align(self, window: NDArray[np.float32], texts: Sequence[str], language: str) -> Sequence[Recognised]:
        """The words of each text at their times in the window."""
        from whisper.tokenizer import get_tokenizer  # noqa: PLC0415 - heavy

        with self._lock, options.errors("openai-whisper"):
            tokenizer = get_tokenizer(self._model.is_multilingual, language=language, task="transcribe")
            mel = self._mel(window)
            return tuple(self._aligned(window, mel, tokenizer, tokenizer.encode(text)) for text in texts)

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language for one window."""
        with self._lock, options.errors("openai-whisper"):
            _, probabilities = self._model.detect_language(self._mel(window))
        return {str(name): float(value) for name, value in probabilities.items()}

    def _one(self, window: NDArray[np.float32], language: str, *, again: bool) -> Recognised:
        import whisper  # noqa: PLC0415 - heavy
        from whisper.decoding import DecodingTask  # noqa: PLC0415 - heavy

        model, seconds, mel = self._model, len(window) / whisper.audio.SAMPLE_RATE, self._mel(window)
        task = DecodingTask(
            model,
            whisper.DecodingOptions(
                language=language,
                prompt=options.PROMPTS.get(language),
                beam_size=options.BEAM_SIZE,
                sample_len=min(model.dims.n_text_ctx // 2, options.most_tokens(language, seconds)),
                without_timestamps=True,
                fp16=self._half,
            ),
        )
        if again:
            task.logit_filters.append(_NoRepeat(options.NO_REPEAT_AGAIN, task.sample_begin))
        (result,) = task.run((mel.half() if self._half else mel).unsqueeze(0))
        return replace(
            self._aligned(window, mel, task.tokenizer, result.tokens),
            log_probability=round(float(result.avg_logprob), 4),
            no_speech=round(float(result.no_speech_prob), 4),
        )

    def _aligned(self, window: NDArray[np.float32], mel: Any, tokenizer: Any, tokens: list[int]) -> Recognised:  # noqa: ANN401 - whisper has no types
        import whisper  # noqa: PLC0415 - heavy
        from whisper.timing import add_word_timestamps  # noqa: PLC0415 - heavy

        segment = {"seek": 0, "start": 0.0, "end": len(window) / whisper.audio.SAMPLE_RATE, "tokens": tokens}
        add_word_timestamps(
            segments=[segment],
            model=self._model,
            tokenizer=options.NumbersInParts(tokenizer),
            mel=mel,
            num_frames=min(len(window) // whisper.audio.HOP_LENGTH, mel.shape[-1]),
            prepend_punctuations=options.OPENING_MARKS,
            append_punctuations=options.CLOSING_MARKS,
            last_speech_timestamp=0.0,
        )
        return Recognised(
            words=tuple(
                options.word(word["word"], word["start"], word["end"], word["probability"]) for word in segment["words"]
            )
        )

    def _mel(self, window: NDArray[np.float32]) -> Any:  # noqa: ANN401 - a torch tensor
        import whisper  # noqa: PLC0415 - heavy

        model = self._model
        return whisper.log_mel_spectrogram(whisper.pad_or_trim(window), n_mels=model.dims.n_mels).to(model.device)

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
        return model.eval().to(self._device)


class _NoRepeat:
    """Forbids a token that would write the same run of `size` tokens a second time."""

    def __init__(self, size: int, begin: int) -> None:
        self._size = size
        self._begin = begin

    def apply(self, logits: Any, tokens: Any) -> None:  # noqa: ANN401 - torch tensors; whisper's LogitFilter
        for row, written in enumerate(tokens[:, self._begin :].tolist()):
            last = tuple(written[len(written) - self._size + 1 :])
            for at in range(len(written) - self._size + 1):
                if tuple(written[at : at + self._size - 1]) == last:
                    logits[row, written[at + self._size - 1]] = -np.inf
