"""Two layers: what both say is sure, what one says is less so, what they disagree on is a doubt."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_pipeline.domain import CallView, Party, Signal, TurnFlag
from qa_pipeline.signals.acts import DOUBT, ONE_LAYER, Acts
from qa_pipeline.testing.dummies import a_call_view, a_transcript, a_turn
from qa_pipeline.testing.word_tagger import WordTagger
from qa_pipeline.text.phrases import Act

PHRASES = [
    Act(name="closing_check", party=Party.UNKNOWN, phrases=("anything else",), unless=("anything else on my list",)),
    Act(name="company", party=Party.AGENT, phrases=("northwind mobile",)),
    Act(name="blame", party=Party.AGENT, phrases=("your own fault",)),
    Act(name="hold_request", party=Party.AGENT, phrases=("one moment",)),
    Act(name="short_introduction", party=Party.AGENT, phrases=("this is laura",)),
    Act(name="ask_detail", party=Party.AGENT, phrases=("could you give me",)),
    Act(name="detail_postcode", party=Party.AGENT, phrases=("postcode",)),
]
TAGGER = WordTagger(
    {
        "closing_check": {"else": 0.95, "cover everything": 0.9, "more": 0.6, "screws": 0.01},
        "blame": {"silly": 0.99},
        "recap": {"So I have": 0.9},
    }
)


def view(*texts: str, party: Party = Party.AGENT, **changes: object) -> CallView:
    turns = [
        a_turn(text, party=party, start_ms=5000 * at, end_ms=5000 * at + 4000, confidence=1.0, **changes)
        for at, text in enumerate(texts)
    ]
    return a_call_view(transcript=a_transcript(*turns))


def acts(seen: CallView, tagger: WordTagger | None = TAGGER) -> Sequence[Signal]:
    return Acts({"en": PHRASES}, tagger=tagger)(seen)


def only(seen: CallView, label: str, tagger: WordTagger | None = TAGGER) -> Signal:
    (found,) = [one for one in acts(seen, tagger) if one.label == label]
    return found


def test_both_layers_make_it_sure() -> None:
    found = only(view("Is there anything else?"), "closing_check")
    assert (0.95, "phrase") == (found.confidence, found.method)


def test_the_phrases_alone_are_less_sure() -> None:
    tagger = WordTagger({"closing_check": {}})
    assert only(view("Is there anything else?"), "closing_check", tagger).confidence == ONE_LAYER


def test_without_a_tagger_the_phrases_decide() -> None:
    assert only(view("Is there anything else?"), "closing_check", None).confidence == 0.95


def test_a_phrase_that_the_tagger_denies_is_a_doubt() -> None:
    tagger = WordTagger({"closing_check": {"screws": 0.01}})
    assert only(view("Is there anything else, screws maybe?"), "closing_check", tagger).confidence == DOUBT


def test_the_tagger_alone_finds_other_words() -> None:
    found = only(view("Hello there. Did we cover everything?"), "closing_check")
    assert ("model", ONE_LAYER) == (found.method, found.confidence)
    assert found.quote == "Did we cover everything?"


def test_what_the_tagger_only_thinks_possible_is_a_doubt() -> None:
    assert only(view("Something more perhaps?"), "closing_check").confidence == DOUBT


def test_what_the_phrases_rule_out_is_a_doubt_however_sure_the_tagger_is() -> None:
    assert only(view("There is not anything else on my list."), "closing_check").confidence == DOUBT


def test_a_charge_needs_a_phrase() -> None:
    assert only(view("That was silly."), "blame").confidence == DOUBT
    assert only(view("That is your own fault, silly."), "blame").confidence == 0.95


def test_a_recap_is_shown_whole() -> None:
    text = "So I have cancelled it. The refund comes on Friday."
    assert only(view(text), "recap").quote == text


def test_customers_and_doubtful_turns_are_not_given_to_the_tagger() -> None:
    assert [one.label for one in acts(view("Did we cover everything?", party=Party.CUSTOMER))] == []
    assert acts(view("Did we cover everything?", flags=(TurnFlag.LOW_CONFIDENCE,))) == ()


def test_a_customers_phrase_stays_the_customers() -> None:
    (found,) = acts(view("Is there anything else I need?", party=Party.CUSTOMER))
    assert (Party.CUSTOMER, "closing_check") == (found.party, found.label)


def test_long_turns_are_read_three_sentences_at_a_time() -> None:
    tagger = WordTagger({"closing_check": {}})
    acts(view("One. Two. Three. Four."), tagger)
    assert ["One. Two. Three.", "Two. Three. Four."] == tagger.seen


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Northwind Mobile, good morning.", "greeting"),
        ("One moment.", "hold_notice"),
        ("Hello, this is Laura.", "self_introduction"),
        ("Could you give me your postcode?", "identity_verification"),
        ("And your postcode?", "identity_verification"),
    ],
)
def test_cues_make_acts(text: str, label: str) -> None:
    assert label in {one.label for one in acts(view(text), None)}


def test_a_detail_that_is_only_named_is_no_identity_check() -> None:
    said = "We have changed the postcode in your file as you asked us to last week, so letters will come."
    assert "identity_verification" not in {one.label for one in acts(view(said), None)}


def test_a_late_this_is_is_no_introduction() -> None:
    late = view("Hello.", "Yes.", "Sure.", "Right.", "And this is Laura, our manual.")
    assert "self_introduction" not in {one.label for one in acts(late, None)}


def test_another_tagger_needs_another_key() -> None:
    assert Acts({"en": PHRASES}).fingerprint != Acts({"en": PHRASES}, tagger=TAGGER).fingerprint
