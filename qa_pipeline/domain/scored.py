"""A judged call as reports read it, and the products of detecting and judging as they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from qa_pipeline.domain.finding import CallScore, Finding
from qa_pipeline.domain.recording import Recording
from qa_pipeline.domain.signal import Signal, SignalKind
from qa_pipeline.domain.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSet:
    """What one stage found in a call. `kind` is "audio" (measured on sound) or "text" (detected in the transcript).

    `measured` names the kinds that were looked for: one of them without a signal means "looked and found
    nothing", a kind that is not among them means "nobody looked".
    """

    kind: str
    signals: tuple[Signal, ...]
    measured: frozenset[SignalKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One call judged by one version of one scorecard.

    `transcript` and `signal_sets` are the fingerprints of what it rests on; `findings` stand in the scorecard's order.
    """

    fingerprint: str
    call_id: str
    transcript: str
    signal_sets: tuple[str, ...]
    scorecard_fingerprint: str
    findings: tuple[Finding, ...]
    score: CallScore


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCall:
    """One call with its current evaluation: all that a report may show.

    `signals` are sorted by start; `measured` as in SignalSet, over all sets that the evaluation rests on.
    """

    recording: Recording
    transcript: Transcript
    signals: tuple[Signal, ...]
    measured: frozenset[SignalKind]
    findings: tuple[Finding, ...]
    score: CallScore
