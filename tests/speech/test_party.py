"""Who is the agent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa_pipeline import assembly
from qa_pipeline.domain import CallMeta, Party, Provenance, Signal, SignalKind, Transcript, Turn
from qa_pipeline.settings import Settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.speech.party import Naming, Parties, attribute, decide, name
from qa_pipeline.text.phrases import PhraseBook

AGENT_FIRST = (Party.AGENT, Party.CUSTOMER)
CUSTOMER_FIRST = (Party.CUSTOMER, Party.AGENT)
NOBODY = (Party.UNKNOWN, Party.UNKNOWN)
AGENT = {
    "en": "Thank you for calling Northwind, how can I help you today? Is there anything else I can help you with? Bye.",
    "zh": "您好,北风客服,请问有什么可以帮您?请问还有其他问题可以帮您吗?感谢您的来电,再见。",
}
CUSTOMER = {
    "en": "Hi, I would like to know why my account was charged twice, my name is Ann.",
    "zh": "你好,我想问一下我的账户为什么扣了两次钱。",
}


@pytest.fixture(scope="module")
def acts() -> Acts:
    return Acts(assembly.phrase_acts(Settings()), brands=())


def book(acts: Acts, language: str) -> PhraseBook:
    found = acts.book(language)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_agents_and_customers_say_names_the_agent(acts: Acts, language: str) -> None:
    agent, customer = AGENT[language], CUSTOMER[language]
    first = name([agent, customer], book(acts, language))
    second = name([customer, agent], book(acts, language))
    assert (first.agent, second.agent) == (0, 1)
    assert first.confidence == second.confidence > 0.95


def test_without_words_or_phrases_it_is_a_coin_toss(acts: Acts) -> None:
    for texts, phrases in ((["", ""], book(acts, "en")), ([AGENT["en"], CUSTOMER["en"]], None)):
        assert name(texts, phrases) == Naming(agent=0, confidence=0.5)
    same = name([AGENT["en"], AGENT["en"]], book(acts, "en"))
    assert same.confidence == 0.5  # what both do tells nothing


def told(agent: int, confidence: float, **options: object) -> Parties:
    plain = {"stated": "", "mono": False, "separation": 1.0, "trust": "manifest", "threshold": 0.9}
    return decide(Naming(agent=agent, confidence=confidence), **{**plain, **options})  # type: ignore[arg-type] - options by name


def test_what_the_metadata_say_stands_while_the_words_agree_or_are_unsure() -> None:
    assert told(0, 0.99, stated="left") == Parties(of_speakers=AGENT_FIRST, confidence=1.0)
    assert told(0, 0.9, stated="right") == Parties(of_speakers=CUSTOMER_FIRST, confidence=0.55)


def test_swapped_channels_are_flagged_and_nobody_is_judged_by_them() -> None:
    assert told(1, 0.99, stated="left") == Parties(
        of_speakers=NOBODY, confidence=0.0, flags=("channels_swapped", "parties_unknown")
    )


def test_the_operator_can_choose_to_trust_the_words() -> None:
    assert told(1, 0.99, stated="left", trust="content") == Parties(
        of_speakers=CUSTOMER_FIRST, confidence=0.99, flags=("channels_swapped",)
    )


def test_without_metadata_the_words_decide_from_the_threshold_on() -> None:
    assert told(1, 0.9).of_speakers == CUSTOMER_FIRST
    assert told(1, 0.9).flags == ("parties_by_content",)
    assert told(1, 0.89) == Parties(of_speakers=NOBODY, confidence=0.0, flags=("parties_unknown",))


def test_voices_are_named_by_content_only_and_only_when_they_are_clearly_apart() -> None:
    assert told(1, 0.97, mono=True, stated="left", separation=0.8) == Parties(
        of_speakers=CUSTOMER_FIRST, confidence=0.8, flags=("parties_by_voice",)
    )
    assert told(1, 0.97, mono=True, separation=0.3).flags == ("parties_unknown",)


def call(*said: tuple[int, str], flags: Sequence[str] = ()) -> Transcript:
    turns = tuple(
        Turn(
            party=Party.UNKNOWN,
            speaker=speaker,
            start_ms=at * 5000,
            end_ms=at * 5000 + 4000,
            text=text,
            words=(),
            confidence=0.9,
        )
        for at, (speaker, text) in enumerate(said)
    )
    provenance = Provenance(engine="e", engine_version="1", model="m", model_sha256="0" * 64)
    return Transcript(turns=turns, language="en", language_confidence=1.0, provenance=provenance, flags=tuple(flags))


def attributed(transcript: Transcript, phrases: PhraseBook, agent_channel: str = "") -> Transcript:
    return attribute(
        transcript,
        (),
        CallMeta(call_id="1", agent_channel=agent_channel),
        phrases,
        trust="manifest",
        threshold=0.9,
    )[0]


def test_turns_and_speech_get_their_party(acts: Acts) -> None:
    speech = [
        Signal(kind=SignalKind.SPEECH, start_ms=at, end_ms=at + 900, label=str(speaker))
        for at, speaker in ((0, 0), (1000, 1))
    ]
    others = [
        Signal(kind=SignalKind.SILENCE, start_ms=2000, end_ms=4000),
        Signal(kind=SignalKind.OVERLAP, start_ms=5000, end_ms=5300, label="1"),
        Signal(kind=SignalKind.OVERLAP, start_ms=6000, end_ms=6300),
        Signal(kind=SignalKind.PITCH, start_ms=7000, end_ms=8000, label="0", value=120.0),
    ]
    transcript, signals = attribute(
        call((0, CUSTOMER["en"]), (1, AGENT["en"])),
        [*speech, *others],
        CallMeta(call_id="1"),
        book(acts, "en"),
        trust="manifest",
        threshold=0.9,
    )
    assert [turn.party for turn in transcript.turns] == [Party.CUSTOMER, Party.AGENT]
    assert [(one.party, one.label) for one in signals] == [
        (Party.CUSTOMER, ""),
        (Party.AGENT, ""),
        (Party.UNKNOWN, ""),
        (Party.AGENT, ""),  # who began the overlap
        (Party.UNKNOWN, ""),  # both began at once
        (Party.CUSTOMER, ""),
    ]
    assert ("parties_by_content",) == transcript.flags
    assert transcript.party_confidence >= 0.9


@pytest.mark.parametrize(
    ("said", "transferred"),
    [
        ("Let me transfer you to our billing department.", True),
        ("I will put you through to my colleague.", True),
        ("I can transfer the money to your savings account.", False),
        ("I will transfer 50 dollars to your checking account.", False),
    ],
)
def test_a_call_that_is_handed_over_is_flagged_and_a_transfer_of_money_is_not(
    acts: Acts, said: str, transferred: bool
) -> None:
    transcript = attributed(call((0, said), (1, "Okay.")), book(acts, "en"), "left")
    assert ("transfer" in transcript.flags) == transferred


@pytest.mark.parametrize(
    ("said", "transferred"),
    [
        ("我帮您转接到技术部。", True),
        ("我给您转到人工专席。", True),
        ("我帮您转账到储蓄卡。", False),
        ("钱已经转给对方了。", False),
    ],
)
def test_likewise_in_chinese(acts: Acts, said: str, transferred: bool) -> None:
    transcript = attributed(call((0, said), (1, "好的。")), book(acts, "zh"), "left")
    assert ("transfer" in transcript.flags) == transferred


def test_a_customer_who_asks_to_be_transferred_hands_nothing_over(acts: Acts) -> None:
    transcript = attributed(
        call((0, "Okay."), (1, "Can you put me through to your manager?")), book(acts, "en"), "left"
    )
    assert "transfer" not in transcript.flags
