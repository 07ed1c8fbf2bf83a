"""From words on channels to turns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import Party, Span, TurnFlag, Word
from qa_pipeline.speech.dialogue import MAX_WORD_MS, Speaker, tidy, turns


def speakers(words: Sequence[Sequence[Word]], speech: Sequence[Sequence[Span]]) -> list[Speaker]:
    pairs = zip(words, speech, strict=True)
    return [Speaker(channel=number, words=tuple(w), speech=tuple(s)) for number, (w, s) in enumerate(pairs)]


def word(text: str, start_ms: int, end_ms: int, probability: float = 0.9) -> Word:
    return Word(text=text, start_ms=start_ms, end_ms=end_ms, probability=probability)


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=start_ms, end_ms=end_ms)


def times(words: tuple[Word, ...]) -> list[tuple[int, int]]:
    return [(one.start_ms, one.end_ms) for one in words]


@st.composite
def said(draw: st.DrawFn) -> tuple[list[Word], list[Span]]:
    at, words = 0, []
    for _ in range(draw(st.integers(0, 15))):
        at += draw(st.integers(0, 1500))
        length = draw(st.integers(0, 4000))
        words.append(word("a", at, at + length))
        at += draw(st.integers(0, length))  # the next one may begin before this one ends
    at, spans = 0, []
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.integers(1, 4000))
        length = draw(st.integers(100, 5000))
        spans.append(span(at, at + length))
        at += length
    return words, spans


@given(call=said())
def test_tidy_words_are_in_order_apart_and_of_plausible_length(call: tuple[list[Word], list[Span]]) -> None:
    words, speech = call
    found = tidy(words, speech)
    assert len(words) == len(found)
    assert all(0 <= one.end_ms - one.start_ms <= MAX_WORD_MS for one in found)
    assert all(sooner.end_ms <= later.start_ms for sooner, later in pairwise(found))
    if speech:
        assert all(one.start_ms >= speech[0].start_ms for one in found)


def test_a_word_before_speech_is_moved_into_it() -> None:
    assert times(tidy([word("a", 200, 700)], [span(600, 2000)])) == [(600, 700)]


def test_a_word_over_a_pause_stays_where_most_of_it_is_and_a_stretched_one_where_it_ends() -> None:
    speech = [span(0, 2000), span(2200, 5000)]
    assert times(tidy([word("a", 1700, 2250)], speech)) == [(1700, 2000)]
    assert times(tidy([word("a", 1950, 2500)], speech)) == [(2200, 2500)]
    apart = [span(0, 1000), span(3000, 5000)]
    assert times(tidy([word("a", 300, 3100)], apart)) == [(3000, 3100)]
    assert times(tidy([word("$50", 300, 3100)], apart)) == [(0, 1000)]


def test_a_stretched_word_keeps_the_edge_that_lies_at_the_edge_of_speech() -> None:
    assert times(tidy([word("a", 1000, 4000)], [span(0, 4050)])) == [(2500, 4000)]
    assert times(tidy([word("a", 50, 3000)], [span(0, 4050)])) == [(50, 1550)]


def test_words_without_speech_are_only_kept_short() -> None:
    assert times(tidy([word("a", 1000, 4000)], [])) == [(1000, 2500)]


def test_no_words_give_no_turns() -> None:
    assert turns(speakers([[], []], [[], []])) == ()


def test_turns_of_both_channels_come_by_time_with_their_speaker() -> None:
    agent = [word(" Hello,", 0, 400), word(" there.", 400, 900)]
    customer = [word(" Hi.", 1500, 1900)]
    found = turns(speakers([agent, customer], [[span(0, 900)], [span(1500, 1900)]]))
    assert [(one.party, one.channel, one.speaker, one.text, one.start_ms, one.end_ms) for one in found] == [
        (Party.UNKNOWN, 0, 0, "Hello, there.", 0, 900),
        (Party.UNKNOWN, 1, 1, "Hi.", 1500, 1900),
    ]


def test_a_long_pause_begins_a_new_turn_and_a_short_one_does_not() -> None:
    words = [word(" a", 0, 500), word(" b", 1700, 2000), word(" c", 3201, 3500)]
    found = turns(speakers([words], [[span(0, 500), span(1700, 2000), span(3201, 3500)]]))
    assert [one.text for one in found] == ["a b", "c"]


def test_a_pause_in_which_the_other_answers_begins_a_new_turn() -> None:
    agent = [word(" Right?", 0, 500), word(" Good.", 1300, 1700)]
    customer = [word(" Yes.", 600, 1200)]
    found = turns(speakers([agent, customer], [[span(0, 500), span(1300, 1700)], [span(600, 1200)]]))
    assert [one.text for one in found] == ["Right?", "Yes.", "Good."]


def test_the_others_talk_without_a_pause_does_not_part_a_turn() -> None:
    agent = [word(" one", 0, 500), word(" two", 500, 1000)]
    found = turns(speakers([agent, []], [[span(0, 1000)], [span(100, 900)]]))
    assert [one.text for one in found] == ["one two"]


def test_text_is_simplified_and_words_stay_as_heard() -> None:
    (turn,) = turns(speakers([[word("請問", 0, 500), word("還有嗎", 500, 900)]], [[span(0, 900)]]))
    assert turn.text == "请问还有吗"
    assert [one.text for one in turn.words] == ["請問", "還有嗎"]


def test_confidence_is_the_mean_of_the_words_and_doubts_are_flagged() -> None:
    words = [word(" a", 0, 400, 0.2), word(" b", 400, 800, 0.4)]
    (turn,) = turns(speakers([words], [[span(0, 800)]]))
    assert (0.3, (TurnFlag.LOW_CONFIDENCE,)) == (turn.confidence, turn.flags)


def test_the_first_word_of_a_stretch_of_speech_begins_with_it() -> None:
    speech = [span(1000, 2000), span(3000, 4000)]
    words = [word("a", 1300, 1500), word("b", 1500, 1900), word("c", 3900, 4000)]
    assert times(tidy(words, speech)) == [(1000, 1500), (1500, 1900), (3900, 4000)]  # c is too far from its beginning


def test_a_turn_whose_voice_is_unsure_is_flagged() -> None:
    words, speech = (word(" Yes.", 0, 400), word(" No.", 3000, 3400)), (span(0, 400), span(3000, 3400))
    found = turns([Speaker(channel=0, words=words, speech=speech, sure=(0.99, 0.6))])
    assert [one.flags for one in found] == [(), (TurnFlag.UNCERTAIN_SPEAKER,)]
