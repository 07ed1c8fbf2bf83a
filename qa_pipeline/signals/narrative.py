"""The customer's first account of the matter, and whether the agent let it come to its end."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Party, Signal, SignalKind, fingerprint
from qa_pipeline.text.turns import stretches, word_count

SUBSTANCE = {"en": 6, "zh": 8}  # words (characters) of a turn that tells something
ASKED_WITHIN_MS = 15_000  # after a question for details, what the customer says is an answer
DETAILS = "identity_verification"


class Narrative:
    """Emits at most one NARRATIVE: from the customer's first turn of substance to where the agent takes over.

    Back-channels of the agent do not end it. It is "interrupted" where an INTERRUPTION of the agent begins within it,
    else "whole". Answers to an identity check are no account. The quote is all that the customer says in it.
    """

    name = "narrative"
    measures = (SignalKind.NARRATIVE,)
    needs_parties = True
    needs = frozenset({SignalKind.INTERRUPTION})
    fingerprint = fingerprint("narrative 1", SUBSTANCE, ASKED_WITHIN_MS, DETAILS)

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        turns = view.transcript.turns
        least = SUBSTANCE.get(view.language, SUBSTANCE["en"])
        for run in stretches(turns, Party.CUSTOMER, view.language):
            told = next((place for place, i in enumerate(run) if word_count(turns[i], view.language) >= least), None)
            if told is not None and not self._asked(view, turns[run[told]].start_ms):
                return (self._account(view, run[told:]),)
        return ()

    def _asked(self, view: CallView, start_ms: int) -> bool:
        """Whether the agent has just asked for details, and nothing else since."""
        said = [one for one in view.acts() if one.start_ms < start_ms]
        last = max(said, key=lambda one: one.end_ms, default=None)
        return (
            last is not None
            and start_ms - last.end_ms <= ASKED_WITHIN_MS
            and any(one.label == DETAILS and one.turn == last.turn for one in said)
        )

    def _account(self, view: CallView, run: tuple[int, ...]) -> Signal:
        turns = [view.transcript.turns[index] for index in run]
        start_ms, end_ms = turns[0].start_ms, max(turn.end_ms for turn in turns)
        cuts = [cut for cut in view.of(SignalKind.INTERRUPTION, party=Party.AGENT) if start_ms <= cut.start_ms < end_ms]
        trusted = not any(turn.flags for turn in turns)
        return Signal(
            kind=SignalKind.NARRATIVE,
            party=Party.CUSTOMER,
            label="interrupted" if cuts else "whole",
            start_ms=start_ms,
            end_ms=end_ms,
            confidence=max((cut.confidence for cut in cuts), default=0.9 if trusted else 0.5),
            turn=run[0],
            quote=" ".join(turn.text for turn in turns),
        )
