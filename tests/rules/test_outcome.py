from __future__ import annotations

from qa_pipeline.domain import Evidence, Party, SignalKind, Span, TurnFlag, Verdict
from qa_pipeline.rules.outcome import evidence, missing, opening, passed, within
from qa_pipeline.testing.dummies import a_call_view, a_signal, a_transcript, a_turn


def an_act(quote: str, turn: int = 0, **changes: object) -> object:
    return a_signal(SignalKind.ACT, "act", party=Party.AGENT, turn=turn, quote=quote, **changes)


def test_evidence_is_the_sentence_around_the_words_with_its_times() -> None:
    turn = a_turn("All done. Is there anything else? Good.", start_ms=0, end_ms=7000)
    view = a_call_view(transcript=a_transcript(turn))
    expected = Evidence(party=Party.AGENT, start_ms=2000, end_ms=6000, quote="Is there anything else?")
    assert (expected,) == evidence(view, [an_act("anything else")])


def test_words_of_one_turn_are_one_piece_of_evidence() -> None:
    view = a_call_view(transcript=a_transcript(a_turn("Northwind Mobile. Good day. How can I help?")))
    (one,) = evidence(view, [an_act("Northwind Mobile"), an_act("How can I help")])
    assert "Northwind Mobile. Good day. How can I help?" == one.quote


def test_evidence_without_words_keeps_its_span() -> None:
    silence = a_signal(SignalKind.DEAD_AIR, start_ms=1000, end_ms=8000)
    assert (Evidence(party=Party.UNKNOWN, start_ms=1000, end_ms=8000),) == evidence(a_call_view(), [silence])


def test_a_pass_is_as_sure_as_its_weakest_signal() -> None:
    view = a_call_view()
    assert 0.7 == passed(view, "why", [an_act("help", confidence=0.9), an_act("help", confidence=0.7)]).confidence


def test_missing_names_the_window_and_the_near_misses() -> None:
    turns = (a_turn("Hello.", start_ms=500, end_ms=900), a_turn("Bye.", start_ms=5000, end_ms=6000))
    view = a_call_view(transcript=a_transcript(*turns))
    finding = missing(view, "why", turns, [an_act("Bye.", turn=1)])
    assert (Verdict.FAIL, Span(start_ms=500, end_ms=6000)) == (finding.verdict, finding.searched)
    assert ("Bye.",) == tuple(near.quote for near in finding.near_misses)


def test_missing_is_unsure_where_words_are_unclear_or_flagged() -> None:
    unclear = a_turn(confidence=0.3)
    flagged = a_turn(flags=(TurnFlag.LOOP,))
    assert [Verdict.UNSURE, Verdict.UNSURE] == [
        missing(a_call_view(transcript=a_transcript(turn)), "why", (turn,)).verdict for turn in (unclear, flagged)
    ]


def test_missing_is_unsure_where_nobody_looked_for_acts() -> None:
    turn = a_turn()
    view = a_call_view(transcript=a_transcript(turn), measured=frozenset())
    assert Verdict.UNSURE is missing(view, "why", (turn,)).verdict


def test_opening_counts_from_the_agents_first_word() -> None:
    turns = [a_turn(start_ms=at, end_ms=at + 500) for at in (20_000, 40_000, 60_000)]
    view = a_call_view(transcript=a_transcript(*turns))
    assert tuple(turns[:2]) == opening(view, turns=3, within_ms=30_000)


def test_within_keeps_to_turns_of_the_same_party() -> None:
    turn = a_turn(start_ms=0, end_ms=5000)
    mine, others = an_act("help", start_ms=10, end_ms=20), a_signal(start_ms=10, end_ms=20, party=Party.CUSTOMER)
    assert (mine,) == within([mine, others], [turn])


def test_what_is_missing_says_how_clear_the_words_were() -> None:
    turn = a_turn("Good morning.", confidence=0.8)
    view = a_call_view(transcript=a_transcript(turn))
    assert (Verdict.FAIL, 0.8) == (
        missing(view, "Not said.", [turn]).verdict,
        missing(view, "Not said.", [turn]).clarity,
    )
