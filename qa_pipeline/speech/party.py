"""Who is the agent: as the metadata say, weighed against what is said.

What people do in a call tells them apart: one side offers help, asks whether there is anything else, thanks for the
call; the other one talks of "my account" and asks for things. Each act that only one side performs speaks for that side
with the logarithm of how much oftener agents do it than customers (naive Bayes; see WEIGHTS).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa_pipeline.domain import CallMeta, Party, Signal, SignalKind, Transcript
from qa_pipeline.text.phrases import PhraseBook

# ln((calls in which the agent does it + 0.5) / (calls in which the customer does + 0.5)), rounded, from the true texts
# of the samples (14 English, 14 Mandarin calls). Acts below 1 are left out, and self_introduction, because customers
# are asked for their names.
WEIGHTS: Mapping[str, float] = {
    "offer_of_help": 2.7,
    "closing_check": 2.0,
    "closing_thanks": 3.8,
    "company": 1.9,
    "farewell": 3.9,
    "hold_request": 3.1,
    "hold_thanks": 3.0,
    "recap_cue": 2.9,
    "detail_name": 2.8,
    "offer": 3.0,
    "apology": 3.0,
    "done": 2.0,
    "request": -1.1,
    "own_account": -0.7,
}
# The acts are not independent of each other, as naive Bayes believes: a call with many is no surer than this makes it.
TEMPER = 0.5
OF_SPEAKERS = (SignalKind.SPEECH, SignalKind.OVERLAP, SignalKind.PITCH)  # with a speaker's number as label
SWAP = 0.95  # confidence from which on the words overrule what the metadata say
CLEARLY_APART = 0.5  # separation of two voices below which nobody is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Which of two speakers the agent seems to be, and how sure that is (0.5: a coin toss; towards 1)."""

    agent: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who each speaker is, how sure that is (0 to 1), and doubts about it."""

    of_speakers: tuple[Party, ...]
    confidence: float
    flags: tuple[str, ...] = ()


def name(texts: Sequence[str], book: PhraseBook | None) -> Naming:
    """The likelier agent of two speakers by all that each says.

    >>> name(["", ""], None)
    Naming(agent=0, confidence=0.5)
    """
    if book is None or len(texts) != 2:
        return Naming(agent=0, confidence=0.5)
    first, second = ({hit.act for hit in book.search(text)} for text in texts)
    odds = sum(WEIGHTS.get(act, 0.0) for act in first - second) - sum(WEIGHTS.get(act, 0.0) for act in second - first)
    return Naming(agent=0 if odds >= 0 else 1, confidence=round(1 / (1 + math.exp(-abs(odds) * TEMPER)), 4))


def decide(naming: Naming, *, stated: str, mono: bool, separation: float, trust: str, threshold: float) -> Parties:
    """The parties of two speakers.

    `stated` is the agent's channel by the metadata ("left", "right" or ""), which means nothing on mono. Where the
    words clearly say the opposite, the channels are flagged as swapped, and `trust` decides: "content" takes the words,
    "manifest" leaves the parties unknown, so that nobody is judged by another one's words until a person has looked.
    Where nothing is stated the words decide from `threshold` on.
    """
    if stated and not mono:
        agent = 0 if stated == "left" else 1
        if naming.agent == agent or naming.confidence < SWAP:
            against = naming.confidence if naming.agent != agent else 0.0
            return Parties(of_speakers=_agent_is(agent), confidence=round(1 - against / 2, 4))
        if trust == "content":
            return Parties(
                of_speakers=_agent_is(naming.agent), confidence=naming.confidence, flags=("channels_swapped",)
            )
        return Parties(of_speakers=_NOBODY, confidence=0.0, flags=("channels_swapped", "parties_unknown"))
    if naming.confidence < threshold or separation < CLEARLY_APART:
        return Parties(of_speakers=_NOBODY, confidence=0.0, flags=("parties_unknown",))
    return Parties(
        of_speakers=_agent_is(naming.agent),
        confidence=round(min(naming.confidence, separation) if mono else naming.confidence, 4),
        flags=("parties_by_voice" if mono else "parties_by_content",),
    )


def attribute(
    transcript: Transcript,
    signals: Sequence[Signal],
    meta: CallMeta,
    book: PhraseBook | None,
    *,
    trust: str,
    threshold: float,
) -> tuple[Transcript, tuple[Signal, ...]]:
    """The transcript with its parties, and the signals that carry a speaker's number as label with theirs."""
    texts = [" ".join(turn.text for turn in transcript.turns if turn.speaker == speaker) for speaker in (0, 1)]
    found = decide(
        name(texts, book),
        stated=meta.agent_channel,
        mono="mono" in transcript.flags,
        separation=transcript.separation,
        trust=trust,
        threshold=threshold,
    )
    turns = tuple(replace(turn, party=found.of_speakers[turn.speaker]) for turn in transcript.turns)
    doubts = [*found.flags, *_transfer(texts, found, book)]
    return replace(
        transcript, turns=turns, flags=(*transcript.flags, *doubts), party_confidence=found.confidence
    ), tuple(
        replace(signal, party=found.of_speakers[int(signal.label)], label="")
        if signal.kind in OF_SPEAKERS and signal.label
        else signal
        for signal in signals
    )


def _transfer(texts: Sequence[str], found: Parties, book: PhraseBook | None) -> tuple[str, ...]:
    """("transfer",) where an agent, or somebody unknown, hands the call over: a third person may speak from then on."""
    if book is None:
        return ()
    heard = (text for text, party in zip(texts, found.of_speakers, strict=True) if party is not Party.CUSTOMER)
    return ("transfer",) if any(hit.act == "transfer" for text in heard for hit in book.search(text)) else ()


def _agent_is(speaker: int) -> tuple[Party, Party]:
    return (Party.AGENT, Party.CUSTOMER) if speaker == 0 else (Party.CUSTOMER, Party.AGENT)


_NOBODY = (Party.UNKNOWN, Party.UNKNOWN)
