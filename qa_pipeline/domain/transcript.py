"""What was said, by whom, when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.span import Span


class TurnFlag(StrEnum):
    """Why a turn's text may not be trusted. A flagged turn never earns a pass."""

    NO_SPEECH_EVIDENCE = "no_speech_evidence"
    LOW_CONFIDENCE = "low_confidence"
    LOOP = "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word (for Chinese mostly one or two characters). `probability` is 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One party's words without a break by the other or by a long pause.

    `text` is the words as recognised, with punctuation; `confidence` (0 to 1) is the mean word probability.
    """

    party: Party
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]
    confidence: float
    channel: int = 0
    flags: tuple[TurnFlag, ...] = ()

    @property
    def span(self) -> Span:
        return Span(start_ms=self.start_ms, end_ms=self.end_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a transcript came to be: enough to make the same one again."""

    engine: str
    engine_version: str
    model: str
    model_sha256: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """All turns in order of their start. `flags` name doubts about the recording as a whole, such as "mono"."""

    turns: tuple[Turn, ...]
    language: str
    language_confidence: float
    provenance: Provenance
    flags: tuple[str, ...] = ()

    def of(self, party: Party) -> tuple[Turn, ...]:
        """The turns of one party."""
        return tuple(turn for turn in self.turns if turn.party is party)
