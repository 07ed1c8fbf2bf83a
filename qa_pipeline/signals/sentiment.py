"""What the customer's words express, turn by turn."""

from __future__ import annotations

from qa_pipeline.contracts import Encoder
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, fingerprint
from qa_pipeline.text.head import Head


class Sentiment:
    """Emits SENTIMENT for every customer turn whose words can be trusted.

    Label, value (positive minus negative probability), confidence.
    """

    name = "sentiment"
    measures = (SignalKind.SENTIMENT,)
    needs_parties = True
    needs = frozenset[SignalKind]()

    def __init__(self, encoder: Encoder, head: Head) -> None:
        self._encoder = encoder
        self._head = head
        self.fingerprint = fingerprint("sentiment 2", encoder.fingerprint, head)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        turns = [
            (index, turn)
            for index, turn in enumerate(view.transcript.turns)
            if turn.party is Party.CUSTOMER and not turn.flags
        ]
        chances = self._head.probabilities(self._encoder.encode([turn.text for _, turn in turns]))
        signals = []
        for (index, turn), row in zip(turns, chances, strict=True):
            chance = dict(zip(self._head.labels, row, strict=True))
            label = max(chance, key=lambda name: chance[name])
            signals.append(
                Signal(
                    kind=SignalKind.SENTIMENT,
                    party=Party.CUSTOMER,
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
        return tuple(signals)
