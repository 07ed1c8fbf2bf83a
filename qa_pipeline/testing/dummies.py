"""Small valid values for tests: `a_turn("Hello.")` is a turn of which only the text matters.

Every function takes the fields of its value as keywords; what is not given is something plain, and a field that does
not exist is a TypeError. `a_recording`, `a_call_view` and `a_scored_call` take the fields of CallMeta too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from qa_pipeline.domain import (
    Band,
    CallMeta,
    CallScore,
    CallView,
    Criterion,
    Evaluation,
    Evidence,
    Finding,
    Media,
    Party,
    Provenance,
    Recording,
    Scorecard,
    ScoredCall,
    Section,
    Signal,
    SignalKind,
    Transcript,
    Turn,
    Verdict,
    Word,
)

_Value = TypeVar("_Value")
_META = frozenset(field.name for field in fields(CallMeta))


def a_media(**changes: object) -> Media:
    """A minute of stereo telephone sound."""
    return _with(Media(container="wav", codec="ulaw", sample_rate_hz=8000, channels=2, duration_ms=60_000), changes)


def a_call_meta(**changes: object) -> CallMeta:
    """Call "call-1" of Ann, an agent of team "north"."""
    plain = CallMeta(
        call_id="call-1",
        agent_id="a1",
        agent_name="Ann",
        team="north",
        language="en",
        started_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        direction="inbound",
        agent_channel="left",
    )
    return _with(plain, changes)


def a_recording(**changes: object) -> Recording:
    """A recording; takes the fields of CallMeta as well as its own."""
    meta, own = _split(changes)
    plain = Recording(uri="calls/call-1.wav", sha256="0" * 64, media=a_media(), meta=a_call_meta(**meta))
    return _with(plain, own)


def a_turn(text: str = "Good morning, how can I help?", **changes: object) -> Turn:
    """A turn of the agent from 0 to 2 s; its words share its time evenly (Chinese: a character a word)."""
    plain = Turn(party=Party.AGENT, start_ms=0, end_ms=2000, text=text, words=(), confidence=0.95)
    turn = _with(plain, changes)
    return turn if "words" in changes else replace(turn, words=_words(turn))


def a_transcript(*turns: Turn, **changes: object) -> Transcript:
    """An English transcript of these turns (without any: one greeting)."""
    plain = Transcript(
        turns=turns or (a_turn(),),
        language="en",
        language_confidence=1.0,
        provenance=Provenance(engine="dummy", engine_version="1", model="dummy", model_sha256="0" * 64),
    )
    return _with(plain, changes)


def a_signal(kind: SignalKind = SignalKind.ACT, label: str = "", **changes: object) -> Signal:
    """A signal from 0 to 1 s, of no party."""
    return _with(Signal(kind=kind, start_ms=0, end_ms=1000, label=label), changes)


def an_evidence(quote: str = "how can I help?", **changes: object) -> Evidence:
    """Words of the agent from 1 to 2 s."""
    return _with(Evidence(party=Party.AGENT, start_ms=1000, end_ms=2000, quote=quote), changes)


def a_finding(criterion: str = "greeting", verdict: Verdict = Verdict.PASS, **changes: object) -> Finding:
    """A finding without evidence."""
    return _with(
        Finding(criterion=criterion, verdict=verdict, confidence=0.9, why="Because the test says so."), changes
    )


def a_call_score(percent: float | None = 80.0, **changes: object) -> CallScore:
    """A score of `percent` on scorecard "general-en" version "1", out of 10 points (None: nothing could be judged)."""
    plain = CallScore(
        scorecard="general-en",
        scorecard_version="1",
        points=(percent or 0.0) / 10,
        out_of=0.0 if percent is None else 10.0,
        percent=percent,
        raw_percent=percent,
        band="good" if (percent or 0.0) >= 80 else "poor",
        needs_review=False,
        review_reasons=(),
        critical_failures=(),
        sections=(),
    )
    return _with(plain, changes)


def a_scorecard(*criteria: Criterion, **changes: object) -> Scorecard:
    """Scorecard "general-en" version "1": one section with these criteria (without any: a greeting)."""
    criteria = criteria or (Criterion(name="greeting", title="Greeting", check="dummy"),)
    plain = Scorecard(
        name="general-en",
        version="1",
        title="General",
        language="en",
        sections=(Section(name="all", title="All", criteria=criteria),),
        bands=(Band(name="good", title="Good", at_least=80), Band(name="poor", title="Poor", at_least=0)),
        critical_cap=40,
        fingerprint="0" * 64,
    )
    return _with(plain, changes)


def an_evaluation(call_id: str = "call-1", fingerprint: str = "", **changes: object) -> Evaluation:
    """An evaluation ("evaluation-" and the call id) of transcript "transcript-" and the call id: one finding, 80 %."""
    plain = Evaluation(
        fingerprint=fingerprint or f"evaluation-{call_id}",
        call_id=call_id,
        transcript=f"transcript-{call_id}",
        signal_sets=(),
        scorecard_fingerprint="0" * 64,
        findings=(a_finding(),),
        score=a_call_score(),
    )
    return _with(plain, changes)


def a_call_view(**changes: object) -> CallView:
    """What a check sees; takes the fields of CallMeta as well as its own."""
    meta, own = _split(changes)
    return _with(CallView(meta=a_call_meta(**meta), media=a_media(), transcript=a_transcript(), signals=()), own)


def a_scored_call(**changes: object) -> ScoredCall:
    """A call that scored 80 % with nothing measured; takes the fields of CallMeta as well as its own."""
    meta, own = _split(changes)
    plain = ScoredCall(
        recording=a_recording(**meta),
        transcript=a_transcript(),
        signals=(),
        findings=(),
        score=a_call_score(),
        measured=frozenset(),
    )
    return _with(plain, own)


def _with(plain: _Value, changes: Mapping[str, Any]) -> _Value:
    return replace(plain, **changes)  # type: ignore[type-var]  # every plain value here is a dataclass


def _split(changes: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    meta = {name: value for name, value in changes.items() if name in _META}
    return meta, {name: value for name, value in changes.items() if name not in _META}


def _words(turn: Turn) -> tuple[Word, ...]:
    texts = turn.text.split() if " " in turn.text or turn.text.isascii() else list(turn.text)
    step = (turn.end_ms - turn.start_ms) / max(1, len(texts))
    return tuple(
        Word(
            text=text,
            start_ms=turn.start_ms + round(i * step),
            end_ms=turn.start_ms + round((i + 1) * step),
            probability=turn.confidence,
        )
        for i, text in enumerate(texts)
    )
