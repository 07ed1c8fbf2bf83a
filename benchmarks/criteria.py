"""How often the verdicts are right: a database that `qa nightly` wrote against a truth file.

    python benchmarks/criteria.py [TRUTH.jsonl] --db URL [--misses]

For each criterion and language: how many verdicts are right, wrong and unsure, and how many passes false (`qa evaluate`
has precision and recall); then closing-check levels, the customer's sentiment by turn, complaints and causes. Without
TRUTH: how many calls got which verdict. A false pass is the worst error: it is credit that was not earned. TRUTH has
the form of samples/truth.jsonl.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.analytics.evaluate import Measured, evaluate
from qa_pipeline.analytics.truth import read_truth
from qa_pipeline.domain import ScoredCall, Signal, SignalKind
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.training.measure import as_words, calibration_error, figure, macro_f1, micro_f1, table

MOODS = ("negative", "neutral", "positive")
VERDICTS = ("pass", "fail", "not_applicable", "unsure", "error")


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("--db", required=True)
    parser.add_argument("--misses", action="store_true", help="name every wrong verdict")
    args = parser.parse_args()
    if args.truth is None:
        print_counts(args.db)
        return 0
    right = read_truth(args.truth)
    truth = {entry["call_id"]: entry for entry in map(json.loads, args.truth.open(encoding="utf-8"))}
    with open_store(args.db, create=False) as store:
        calls = {call.recording.id: call for call in scored_calls(store, machine=True) if call.recording.id in truth}
    measured = evaluate(calls.values(), right, checks="", measured_at=datetime.now(UTC))
    print_criteria(calls, truth, measured, misses=args.misses)
    print_customer(calls, truth)
    return 0


def print_counts(db: str) -> None:
    """One line for each criterion: how many calls got which verdict."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    with open_store(db, create=False) as store:
        for call in scored_calls(store, machine=True):
            for finding in call.findings:
                table[finding.criterion][finding.verdict] += 1
    print(f"{'criterion':24}" + "".join(f"{verdict:>16}" for verdict in VERDICTS))
    for criterion, counts in sorted(table.items()):
        print(f"{criterion:24}" + "".join(f"{counts[verdict]:16}" for verdict in VERDICTS))


def print_criteria(calls: dict[str, ScoredCall], truth: dict[str, Any], measured: Measured, *, misses: bool) -> None:
    """One line for each criterion and language: truth against verdict, as counts."""
    decided = [one for one in measured.wrong if one.finding.verdict not in ("unsure", "error")]
    wrong = Counter((one.scorecard, one.finding.criterion, one.language) for one in decided)
    print(f"{'criterion':24}{'lang':6}{'right':>7}{'wrong':>7}{'unsure':>8}{'false pass':>12}")
    for card in sorted(measured.cards, key=lambda card: (card.criterion, card.language)):
        bad = wrong[card.scorecard, card.criterion, card.language]
        right = card.n - bad - card.undecided
        print(f"{card.criterion:24}{card.language:6}{right:7}{bad:7}{card.undecided:8}{card.fp:12}")
    for one in measured.wrong if misses else ():
        found = one.finding
        print(f"  {one.call_id} {found.criterion}: {one.truth}, got {found.verdict}: {found.why}")
    levels = Counter(
        (truth[call_id]["criteria"]["closing_check"].get("level"), finding.level)
        for call_id, call in calls.items()
        for finding in call.findings
        if finding.criterion == "closing_check" and truth[call_id]["criteria"]["closing_check"]["verdict"] == "pass"
    )
    print("closing_check levels (true, found):", dict(levels))


def print_customer(calls: dict[str, ScoredCall], truth: dict[str, Any]) -> None:
    """Sentiment by turn, complaint and causes by call; calls whose parties are unknown are left out.

    A complaint left unsure counts as not found. The causes' macro-F1 is of those that occur in the language, as truth
    or as found: the others have none. Expected calibration error: of the sentiment's confidence.
    """
    known = {call_id: call for call_id, call in calls.items() if SignalKind.SENTIMENT in call.measured}
    found = {call_id: {s.label for s in call.signals if s.kind is SignalKind.CAUSE} for call_id, call in known.items()}
    for language in sorted({truth[call_id]["language"] for call_id in known}):
        ids = [call_id for call_id in known if truth[call_id]["language"] == language]
        here = [(known[call_id], truth[call_id]) for call_id in ids]
        pairs = [(turn, _felt(call, turn)) for call, entry in here for turn in entry["turns"]]
        felt = [(turn["sentiment"], one) for turn, one in pairs if one]
        right = np.array([label == one.label for label, one in felt])
        moods = _table([{label} for label, _ in felt], MOODS), _table([{one.label} for _, one in felt], MOODS)
        error = calibration_error(np.array([one.confidence for _, one in felt]), right)
        print(f"{language}: sentiment macro-F1 {as_words(figure(macro_f1, *moods))}, {right.sum()} turns right")
        print(f"{language}: sentiment calibration error {error:.3f}")
        complains = np.array([[entry["is_complaint"]] for _, entry in here])
        said = [next((s.label for s in call.signals if s.kind is SignalKind.COMPLAINT), "none") for call, _ in here]
        counts = Counter(zip(complains[:, 0].tolist(), said, strict=True))
        f1 = figure(micro_f1, complains, np.array([[label == "true"] for label in said]))
        print(f"{language}: complaint F1 {as_words(f1)}, (true, found) {dict(counts)}")
        leaves = sorted({cause for _, entry in here for cause in entry["causes"]}.union(*(found[one] for one in ids)))
        causes = _table([set(entry["causes"]) for _, entry in here], leaves)
        named = _table([found[call_id] for call_id in ids], leaves)
        counted = {"right": causes & named, "wrong": named & ~causes, "missed": causes & ~named}
        print(
            f"{language}: causes micro-F1 {as_words(figure(micro_f1, causes, named))}",
            f"macro-F1 {macro_f1(causes, named):.3f} of {len(leaves)}",
            *(f"{name} {int(cells.sum())}" for name, cells in counted.items()),
            sep=", ",
        )


def _table(labels: Sequence[set[str]], names: Sequence[str]) -> NDArray[np.bool_]:
    return table([frozenset(one) for one in labels], names)


def _felt(call: ScoredCall, turn: dict[str, Any]) -> Signal | None:
    """The sentiment of the recognised customer turn that shares most time with a true one."""
    if turn["party"] != "customer":
        return None
    shared = [
        (min(signal.end_ms, turn["end_ms"]) - max(signal.start_ms, turn["start_ms"]), signal)
        for signal in call.signals
        if signal.kind is SignalKind.SENTIMENT
    ]
    best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] > 0 else None


if __name__ == "__main__":
    sys.exit(main())
