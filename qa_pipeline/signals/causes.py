"""Whether the customer complains, and of what."""

from __future__ import annotations

from qa_pipeline.contracts import Encoder
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, fingerprint
from qa_pipeline.text.head import Head
from qa_pipeline.text.normalise import tokens

MIN_WORDS = 4  # "no", "that's all": too little to complain in
SURE = 0.7  # a call has many turns, so one must be clear before the whole call is called a complaint
UNSURE = 0.35  # from here on nobody can tell
MOST = 0.75  # share of the customer's words that must be trusted before "no complaint" can be said


class Causes:
    """Emits one COMPLAINT for the call (label true, false or unsure) and, where it is true, CAUSE by turn.

    Flagged turns are left out; where they hold over a quarter of what the customer said, "false" becomes "unsure".
    """

    name = "causes"
    measures = (SignalKind.COMPLAINT, SignalKind.CAUSE)
    needs_parties = True
    needs = frozenset[SignalKind]()

    def __init__(self, encoder: Encoder, *, complaint: Head, causes: Head) -> None:
        self._encoder = encoder
        self._complaint = complaint
        self._causes = causes
        self.fingerprint = fingerprint(
            "causes 4", encoder.fingerprint, complaint, causes, MIN_WORDS, SURE, UNSURE, MOST
        )

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        turns = [
            (index, turn)
            for index, turn in enumerate(view.transcript.turns)
            if turn.party is Party.CUSTOMER and not turn.flags and len(tokens(turn.text)) >= MIN_WORDS
        ]
        vectors = self._encoder.encode([turn.text for _, turn in turns])
        complains = self._complaint.probabilities(vectors)[:, 0]
        threshold = self._complaint.thresholds[0]
        highest = float(complains.max()) if len(complains) else 0.0
        end_ms = view.media.duration_ms
        signals = [_call(highest, end_ms, heard=_trusted(view))]
        for (index, turn), chance, row in zip(turns, complains, self._causes.probabilities(vectors), strict=True):
            if highest < SURE or chance < threshold:
                continue  # who does not surely complain is given no cause
            for name, value, least in zip(self._causes.labels, row, self._causes.thresholds, strict=True):
                if value >= least:
                    signals.append(
                        Signal(
                            kind=SignalKind.CAUSE,
                            party=Party.CUSTOMER,
                            label=name,
                            confidence=round(float(value), 3),
                            start_ms=turn.start_ms,
                            end_ms=turn.end_ms,
                            turn=index,
                            quote=turn.text,
                            method="model",
                        )
                    )
        return tuple(signals)


def _trusted(view: CallView) -> float:
    """The share of the customer's words that stand in turns without a flag; 1 where there are no words."""
    words = [(len(tokens(turn.text)), not turn.flags) for turn in view.turns(Party.CUSTOMER)]
    total = sum(size for size, _ in words)
    return sum(size for size, trusted in words if trusted) / total if total else 1.0


def _call(highest: float, end_ms: int, *, heard: float) -> Signal:
    label = "true" if highest >= SURE else "unsure" if highest >= UNSURE or heard < MOST else "false"
    return Signal(
        kind=SignalKind.COMPLAINT,
        party=Party.CUSTOMER,
        label=label,
        value=round(highest, 3),
        confidence=round(highest if label == "true" else (1 - highest) * heard, 3),
        start_ms=0,
        end_ms=end_ms,
        method="model",
    )
