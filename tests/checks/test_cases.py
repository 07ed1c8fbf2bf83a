"""Every check answers its cases rightly; tests/cases/checks/<check>.yaml says what is right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from qa_pipeline.registry import load, names
from qa_pipeline.testing.cases import Case, load_cases, mistakes

ROOT = Path(__file__).parents[2]
PHRASES = (ROOT / "scorecards" / "phrases",)
CASES = ROOT / "tests" / "cases" / "checks"
CHECKS = names("check", "qa_pipeline.checks")


def every_case() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}-{case.language}-{case.name}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in load_cases(path)
    ]


@pytest.mark.parametrize(("check", "case"), every_case())
def test_check_answers_its_case(check: str, case: Case) -> None:
    assert () == mistakes(case, load("check", "qa_pipeline.checks", check, "check"), PHRASES)  # type: ignore[arg-type]


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_has_cases_of_every_kind_in_both_languages(check: str) -> None:
    cases = load_cases(CASES / f"{check}.yaml")
    kinds = Counter(case.expect.verdict.value for case in cases)
    both = Counter((case.language, case.expect.verdict.value) for case in cases)
    few = [kind for kind in ("pass", "fail") if kinds[kind] < 4]
    few += [f"{language} {kind}" for language in ("en", "zh") for kind in ("pass", "fail") if both[language, kind] < 2]
    few += [] if kinds["unsure"] or kinds["not_applicable"] else ["unsure or not applicable"]
    assert [] == few
