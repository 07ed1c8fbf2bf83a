"""A scorecard in plain lines, as a person reads it, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator

from qa_pipeline.domain import Criterion, Rule, Scorecard
from qa_pipeline.rules.expression import show
from qa_pipeline.rules.wording import describe


def lines(scorecard: Scorecard) -> Iterator[str]:
    """The whole scorecard: bands, sections, criteria with standard, weight, rule and conditions."""
    dates = [f"from {scorecard.effective_from}" * bool(scorecard.effective_from)]
    dates.append(f"until {scorecard.effective_to}" * bool(scorecard.effective_to))
    yield " · ".join([f"{scorecard.title} ({scorecard.name} {scorecard.version})", *(one for one in dates if one)])
    yield "Bands: " + ", ".join(f"{band.title} from {band.at_least:g} %" for band in scorecard.bands)
    yield f"A failed critical criterion leaves at most {scorecard.critical_cap:g} %."
    for section in scorecard.sections:
        yield ""
        yield f"{section.title} ({sum(criterion.weight for criterion in section.criteria):g} points)"
        for criterion in section.criteria:
            yield f"  {criterion.title} [{criterion.name}] {worth(criterion)}"
            yield from (f"      {line}" for line in details(criterion, scorecard.language))


def worth(criterion: Criterion) -> str:
    """What a criterion is worth, in words."""
    marks = [
        f"{criterion.weight:g} points" if criterion.weight else "bonus item",
        f"bonus {criterion.bonus:g}" * bool(criterion.bonus),
        "critical" * criterion.critical,
        "auto-fail" * criterion.auto_fail,
        "for coaching only" * criterion.coach_only,
        f"SERVQUAL: {criterion.dimension}" * bool(criterion.dimension),
        f"indicator: {criterion.indicator}" * bool(criterion.indicator),
    ]
    return ", ".join(mark for mark in marks if mark)


def details(criterion: Criterion, language: str) -> Iterator[str]:
    """What decides a criterion."""
    if criterion.standard:
        yield f"“{criterion.standard}”"
    if criterion.check:
        settings = ", ".join(f"{name}={value}" for name, value in sorted(criterion.parameters.items()))
        yield f"decided by {criterion.check}{f' ({settings})' if settings else ''}"
    if criterion.rule:
        yield from _rule(criterion.rule, language)
    yield f"below {criterion.min_confidence:.0%} sure: unsure"


def differences(old: Scorecard, new: Scorecard) -> Iterator[str]:
    """One line for each thing that is different: - as it was, + as it is."""
    before, after = _parts(old), _parts(new)
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) == after.get(key):
            continue
        yield f"{key}:"
        gone = [line for line in before.get(key, ()) if line not in after.get(key, ())]
        come = [line for line in after.get(key, ()) if line not in before.get(key, ())]
        yield from (f"  - {line}" for line in gone)
        yield from (f"  + {line}" for line in come)


def _rule(rule: Rule, language: str) -> Iterator[str]:
    texts = {"only when": rule.only_when, "passes when": rule.pass_when, "for coaching only when": rule.coach_when}
    yield from (f"{word}: {show(expression)}" for word, expression in texts.items() if expression)
    yield from (f"  {name} = {describe(condition, language)}" for name, condition in rule.conditions.items())


def _parts(scorecard: Scorecard) -> dict[str, tuple[str, ...]]:
    """The lines that can differ, by what they are about."""
    bands = tuple(f"{band.title} from {band.at_least:g} %" for band in scorecard.bands)
    found = {
        "scorecard": (
            f"title {scorecard.title}",
            f"version {scorecard.version}",
            f"critical cap {scorecard.critical_cap:g} %",
            f"at most {scorecard.max_undecided:.0%} undecided",
            f"in force from {scorecard.effective_from or 'ever'} until {scorecard.effective_to or 'further notice'}",
        ),
        "bands": bands,
        "sections": tuple(section.title for section in scorecard.sections),
    }
    for section in scorecard.sections:
        for criterion in section.criteria:
            found[criterion.name] = (
                f"title {criterion.title}",
                f"section {section.title}",
                f"worth {worth(criterion)}",
                f"precision at least {criterion.min_precision:.0%}",
                *details(criterion, scorecard.language),
            )
    return found
