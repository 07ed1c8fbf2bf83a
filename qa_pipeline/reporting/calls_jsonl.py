"""Judged calls as JSON lines, one call a line: the format that other programs read.

Keys and their nesting stay, and new keys may join them. What nobody has measured is null, what was looked for and not
found is an empty list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TextIO

from qa_pipeline.domain import Evidence, Finding, Party, ScoredCall, Signal, SignalKind, mood, severity

_YES_NO = {"true": True, "false": False}


def call_line(scored: ScoredCall) -> dict[str, object]:
    """One call as it stands in the export. Times in ms, confidences and talk share 0 to 1, pace a minute."""
    score = scored.score
    return {
        "call_id": scored.recording.meta.call_id,
        "agent_id": scored.recording.meta.agent_id,
        "language": scored.transcript.language,
        "turns": [
            {"party": turn.party, "start_ms": turn.start_ms, "end_ms": turn.end_ms, "text": turn.text}
            for turn in scored.transcript.turns
        ],
        "findings": [_finding(finding) for finding in scored.findings],
        "signals": _signals(scored),
        "sentiment": _sentiment(scored),
        "agent_tone": _agent_tone(scored),
        "complaint": _complaint(scored),
        "causes": _causes(scored),
        "cause_hints": _hints(scored),
        "score": {
            "points": score.points,
            "out_of": score.out_of,
            "percent": score.percent,
            "band": score.band,
            "needs_review": score.needs_review,
        },
    }


def write_jsonl(calls: Iterable[ScoredCall], stream: TextIO) -> int:
    """Writes one line a call, in the order given; returns how many."""
    written = 0
    for written, call in enumerate(calls, start=1):  # noqa: B007 - the count is the result
        line = json.dumps(call_line(call), ensure_ascii=False, allow_nan=False)
        # Half a character, out of a file name that is not UTF-8, becomes its JSON escape.
        stream.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    return written


def _finding(finding: Finding) -> dict[str, object]:
    level = {} if finding.level is None else {"level": finding.level}
    return {
        "criterion": finding.criterion,
        "verdict": finding.verdict,
        **level,
        "confidence": finding.confidence,
        "why": finding.why,
        "evidence": [_moment(evidence) for evidence in finding.evidence],
    }


def _moment(place: Evidence | Signal) -> dict[str, object]:
    return {"party": place.party, "start_ms": place.start_ms, "end_ms": place.end_ms, "quote": place.quote}


def _signals(scored: ScoredCall) -> dict[str, object]:
    parties_known = any(turn.party is not Party.UNKNOWN for turn in scored.transcript.turns)
    repeats = _measured(scored, SignalKind.REPEAT) if parties_known else None
    cut_in = _measured(scored, SignalKind.INTERRUPTION, Party.AGENT) if parties_known else None
    return {
        "is_complaint": next((_YES_NO.get(signal.label) for signal in _of(scored, SignalKind.COMPLAINT)), None),
        "customer_repeats": None if repeats is None else len(repeats),
        "interruptions": _spans(cut_in),
        "dead_air": _spans(_measured(scored, SignalKind.DEAD_AIR)),
        "holds": _spans(_measured(scored, SignalKind.HOLD)),
        "overlaps": _spans(_measured(scored, SignalKind.OVERLAP)),
        "silences": _spans(_measured(scored, SignalKind.SILENCE)),
        "talk_share": _value(_of(scored, SignalKind.TALK_SHARE)),
        "agent_pace": _value(_of(scored, SignalKind.PACE, Party.AGENT)),
        "customer_pace": _value(_of(scored, SignalKind.PACE, Party.CUSTOMER)),
    }


def _sentiment(scored: ScoredCall) -> dict[str, object]:
    if SignalKind.SENTIMENT not in scored.measured:
        return dict.fromkeys(("turns", "start", "end", "lowest", "path", "recovery"))
    felt = [signal for signal in _of(scored, SignalKind.SENTIMENT, Party.CUSTOMER) if signal.turn is not None]
    felt.sort(key=lambda signal: signal.turn or 0)
    path = mood(felt)
    return {
        "turns": [
            {
                "turn": signal.turn,
                "label": signal.label,
                "score": _value([signal]),
                "confidence": signal.confidence,
            }
            for signal in felt
        ],
        "start": path.start if path else None,
        "end": path.end if path else None,
        "lowest": {"turn": path.lowest.turn, "score": _value([path.lowest])} if path else None,
        "path": [_finite(mean) for mean in path.path] if path else [],
        "recovery": _finite(path.recovery) if path else None,
    }


def _agent_tone(scored: ScoredCall) -> list[dict[str, object]] | None:
    found = _measured(scored, SignalKind.TONE, Party.AGENT)
    if found is None:
        return None
    return [{"turn": tone.turn, "label": tone.label, "confidence": tone.confidence} for tone in found]


def _causes(scored: ScoredCall) -> list[dict[str, object]] | None:
    found = _measured(scored, SignalKind.CAUSE)
    if found is None:
        return None
    by_cause: dict[str, list[Signal]] = {}
    for signal in found:
        by_cause.setdefault(signal.label, []).append(signal)
    surest = {cause: max(signal.confidence for signal in signals) for cause, signals in by_cause.items()}
    return [
        {
            "cause": cause,
            "confidence": surest[cause],
            "evidence": [_moment(signal) for signal in by_cause[cause]],
            "severity": severity(by_cause[cause]),
        }
        for cause in sorted(by_cause, key=lambda cause: (-surest[cause], cause))
    ]


def _complaint(scored: ScoredCall) -> dict[str, object] | None:
    """Whether the call is one ("true", "false", "unsure"), the highest chance of a turn, and how sure the label is."""
    found = _of(scored, SignalKind.COMPLAINT)
    return {"label": found[0].label, "chance": _value(found), "confidence": found[0].confidence} if found else None


def _hints(scored: ScoredCall) -> list[dict[str, object]] | None:
    found = _measured(scored, SignalKind.CAUSE_HINT)
    if found is None:
        return None
    return [{"cause": hint.label, "confidence": hint.confidence, "evidence": [_moment(hint)]} for hint in found]


def _of(scored: ScoredCall, kind: SignalKind, party: Party | None = None) -> list[Signal]:
    """The signals of one kind, of one party if named, by their time."""
    found = [s for s in scored.signals if s.kind is kind and (party is None or s.party is party)]
    return sorted(found, key=lambda signal: (signal.start_ms, signal.end_ms))


def _measured(scored: ScoredCall, kind: SignalKind, party: Party | None = None) -> list[Signal] | None:
    return _of(scored, kind, party) if kind in scored.measured else None


def _spans(signals: list[Signal] | None) -> list[dict[str, int]] | None:
    return None if signals is None else [{"start_ms": s.start_ms, "end_ms": s.end_ms} for s in signals]


def _value(signals: list[Signal]) -> float | None:
    """The first signal's figure; none where it is missing or no number that JSON knows."""
    return _finite(signals[0].value) if signals else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
