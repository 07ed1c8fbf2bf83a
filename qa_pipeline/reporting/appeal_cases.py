"""Upheld appeals as cases of a scorecard: what was judged wrongly once is tested from then on (`qa scorecard test`).

The form is that of `<scorecard>/cases/*.yaml`. What detectors find in words they must find anew; what only the sound
could tell is stated in the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from qa_pipeline.domain import AppealCase, Finding, Signal, SignalKind, Turn

_BY_SOUND = (
    SignalKind.SILENCE,
    SignalKind.OVERLAP,
    SignalKind.INTERRUPTION,
    SignalKind.TALK_SHARE,
    SignalKind.PACE,
    SignalKind.MONOLOGUE,
    SignalKind.NARRATIVE,
    SignalKind.QUESTION,
)
"""Stated as they were. Holds and dead air follow from the times of the turns; single stretches of speech, music, pitch
and voice are left out: no criterion asks for them alone."""

_HEAD = "# Upheld appeals of {name}: put this file into scorecards/{name}/cases/ and run qa scorecard test {name}.\n"


def cases_yaml(cases: Iterable[AppealCase]) -> Iterator[str]:
    """The text of a file of cases, piece by piece; those that no longer stand, or hold no words, are left out.

    A line of comment names the scorecard wherever another one begins.
    """
    name = ""
    for case in cases:
        finding = next((one for one in case.call.findings if one.criterion == case.criterion), None)
        if finding is None or finding.verdict is not case.verdict or not any(_said(one) for one in _turns(case)):
            continue
        if case.call.score.scorecard != name:
            name = case.call.score.scorecard
            yield _HEAD.format(name=name)
        yield _yaml([_case(case, finding)])
    if not name:
        yield "[]\n"


def _case(case: AppealCase, finding: Finding) -> dict[str, Any]:
    call, score = case.call, case.call.score
    complaint = next((one.label for one in call.signals if one.kind is SignalKind.COMPLAINT), "")
    signals = [_signal(one) for one in call.signals if one.kind in _BY_SOUND]
    missing = sorted(kind.value for kind in _BY_SOUND if kind not in call.measured)
    level = {"level": finding.level} if finding.level is not None else {}
    made: dict[str, Any] = {
        "name": f"Appeal {case.appeal}, call {call.recording.id}, {score.scorecard} {score.scorecard_version}",
        "turns": [_turn(one) for one in _turns(case) if _said(one)],
    }
    if complaint in ("true", "false", "unsure"):
        made["complaint"] = {"true": True, "false": False}.get(complaint, "unsure")
    if signals:
        made["signals"] = signals
    if missing:
        made["not_measured"] = missing
    return made | {"expect": {case.criterion: {"verdict": case.verdict.value} | level}}


def _turns(case: AppealCase) -> tuple[Turn, ...]:
    return case.call.transcript.turns


def _said(turn: Turn) -> bool:
    return bool(turn.text.strip())


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        turn.party.value: turn.text,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
        "confidence": round(turn.confidence, 3),
    }


def _signal(signal: Signal) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": signal.kind.value, "start_ms": signal.start_ms, "end_ms": signal.end_ms}
    made |= {name: value for name in ("label", "quote", "turn") if (value := getattr(signal, name)) not in ("", None)}
    if signal.value is not None:
        made["value"] = round(signal.value, 4)
    if signal.party != "unknown":
        made["party"] = signal.party.value
    return made


def _yaml(document: list[dict[str, Any]]) -> str:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where cases are written

    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its own annotation is too narrow
    writer.width = 100_000  # a turn on one line, so that people can edit it
    stream = StringIO()
    writer.dump(document, stream)
    return stream.getvalue()
