"""Every place where something else can be plugged in, as a Protocol.

A plug-in is a value that fits one of these. Built-in ones are files of their package (see registry.py); others
come from installed packages through the entry-point group "qa_pipeline.plugins".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import (
    CallView,
    Finding,
    Provenance,
    Recognised,
    Signal,
    SignalKind,
    Span,
)


class Track(Protocol):
    """One channel of a recording at `rate_hz`, `channel` 0 = left. Samples are float32 from -1 to 1, shape (n,)."""

    @property
    def rate_hz(self) -> int: ...
    @property
    def channel(self) -> int: ...
    @property
    def frames(self) -> int:
        """How many samples there are."""
        ...

    @property
    def duration_ms(self) -> int: ...
    def slice_ms(self, start_ms: int, end_ms: int) -> NDArray[np.float32]:
        """The samples from `start_ms` up to, not including, `end_ms`, cut to what there is."""
        ...

    def blocks(self, size: int = ...) -> Iterator[NDArray[np.float32]]:
        """All samples in order, `size` at a time."""
        ...


class Engine(Protocol):
    """Speech recognition over windows of at most 30 s.

    `recognise` takes mono float32 samples at 16 kHz, one array a window, and returns what it made of each; the same
    windows give the same words. `language` is "en" or "zh". `again` asks for a second look at windows whose text is in
    doubt: without repeating itself. `align` puts texts into a window, right or wrong: the words of each at their times,
    with the probabilities that the sound gives them. Raises EngineError.
    """

    @property
    def provenance(self) -> Provenance: ...
    def recognise(
        self, windows: Sequence[NDArray[np.float32]], language: str, *, again: bool = False
    ) -> Sequence[Recognised]: ...
    def align(self, window: NDArray[np.float32], texts: Sequence[str], language: str) -> Sequence[Recognised]: ...
    def language_of(self, window: NDArray[np.float32]) -> Mapping[str, float]:
        """Probability of each language that the model knows, for one window with speech in it."""
        ...


class SpeechFinder(Protocol):
    """Finds speech: for each track sorted spans that do not overlap."""

    @property
    def fingerprint(self) -> str: ...
    def __call__(self, tracks: Sequence[Track]) -> tuple[tuple[Span, ...], ...]: ...


class Encoder(Protocol):
    """Texts to unit vectors, shape (len(texts), width), float32. `fingerprint` names weights and options."""

    @property
    def fingerprint(self) -> str: ...
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Tagger(Protocol):
    """Texts to chances of labels, shape (len(texts), len(labels)), 0 to 1.

    For each label three limits: claimed from `claims` on, possible from `doubts` on; from `backs` on it bears out what
    the phrases found, and below contradicts them.
    """

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def claims(self) -> tuple[float, ...]: ...
    @property
    def doubts(self) -> tuple[float, ...]: ...
    @property
    def backs(self) -> tuple[float, ...]: ...
    @property
    def fingerprint(self) -> str: ...
    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]: ...


class VoiceEncoder(Protocol):
    """Voices to unit vectors, shape (len(pieces), width), float32: the nearer two are, the likelier one person speaks.

    A piece is mono sound at 16 kHz, float32, -1 to 1, of any length. The same pieces give the same vectors.
    `fingerprint` names weights and options.
    """

    @property
    def fingerprint(self) -> str: ...
    def encode(self, pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]: ...


class Detector(Protocol):
    """Finds one kind of signal in a call. `fingerprint` changes when the same call could give other signals.

    Detectors run in the order of the assembly and see what earlier ones found. `measures` names the kinds it looks
    for; one that `needs_parties` is left out where nobody knows who speaks. An attribute `needs` (a frozenset of kinds,
    see `needs_of`) leaves it out where one of these was not measured, as in transcripts that come without sound.
    """

    @property
    def name(self) -> str: ...
    @property
    def measures(self) -> tuple[SignalKind, ...]: ...
    @property
    def needs_parties(self) -> bool: ...
    @property
    def fingerprint(self) -> str: ...
    def __call__(self, view: CallView) -> tuple[Signal, ...]: ...


def needs_of(detector: Detector) -> frozenset[SignalKind]:
    """The kinds of signals without which a detector cannot work. Those of other packages need not say: none then."""
    needs: frozenset[SignalKind] = getattr(detector, "needs", frozenset())
    return needs


class Check(Protocol):
    """Decides one criterion. Parameters are keyword arguments with defaults; their types are what YAML may say."""

    def __call__(self, view: CallView, **parameters: object) -> Finding: ...
