"""What the customer's words express and in what tone the agent answers, turn by turn, and where the mood turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_pipeline.contracts import Tagger
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Turn, fingerprint
from qa_pipeline.signals.interruptions import BACK_CHANNELS
from qa_pipeline.text.normalise import tokens
from qa_pipeline.text.pieces import chances_in_pieces

SURE = 0.6  # confidence from which on a turn's mood can be half of a turning point
ACKNOWLEDGED = BACK_CHANNELS - {"no", "没"}  # a refusal is an answer
KINDS = {Party.CUSTOMER: SignalKind.SENTIMENT, Party.AGENT: SignalKind.TONE}


class Sentiment:
    """Emits SENTIMENT for every customer turn and TONE for every agent turn whose words can be trusted.

    Label, value (positive minus negative probability), confidence (of the label). A long turn is what its pieces are on
    average. TURNING_POINT is the agent's turn just before a customer who was not negative becomes so ("worse"), or one
    who was negative becomes positive ("better").
    """

    name = "sentiment"
    measures = (SignalKind.SENTIMENT, SignalKind.TONE, SignalKind.TURNING_POINT)
    needs_parties = True
    needs = frozenset[SignalKind]()

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self.fingerprint = fingerprint("sentiment 4", tagger.fingerprint, SURE)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        turns = [
            (index, turn)
            for index, turn in enumerate(view.transcript.turns)
            if turn.party in KINDS and not turn.flags and turn.text.strip()
        ]
        found = []
        for (index, turn), rows in zip(
            turns, chances_in_pieces([turn for _, turn in turns], view.language, self._tagger), strict=True
        ):
            chance = dict(zip(self._tagger.labels, rows.mean(axis=0), strict=True))
            label = max(chance, key=lambda name: chance[name])
            found.append(
                Signal(
                    kind=KINDS[turn.party],
                    party=turn.party,
                    label=label,
                    value=round(float(chance["positive"] - chance["negative"]), 3),
                    confidence=round(float(chance[label]), 3),
                    start_ms=turn.start_ms,
                    end_ms=turn.end_ms,
                    turn=index,
                    quote=turn.text,
                    method="model",
                )
            )
        return (*found, *_turning_points(view, [one for one in found if one.kind is SignalKind.SENTIMENT]))


def _turning_points(view: CallView, felt: Sequence[Signal]) -> Iterator[Signal]:
    """The agent's turns after which the mood changed."""
    negative: bool | None = None  # nothing has been felt yet
    for signal in felt:
        if signal.confidence < SURE:
            continue
        worse = signal.label == "negative" and negative is False
        better = signal.label == "positive" and negative is True
        said = agent_turn_before(view, signal) if worse or better else None
        if said is not None:
            yield replace(said, kind=SignalKind.TURNING_POINT, label="worse" if worse else "better")
        if signal.label != "neutral" or negative is None:
            negative = signal.label == "negative"


def agent_turn_before(view: CallView, signal: Signal) -> Signal | None:
    """The agent's last turn before the turn of a customer's signal, to the end of that; None where there is none.

    A mere "mm-hm" is passed over for what the agent said before it, where there is something.
    """
    turns = view.transcript.turns
    before = [index for index in range(signal.turn or 0) if turns[index].party is Party.AGENT]
    telling = [index for index in before if not _acknowledges(turns[index])]
    if not before:
        return None
    place = (telling or before)[-1]
    turn = turns[place]
    return replace(signal, party=Party.AGENT, start_ms=turn.start_ms, turn=place, quote=turn.text, label="", value=None)


def _acknowledges(turn: Turn) -> bool:
    """Whether the turn is nothing but "mm-hm" and the like."""
    return ACKNOWLEDGED.issuperset(token.text.lower() for token in tokens(turn.text))
