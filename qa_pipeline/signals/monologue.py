"""Who speaks for long without the other saying more than "mm-hm"."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, fingerprint
from qa_pipeline.text.turns import LONG_PAUSE_MS, stretches

SHORTEST_MS = 30_000


class Monologue:
    """Emits MONOLOGUE for each stretch of 30 s and more of one party that the other only back-channels."""

    name = "monologue"
    measures = (SignalKind.MONOLOGUE,)
    needs_parties = True
    needs = frozenset[SignalKind]()
    fingerprint = fingerprint("monologue 1", SHORTEST_MS, LONG_PAUSE_MS)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        turns = view.transcript.turns
        found = [
            Signal(
                kind=SignalKind.MONOLOGUE,
                party=party,
                start_ms=turns[run[0]].start_ms,
                end_ms=max(turns[index].end_ms for index in run),
                turn=run[0],
                quote=turns[run[0]].text,
            )
            for party in (Party.AGENT, Party.CUSTOMER)
            for run in stretches(turns, party, view.language)
        ]
        return tuple(one for one in found if one.span.duration_ms >= SHORTEST_MS)
