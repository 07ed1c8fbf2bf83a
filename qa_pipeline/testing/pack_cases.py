"""The cases of a scorecard, `<name>/cases/*.yaml`: what its authors know to be right, run through the real detectors.

    - name: Empathy comes too late              # a small dialogue
      turns:
        - customer: I've been without water for two days!
        - agent: I've booked an engineer for Friday.
        - agent: That must be awful with small children.
      expect:
        emotion_first: fail
        closing_check: {verdict: pass, level: 2, quote: text message}

    - act: closing_check                        # one thing said
      says: Was there anything more you wanted to go over?
      expect: found                             # found, not_found or unsure

A dialogue may say what the cases of checks may say (testing/cases.py): music, gap_s, sentiment, complaint, signals,
not_measured. An utterance is the agent's unless `by` says customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError

from qa_pipeline.contracts import Check, Detector
from qa_pipeline.domain import ConfigurationError, Finding, Party, Problem, Scorecard, SignalKind, Verdict
from qa_pipeline.scoring.evaluate import evaluate
from qa_pipeline.testing.cases import Case, CaseSignal, CaseTurn, Expected, view_with
from qa_pipeline.text.yaml_lines import line_of, read_yaml

FROM_WORDS = frozenset(
    {
        SignalKind.ACT,
        SignalKind.SENTIMENT,
        SignalKind.TONE,
        SignalKind.TURNING_POINT,
        SignalKind.COMPLAINT,
        SignalKind.CAUSE,
        SignalKind.CAUSE_HINT,
        SignalKind.ESCALATION,
        SignalKind.REPEAT,
    }
)
SURE = 0.5  # confidence from which on an act is found; below it is a doubt


class Dialogue(BaseModel):
    """A small call and the right verdict on some of the scorecard's criteria."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    turns: tuple[CaseTurn, ...]
    expect: Mapping[str, Verdict | Expected] = Field(min_length=1)
    complaint: bool | Literal["unsure"] | None = None
    signals: tuple[CaseSignal, ...] = ()
    not_measured: tuple[SignalKind, ...] = ()


class Utterance(BaseModel):
    """One thing said, and whether it does an act."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    act: str
    says: str
    expect: Literal["found", "not_found", "unsure"]
    by: Literal["agent", "customer"] = "agent"


def _form(value: object) -> str:
    return "utterance" if isinstance(value, Mapping) and "act" in value else "dialogue"


PackCase = Annotated[
    Annotated[Dialogue, Tag("dialogue")] | Annotated[Utterance, Tag("utterance")], Discriminator(_form)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A case that does not come out as expected."""

    where: str
    line: int
    case: str
    what: str


def read_pack_cases(folder: Path) -> Iterator[tuple[Path, int, Dialogue | Utterance]]:
    """(file, line, case) of every case in the folder. Raises ConfigurationError with every fault of a file."""
    for path in sorted(folder.glob("*.yaml")):
        document = read_yaml(path)
        try:
            cases = TypeAdapter(tuple[PackCase, ...]).validate_python(document)
        except ValidationError as error:
            problems = [
                Problem(
                    where=str(path),
                    line=line_of(document, [part for part in item["loc"] if part not in ("dialogue", "utterance")]),
                    message=item["msg"],
                )
                for item in error.errors()
            ]
            raise ConfigurationError("These cases cannot be used.", problems=problems, code="cases") from error
        for number, case in enumerate(cases):
            yield path, line_of(document, [number]), case


def failures(
    scorecard: Scorecard, folder: Path, detectors: Sequence[Detector], checks: Mapping[str, Check]
) -> tuple[Failure, ...]:
    """Every case in `folder` that comes out otherwise than its author says. Raises ConfigurationError (form)."""
    hearing = [one for one in detectors if FROM_WORDS.issuperset(one.measures)]
    found = []
    for path, line, case in read_pack_cases(folder):
        if isinstance(case, Utterance):
            name, wrong = f"{case.act}: {case.says}", _utterance(case, scorecard.language, hearing)
        else:
            name, wrong = case.name, _dialogue(case, scorecard, hearing, checks)
        found += [Failure(where=str(path), line=line, case=name, what=what) for what in wrong]
    return tuple(found)


def count(folder: Path) -> int:
    """How many cases there are."""
    return sum(1 for _ in read_pack_cases(folder))


def _utterance(case: Utterance, language: str, detectors: Sequence[Detector]) -> Iterator[str]:
    turn = CaseTurn(agent=case.says) if case.by == "agent" else CaseTurn(customer=case.says)
    view = view_with(_as_case(case.says, language, (turn,)), [one for one in detectors if one.name == "acts"])
    surest = max((one.confidence for one in view.acts(case.act, party=Party(case.by))), default=None)
    got = "not_found" if surest is None else "found" if surest >= SURE else "unsure"
    if got != case.expect:
        yield f"{case.act}: expected {case.expect}, got {got}"


def _dialogue(
    case: Dialogue, scorecard: Scorecard, detectors: Sequence[Detector], checks: Mapping[str, Check]
) -> Iterator[str]:
    plain = _as_case(case.name, scorecard.language, case.turns).model_copy(
        update={"complaint": case.complaint, "signals": case.signals, "not_measured": case.not_measured}
    )
    findings = {one.criterion: one for one in evaluate(view_with(plain, detectors), scorecard, checks)}
    for criterion, wanted in case.expect.items():
        if criterion not in findings:
            yield f"{criterion}: {scorecard.name} has no such criterion"
            continue
        yield from _differences(
            findings[criterion], wanted if isinstance(wanted, Expected) else Expected(verdict=wanted)
        )


def _differences(finding: Finding, wanted: Expected) -> Iterator[str]:
    if finding.verdict is not wanted.verdict:
        yield f"{finding.criterion}: expected {wanted.verdict}, got {finding.verdict}: {finding.why}"
    if wanted.level is not None and finding.level != wanted.level:
        yield f"{finding.criterion}: expected level {wanted.level}, got {finding.level}"
    quotes = [item.quote for item in finding.evidence]
    if wanted.quote and not any(wanted.quote in quote for quote in quotes):
        yield f"{finding.criterion}: expected the evidence {wanted.quote!r}, got {quotes}"


def _as_case(name: str, language: str, turns: tuple[CaseTurn, ...]) -> Case:
    return Case.model_validate(
        {
            "name": name,
            "language": language,
            "turns": [turn.model_dump() for turn in turns],
            "expect": {"verdict": "pass"},
        }
    )
