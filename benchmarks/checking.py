"""How long judging takes: a transcribed call of five minutes under a scorecard of twenty criteria, on one core.

    taskset -c 0 python benchmarks/checking.py

The sample scripts' dialogues are strung together to five minutes in each language. Detectors of words (acts,
sentiment, complaint, causes, repetition) and twenty criteria run; the encoder's results are remembered from a first
run, as they are when a scorecard changes. Prints the median, and the slowest, of 20 runs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import yaml

from qa_pipeline.assembly import parts
from qa_pipeline.domain import CallView, Scorecard, Section
from qa_pipeline.pipeline import Parts
from qa_pipeline.scoring.evaluate import evaluate
from qa_pipeline.scoring.fold import fold
from qa_pipeline.settings import load_settings
from qa_pipeline.testing.cases import Case, view_with
from qa_pipeline.testing.pack_cases import FROM_WORDS

SCRIPTS = Path(__file__).parents[1] / "samples" / "scripts"
MINUTES = 5
CRITERIA = 20
RUNS = 20


def main() -> int:
    """Prints one line for each language."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for language in ("en", "zh"):
        made = parts(load_settings(), scorecard=f"general-{language}")
        case, scorecard = long_case(language), twenty(made.scorecards[language][-1])
        heard = view_with(case, [])
        view = judge(heard, scorecard, made)
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            judge(heard, scorecard, made)
            times.append(1000 * (time.perf_counter() - start))
        print(
            f"{language}: {len(view.transcript.turns)} turns, {view.media.duration_ms / 60_000:.1f} minutes, "
            f"{len(scorecard.criteria)} criteria: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms"
        )
    return 0


def judge(heard: CallView, scorecard: Scorecard, made: Parts) -> CallView:
    """Detect from words, evaluate, fold."""
    view = heard
    for detector in made.detectors:
        if FROM_WORDS.issuperset(detector.measures):
            found = sorted((*view.signals, *detector(view)), key=lambda one: (one.start_ms, one.end_ms))
            view = replace(view, signals=tuple(found))
    fold(evaluate(view, scorecard, made.checks), scorecard)
    return view


def long_case(language: str) -> Case:
    """Dialogues of the sample scripts, one after the other, until they last five minutes."""
    calls = yaml.safe_load((SCRIPTS / f"{language}.yaml").read_text("utf-8"))["calls"]
    turns: list[dict[str, str]] = []
    for call in calls:
        for turn in call["turns"]:
            turns.append({key: turn[key] for key in ("agent", "customer") if key in turn})
            case = Case.model_validate(
                {"name": "long", "language": language, "turns": turns, "expect": {"verdict": "pass"}}
            )
            if view_with(case, []).media.duration_ms >= MINUTES * 60_000:
                return case
    raise ValueError("the scripts are too short")


def twenty(scorecard: Scorecard) -> Scorecard:
    """The scorecard with criteria repeated under other names until there are twenty."""
    criteria = scorecard.criteria
    more = [replace(one, name=f"{one.name}_again") for one in criteria[: max(0, CRITERIA - len(criteria))]]
    return replace(
        scorecard, sections=(*scorecard.sections, Section(name="again", title="Again", criteria=tuple(more)))
    )


if __name__ == "__main__":
    sys.exit(main())
