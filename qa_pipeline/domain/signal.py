"""Measured or predicted facts about a call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa_pipeline.domain.recording import Party
from qa_pipeline.domain.span import Span


class SignalKind(StrEnum):
    """What a signal is about. The comment says what `label` and `value` hold."""

    SPEECH = (
        "speech"  # one stretch of speech of one party; value: level in dBFS; label: the speaker while parties are open
    )
    MUSIC = "music"  # sound that is no speech while nobody speaks; value: level in dBFS
    SILENCE = "silence"  # nobody speaks, at least 1 s, between the first and the last speech
    HOLD = "hold"  # the customer waits; label: "asked" (with notice) or "music" (without)
    DEAD_AIR = "dead_air"  # a silence outside a hold
    OVERLAP = "overlap"  # both speak; party: who began later; label: that speaker while parties are open
    INTERRUPTION = "interruption"  # party starts, and goes on, while the other is in the middle
    ACT = "act"  # a dialogue act; label: its name
    SENTIMENT = "sentiment"  # a customer turn; label: negative, neutral, positive; value: -1 to 1
    TONE = "tone"  # an agent turn, towards the customer; label and value as for sentiment
    VOICE = "voice"  # a turn against its speaker's own voice in the call; label: what differs; value: mean deviation
    PITCH = "pitch"  # one stretch of speech of one party; value: median fundamental frequency in Hz; label as of SPEECH
    TURNING_POINT = "turning_point"  # the agent's turn after which the customer's mood changed; label: better, worse
    ESCALATION = "escalation"  # the agent's turn after which an enquiry became a complaint
    COMPLAINT = "complaint"  # whole call; label: "true", "false" or "unsure"; value: probability
    CAUSE = "cause"  # label: a leaf of the taxonomy; value: severity, 1 to 3
    CAUSE_HINT = "cause_hint"  # a complaint of which no cause is sure: the likeliest one, which nothing counts
    TALK_SHARE = "talk_share"  # whole call; value: the agent's share of speaking time, 0 to 1
    PACE = "pace"  # whole call, one party; value: words (en) or characters (zh) a minute of own speaking time
    REPEAT = "repeat"  # the customer says again what he said before
    MONOLOGUE = "monologue"  # one party, 30 s and more, while the other only back-channels
    NARRATIVE = "narrative"  # the customer's first account of the matter; label: whole, interrupted
    QUESTION = "question"  # a question of one party


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One fact with its place and its confidence (0 to 1; measurements have 1.0).

    `turn` is an index into the transcript's turns, None where the fact belongs to no single turn.
    `quote` is the words it rests on, "" where it rests on sound. `method` says how it was found
    ("phrase", "fuzzy", "pinyin", "model", "measured").
    """

    kind: SignalKind
    start_ms: int
    end_ms: int
    party: Party = Party.UNKNOWN
    label: str = ""
    value: float | None = None
    confidence: float = 1.0
    turn: int | None = None
    quote: str = ""
    method: str = "measured"

    @property
    def span(self) -> Span:
        return Span(start_ms=self.start_ms, end_ms=self.end_ms)
