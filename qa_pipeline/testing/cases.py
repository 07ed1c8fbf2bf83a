"""Small dialogues as cases: what a check must answer, in YAML that QA people write.

    - name: thanks for holding
      language: en
      turns:                              # agent, customer or unknown (a recording that mixes both)
        - agent: Bear with me for a moment.
        - agent: Thank you for waiting.
          gap_s: 6                        # silence before the turn; 0.35 unless said
        - customer: At last!
          sentiment: negative             # negative, neutral or positive
      expect: {verdict: pass, quote: Thank you for waiting}

A turn may also say `music: true` (its gap is music), `confidence`, and `start_ms` with `end_ms` in place of the made-up
times. A gap of 3 s or more is a hold when the agent asked to wait just before it, or when it is music. A case may say
`complaint` (true, false or unsure), `signals` (kind, label, party, start_ms, end_ms, value, confidence), `not_measured`
(kinds of signal), `brands`, `parameters` of the check, and in `expect` besides the verdict: `level`, `quote` (words
that the evidence shows).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from qa_pipeline.contracts import Detector
from qa_pipeline.domain import CallView, ConfigurationError, Finding, Party, Problem, Signal, SignalKind, Turn, Verdict
from qa_pipeline.signals.acts import Acts
from qa_pipeline.testing.dummies import a_call_view, a_media, a_transcript, a_turn
from qa_pipeline.text.packs import load_acts
from qa_pipeline.text.yaml_lines import line_of, read_yaml

LANGUAGES = ("en", "zh")
WORD_MS = 380  # English at 160 words a minute
CHARACTER_MS = 220  # Chinese at 270 characters a minute
HOLD_MS = 3000
HOLD_REQUEST = "hold_notice"
ASKED_WITHIN_MS = 8000  # a request to wait belongs to a silence that begins this soon after it


class CaseTurn(BaseModel):
    """One turn of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: str = ""
    customer: str = ""
    unknown: str = ""
    gap_s: float = 0.35
    music: bool = False
    sentiment: Literal["", "negative", "neutral", "positive"] = ""
    confidence: float = 0.95
    start_ms: int | None = None
    end_ms: int | None = None


class CaseSignal(BaseModel):
    """A signal that the detectors would have found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: SignalKind
    label: str = ""
    party: Party = Party.UNKNOWN
    start_ms: int = 0
    end_ms: int = 1000
    value: float | None = None
    confidence: float = 1.0
    turn: int | None = None
    quote: str = ""


class Expected(BaseModel):
    """What the check must answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    level: int | None = None
    quote: str = ""


class Case(BaseModel):
    """A dialogue and the answer that is right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    language: Literal["en", "zh"]
    turns: tuple[CaseTurn, ...]
    expect: Expected
    complaint: bool | Literal["unsure"] | None = None
    signals: tuple[CaseSignal, ...] = ()
    not_measured: tuple[SignalKind, ...] = ()
    brands: tuple[str, ...] = ()
    parameters: Mapping[str, object] = {}


def load_cases(path: Path) -> tuple[Case, ...]:
    """The cases in a file. Raises ConfigurationError with every fault and its line."""
    document = read_yaml(path)
    try:
        return TypeAdapter(tuple[Case, ...]).validate_python(document)
    except ValidationError as error:
        problems = [
            Problem(where=str(path), line=line_of(document, item["loc"]), message=item["msg"])
            for item in error.errors()
        ]
        raise ConfigurationError("These cases cannot be used.", problems=problems, code="cases") from error


def mistakes(case: Case, check: Callable[..., Finding], phrases: Sequence[Path]) -> tuple[str, ...]:
    """What the check answers wrongly in a case, in words; empty when all is right.

    `phrases` are the folders of phrase packs, the built-in one first.
    """
    unknown = sorted(set(case.parameters) - set(inspect.signature(check).parameters))
    if unknown:
        return (f"the check has no parameter {', '.join(unknown)}",)
    finding = check(view_of(case, phrases), **case.parameters)
    expected = case.expect
    wrong = []
    if finding.verdict is not expected.verdict:
        wrong.append(f"expected {expected.verdict}, got {finding.verdict}: {finding.why}")
    if expected.level is not None and finding.level != expected.level:
        wrong.append(f"expected level {expected.level}, got {finding.level}")
    quotes = [item.quote for item in finding.evidence]
    if expected.quote and not any(expected.quote in quote for quote in quotes):
        wrong.append(f"expected the evidence {expected.quote!r}, got {quotes}")
    return tuple(wrong)


def view_of(case: Case, phrases: Sequence[Path]) -> CallView:
    """What a check sees of a case: turns with made-up times, acts from the phrase packs, the signals stated."""
    return view_with(case, [_detector(tuple(phrases), case.brands)])


def view_with(case: Case, detectors: Sequence[Detector]) -> CallView:
    """What a check sees of a case: turns with made-up times, what the detectors find, the signals stated.

    A detector that measures what the case states itself is left out.
    """
    turns, waits = _turns(case)
    duration = max((turn.end_ms for turn in turns), default=0) + 500
    stated = (
        *(Signal(**signal.model_dump()) for signal in case.signals),
        *_sentiments(case, turns),
        *_complaint(case, duration),
    )
    view = a_call_view(
        language=case.language,
        transcript=a_transcript(*turns, language=case.language) if turns else replace(a_transcript(), turns=()),
        media=a_media(duration_ms=duration),
        measured=frozenset(SignalKind) - set(case.not_measured),
        signals=_sorted(stated),
    )
    said = {signal.kind for signal in stated}
    for detector in detectors:
        if said.isdisjoint(detector.measures):
            view = replace(view, signals=_sorted((*view.signals, *detector(view))))
    acts = [*view.acts(HOLD_REQUEST), *view.acts(HOLD_REQUEST, party=Party.UNKNOWN)]
    return replace(view, signals=_sorted((*view.signals, *_holds(waits, acts))))


def _sorted(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: (signal.start_ms, signal.end_ms)))


@cache
def _detector(phrases: tuple[Path, ...], brands: tuple[str, ...]) -> Acts:
    return Acts({language: load_acts(phrases, language) for language in LANGUAGES}, brands=brands)


def _turns(case: Case) -> tuple[list[Turn], list[tuple[int, int, bool]]]:
    """The turns, and each long gap before one as (start, end, music)."""
    turns: list[Turn] = []
    waits = []
    for said in case.turns:
        text = said.agent or said.customer or said.unknown
        party = Party.AGENT if said.agent else Party.CUSTOMER if said.customer else Party.UNKNOWN
        last = max((turn.end_ms for turn in turns), default=0)
        start = said.start_ms if said.start_ms is not None else max(0, last + round(said.gap_s * 1000))
        units = len(text) * CHARACTER_MS if case.language == "zh" else len(text.split()) * WORD_MS
        end = said.end_ms if said.end_ms is not None else start + units
        turns.append(a_turn(text, party=party, start_ms=start, end_ms=end, confidence=said.confidence))
        if turns[:-1] and start - last >= HOLD_MS:
            waits.append((last, start, said.music))
    return sorted(turns, key=lambda turn: turn.start_ms), waits


def _holds(waits: Sequence[tuple[int, int, bool]], acts: Sequence[Signal]) -> list[Signal]:
    """A HOLD for each wait that is one, a DEAD_AIR for each other of 5 s and more."""
    found = []
    before = 0
    for start, end, music in waits:
        since, before = max(before, start - ASKED_WITHIN_MS), end
        asked = any(since <= act.end_ms <= start for act in acts)
        if asked or music:
            label = "asked" if asked else "music"
            found.append(Signal(kind=SignalKind.HOLD, label=label, start_ms=start, end_ms=end))
        elif end - start >= 5000:
            found.append(Signal(kind=SignalKind.DEAD_AIR, start_ms=start, end_ms=end))
    return found


def _sentiments(case: Case, turns: Sequence[Turn]) -> list[Signal]:
    labels = {said.customer: said.sentiment for said in case.turns if said.customer and said.sentiment}
    return [
        Signal(
            kind=SignalKind.SENTIMENT,
            party=Party.CUSTOMER,
            label=labels[turn.text],
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            turn=index,
            confidence=0.9,
        )
        for index, turn in enumerate(turns)
        if turn.party is Party.CUSTOMER and turn.text in labels
    ]


def _complaint(case: Case, duration_ms: int) -> list[Signal]:
    if case.complaint is None:
        return []
    label = str(case.complaint).lower()
    return [Signal(kind=SignalKind.COMPLAINT, label=label, start_ms=0, end_ms=duration_ms, confidence=0.9)]
