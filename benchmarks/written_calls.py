"""Mood, complaint and causes in whole calls that were written for development, as text: no recording, no recognition.

    python benchmarks/written_calls.py [--slips] [CALLS.jsonl ...]

By default the 187 calls a language in models/causes/calls: nothing was trained on them, and the limits by which a
call gets its causes were chosen on the first 147. Nothing was chosen on those in models/causes/calls/examination.
A file in the form of samples/truth.jsonl gives figures on the true words of its calls. Intervals: 95 %, by bootstrap.
With --slips the words come as recognition may mishear them (qa_pipeline/training/mishear.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qa_pipeline.assembly import sentence_encoder
from qa_pipeline.contracts import Detector
from qa_pipeline.domain import CallView, Party, SignalKind
from qa_pipeline.domain.taxonomy import OTHER
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.causes import Causes
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.timed import call, turn
from qa_pipeline.text.tagger import TextTagger
from qa_pipeline.training.measure import as_words, calibration_error, figure, macro_f1, micro_f1, table
from qa_pipeline.training.mishear import Mishearing

MODELS = Path(__file__).parents[1] / "models"
CALLS = MODELS / "causes" / "calls"
MOODS = ("negative", "neutral", "positive")
SECONDS = 5  # a turn


def main() -> int:
    """Prints three lines for each language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", nargs="*", type=Path, help="JSON lines, a call each; models/causes/calls by default")
    parser.add_argument("--slips", action="store_true", help="as recognition may mishear them")
    args = parser.parse_args()
    encoder = sentence_encoder(load_settings())
    detectors: list[Detector] = [
        Sentiment(TextTagger(MODELS / "sentiment", encoder)),
        Causes(TextTagger(MODELS / "causes", encoder)),
    ]
    entries = [
        {"language": path.stem, **json.loads(line)}
        for path in args.calls or sorted(CALLS.glob("*.jsonl"))
        for line in path.open(encoding="utf-8")
    ]
    for language in sorted({entry["language"] for entry in entries}):
        here = [entry for entry in entries if entry["language"] == language]
        calls = [entry["turns"] for entry in here]
        heard = misheard(calls) if args.slips else calls
        report(language, here, [felt(said, language, detectors) for said in heard])
    return 0


def misheard(calls: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The same calls with slips of hearing in every turn."""
    texts = [said["text"] for turns in calls for said in turns]
    slipped = iter(Mishearing(texts).of(texts, 1.0, seed=1))
    return [[{**said, "text": next(slipped)} for said in turns] for turns in calls]


def felt(said: list[dict[str, Any]], language: str, detectors: Iterable[Detector]) -> CallView:
    """The call with what the detectors find, each after the other."""
    turns = [
        turn(Party(one["party"]), SECONDS * at, SECONDS * (at + 1) - 1, one["text"]) for at, one in enumerate(said)
    ]
    view = call(*turns, language=language, seconds=SECONDS * len(turns))
    for detector in detectors:
        view = replace(view, signals=(*view.signals, *detector(view)))
    return view


def report(language: str, entries: list[dict[str, Any]], views: list[CallView]) -> None:
    """Sentiment by turn, complaint and causes by call, against what the writer meant."""
    pairs = [
        (entry["turns"][one.turn]["sentiment"], one)
        for entry, view in zip(entries, views, strict=True)
        for one in view.of(SignalKind.SENTIMENT, party=Party.CUSTOMER)
        if one.turn is not None
    ]
    meant_moods = table([frozenset({label}) for label, _ in pairs], MOODS)
    heard_moods = table([frozenset({one.label}) for _, one in pairs], MOODS)
    right = np.array([label == one.label for label, one in pairs])
    error = calibration_error(np.array([one.confidence for _, one in pairs]), right)
    mood_f1 = as_words(figure(macro_f1, meant_moods, heard_moods))
    print(f"{language}: sentiment macro-F1 {mood_f1}, calibration error {error:.3f}")
    complains = [entry.get("is_complaint", any(said.get("complains") for said in entry["turns"])) for entry in entries]
    counts = Counter(zip(complains, (view.of(SignalKind.COMPLAINT)[0].label for view in views), strict=True))
    print(f"{language}: complaint (true, found) {dict(counts)}")
    meant = [
        _without_other({cause for said in (entry, *entry["turns"]) for cause in said.get("causes", ())})
        for entry in entries
    ]
    found = [frozenset(one.label for one in view.of(SignalKind.CAUSE)) for view in views]
    leaves = sorted(frozenset().union(*meant, *found))
    truth, named = table(meant, leaves), table(found, leaves)
    print(
        f"{language}: causes micro-F1 {as_words(figure(micro_f1, truth, named))}, "
        f"macro-F1 {macro_f1(truth, named):.3f}, "
        f"right {(truth & named).sum()}, wrong {(named & ~truth).sum()}, missed {(truth & ~named).sum()}"
    )


def _without_other(causes: set[str]) -> frozenset[str]:
    """A complaint that fits a cause is no other."""
    return frozenset(causes - {OTHER} or causes)


if __name__ == "__main__":
    sys.exit(main())
