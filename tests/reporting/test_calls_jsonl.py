from __future__ import annotations

import io
import json

import pytest

from qa_pipeline.domain import Party, ScoredCall, Signal, SignalKind, Verdict
from qa_pipeline.reporting.calls_jsonl import call_line, write_jsonl
from qa_pipeline.testing.dummies import (
    a_call_score,
    a_finding,
    a_scored_call,
    a_signal,
    a_transcript,
    a_turn,
    an_evidence,
)

EVERYTHING = frozenset(SignalKind)
CUSTOMER = {"party": Party.CUSTOMER}
SCORES = {"negative": -0.5, "neutral": 0.0, "positive": 0.5}


def a_call(*signals: Signal, measured: frozenset[SignalKind] = EVERYTHING, **changes: object) -> ScoredCall:
    return a_scored_call(signals=signals, measured=measured, **changes)


def felt(*labels: str) -> list[Signal]:
    """One customer turn after the other, every second turn of the call, told in any order."""
    signals = [
        a_signal(SignalKind.SENTIMENT, label, turn=2 * i + 1, value=SCORES[label], confidence=0.75, **CUSTOMER)
        for i, label in enumerate(labels)
    ]
    return signals[::-1]


def part(call: ScoredCall, name: str) -> dict[str, object]:
    found = call_line(call)[name]
    assert isinstance(found, dict)
    return found


def test_a_line_has_exactly_these_keys_in_this_nesting() -> None:
    call = a_call(
        a_signal(SignalKind.COMPLAINT, "true", value=0.9, confidence=0.9),
        a_signal(SignalKind.REPEAT, **CUSTOMER),
        a_signal(SignalKind.INTERRUPTION, party=Party.AGENT, start_ms=5, end_ms=9),
        a_signal(SignalKind.HOLD, "asked", start_ms=7, end_ms=8),
        a_signal(SignalKind.TALK_SHARE, value=0.625),
        a_signal(SignalKind.PACE, value=150.5, party=Party.AGENT),
        *felt("negative", "positive"),
        a_signal(SignalKind.TONE, "neutral", turn=0, confidence=0.7, party=Party.AGENT),
        a_signal(
            SignalKind.CAUSE, "billing_error", confidence=0.75, value=2.0, quote="You charged me twice.", **CUSTOMER
        ),
        transcript=a_transcript(a_turn("Hello."), a_turn("您好", party=Party.CUSTOMER, start_ms=2100, end_ms=3000)),
        findings=(
            a_finding(
                "closing_check", level=2, evidence=(an_evidence("anything else?"),), near_misses=(an_evidence(),)
            ),
            a_finding("recap", Verdict.NOT_APPLICABLE),
        ),
        score=a_call_score(87.5, needs_review=True),
        call_id="c-7",
        agent_id="a9",
    )
    expected = {
        "call_id": "c-7",
        "agent_id": "a9",
        "language": "en",
        "turns": [
            {"party": "agent", "start_ms": 0, "end_ms": 2000, "text": "Hello."},
            {"party": "customer", "start_ms": 2100, "end_ms": 3000, "text": "您好"},
        ],
        "findings": [
            {
                "criterion": "closing_check",
                "verdict": "pass",
                "level": 2,
                "confidence": 0.9,
                "why": "Because the test says so.",
                "evidence": [{"party": "agent", "start_ms": 1000, "end_ms": 2000, "quote": "anything else?"}],
            },
            {
                "criterion": "recap",
                "verdict": "not_applicable",
                "confidence": 0.9,
                "why": "Because the test says so.",
                "evidence": [],
            },
        ],
        "signals": {
            "is_complaint": True,
            "customer_repeats": 1,
            "interruptions": [{"start_ms": 5, "end_ms": 9}],
            "dead_air": [],
            "holds": [{"start_ms": 7, "end_ms": 8}],
            "overlaps": [],
            "silences": [],
            "talk_share": 0.625,
            "agent_pace": 150.5,
            "customer_pace": None,
        },
        "sentiment": {
            "turns": [
                {"turn": 1, "label": "negative", "score": -0.5, "confidence": 0.75},
                {"turn": 3, "label": "positive", "score": 0.5, "confidence": 0.75},
            ],
            "start": "negative",
            "end": "positive",
            "lowest": {"turn": 1, "score": -0.5},
            "path": [-0.5, 0.5],
            "recovery": None,
        },
        "agent_tone": [{"turn": 0, "label": "neutral", "confidence": 0.7}],
        "complaint": {"label": "true", "chance": 0.9, "confidence": 0.9},
        "causes": [
            {
                "cause": "billing_error",
                "confidence": 0.75,
                "evidence": [{"party": "customer", "start_ms": 0, "end_ms": 1000, "quote": "You charged me twice."}],
                "severity": 2,
            }
        ],
        "cause_hints": [],
        "score": {"points": 8.75, "out_of": 10.0, "percent": 87.5, "band": "good", "needs_review": True},
    }
    stream = io.StringIO()
    assert 1 == write_jsonl([call], stream)
    # Compared as text, so that the order of keys counts too.
    assert json.dumps(expected, ensure_ascii=False) + "\n" == stream.getvalue()


def test_what_nobody_measured_is_null_and_what_was_not_found_is_empty() -> None:
    lists = {"interruptions", "dead_air", "holds", "overlaps", "silences"}
    unknown = part(a_call(measured=frozenset()), "signals")
    assert {None} == set(unknown.values())
    looked = part(a_call(), "signals")
    assert {name: [] for name in lists} == {
        name: value for name, value in looked.items() if value is not None and name in lists
    }
    assert 0 == looked["customer_repeats"]
    assert call_line(a_call(measured=frozenset()))["causes"] is None
    assert [] == call_line(a_call())["causes"]
    mood = {"turns", "start", "end", "lowest", "path", "recovery"}
    assert dict.fromkeys(mood) == part(a_call(measured=frozenset()), "sentiment")
    assert {**dict.fromkeys(mood), "turns": [], "path": []} == part(a_call(), "sentiment")


def test_what_depends_on_who_speaks_is_null_while_nobody_knows() -> None:
    call = a_call(a_signal(SignalKind.REPEAT), transcript=a_transcript(a_turn(party=Party.UNKNOWN)))
    signals = part(call, "signals")
    assert (None, None, []) == (signals["customer_repeats"], signals["interruptions"], signals["silences"])


@pytest.mark.parametrize(("label", "expected"), [("true", True), ("false", False), ("unsure", None)])
def test_a_complaint_is_true_false_or_null(label: str, expected: bool | None) -> None:
    assert expected is part(a_call(a_signal(SignalKind.COMPLAINT, label)), "signals")["is_complaint"]
    assert label == part(a_call(a_signal(SignalKind.COMPLAINT, label)), "complaint")["label"]


def test_a_call_left_unsure_says_what_it_might_complain_of() -> None:
    hint = a_signal(SignalKind.CAUSE_HINT, "long_wait", confidence=0.4, quote="Still nobody.")
    (found,) = call_line(a_call(a_signal(SignalKind.COMPLAINT, "unsure"), hint))["cause_hints"]
    assert ("long_wait", 0.4, "Still nobody.") == (found["cause"], found["confidence"], found["evidence"][0]["quote"])
    assert (None, None) == tuple(call_line(a_call(measured=frozenset()))[key] for key in ("complaint", "cause_hints"))


def test_only_the_agents_interruptions_count_and_spans_come_by_time() -> None:
    call = a_call(
        a_signal(SignalKind.INTERRUPTION, party=Party.AGENT, start_ms=9, end_ms=10),
        a_signal(SignalKind.INTERRUPTION, party=Party.CUSTOMER, start_ms=3, end_ms=4),
        a_signal(SignalKind.INTERRUPTION, party=Party.AGENT, start_ms=1, end_ms=2),
    )
    expected = [{"start_ms": 1, "end_ms": 2}, {"start_ms": 9, "end_ms": 10}]
    assert expected == part(call, "signals")["interruptions"]


def test_each_partys_pace_is_its_own() -> None:
    call = a_call(
        a_signal(SignalKind.PACE, value=99.0, **CUSTOMER), a_signal(SignalKind.PACE, value=150.0, party=Party.AGENT)
    )
    signals = part(call, "signals")
    assert (150.0, 99.0) == (signals["agent_pace"], signals["customer_pace"])


@pytest.mark.parametrize(
    ("labels", "start", "end"),
    [
        (("neutral",), "neutral", "neutral"),
        (("negative", "neutral", "neutral"), "negative", "neutral"),
        (("neutral", "negative", "neutral"), "neutral", "negative"),
        (("negative", "negative", "positive"), "negative", "positive"),
        (("positive", "positive", "negative"), "positive", "negative"),
    ],
)
def test_sentiment_starts_with_the_first_turn_and_ends_with_the_coloured_one_of_the_last_two(
    labels: tuple[str, ...], start: str, end: str
) -> None:
    sentiment = part(a_call(*felt(*labels)), "sentiment")
    assert (start, end) == (sentiment["start"], sentiment["end"])


def test_the_mood_has_its_lowest_turn_its_path_and_how_far_it_recovered() -> None:
    sentiment = part(a_call(*felt("neutral", "negative", "negative", "positive", "positive", "neutral")), "sentiment")
    assert {"turn": 3, "score": -0.5} == sentiment["lowest"]
    assert ([-0.25, 0.0, 0.25], 0.5) == (sentiment["path"], sentiment["recovery"])


def test_a_mood_without_usable_figures_is_null_and_no_broken_json() -> None:
    turn = a_signal(SignalKind.SENTIMENT, "neutral", turn=1, value=float("nan"), **CUSTOMER)
    assert 1 == write_jsonl([a_call(turn)], io.StringIO())
    sentiment = part(a_call(turn), "sentiment")
    assert ({"turn": 1, "score": None}, [None]) == (sentiment["lowest"], sentiment["path"])


def test_the_agents_tone_is_not_the_customers_sentiment() -> None:
    call = a_call(*felt("positive"), a_signal(SignalKind.SENTIMENT, "negative", turn=2, party=Party.AGENT))
    assert "positive" == part(call, "sentiment")["end"]


def test_the_agents_tone_is_told_turn_by_turn_and_null_where_nobody_measured_it() -> None:
    tones = [
        a_signal(SignalKind.TONE, label, turn=turn, start_ms=turn, confidence=0.8, party=Party.AGENT)
        for turn, label in ((2, "negative"), (0, "neutral"))
    ]
    expected = [
        {"turn": 0, "label": "neutral", "confidence": 0.8},
        {"turn": 2, "label": "negative", "confidence": 0.8},
    ]
    assert expected == call_line(a_call(*tones))["agent_tone"]
    assert [] == call_line(a_call())["agent_tone"]
    assert call_line(a_call(measured=frozenset()))["agent_tone"] is None


def test_causes_are_gathered_and_the_surest_comes_first() -> None:
    call = a_call(
        a_signal(SignalKind.CAUSE, "long_wait", confidence=0.5, start_ms=3, quote="an hour"),
        a_signal(SignalKind.CAUSE, "other", confidence=0.8),
        a_signal(SignalKind.CAUSE, "billing_error", confidence=0.8),
        a_signal(SignalKind.CAUSE, "long_wait", confidence=0.7, start_ms=1, quote="so long"),
    )
    causes = call_line(call)["causes"]
    assert isinstance(causes, list)
    assert [("billing_error", 0.8), ("other", 0.8), ("long_wait", 0.7)] == [
        (c["cause"], c["confidence"]) for c in causes
    ]
    assert ["so long", "an hour"] == [moment["quote"] for moment in causes[2]["evidence"]]


def test_a_causes_severity_is_that_of_its_gravest_moment_and_null_where_nobody_graded_it() -> None:
    call = a_call(
        a_signal(SignalKind.CAUSE, "long_wait", confidence=0.9, value=1.0),
        a_signal(SignalKind.CAUSE, "long_wait", confidence=0.6, value=3.0),
        a_signal(SignalKind.CAUSE, "other", confidence=0.5),
        a_signal(SignalKind.CAUSE, "lost_item", confidence=0.4, value=float("nan")),
    )
    causes = call_line(call)["causes"]
    assert isinstance(causes, list)
    assert [("long_wait", 3), ("other", None), ("lost_item", None)] == [(c["cause"], c["severity"]) for c in causes]


def test_a_call_that_could_not_be_judged_has_no_percent() -> None:
    assert part(a_call(score=a_call_score(None)), "score")["percent"] is None


def test_lines_are_json_whatever_the_call_holds() -> None:
    call = a_call(
        a_signal(SignalKind.TALK_SHARE, value=float("nan")),
        transcript=a_transcript(a_turn('say "no"\n\u2028\x00 您好')),
        call_id="\udcc4",
    )
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    assert 2 == write_jsonl([call, call], stream)
    stream.seek(0)
    lines = stream.read().split("\n")
    assert (3, "") == (len(lines), lines[2])
    back = json.loads(lines[0], parse_constant=pytest.fail)
    assert ("\udcc4", None) == (back["call_id"], back["signals"]["talk_share"])
    assert 'say "no"\n\u2028\x00 您好' == back["turns"][0]["text"]
    assert "您好" in lines[0]


def test_no_calls_give_no_lines() -> None:
    stream = io.StringIO()
    assert 0 == write_jsonl([], stream)
    assert "" == stream.getvalue()
