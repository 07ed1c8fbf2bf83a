"""Domain values to columns and JSON, and back exactly. Pure functions; the JSON is the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from qa_pipeline.domain import (
    CallMeta,
    CallScore,
    Decision,
    DetectorCard,
    Evidence,
    Finding,
    Interval,
    LabelReview,
    LedgerEntry,
    Mean,
    Media,
    Origin,
    Party,
    Provenance,
    Rate,
    Recording,
    ReviewedTurn,
    SectionScore,
    Signal,
    SignalKind,
    SignalSet,
    Span,
    Transcript,
    Turn,
    TurnFlag,
    Word,
    fingerprint,
)
from qa_pipeline.store.tables.calls import (
    DetectorCardRow,
    EvaluationRow,
    FindingRow,
    LabelReviewRow,
    LedgerRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)
from qa_pipeline.store.tables.desk import DecisionRow, StandingRow

_MEDIA = tuple(field.name for field in fields(Media))
_META = tuple(field.name for field in fields(CallMeta))
_CLOCKS = {"started_at": "utc_offset_s", "resolved_at": "resolved_offset_s"}
_LEDGER = tuple(field.name for field in fields(LedgerEntry))
_SCORE_COLUMNS = (
    "scorecard",
    "scorecard_version",
    "points",
    "out_of",
    "percent",
    "raw_percent",
    "band",
    "needs_review",
)
_CARD_COLUMNS = ("scorecard", "criterion", "language", "truth_sha256")


def canonical(value: object) -> str:
    """Compact JSON with sorted keys, in the words' own script.

    >>> canonical({"b": [1, None], "a": "您好"})
    '{"a":"您好","b":[1,null]}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def recording_columns(recording: Recording) -> dict[str, object]:
    """The columns of one recording; a clock and its distance from UTC go into two."""
    meta, media = recording.meta, recording.media
    columns: dict[str, object] = {name: getattr(meta, name) for name in _META}
    columns |= {name: getattr(media, name) for name in _MEDIA}
    columns |= {"uri": recording.uri, "sha256": recording.sha256, "flags": canonical(recording.flags)}
    for clock, distance in _CLOCKS.items():
        moment: datetime | None = getattr(meta, clock)
        offset = moment.utcoffset() if moment else None
        columns[clock] = moment.replace(tzinfo=None) if moment else None
        columns[distance] = None if offset is None else round(offset.total_seconds())
    return columns


def recording_of(row: RecordingRow) -> Recording:
    """The recording that was written."""
    meta: dict[str, Any] = {name: getattr(row, name) for name in _META}
    for clock, distance in _CLOCKS.items():
        if meta[clock] is not None and (offset := getattr(row, distance)) is not None:
            meta[clock] = meta[clock].replace(tzinfo=timezone(timedelta(seconds=offset)))
    return Recording(
        uri=row.uri,
        sha256=row.sha256,
        media=Media(**{name: getattr(row, name) for name in _MEDIA}),
        meta=CallMeta(**meta),
        flags=tuple(json.loads(row.flags)),
    )


def transcript_columns(transcript: Transcript) -> dict[str, object]:
    """Language and body; words as short lists, because there are a thousand of them in a call."""
    body = {
        "turns": [
            asdict(replace(turn, words=()))
            | {"words": [[word.text, word.start_ms, word.end_ms, word.probability] for word in turn.words]}
            for turn in transcript.turns
        ],
        "language_confidence": transcript.language_confidence,
        "provenance": asdict(transcript.provenance),
        "flags": transcript.flags,
        "separation": transcript.separation,
        "party_confidence": transcript.party_confidence,
    }
    return {"language": transcript.language, "body": canonical(body)}


def transcript_of(row: TranscriptRow, *, words: bool = True) -> Transcript:
    """The transcript that was written; without the single words of its turns it is there ten times as fast."""
    body = json.loads(row.body)
    if not words:
        body["turns"] = [turn | {"words": ()} for turn in body["turns"]]
    provenance = body["provenance"]
    options = tuple((name, value) for name, value in provenance["options"])
    return Transcript(
        turns=tuple(_turn(turn) for turn in body["turns"]),
        language=row.language,
        language_confidence=body["language_confidence"],
        provenance=Provenance(**(provenance | {"options": options})),
        flags=tuple(body["flags"]),
        separation=body["separation"],
        party_confidence=body["party_confidence"],
    )


def _turn(turn: dict[str, Any]) -> Turn:
    words = tuple(
        Word(text=text, start_ms=start_ms, end_ms=end_ms, probability=probability)
        for text, start_ms, end_ms, probability in turn["words"]
    )
    flags = tuple(TurnFlag(flag) for flag in turn["flags"])
    return Turn(**(turn | {"party": Party(turn["party"]), "words": words, "flags": flags}))


def signal_set_columns(found: SignalSet) -> dict[str, object]:
    """Kind, what was measured, and the signals in the order given."""
    return {
        "kind": found.kind,
        "measured": canonical(sorted(found.measured)),
        "body": canonical([asdict(signal) for signal in found.signals]),
    }


def signal_set_of(row: SignalSetRow, without: frozenset[SignalKind] = frozenset()) -> SignalSet:
    """The signals that were written, in the same order, except those of kinds that the reader does not need."""
    return SignalSet(
        kind=row.kind,
        signals=tuple(
            Signal(**(signal | {"kind": SignalKind(signal["kind"]), "party": Party(signal["party"])}))
            for signal in json.loads(row.body)
            if signal["kind"] not in without
        ),
        measured=frozenset(SignalKind(kind) for kind in json.loads(row.measured)),
    )


def finding_columns(finding: Finding) -> dict[str, object]:
    """Verdict and what is asked for often as columns, evidence and what was searched as JSON."""
    body = {
        "evidence": [asdict(evidence) for evidence in finding.evidence],
        "near_misses": [asdict(evidence) for evidence in finding.near_misses],
        "searched": asdict(finding.searched) if finding.searched else None,
        "coach_only": finding.coach_only,
        "clarity": finding.clarity,
    }
    return {
        "criterion": finding.criterion,
        "verdict": finding.verdict,
        "level": finding.level,
        "confidence": finding.confidence,
        "why": finding.why,
        "body": canonical(body),
    }


def finding_of(row: FindingRow) -> Finding:
    """The finding that was written."""
    body = json.loads(row.body)
    return Finding(
        criterion=row.criterion,
        verdict=row.verdict,
        level=row.level,
        confidence=row.confidence,
        why=row.why,
        evidence=_evidence(body["evidence"]),
        near_misses=_evidence(body["near_misses"]),
        searched=Span(**body["searched"]) if body["searched"] else None,
        coach_only=body.get("coach_only", False),  # rows of earlier versions do not say
        clarity=body.get("clarity"),  # likewise
    )


def _evidence(items: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**(item | {"party": Party(item["party"])})) for item in items)


def score_columns(score: CallScore) -> dict[str, object]:
    """The figures as columns; sections, reasons and critical failures as JSON."""
    body = {
        "review_reasons": score.review_reasons,
        "critical_failures": score.critical_failures,
        "sections": [asdict(section) for section in score.sections],
    }
    return {name: getattr(score, name) for name in _SCORE_COLUMNS} | {"body": canonical(body)}


def score_of(row: EvaluationRow | StandingRow) -> CallScore:
    """The score that was written."""
    body = json.loads(row.body)
    return CallScore(
        **{name: getattr(row, name) for name in _SCORE_COLUMNS},
        review_reasons=tuple(body["review_reasons"]),
        critical_failures=tuple(body["critical_failures"]),
        sections=tuple(SectionScore(**section) for section in body["sections"]),
    )


def card_columns(card: DetectorCard) -> dict[str, object]:
    """Its key, what the pipeline asks for and where it comes from as columns; all figures as JSON."""
    columns: dict[str, object] = {name: getattr(card, name) for name in _CARD_COLUMNS}
    body = {name: value for name, value in asdict(card).items() if name not in (*columns, "measured_at")}
    return columns | {
        "precision": card.precision.value if card.precision else None,
        "measured_at": card.measured_at.astimezone(UTC).replace(tzinfo=None),
        "body": canonical(body),
    }


def card_of(row: DetectorCardRow) -> DetectorCard:
    """The card that was written."""
    body = json.loads(row.body)
    figures = {
        name: kind(**(body[name] | {"interval": Interval(**body[name]["interval"])})) if body[name] else None
        for name, kind in (("precision", Rate), ("recall", Rate), ("f1", Mean))
    }
    return DetectorCard(
        **(body | figures | {"scorecard_versions": tuple(body["scorecard_versions"])}),
        **{name: getattr(row, name) for name in _CARD_COLUMNS},
        measured_at=row.measured_at.replace(tzinfo=UTC),
    )


def ledger_key(entry: LedgerEntry) -> str:
    """What makes an entry the same one next time."""
    return fingerprint(entry.archive, entry.recording, entry.line)


def ledger_columns(entry: LedgerEntry) -> dict[str, object]:
    """The columns of one entry, its key included."""
    return {"key": ledger_key(entry)} | {name: getattr(entry, name) for name in _LEDGER}


def ledger_of(row: LedgerRow) -> LedgerEntry:
    """The entry that was written."""
    return LedgerEntry(**{name: getattr(row, name) for name in _LEDGER})


def review_columns(reviewed: ReviewedTurn) -> dict[str, object]:
    """The columns of a review, its key included: the same review of the same words has the same key."""
    review = reviewed.review
    at = review.reviewed_at.astimezone(UTC)
    return {
        "key": fingerprint(replace(review, reviewed_at=at), reviewed.text),
        "call_id": review.call_id,
        "turn": review.turn,
        "kind": str(review.kind),
        "labels": canonical(sorted(review.labels)),
        "reviewer": review.reviewer,
        "reviewed_at": at.replace(tzinfo=None),
        "language": reviewed.language,
        "party": str(reviewed.party),
        "text": reviewed.text,
        "flags": canonical(reviewed.flags),
    }


def review_of(row: LabelReviewRow) -> ReviewedTurn:
    """The review that was written."""
    return ReviewedTurn(
        review=LabelReview(
            call_id=row.call_id,
            turn=row.turn,
            kind=SignalKind(row.kind),
            labels=frozenset(json.loads(row.labels)),
            reviewer=row.reviewer,
            reviewed_at=row.reviewed_at.replace(tzinfo=UTC),
        ),
        language=row.language,
        party=Party(row.party),
        text=row.text,
        flags=tuple(TurnFlag(flag) for flag in json.loads(row.flags)),
    )


def decision_of(row: DecisionRow) -> Decision:
    """The decision that was written."""
    return Decision(
        call_id=row.call_id,
        evaluation=row.evaluation,
        criterion=row.criterion,
        verdict=row.verdict,
        level=row.level,
        machine=row.machine,
        reason=row.reason,
        origin=Origin(row.origin),
        reviewer=row.reviewer,
        made_at=row.made_at.replace(tzinfo=UTC),
        revision=row.revision,
    )
