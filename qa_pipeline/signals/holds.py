"""Waiting: holds and dead air.

A hold is at least 3 s of music, or of silence after the agent asked the customer to wait. Dead air is more than 5 s in
which nobody speaks outside a hold. (requirements: criteria hold_notice and no_dead_air)
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Span, fingerprint
from qa_pipeline.domain.span import gaps, merge

MIN_HOLD_MS = 3_000
DEAD_AIR_MS = 5_000
ASKED_WITHIN_MS = 8_000  # the request may be followed by the customer's "okay"
BRIEF_MS = 1_500  # a word of the customer that does not end the wait


class Holds:
    """Emits HOLD (label "asked" or "music") and DEAD_AIR."""

    name = "holds"
    measures = (SignalKind.HOLD, SignalKind.DEAD_AIR)
    needs_parties = False
    needs = frozenset({SignalKind.SPEECH, SignalKind.MUSIC})

    def __init__(self, request: str = "hold_notice") -> None:
        self._request = request
        self.fingerprint = fingerprint("holds 1", MIN_HOLD_MS, DEAD_AIR_MS, ASKED_WITHIN_MS, BRIEF_MS, request)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        speech = [signal.span for signal in view.of(SignalKind.SPEECH)]
        music = merge((signal.span for signal in view.of(SignalKind.MUSIC)), gap_ms=500)
        requests = [*view.acts(self._request), *view.acts(self._request, party=Party.UNKNOWN)]
        holds: list[Signal] = []
        for gap in gaps(speech):
            if gap.duration_ms < MIN_HOLD_MS:
                continue
            sound = sum(span.overlap_ms(gap) for span in music)
            asked = _asked_before(gap, requests)
            if asked or sound >= MIN_HOLD_MS:
                holds.append(
                    Signal(
                        kind=SignalKind.HOLD,
                        start_ms=gap.start_ms,
                        end_ms=gap.end_ms,
                        label="asked" if asked else "music",
                        confidence=asked.confidence if asked else 0.9,
                    )
                )
        waits = _joined(holds)
        dead = [
            Signal(kind=SignalKind.DEAD_AIR, start_ms=gap.start_ms, end_ms=gap.end_ms)
            for gap in gaps(speech)
            if gap.duration_ms > DEAD_AIR_MS and not any(hold.span.overlap_ms(gap) for hold in waits)
        ]
        return (*waits, *dead)


def _asked_before(gap: Span, requests: Sequence[Signal]) -> Signal | None:
    """The last request to wait shortly before the silence, if there is one."""
    asked = [one for one in requests if -1_000 <= gap.start_ms - one.end_ms <= ASKED_WITHIN_MS]
    return max(asked, key=lambda one: one.end_ms, default=None)


def _joined(holds: Sequence[Signal]) -> list[Signal]:
    """Waits with no more than a word between them are one."""
    joined: list[Signal] = []
    for hold in holds:
        if joined and hold.start_ms - joined[-1].end_ms <= BRIEF_MS:
            before = joined.pop()
            hold = Signal(  # noqa: PLW2901 - the two become one
                kind=SignalKind.HOLD,
                start_ms=before.start_ms,
                end_ms=hold.end_ms,
                label=before.label,
                confidence=min(before.confidence, hold.confidence),
            )
        joined.append(hold)
    return joined
