"""Findings to a call's score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_pipeline.domain import CallScore, Criterion, Finding, Scorecard, Section, SectionScore, Verdict

COUNTS = (Verdict.PASS, Verdict.FAIL, Verdict.UNSURE, Verdict.ERROR)
UNDECIDED = (Verdict.UNSURE, Verdict.ERROR)


def fold(findings: Sequence[Finding], scorecard: Scorecard) -> CallScore:
    """The points of one call.

    A pass earns its weight, level 2 its bonus on top (never beyond 100 %). NOT_APPLICABLE leaves the denominator and a
    section in which nothing applies drops out. UNSURE and ERROR stay in the denominator and earn nothing, so that
    nobody gets credit for what was not seen; the call then asks for a person. Coach-only criteria count nowhere.
    A failed critical criterion caps the percentage; `raw_percent` keeps what it would have been.
    """
    by_name = {finding.criterion: finding for finding in findings}
    sections = tuple(_section(section, by_name) for section in scorecard.sections)
    points = min(sum(section.points for section in sections), sum(section.out_of for section in sections))
    out_of = sum(section.out_of for section in sections)
    raw = round(100 * points / out_of, 2) if out_of else None
    counted = [criterion for criterion in scorecard.criteria if not criterion.coach_only]
    critical = tuple(
        criterion.name
        for criterion in counted
        if criterion.critical and by_name[criterion.name].verdict is Verdict.FAIL
    )
    percent = min(raw, scorecard.critical_cap) if raw is not None and critical else raw
    reasons = _reasons(counted, by_name, scorecard, out_of)
    reasons += [f"critical:{name}" for name in critical]
    if percent is None:
        reasons.append("nothing_judged")
    return CallScore(
        scorecard=scorecard.name,
        scorecard_version=scorecard.version,
        points=round(points, 4),
        out_of=round(out_of, 4),
        percent=percent,
        raw_percent=raw,
        band=next((band.name for band in scorecard.bands if percent is not None and percent >= band.at_least), ""),
        needs_review=bool(reasons),
        review_reasons=tuple(reasons),
        critical_failures=critical,
        sections=sections,
    )


def _section(section: Section, findings: Mapping[str, Finding]) -> SectionScore:
    points = out_of = 0.0
    for criterion in section.criteria:
        finding = findings[criterion.name]
        if criterion.coach_only or finding.verdict not in COUNTS:
            continue
        out_of += criterion.weight
        if finding.verdict is Verdict.PASS:
            points += criterion.weight + (criterion.bonus if finding.level == 2 else 0.0)
    return SectionScore(section=section.name, points=round(points, 4), out_of=round(out_of, 4))


def _reasons(
    criteria: Sequence[Criterion], findings: Mapping[str, Finding], scorecard: Scorecard, out_of: float
) -> list[str]:
    undecided = [criterion for criterion in criteria if findings[criterion.name].verdict in UNDECIDED]
    share = sum(criterion.weight for criterion in undecided) / out_of if out_of else 0.0
    if share <= scorecard.review_unsure_share and not any(criterion.critical for criterion in undecided):
        return []
    return [f"{findings[criterion.name].verdict}:{criterion.name}" for criterion in undecided]
