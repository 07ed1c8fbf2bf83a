"""How well dialogue acts are found in text: the detector as it runs, on the test split that training never saw.

    python benchmarks/acts.py [--misses ACT] [--phrases]

For each act and language: n, precision and recall with 95 % intervals (Wilson), how many were left in doubt (neither
found nor missed: UNSURE), and wrong finds with a confidence of 0.9 and above. Every line is one turn of its party in a
call of its own; `--phrases` leaves the trained layer out. A self-introduction like "this is Laura" counts, as at a
call's start.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from qa_pipeline.analytics.intervals import wilson
from qa_pipeline.assembly import parts
from qa_pipeline.domain import Party
from qa_pipeline.resources import data_dir
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.cues import ACTS
from qa_pipeline.testing.dummies import a_call_view, a_transcript, a_turn
from qa_pipeline.training.data import Example, read_examples

TOP = 0.9
SURE = 0.6  # what the built-in scorecards ask for
PARTIES = {"agent": Party.AGENT, "customer": Party.CUSTOMER, "recording": Party.AGENT}


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", metavar="ACT", help="show every line on which this act is wrong or in doubt")
    parser.add_argument("--phrases", action="store_true", help="phrases alone")
    parser.add_argument("--split", choices=("test", "train"), default="test")
    args = parser.parse_args()
    detector = next(one for one in parts(load_settings()).detectors if isinstance(one, Acts))
    if args.phrases:
        detector = detector.phrases_alone()
    examples = [
        one for one in read_examples(data_dir() / "models" / "acts" / "data", "acts") if one.split == args.split
    ]
    table: Counter[tuple[str, str, bool, str]] = Counter()
    for example in examples:
        best = confidences(detector, example)
        for act in ACTS:
            confidence = best.get(act, 0.0)
            got = "found" if confidence >= SURE else "doubt" if confidence > 0 else "none"
            true = act in example.labels
            table[act, example.language, true, got] += 1
            table[act, example.language, true, "at 0.9"] += confidence >= TOP
            if args.misses == act and got != ("found" if true else "none"):
                print(f"{example.language} {'is' if true else 'is not'}, {got}: {example.text}")
    show(table)
    return 0


def confidences(detector: Acts, example: Example) -> dict[str, float]:
    """The surest of each act in a line."""
    turn = a_turn(example.text, party=PARTIES[example.party], confidence=1.0, end_ms=60_000)
    view = a_call_view(language=example.language, transcript=a_transcript(turn, language=example.language))
    best: dict[str, float] = {}
    for signal in detector(view):
        if signal.party is Party.AGENT:
            best[signal.label] = max(best.get(signal.label, 0.0), signal.confidence)
    return best


def show(table: Counter[tuple[str, str, bool, str]]) -> None:
    """One line for each act and language."""
    doubts = "doubt on true, on others"
    print(f"{'act':24}{'lang':5}{'n':>4}  {'precision':22}{'recall':22}{doubts:26}{'wrong at 0.9':>12}")
    for act in ACTS:
        for language in ("en", "zh"):
            right, missed, doubted = (table[act, language, True, got] for got in ("found", "none", "doubt"))
            wrong, open_ = table[act, language, False, "found"], table[act, language, False, "doubt"]
            n = right + missed + doubted
            print(
                f"{act:24}{language:5}{n:4}  {share(right, right + wrong):22}{share(right, n):22}"
                f"{f'{doubted}, {open_}':26}{table[act, language, False, 'at 0.9']:12}"
            )


def share(part: int, whole: int) -> str:
    """A share with its interval."""
    if not whole:
        return "-"
    interval = wilson(part, whole)
    return f"{part / whole:.3f} [{interval.low:.2f}, {interval.high:.2f}]"


if __name__ == "__main__":
    sys.exit(main())
