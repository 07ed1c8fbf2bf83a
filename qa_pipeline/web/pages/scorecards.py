"""Scorecards as people read them, how their criteria do, and what differs between versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.domain import (
    AtLeast,
    ConfigurationError,
    Criterion,
    DetectorCard,
    Expression,
    Name,
    Not,
    Rate,
    Right,
    Scorecard,
    Section,
    Verdict,
)
from qa_pipeline.rules.expression import show
from qa_pipeline.rules.wording import describe
from qa_pipeline.store import cards, rescore
from qa_pipeline.store.rescore import Verdicts
from qa_pipeline.web.desk import Visit, looks
from qa_pipeline.web.render import render
from qa_pipeline.web.words import WORDS, say

router = APIRouter()

SATURATED = 0.95
"""From this rate of passes on (its interval's low end) a criterion tells calls hardly apart."""
RARELY_ASKED, OFTEN_OPEN = 0.8, 0.2
_BAR = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardsPage:
    """All scorecards, each with its versions from the newest to the oldest."""

    cards: tuple[tuple[Scorecard, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of an expression in words: `kind` is "leaf", "all", "any", "some" (`n` of them) or "not"."""

    kind: str
    text: str = ""
    n: int = 0
    parts: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How a criterion came out: figures, the rate of passes among pass and fail, and keys of what to look at."""

    found: Verdicts
    passed: Rate | None
    undecided: int
    health: tuple[str, ...]

    @property
    def bar(self) -> tuple[tuple[str, float, float], ...]:
        """Stretches of a bar: class, start and width."""
        counts = self.found.counts
        parts = (
            ("pass", counts[Verdict.PASS]),
            ("fail", counts[Verdict.FAIL]),
            ("unsure", self.undecided),
            ("na", counts[Verdict.NOT_APPLICABLE]),
        )
        at, drawn = 0.0, []
        for name, n in parts:
            width = _BAR * n / self.found.n
            drawn.append((name, at, width))
            at += width
        return tuple(drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """A criterion with what decides it in words, what was measured of it, and how it came out."""

    criterion: Criterion
    decided_by: str
    parameters: tuple[tuple[str, str], ...]
    only_when: Clause | None
    pass_when: Clause | None
    coach_when: Clause | None
    cards: tuple[DetectorCard, ...]
    shares: Shares | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section and its points."""

    section: Section
    points: float
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardPage:
    """One version; `looked_at` is how many of the newest calls the figures rest on, at most `limit`."""

    card: Scorecard
    others: tuple[Scorecard, ...]
    sections: tuple[SectionView, ...]
    looked_at: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs: a word's key for what it is, as it was and as it is ("": not there)."""

    key: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPage:
    """Two versions and what differs, by what it is about ("": the whole scorecard)."""

    name: str
    versions: tuple[str, ...]
    old: Scorecard
    new: Scorecard
    changes: tuple[tuple[str, str, tuple[Change, ...]], ...]


@router.get("/scorecards")
def show_all(visit: Annotated[Visit, looks(Right.SEE_RULES)]) -> HTMLResponse:
    """All scorecards."""
    names = sorted({card.name for card in visit.desk.scorecards})
    return render(
        visit, "scorecards.html", ScorecardsPage(cards=tuple(_versions(visit, name) for name in names))
    )  # fmt: skip


@router.get("/scorecard")
def show_one(visit: Annotated[Visit, looks(Right.SEE_RULES)], name: str, version: str) -> HTMLResponse:
    """A scorecard, as a person reads it."""
    card = chosen(visit, name, version)
    found = rescore.distribution(visit.store, visit.user.scope, name, version)
    measured = [one for one in cards.read_cards(visit.store) if one.scorecard == name]
    sections = tuple(
        SectionView(
            section=section,
            points=sum(one.weight for one in section.criteria if not one.coach_only),
            criteria=tuple(
                _criterion(
                    one,
                    visit.language,
                    tuple(card for card in measured if card.criterion == one.name),
                    shares(found.get(one.name), visit.desk.settings.min_calls),
                )
                for one in section.criteria
            ),
        )
        for section in card.sections
    )
    page = ScorecardPage(
        card=card,
        others=tuple(one for one in _versions(visit, name) if one.version != version),
        sections=sections,
        looked_at=max((one.n for one in found.values()), default=0),
        limit=rescore.LOOKED_AT,
    )
    return render(visit, "scorecard.html", page)


@router.get("/scorecard/diff")
def compare(visit: Annotated[Visit, looks(Right.SEE_RULES)], name: str, old: str, new: str) -> HTMLResponse:
    """What differs between two versions."""
    before, after = chosen(visit, name, old), chosen(visit, name, new)
    page = DiffPage(
        name=name,
        versions=tuple(one.version for one in _versions(visit, name)),
        old=before,
        new=after,
        changes=tuple(_changes(before, after, visit.language)),
    )
    return render(visit, "scorecard_diff.html", page)


def chosen(visit: Visit, name: str, version: str) -> Scorecard:
    """The version of a scorecard that an address names. Raises ConfigurationError, code "not_found"."""
    card = visit.desk.scorecards.get(name, version)
    if card is None:
        raise ConfigurationError("There is no such scorecard.", code="not_found")
    return card


def shares(found: Verdicts | None, min_calls: int) -> Shares | None:
    """What the verdicts say of the criterion itself; nothing is said of fewer than `min_calls`."""
    if found is None or not found.n:
        return None
    counts = found.counts
    hits, misses = counts[Verdict.PASS], counts[Verdict.FAIL]
    undecided = counts[Verdict.UNSURE] + counts[Verdict.ERROR]
    judged = hits + misses
    rate = Rate(hits=hits, n=judged, interval=wilson(hits, judged)) if judged else None
    signs = {
        "rules_saturated": rate is not None and judged >= min_calls and rate.interval.low >= SATURATED,
        "rules_never": rate is not None and judged >= min_calls and rate.interval.high <= 1 - SATURATED,
        "rules_rarely": found.n >= min_calls and counts[Verdict.NOT_APPLICABLE] >= RARELY_ASKED * found.n,
        "rules_open": found.n >= min_calls and undecided >= OFTEN_OPEN * found.n,
    }
    return Shares(
        found=found, passed=rate, undecided=undecided, health=tuple(key for key, shown in signs.items() if shown)
    )


def clause(expression: Expression, rule_conditions: Mapping[str, object], language: str) -> Clause:
    """An expression in words, part by part."""
    if isinstance(expression, Name):
        condition = rule_conditions.get(expression.name)
        if condition is None:
            return Clause(kind="leaf", text=say(language, "rules_act", act=expression.name.replace("_", " ")))
        return Clause(kind="leaf", text=describe(condition, language))  # type: ignore[arg-type]  # a Rule's are Conditions
    if isinstance(expression, Not):
        return Clause(kind="not", parts=(clause(expression.part, rule_conditions, language),))
    parts = tuple(clause(part, rule_conditions, language) for part in expression.parts)
    return Clause(kind=_kind(expression), n=expression.count, parts=parts)


def _kind(expression: AtLeast) -> str:
    if expression.count == len(expression.parts):
        return "all"
    return "any" if expression.count == 1 else "some"


def _versions(visit: Visit, name: str) -> tuple[Scorecard, ...]:
    """The newest first: by the first day in force, then by version."""
    found = [card for card in visit.desk.scorecards if card.name == name]
    found.sort(key=lambda one: (str(one.effective_from or ""), one.version), reverse=True)
    return tuple(found)


def _criterion(
    one: Criterion, language: str, measured: tuple[DetectorCard, ...], found: Shares | None
) -> CriterionView:  # fmt: skip
    rule = one.rule
    conditions = rule.conditions if rule else {}
    only, passes, coach = (
        clause(expression, conditions, language) if expression else None
        for expression in ((rule.only_when, rule.pass_when, rule.coach_when) if rule else (None, None, None))
    )
    return CriterionView(
        criterion=one,
        decided_by=_check(one.check, language),
        parameters=tuple((name, _plain(value)) for name, value in sorted(one.parameters.items())),
        only_when=only,
        pass_when=passes,
        coach_when=coach,
        cards=measured,
        shares=found,
    )


def _check(name: str, language: str) -> str:
    """What a built-in check looks for; of one from outside its name."""
    key = f"check_{name}"
    return say(language, key) if key in WORDS else name


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _changes(old: Scorecard, new: Scorecard, language: str) -> Iterator[tuple[str, str, tuple[Change, ...]]]:
    before, after = _facts(old, language), _facts(new, language)
    titles = {one.name: one.title for card in (old, new) for one in card.criteria}
    for about in dict.fromkeys([*before, *after]):
        was, now = before.get(about, {}), after.get(about, {})
        found = tuple(
            Change(key=key, name=name, old=was.get((key, name), ""), new=now.get((key, name), ""))
            for key, name in dict.fromkeys([*was, *now])
            if was.get((key, name), "") != now.get((key, name), "")
        )
        if found:
            yield about, titles.get(about, ""), found


def _facts(card: Scorecard, language: str) -> dict[str, dict[tuple[str, str], str]]:
    """Everything about a scorecard that can differ, by what it is about and what is said: (key of a word, name)."""
    whole = {
        ("rules_title_word", ""): card.title,
        ("rules_from", ""): str(card.effective_from or ""),
        ("rules_until", ""): str(card.effective_to or ""),
        ("rules_cap", ""): f"{card.critical_cap:g} %",
        ("rules_undecided", ""): f"{card.max_undecided:.0%}",
        ("rules_sections", ""): " · ".join(section.title for section in card.sections),
    }
    whole |= {("rules_band", band.title): f"≥ {band.at_least:g} %" for band in card.bands}
    found = {"": whole}
    for section in card.sections:
        for one in section.criteria:
            found[one.name] = dict(_of_criterion(one, section, language))
    return found


def _of_criterion(one: Criterion, section: Section, language: str) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("rules_title_word", ""), one.title
    yield ("section", ""), section.title
    yield ("standard", ""), one.standard
    yield ("rules_weight", ""), f"{one.weight:g}"
    yield ("rules_bonus", ""), f"{one.bonus:g}" if one.bonus else ""
    for key, on in (("critical", one.critical), ("rules_auto_fail", one.auto_fail), ("coach_only", one.coach_only)):
        yield (key, ""), say(language, "rules_yes") if on else ""
    yield ("rules_decided_by", ""), one.check
    for name, value in sorted(one.parameters.items()):
        yield ("rules_parameter", name), _plain(value)
    if one.rule:
        asked = (one.rule.only_when, one.rule.pass_when, one.rule.coach_when)
        for key, expression in zip(("rules_only_when", "rules_pass_when", "rules_coach_when"), asked, strict=True):
            yield (key, ""), show(expression) if expression else ""
        for name, condition in one.rule.conditions.items():
            yield ("rules_condition", name), describe(condition, language)
    yield ("rules_min_confidence", ""), f"{one.min_confidence:.0%}"
    yield ("rules_min_precision", ""), f"{one.min_precision:.0%}"
