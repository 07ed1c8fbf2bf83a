"""A scorecard with other weights, tried on verdicts that are there already: what can be, and what needs a new look."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from qa_pipeline.domain import Band, ConfigurationError, Criterion, Finding, Problem, Scorecard, Section

_JUDGES = ("check", "rule", "parameters", "min_confidence", "min_precision")
"""What decides a verdict: where one of these differs, calls would have to be judged again."""
_WORTH = ("weight", "bonus", "critical", "auto_fail", "coach_only")
_LAST = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a criterion is to be worth."""

    weight: float
    bonus: float
    critical: bool
    auto_fail: bool
    coach_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a draft is tried: `card` is what can be folded from stored verdicts.

    `again` are criteria that the draft decides in another way (they stay as they are), `new` those that nobody has
    judged yet (left out), `gone` those that the draft no longer has, `held` those that it would count although too
    many of their passes were measured to be wrong (they stay for coaching only), `changed` those that are worth
    something else.
    """

    card: Scorecard
    again: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    held: tuple[str, ...]
    changed: tuple[str, ...]


def plan(present: Scorecard, draft: Scorecard, imprecise: frozenset[str] = frozenset()) -> Plan:
    """What of a draft can be tried on calls that the present version judged.

    `imprecise` are the criteria whose measured precision is too low to count. Raises ConfigurationError,
    code "nothing_to_try", where the two have no criterion in common.
    """
    before = {one.name: one for one in present.criteria}
    after = {one.name: one for one in draft.criteria}
    again = tuple(name for name in after if name in before and _judged_otherwise(before[name], after[name]))
    held = tuple(
        name
        for name in after
        if name in before and name in imprecise and before[name].coach_only and not after[name].coach_only
    )
    sections = []
    for section in draft.sections:
        kept = tuple(
            before[one.name] if one.name in again else replace(one, coach_only=one.coach_only or one.name in held)
            for one in section.criteria
            if one.name in before
        )
        if kept:
            sections.append(Section(name=section.name, title=section.title, criteria=kept))
    if not sections:
        raise ConfigurationError("The draft shares no criterion with the scorecard.", code="nothing_to_try")
    card = replace(draft, sections=tuple(sections))
    return Plan(
        card=card,
        again=again,
        new=tuple(name for name in after if name not in before),
        gone=tuple(name for name in before if name not in after),
        held=held,
        changed=tuple(one.name for one in card.criteria if worth(one) != worth(before[one.name])),
    )


def worth(criterion: Criterion) -> Worth:
    """What a criterion is worth now."""
    return Worth(**{name: getattr(criterion, name) for name in _WORTH})


def changed(
    card: Scorecard, worths: Mapping[str, Worth], *, critical_cap: float, max_undecided: float, bands: Sequence[Band]
) -> Scorecard:
    """The scorecard with other figures, by the rules of scorecard files. Raises ConfigurationError with all faults."""
    problems = [
        *_faults_of_figures(critical_cap, max_undecided, bands),
        *(problem for one in card.criteria for problem in _faults_of_worth(one, worths[one.name])),
    ]
    if problems:
        raise ConfigurationError("These figures cannot be used.", problems=problems, code="scorecard")
    sections = tuple(
        replace(
            section,
            criteria=tuple(
                replace(one, **{name: getattr(worths[one.name], name) for name in _WORTH}) for one in section.criteria
            ),
        )
        for section in card.sections
    )
    return replace(card, sections=sections, critical_cap=critical_cap, max_undecided=max_undecided, bands=tuple(bands))


def complete(findings: Iterable[Finding], card: Scorecard) -> bool:
    """Whether the verdicts hold every criterion of the card."""
    return {one.name for one in card.criteria} <= {one.criterion for one in findings}


def draft_yaml(text: str, draft: Scorecard, version: str) -> str:
    """A scorecard file with the draft's figures and another version; comments and everything else stay."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where files are written
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - likewise

    yaml = YAML(typ="rt", pure=True)
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)  # as our files are written
    yaml.preserve_quotes = True
    document = yaml.load(text)
    document["version"] = DoubleQuotedScalarString(version)
    _set(document, "critical_cap", draft.critical_cap, None)
    _set(document, "max_undecided", draft.max_undecided, 0.25)
    limits = {band.name: band.at_least for band in draft.bands}
    for band in document["bands"]:
        _set(band, "at_least", limits[str(band["name"])], None)
    criteria = {one.name: one for one in draft.criteria}
    for section in document["sections"]:
        for one in section["criteria"]:
            for name in _WORTH:
                _set(
                    one, name, getattr(criteria[str(one["name"])], name), {"weight": None, "bonus": 0}.get(name, False)
                )
    written = StringIO()
    yaml.dump(document, written)
    return written.getvalue()


def _set(holder: dict[str, object], key: str, value: float | bool, default: object) -> None:
    """Writes only what is otherwise than it says, so that nothing else of the file changes."""
    if holder.get(key, default) != value:
        whole = isinstance(value, float) and value.is_integer()
        holder[key] = int(value) if whole else value


def _judged_otherwise(before: Criterion, after: Criterion) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _JUDGES)


def _faults_of_figures(cap: float, undecided: float, bands: Sequence[Band]) -> Iterable[Problem]:
    limits = [band.at_least for band in bands]
    if not 0 <= cap <= _LAST:
        yield Problem(where="critical_cap", message="from 0 to 100")
    if not 0 <= undecided <= 1:
        yield Problem(where="max_undecided", message="from 0 to 1")
    if any(not 0 <= limit <= _LAST for limit in limits) or limits != sorted(set(limits), reverse=True):
        yield Problem(where="bands", message="bands must go from the best to the worst, each with its own at_least")
    if limits and limits[-1] != 0:
        yield Problem(where="bands", message="the last band must start at 0")


def _faults_of_worth(criterion: Criterion, to: Worth) -> Iterable[Problem]:
    if not all(math.isfinite(figure) and figure >= 0 for figure in (to.weight, to.bonus)):
        yield Problem(where=criterion.name, message="weight and bonus are figures from 0")
    elif to.weight == to.bonus == 0 and not (to.coach_only or to.critical or to.auto_fail):
        yield Problem(
            where=criterion.name, message="weight 0 needs a bonus (a bonus item), critical, auto_fail or coach_only"
        )
