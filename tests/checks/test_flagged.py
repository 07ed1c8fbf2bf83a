"""Text that may be wrong or invented earns nothing: not with any check, not through any detector."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa_pipeline import assembly
from qa_pipeline.domain import CallView, Finding, Party, SignalKind, Transcript, TurnFlag, Verdict
from qa_pipeline.scoring.evaluate import evaluate
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.causes import Causes
from qa_pipeline.signals.holds import Holds
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.signals.pace import Pace
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.testing.cases import Case, load_cases, view_of
from qa_pipeline.testing.dummies import a_scorecard
from qa_pipeline.testing.pack_cases import FROM_WORDS
from qa_pipeline.testing.timed import AGENT, CUSTOMER, call, signal, turn
from qa_pipeline.testing.word_tagger import WordTagger
from qa_pipeline.text.packs import load_acts

ROOT = Path(__file__).parents[2]
PHRASES = (ROOT / "scorecards" / "phrases",)
CASES = ROOT / "tests" / "cases" / "checks"
FLAGS = list(TurnFlag)
BY_SOUND = {"no_dead_air", "no_interruptions"}  # these rest on who makes a sound when, not on words
FEELING = WordTagger({"negative": {"bad": 0.9}, "neutral": {"": 0.5}, "positive": {}}, rare=0.05, exclusive=True)
COMPLAINT = WordTagger({"complaint": {"bad": 0.9}, "billing_error": {"bill": 0.8}}, rare=0.01, claim=0.5)


@cache
def acts() -> Acts:
    return Acts({language: load_acts(PHRASES, language) for language in ("en", "zh")})


def every_case() -> list[Any]:
    cases = [
        pytest.param(path.stem, case, id=f"{path.stem}-{case.language}-{case.name}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in load_cases(path)
    ]
    return [one for one in cases if not one.values[1].not_measured]


def flagged(transcript: Transcript, flag: TurnFlag) -> Transcript:
    return replace(transcript, turns=tuple(replace(one, flags=(flag,)) for one in transcript.turns))


def heard_again(view: CallView, flag: TurnFlag) -> CallView:
    """The call with every turn flagged: what was measured on sound stays, what rests on words is looked for anew."""
    kept = tuple(one for one in view.signals if one.kind not in FROM_WORDS and one.label != "asked")
    again = replace(view, transcript=flagged(view.transcript, flag), signals=kept)
    detectors = (acts(), Sentiment(FEELING), Causes(COMPLAINT), Repetition(), Holds())
    for detector in detectors:
        again = replace(again, signals=(*again.signals, *detector(again)))
    return again


def judged(name: str, view: CallView, **parameters: object) -> Finding:
    return assembly.all_checks()[name](view, **parameters)


@pytest.mark.parametrize(("check", "case"), every_case())
def test_no_check_passes_on_flagged_words(check: str, case: Case) -> None:
    for flag in FLAGS:
        found = judged(check, heard_again(view_of(case, ()), flag), **case.parameters)
        assert found.verdict is not Verdict.PASS or (check in BY_SOUND and not found.evidence)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_check_passes_on_a_sample_of_which_every_turn_is_flagged(language: str) -> None:
    passed = set()
    for script in yaml.safe_load((ROOT / "samples" / "scripts" / f"{language}.yaml").read_text("utf-8"))["calls"]:
        turns = [{key: one[key] for key in ("agent", "customer", "music") if key in one} for one in script["turns"]]
        case = Case.model_validate(
            {"name": script["id"], "language": language, "turns": turns, "expect": {"verdict": "unsure"}}
        )
        view = heard_again(view_of(case, ()), TurnFlag.LOW_CONFIDENCE)
        passed |= {name for name in assembly.all_checks() if judged(name, view).verdict is Verdict.PASS}
    assert passed <= BY_SOUND


@pytest.mark.parametrize(("check", "case"), [one for one in every_case() if one.values[1].expect.quote])
def test_the_scorecard_takes_back_any_pass_whose_words_are_flagged_afterwards(check: str, case: Case) -> None:
    """As a check or detector from outside would give it, that never heard of flags: acts found on flagged turns."""
    view = view_of(case, PHRASES)
    cards = assembly.scorecards(load_settings()).values()
    criteria = [one for versions in cards for card in versions for one in card.criteria]
    criterion = next(one for one in criteria if one.check == check)
    blind = replace(view, transcript=flagged(view.transcript, TurnFlag.LOOP))
    (found,) = evaluate(
        blind, a_scorecard(replace(criterion, parameters=case.parameters)), {check: assembly.all_checks()[check]}
    )
    assert found.verdict is not Verdict.PASS or not any(item.quote for item in found.evidence)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_phrase_of_any_act_is_found_in_a_flagged_turn(language: str) -> None:
    texts = [
        text
        for path in sorted((ROOT / "tests" / "cases" / "acts").glob("*.yaml"))
        for text in _examples(yaml.safe_load(path.read_text("utf-8")))
    ]
    said = [turn(party, at, at + 1, text) for party in (AGENT, CUSTOMER) for at, text in enumerate(texts)]
    plain = call(*said, language=language)
    assert len({one.label for one in acts()(plain)}) > 5
    for flag in FLAGS:
        assert () == acts()(replace(plain, transcript=flagged(plain.transcript, flag)))


def _examples(value: object) -> list[str]:
    """All texts in a file of act cases."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _examples(one)]


@pytest.mark.parametrize("flag", FLAGS)
def test_feelings_complaints_causes_and_repeats_do_not_rest_on_flagged_turns(flag: TurnFlag) -> None:
    texts = ("it is bad the bill is bad", "it is bad the bill is bad")
    said = [turn(CUSTOMER, 5 * at, 5 * at + 4, text) for at, text in enumerate(texts)]
    detectors = (Sentiment(FEELING), Causes(COMPLAINT), Repetition())
    clear = [one.kind for detector in detectors for one in detector(call(*said))]
    assert {SignalKind.SENTIMENT, SignalKind.COMPLAINT, SignalKind.CAUSE, SignalKind.REPEAT} == set(clear)
    doubted = [replace(one, flags=(flag,)) for one in said]
    (only,) = (one for detector in detectors for one in detector(call(*doubted)))
    assert (SignalKind.COMPLAINT, "unsure", 0.0) == (only.kind, only.label, only.confidence)


def test_no_complaint_can_be_said_where_a_quarter_of_the_customers_words_may_be_wrong() -> None:
    def label(flagged_words: int) -> str:
        clear = turn(CUSTOMER, 0, 9, "it was not so at all my dear friend oh no")
        doubted = turn(CUSTOMER, 10, 19, " ".join(["so"] * flagged_words), flags=(TurnFlag.LOOP,))
        (only,) = Causes(COMPLAINT)(call(clear, doubted))
        return only.label

    assert ["false", "unsure"] == [label(3), label(4)]


def test_what_the_agent_said_in_a_flagged_turn_is_no_back_channel() -> None:
    def verdict(*flags: TurnFlag) -> Verdict:
        said = (turn(CUSTOMER, 0, 10), turn(AGENT, 4, 6, "okay", flags=flags))
        view = call(*said)
        return judged("no_interruptions", replace(view, signals=(*view.signals, *Interruptions()(view)))).verdict

    assert (Verdict.PASS, Verdict.UNSURE) == (verdict(), verdict(TurnFlag.LOW_CONFIDENCE))


def test_pace_is_not_judged_where_one_word_in_ten_may_be_wrong() -> None:
    def verdict(flagged_words: int) -> Verdict:
        clear = turn(AGENT, 0, 20, " ".join(["so"] * 45))
        view = call(clear, turn(AGENT, 30, 31, " ".join(["so"] * flagged_words), flags=(TurnFlag.LOOP,)))
        return judged("pace", replace(view, signals=(*view.signals, *Pace()(view)))).verdict

    assert (Verdict.PASS, Verdict.UNSURE) == (verdict(5), verdict(6))


def test_a_wait_after_unclear_words_is_not_said_to_be_unannounced() -> None:
    def verdict(*flags: TurnFlag) -> Verdict:
        view = call(
            turn(AGENT, 0, 4, flags=flags),
            turn(AGENT, 20, 24),
            signals=[signal(SignalKind.HOLD, 5, 20, "music", party=Party.UNKNOWN)],
        )
        return judged("hold_notice", view).verdict

    assert (Verdict.FAIL, Verdict.UNSURE) == (verdict(), verdict(TurnFlag.LOW_CONFIDENCE))
