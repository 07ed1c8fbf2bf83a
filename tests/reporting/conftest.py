from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qa_pipeline.analytics.agent_scorecard import agent_scorecards
from qa_pipeline.domain import Party, ScoredCall, SignalKind, Verdict
from qa_pipeline.reporting.report import ReportPaths, write_reports
from qa_pipeline.resources import data_dir
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, a_signal, an_evidence
from qa_pipeline.text.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy([data_dir() / "models" / "causes" / "taxonomy.yaml"])
Report = Callable[..., ReportPaths]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Writes a report on these calls to a folder (by default the test's own)."""

    def write(calls: Iterable[ScoredCall], out: Path = tmp_path, **options: Any) -> ReportPaths:
        kept, scorecards = list(calls), made_up_scorecards()
        return write_reports(kept, agent_scorecards(kept, scorecards), scorecards, out, taxonomy=TAXONOMY, **options)

    return write


HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "../../etc/passwd",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil",
    "nul\x00byte",
    "half\udc80",
    "王小明",
    "con",
    ".hidden",
    "x" * 300,
    "a b/c\\d:e*f?",
)


@pytest.fixture
def hostile_calls() -> list[ScoredCall]:
    """One call an agent, each with an evil text wherever other people's words can stand."""
    return [
        a_scored_call(
            call_id=f"{evil} {i}",
            agent_id=evil,
            agent_name=evil,
            team=evil,
            queue=evil,
            customer_id=evil,
            disposition=evil,
            started_at=datetime(2026, 11, 2, 9, i, tzinfo=UTC),
            findings=(
                a_finding("greeting", Verdict.FAIL, why=evil, near_misses=(an_evidence(evil),)),
                a_finding(evil, Verdict.PASS, evidence=(an_evidence(evil),)),
            ),
            signals=(
                a_signal(SignalKind.COMPLAINT, "true"),
                a_signal(SignalKind.CAUSE, evil, quote=evil, party=Party.CUSTOMER),
            ),
            score=a_call_score(50.0, scorecard=evil, band=evil, review_reasons=(evil,)),
        )
        for i, evil in enumerate(HOSTILE)
    ]
