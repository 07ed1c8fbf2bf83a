"""How often a criterion's verdicts are right, measured against a truth that people wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_pipeline.domain.agent_scorecard import Mean, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCard:
    """One criterion of one scorecard in one language, as measured on `n` calls.

    Positive is a pass: `tp` and `fp` are the passes that are right and wrong, `fn` the true passes that were not given,
    undecided ones included, `tn` the other calls rightly not passed; `unsure` are those of them left undecided, so that
    n = tp + fp + fn + tn + unsure. `undecided` counts the undecided of both kinds, `sure_fp` the wrong passes with a
    confidence of 0.9 or more. A figure is None where no call allows it; `kappa` is over pass, fail and not applicable.

    `scorecard_versions` judged the calls; `checks` is the version of the checks in the program that measured,
    `truth_sha256` that of the truth file; `measured_at` is in UTC. analytics/evaluate.py has the definitions.
    """

    scorecard: str
    criterion: str
    language: str
    scorecard_versions: tuple[str, ...]
    checks: str
    n: int
    tp: int
    fp: int
    fn: int
    tn: int
    unsure: int
    undecided: int
    sure_fp: int
    precision: Rate | None
    recall: Rate | None
    f1: Mean | None
    kappa: float | None
    truth_sha256: str
    measured_at: datetime

    @property
    def share_unsure(self) -> float:
        """The share of calls that were left undecided."""
        return self.undecided / self.n
