"""All that a check may see."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain.recording import CallMeta, Media, Party
from qa_pipeline.domain.signal import Signal, SignalKind
from qa_pipeline.domain.transcript import Transcript, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One call, read-only: metadata, media, transcript, signals (sorted by start).

    `measured` names the kinds of signals that were looked for; a kind outside it says nothing by its absence.
    """

    meta: CallMeta
    media: Media
    transcript: Transcript
    signals: tuple[Signal, ...]
    measured: frozenset[SignalKind] = frozenset(SignalKind)

    @property
    def language(self) -> str:
        return self.transcript.language

    def turns(self, party: Party) -> tuple[Turn, ...]:
        """The turns of one party, in order."""
        return self.transcript.of(party)

    def of(self, kind: SignalKind, *labels: str, party: Party | None = None) -> tuple[Signal, ...]:
        """The signals of one kind; with `labels`, of these labels only; with `party`, of this party only."""
        return tuple(
            signal
            for signal in self.signals
            if signal.kind is kind
            and (not labels or signal.label in labels)
            and (party is None or signal.party is party)
        )

    def acts(self, *labels: str, party: Party = Party.AGENT) -> tuple[Signal, ...]:
        """The dialogue acts of these names, the agent's unless said otherwise."""
        return self.of(SignalKind.ACT, *labels, party=party)

    @property
    def parties_known(self) -> bool:
        """False while nobody can say which words are the agent's (mono recordings)."""
        return any(turn.party is Party.AGENT for turn in self.transcript.turns)
