"""One call from its recording to its score: the ordered stages on one screen.

Each product has a fingerprint of all that it was made from. What the memory knows by that fingerprint is not made
again: a second run over the same calls transcribes nothing, and a changed rule re-scores without touching sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from qa_pipeline.audio import channels, evidence
from qa_pipeline.audio import measure as measuring
from qa_pipeline.audio.crosstalk import without_echo
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.onset import with_onsets
from qa_pipeline.audio.pitch import pitches
from qa_pipeline.contracts import Check, Detector, Engine, SpeechFinder, VoiceEncoder, needs_of
from qa_pipeline.domain import (
    AudioError,
    CallMeta,
    CallView,
    Evaluation,
    Recording,
    Scorecard,
    ScoredCall,
    Signal,
    SignalKind,
    SignalSet,
    Transcript,
    fingerprint,
)
from qa_pipeline.scoring import evaluate as scoring
from qa_pipeline.scoring.fold import fold
from qa_pipeline.scoring.versions import in_force
from qa_pipeline.speech import party, voices
from qa_pipeline.speech import transcribe as speech
from qa_pipeline.speech.recognise import Channel
from qa_pipeline.speech.windows import RATE_HZ
from qa_pipeline.text.phrases import PhraseBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the stages work with; assembly.py puts it together from the settings.

    `scorecards` are by language, each with all its versions; `book_of` gives a language's phrases, `phrases` their
    fingerprint. The versions change when the code of detectors, or of checks, may come to another result on the same
    call. `vocabulary` are names that may be said; `trust_channels` and `party_confidence` say how the agent is told
    (speech/party.py). `precisions` are measured, by scorecard, criterion and language; what is not measured is trusted.
    `cases` are the folders of the scorecards' own test cases, by scorecard.
    """

    engine: Engine
    finder: SpeechFinder
    voices: VoiceEncoder
    vocabulary: tuple[str, ...]
    trust_channels: str
    party_confidence: float
    detectors: tuple[Detector, ...]
    detectors_version: str
    checks: Mapping[str, Check]
    checks_version: str
    scorecards: Mapping[str, Sequence[Scorecard]]
    cases: Mapping[str, Path] = field(default_factory=dict)
    languages: tuple[str, ...]
    book_of: Callable[[str], PhraseBook | None]
    phrases: str
    precisions: Mapping[tuple[str, str, str], float] = field(default_factory=dict)


class Memory(Protocol):
    """What is known already, by fingerprint, and where new products go."""

    def transcript(self, key: str) -> Transcript | None: ...
    def signals(self, key: str) -> SignalSet | None: ...
    def evaluation(self, key: str) -> Evaluation | None: ...
    def keep_transcript(self, call_id: str, key: str, transcript: Transcript) -> None: ...
    def keep_signals(self, call_id: str, key: str, found: SignalSet) -> None: ...
    def keep_evaluation(self, evaluation: Evaluation) -> None: ...


def process(recording: Recording, parts: Parts, memory: Memory) -> ScoredCall:
    """Listen, attribute, detect, judge.

    Raises AudioError, EngineError, ModelError or StoreError; what is done by then is kept.
    """
    heard_key, transcript, sound = attribute(recording, *listen(recording, parts, memory), parts, memory)
    words_key, words = detect(recording, heard_key, transcript, sound, parts, memory)
    return judge(recording, transcript, {heard_key: sound, words_key: words}, parts, memory)


def judge_transcript(recording: Recording, transcript: Transcript, parts: Parts, memory: Memory) -> ScoredCall:
    """Detect and judge what another engine heard.

    There is no sound, so nothing is measured on it, and what needs that is UNSURE. Raises AudioError, ModelError or
    StoreError.
    """
    if not transcript.turns:
        raise AudioError("Nobody speaks in this transcript.", code="no_speech")
    key = fingerprint("import 1", recording.sha256)
    known, sound = memory.transcript(key), memory.signals(key)
    if known is None or sound is None:
        known, sound = transcript, SignalSet(kind="audio", signals=(), measured=frozenset())
        memory.keep_transcript(recording.id, key, known)
        memory.keep_signals(recording.id, key, sound)
    words_key, words = detect(recording, key, known, sound, parts, memory)
    return judge(recording, known, {key: sound, words_key: words}, parts, memory)


def listen(recording: Recording, parts: Parts, memory: Memory) -> tuple[str, Transcript, SignalSet]:
    """(fingerprint, what each speaker said, what was measured on the sound); nobody is agent or customer yet."""
    meta = recording.meta
    key = fingerprint(
        "listen 2",
        (speech.VERSION, measuring.VERSION),
        recording.sha256,
        meta.language or parts.languages,
        names_of(meta, parts),
        parts.engine.provenance,
        parts.finder.fingerprint,
        (parts.voices.fingerprint, voices.VERSION),
    )
    transcript, sound = memory.transcript(key), memory.signals(key)
    if transcript is None or sound is None:
        transcript, sound = _listen(recording, parts)
        memory.keep_transcript(recording.id, key, transcript)
        memory.keep_signals(recording.id, key, sound)
    return key, transcript, sound


def attribute(
    recording: Recording, heard_key: str, heard: Transcript, sound: SignalSet, parts: Parts, memory: Memory
) -> tuple[str, Transcript, SignalSet]:
    """The same with parties. A corrected manifest or another phrase costs this, and no new transcription."""
    key = fingerprint(
        "attribute 1",
        heard_key,
        recording.meta.agent_channel,
        parts.trust_channels,
        parts.party_confidence,
        parts.phrases,
        parts.detectors_version,
    )
    transcript, measured = memory.transcript(key), memory.signals(key)
    if transcript is None or measured is None:
        transcript, signals = party.attribute(
            heard,
            sound.signals,
            recording.meta,
            parts.book_of(heard.language),
            trust=parts.trust_channels,
            threshold=parts.party_confidence,
        )
        measured = replace(sound, signals=signals)
        memory.keep_transcript(recording.id, key, transcript)
        memory.keep_signals(recording.id, key, measured)
    return key, transcript, measured


def names_of(meta: CallMeta, parts: Parts) -> tuple[str, ...]:
    """The names that may be said in this call: the site's and the agent's."""
    return (*parts.vocabulary, *([meta.agent_name] if meta.agent_name else []))


def detect(
    recording: Recording, heard_key: str, transcript: Transcript, sound: SignalSet, parts: Parts, memory: Memory
) -> tuple[str, SignalSet]:
    """(fingerprint, what the detectors found); each detector sees what the ones before it found."""
    key = fingerprint(
        "detect 1", heard_key, parts.detectors_version, [detector.fingerprint for detector in parts.detectors]
    )
    found = memory.signals(key)
    if found is None:
        view = _view(recording, transcript, [sound])
        signals: tuple[Signal, ...] = ()
        measured: frozenset[SignalKind] = frozenset()
        for detector in parts.detectors:
            if (detector.needs_parties and not view.parties_known) or not needs_of(detector) <= view.measured:
                continue
            signals += detector(view)
            measured |= frozenset(detector.measures)
            view = _view(recording, transcript, [sound, SignalSet(kind="text", signals=signals, measured=measured)])
        found = SignalSet(kind="text", signals=signals, measured=measured)
        memory.keep_signals(recording.id, key, found)
    return key, found


def judge(
    recording: Recording, transcript: Transcript, sets: Mapping[str, SignalSet], parts: Parts, memory: Memory
) -> ScoredCall:
    """The call under the scorecard of its language that was in force on its day."""
    scorecard = scorecard_for(recording.meta, transcript.language, parts)
    imprecise = imprecise_criteria(scorecard, parts.precisions)
    key = fingerprint("judge 2", list(sets), recording.meta, scorecard.fingerprint, parts.checks_version, imprecise)
    view = _view(recording, transcript, list(sets.values()))
    done = memory.evaluation(key)
    if done is None:
        findings = scoring.evaluate(view, scorecard, parts.checks, imprecise=imprecise)
        done = Evaluation(
            fingerprint=key,
            call_id=recording.id,
            transcript=next(iter(sets)),
            signal_sets=tuple(sets),
            scorecard_fingerprint=scorecard.fingerprint,
            findings=findings,
            score=fold(findings, scorecard),
        )
    memory.keep_evaluation(done)
    return ScoredCall(
        recording=recording,
        transcript=transcript,
        signals=view.signals,
        measured=view.measured,
        findings=done.findings,
        score=done.score,
    )


def imprecise_criteria(scorecard: Scorecard, precisions: Mapping[tuple[str, str, str], float]) -> frozenset[str]:
    """The criteria whose measured precision is below what they ask for; they are for coaching only."""
    return frozenset(
        one.name
        for one in scorecard.criteria
        if precisions.get((scorecard.name, one.name, scorecard.language), 1.0) < one.min_precision
    )


def scorecard_for(meta: CallMeta, language: str, parts: Parts) -> Scorecard:
    """The scorecard that judges a call. Raises AudioError when there is none for its language or day."""
    known = parts.scorecards.get(language)
    if not known:
        raise AudioError(f"There is no scorecard for language {language!r}.", code="language_unsupported")
    found = in_force(known, meta.started_at.date() if meta.started_at else None)
    if found is None:
        raise AudioError(
            f"No version of {known[0].name} was in force on the day of this call.", code="no_scorecard_then"
        )
    return found


class Forgetful:
    """A memory that keeps nothing: each call is worked through from its sound."""

    def transcript(self, key: str) -> None:  # noqa: ARG002 - the contract of Memory
        return None

    def signals(self, key: str) -> None:  # noqa: ARG002 - likewise
        return None

    def evaluation(self, key: str) -> None:  # noqa: ARG002 - likewise
        return None

    def keep_transcript(self, call_id: str, key: str, transcript: Transcript) -> None: ...
    def keep_signals(self, call_id: str, key: str, found: SignalSet) -> None: ...
    def keep_evaluation(self, evaluation: Evaluation) -> None: ...


def _listen(recording: Recording, parts: Parts) -> tuple[Transcript, SignalSet]:
    decoded = decode(Path(recording.uri), RATE_HZ)
    tracks, flags = decoded.tracks, [*recording.flags, *decoded.flags]
    if channels.dual_mono(tracks):
        tracks, flags = tracks[:1], [*flags, "dual_mono"]
    flags += [f"silent_channel_{track.channel}" for track in tracks if channels.silent(track)]
    spans, echoed = without_echo(tracks, parts.finder(tracks))
    flags += [f"echo_in_channel_{channel}" for channel in echoed]
    if not any(spans):
        raise AudioError("Nobody speaks in this recording.", code="no_speech")
    heard = speech.transcribe(
        [
            Channel(track=track, speech=found, sound=evidence.listen(track))
            for track, found in zip(tracks, spans, strict=True)
        ],
        parts.engine,
        parts.voices,
        language=recording.meta.language,
        languages=parts.languages,
        vocabulary=names_of(recording.meta, parts),
        flags=flags,
    )
    spoken, measured = heard.speech, frozenset(measuring.MEASURED)
    clean = len(tracks) == 2 and not echoed  # elsewhere a stretch may hold the other's voice too
    if clean:
        spoken = tuple(with_onsets(found, track) for found, track in zip(spoken, tracks, strict=True))
    signals = measuring.measure(tracks, spoken, heard.channels)
    if clean:
        signals, measured = (*signals, *pitches(tracks, spoken, heard.channels)), measured | {SignalKind.PITCH}
    return heard.transcript, SignalSet(kind="audio", signals=signals, measured=measured)


def _view(recording: Recording, transcript: Transcript, sets: Sequence[SignalSet]) -> CallView:
    signals = (signal for found in sets for signal in found.signals)
    return CallView(
        meta=recording.meta,
        media=recording.media,
        transcript=transcript,
        signals=tuple(sorted(signals, key=lambda one: (one.start_ms, one.end_ms, one.kind, one.label, one.party))),
        measured=frozenset().union(*(found.measured for found in sets)),
    )
