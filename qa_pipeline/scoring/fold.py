"""Findings to a call's score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_pipeline.domain import CallScore, Finding, Scorecard, Section, SectionScore, Verdict

COUNTS = (Verdict.PASS, Verdict.FAIL, Verdict.UNSURE, Verdict.ERROR)
UNDECIDED = (Verdict.UNSURE, Verdict.ERROR)


def fold(findings: Sequence[Finding], scorecard: Scorecard) -> CallScore:
    """The points of one call.

    A pass earns its weight, level 2 its bonus on top (never beyond 100 %). NOT_APPLICABLE leaves the denominator and a
    section in which nothing applies drops out. UNSURE and ERROR stay in the denominator and earn nothing, so that
    nobody gets credit for what was not seen; the call then asks for a person, and where they hold more than
    `max_undecided` of the weight there is no percentage: so little was seen that it would say nothing of the agent.
    Coach-only criteria and findings count nowhere. A bonus item (weight 0) earns its bonus with a pass, else nothing. A
    failed critical criterion caps the percentage, a failed auto-fail makes it 0; `raw_percent` keeps what it was.
    """
    by_name = {finding.criterion: finding for finding in findings}
    sections = tuple(_section(section, by_name) for section in scorecard.sections)
    points = min(sum(section.points for section in sections), sum(section.out_of for section in sections))
    out_of = sum(section.out_of for section in sections)
    raw = round(100 * points / out_of, 2) if out_of else None
    counted = [
        one
        for one in scorecard.criteria
        if not (one.coach_only or by_name[one.name].coach_only) and (one.weight or one.critical or one.auto_fail)
    ]
    failed = [one for one in counted if by_name[one.name].verdict is Verdict.FAIL]
    critical = tuple(one.name for one in failed if one.critical or one.auto_fail)
    ruined = [one.name for one in failed if one.auto_fail]
    limit = 0.0 if ruined else scorecard.critical_cap if critical else 100.0
    undecided = [criterion for criterion in counted if by_name[criterion.name].verdict in UNDECIDED]
    too_little = raw is None or sum(one.weight for one in undecided) > scorecard.max_undecided * out_of
    percent = None if too_little or raw is None else min(raw, limit)
    reasons = [f"{by_name[one.name].verdict}:{one.name}" for one in undecided]
    reasons += [f"{'auto_fail' if name in ruined else 'critical'}:{name}" for name in critical]
    if too_little:
        reasons.append("too_little_decided")
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
        if criterion.coach_only or finding.coach_only or finding.verdict not in COUNTS:
            continue
        out_of += criterion.weight
        if finding.verdict is Verdict.PASS:
            bonus = finding.level == 2 or criterion.weight == 0
            points += criterion.weight + (criterion.bonus if bonus else 0.0)
    return SectionScore(section=section.name, points=round(points, 4), out_of=round(out_of, 4))
