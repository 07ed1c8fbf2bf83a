"""Stand-ins that need no models: an engine that always says hello, a finder that takes everything for speech."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Track
from qa_pipeline.domain import Provenance, Recognised, Span, Word


@dataclass
class FakeEngine:
    """Says "hello there" in every window, and counts the windows; breaks on loud sound when told to."""

    provenance: Provenance = field(
        default_factory=lambda: Provenance(engine="fake", engine_version="1", model="none", model_sha256="0" * 64)
    )
    windows: int = 0
    error: Exception | None = None

    def recognise(
        self,
        windows: Sequence[NDArray[np.float32]],
        language: str,  # noqa: ARG002 - the contract of an engine
        *,
        again: bool = False,
    ) -> Sequence[Recognised]:
        if self.error and any(np.abs(window).max() > 0.5 for window in windows):
            raise self.error
        self.windows += 0 if again else len(windows)
        words = (
            Word(text=" Hello", start_ms=450, end_ms=700, probability=0.9),
            Word(text=" there.", start_ms=700, end_ms=1000, probability=0.9),
        )
        return tuple(Recognised(words=words) for _ in windows)

    def align(
        self,
        window: NDArray[np.float32],  # noqa: ARG002 - likewise
        texts: Sequence[str],
        language: str,  # noqa: ARG002 - likewise
    ) -> Sequence[Recognised]:
        return [Recognised(words=(Word(text=text, start_ms=450, end_ms=1000, probability=0.9),)) for text in texts]

    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:  # noqa: ARG002 - the contract of an engine
        return {"en": 0.9, "zh": 0.1}


class EverythingIsSpeech:
    """Takes all of a track from half a second on for speech."""

    fingerprint = "everything"

    def __call__(self, tracks: Sequence[Track]) -> tuple[tuple[Span, ...], ...]:
        return tuple((Span(start_ms=500, end_ms=one.duration_ms),) for one in tracks)


class OneVoice:
    """Hears the same voice everywhere."""

    fingerprint = "one voice"

    def encode(self, pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return np.tile(np.array([1.0, 0.0], np.float32), (len(pieces), 1))
