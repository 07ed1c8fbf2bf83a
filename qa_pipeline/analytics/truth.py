"""A truth file: what people say that the verdicts should have been, one call a line (JSON).

    {"call_id": "en-01", "criteria": {"greeting": {"verdict": "pass"}, "empathy": {"verdict": "not_applicable"}}}

A verdict is pass, fail, not_applicable, or unsure where people could not tell either. Other keys are not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import ConfigurationError, Problem, Verdict

VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNSURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The true verdicts by call id and criterion, and the SHA-256 of the file that they stand in."""

    calls: Mapping[str, Mapping[str, Verdict]]
    sha256: str


def read_truth(path: Path) -> Truth:
    """The truth in `path`. Raises ConfigurationError, code "truth", with every fault and its line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"The truth file {path} cannot be read: {error.strerror}.", code="truth") from error
    calls: dict[str, dict[str, Verdict]] = {}
    problems: list[Problem] = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        call_id, verdicts, faults = _read(line)
        if call_id in calls:
            faults = (*faults, f"call {call_id!r} stands in an earlier line already")
        problems += (Problem(where=str(path), line=number, message=fault) for fault in faults)
        if call_id:
            calls.setdefault(call_id, verdicts)
    if not calls and not problems:
        problems.append(Problem(where=str(path), message="no call stands in it"))
    if problems:
        raise ConfigurationError(f"{path.name} is no truth file.", problems=problems, code="truth")
    return Truth(calls=calls, sha256=hashlib.sha256(content).hexdigest())


def _read(line: bytes) -> tuple[str, dict[str, Verdict], tuple[str, ...]]:
    """(call id, verdicts, faults) of one line; a line with faults may have neither of the former."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return "", {}, ("no valid JSON in UTF-8",)
    if not isinstance(said, dict):
        return "", {}, ("no object with names and values",)
    call_id, criteria = said.get("call_id"), said.get("criteria")
    faults = []
    if not isinstance(call_id, str) or not call_id:
        call_id = ""
        faults.append("call_id: must be text")
    if not isinstance(criteria, dict):
        return call_id, {}, (*faults, "criteria: must be an object, a criterion's name to its verdict")
    verdicts = dict(_verdicts(criteria))
    known = ", ".join(VERDICTS)
    faults += [f"criteria.{name}.verdict: must be one of {known}" for name in criteria if name not in verdicts]
    return call_id, verdicts, tuple(faults)


def _verdicts(criteria: dict[str, object]) -> Iterator[tuple[str, Verdict]]:
    for name, entry in criteria.items():
        verdict = entry.get("verdict") if isinstance(entry, dict) else None
        if isinstance(verdict, str) and verdict in VERDICTS:
            yield name, Verdict(verdict)
