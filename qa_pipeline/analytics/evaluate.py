"""How often verdicts are right: judged calls against a truth that people wrote.

For each scorecard, criterion and language (the one that the call was judged in), over the calls whose true verdict is
pass, fail or not applicable:

    true verdict     found: pass    found: fail, not applicable    found: unsure, error
    pass             TP             FN                             FN
    fail, n. a.      FP             TN                             unsure

    precision     TP / (TP + FP)             how many of the passes given are right; Wilson interval
    recall        TP / (TP + FN)             how many of the true passes were given; Wilson interval
    F1            2 TP / (2 TP + FP + FN)    bootstrap over calls
    kappa         Cohen's, over pass, fail and not applicable, of the calls where the finding is one of them
    share unsure  findings unsure or error, whatever the truth, of all calls

A false pass, credit that was not earned, is the worst error: those with a confidence of 0.9 or more are counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from qa_pipeline.analytics.agreement import kappa
from qa_pipeline.analytics.intervals import f1_interval, wilson
from qa_pipeline.analytics.truth import Truth
from qa_pipeline.domain import DetectorCard, Finding, Mean, Rate, ScoredCall, Verdict

SURE = 0.9
_DECIDED = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongVerdict:
    """A finding that differs from the truth, undecided ones included."""

    call_id: str
    scorecard: str
    language: str
    truth: Verdict
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`cards` and `wrong` verdicts, sorted; what the truth names and nobody judged.

    `unknown_calls` are call ids without a current evaluation, `unknown_criteria` pairs of a scorecard and a criterion
    that it does not have.
    """

    cards: tuple[DetectorCard, ...]
    wrong: tuple[WrongVerdict, ...]
    unknown_calls: tuple[str, ...]
    unknown_criteria: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Tally:
    pairs: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)  # (true, found)
    versions: set[str] = field(default_factory=set)
    sure_fp: int = 0


def evaluate(calls: Iterable[ScoredCall], truth: Truth, *, checks: str, measured_at: datetime) -> Measured:
    """What the verdicts on these calls are worth; calls that the truth does not name are passed over.

    `checks` and `measured_at` go into the cards as they are.
    """
    tallies: defaultdict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
    wrong: list[WrongVerdict] = []
    seen: set[str] = set()
    unknown: set[tuple[str, str]] = set()
    for call in calls:
        right = truth.calls.get(call.recording.id)
        if right is None:
            continue
        seen.add(call.recording.id)
        unknown |= {(call.score.scorecard, name) for name in right.keys() - {one.criterion for one in call.findings}}
        for finding in call.findings:
            true = right.get(finding.criterion)
            if true not in _DECIDED:
                continue
            tally = tallies[call.score.scorecard, finding.criterion, call.transcript.language]
            tally.pairs[true, finding.verdict] += 1
            tally.versions.add(call.score.scorecard_version)
            tally.sure_fp += finding.verdict is Verdict.PASS is not true and finding.confidence >= SURE
            if finding.verdict is not true:
                wrong.append(_wrong(call, true, finding))
    return Measured(
        cards=tuple(_card(key, tallies[key], truth, checks, measured_at) for key in sorted(tallies)),
        wrong=tuple(sorted(wrong, key=lambda one: (one.scorecard, one.finding.criterion, one.language, one.call_id))),
        unknown_calls=tuple(sorted(truth.calls.keys() - seen)),
        unknown_criteria=tuple(sorted(unknown)),
    )


def _card(key: tuple[str, str, str], tally: _Tally, truth: Truth, checks: str, measured_at: datetime) -> DetectorCard:
    scorecard, criterion, language = key
    decided = {pair: count for pair, count in tally.pairs.items() if pair[1] in _DECIDED}
    n = tally.pairs.total()
    positives = sum(count for (true, _), count in tally.pairs.items() if true is Verdict.PASS)
    passes = sum(count for (_, found), count in decided.items() if found is Verdict.PASS)
    unsure = sum(c for (true, found), c in tally.pairs.items() if true is not Verdict.PASS and found not in _DECIDED)
    tp = decided.get((Verdict.PASS, Verdict.PASS), 0)
    fp, fn = passes - tp, positives - tp
    return DetectorCard(
        scorecard=scorecard,
        criterion=criterion,
        language=language,
        scorecard_versions=tuple(sorted(tally.versions)),
        checks=checks,
        n=n,
        tp=tp,
        fp=fp,
        fn=fn,
        tn=n - tp - fp - fn - unsure,
        unsure=unsure,
        undecided=n - sum(decided.values()),
        sure_fp=tally.sure_fp,
        precision=_rate(tp, passes),
        recall=_rate(tp, positives),
        f1=Mean(value=2 * tp / (passes + positives), n=n, interval=f1_interval(tp, fp, fn, n))
        if passes + positives
        else None,
        kappa=kappa(decided),
        truth_sha256=truth.sha256,
        measured_at=measured_at,
    )


def _rate(hits: int, n: int) -> Rate | None:
    return Rate(hits=hits, n=n, interval=wilson(hits, n)) if n else None


def _wrong(call: ScoredCall, true: Verdict, finding: Finding) -> WrongVerdict:
    return WrongVerdict(
        call_id=call.recording.id,
        scorecard=call.score.scorecard,
        language=call.transcript.language,
        truth=true,
        finding=finding,
    )
