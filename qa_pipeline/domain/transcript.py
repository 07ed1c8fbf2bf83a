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
    UNCERTAIN_SPEAKER = "uncertain_speaker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word (for Chinese mostly one or two characters). `probability` is 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What an engine made of one window of sound: words with times from its start.

    `log_probability` is the mean natural logarithm over the text's tokens; `no_speech` the model's own probability
    (0 to 1) that nobody speaks.
    """

    words: tuple[Word, ...] = ()
    log_probability: float = 0.0
    no_speech: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One party's words without a break by the other or by a long pause.

    `text` is the words as recognised, with punctuation, in simplified characters; `words` keep the script that was
    recognised. `confidence` (0 to 1) is the mean word probability. `speaker` tells the speakers apart before anyone
    knows which is the agent: the channel of a stereo recording, the voice (0 spoke first) of a mono one.
    """

    party: Party
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]
    confidence: float
    channel: int = 0
    speaker: int = 0
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
    """All turns in order of their start. `flags` name doubts about the recording as a whole, such as "mono".

    `separation` (0 to 1) is how clearly the speakers are told apart: 1 where each has a channel. `party_confidence`
    (0 to 1) is how sure it is which of them is the agent: 1 where the metadata say so and nothing speaks against it.
    """

    turns: tuple[Turn, ...]
    language: str
    language_confidence: float
    provenance: Provenance
    flags: tuple[str, ...] = ()
    separation: float = 1.0
    party_confidence: float = 0.0

    def of(self, party: Party) -> tuple[Turn, ...]:
        """The turns of one party."""
        return tuple(turn for turn in self.turns if turn.party is party)
