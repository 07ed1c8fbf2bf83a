"""Which channel is the agent's."""

from __future__ import annotations

import pytest

from qa_pipeline.domain import Party
from qa_pipeline.speech.party import parties
from qa_pipeline.text.phrases import Act, PhraseBook

AGENT_LEFT = (Party.AGENT, Party.CUSTOMER)
AGENT_RIGHT = (Party.CUSTOMER, Party.AGENT)
NOBODY = (Party.UNKNOWN, Party.UNKNOWN)
OFFER, NAME, ASK = "How can I help you?", "My name is Ann.", "My bill is wrong."


@pytest.fixture
def book() -> PhraseBook:
    return PhraseBook(
        [
            Act(name="offer_of_help", party=Party.AGENT, phrases=("how can i help",)),
            Act(name="self_introduction", party=Party.AGENT, phrases=("my name is",)),
        ],
        language="en",
    )


@pytest.mark.parametrize(("channel", "expected"), [("left", AGENT_LEFT), ("right", AGENT_RIGHT)])
def test_the_metadata_decide_whatever_is_said(channel: str, expected: tuple[Party, Party], book: PhraseBook) -> None:
    assert (expected, "") == parties([OFFER, OFFER], channel, book)


def test_without_metadata_the_words_decide(book: PhraseBook) -> None:
    assert parties([OFFER, ASK], "", book) == (AGENT_LEFT, "parties_by_content")
    assert parties([NAME, f"{OFFER} {NAME}"], "", book) == (AGENT_RIGHT, "parties_by_content")


def test_a_weak_hint_is_not_enough(book: PhraseBook) -> None:
    assert parties([NAME, ASK], "", book) == (NOBODY, "parties_unknown")


def test_without_phrases_nobody_knows() -> None:
    assert parties([OFFER, ASK], "", None) == (NOBODY, "parties_unknown")


def test_one_channel_is_nobodys_whatever_the_metadata_say(book: PhraseBook) -> None:
    assert parties([OFFER], "left", book) == ((Party.UNKNOWN,), "mono")
