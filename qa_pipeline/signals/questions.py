"""Who asks what."""

from __future__ import annotations

from dataclasses import replace

from qa_pipeline.domain import CallView, Signal, SignalKind, fingerprint
from qa_pipeline.text.questions import questions
from qa_pipeline.text.turns import act_signal


class Questions:
    """Emits QUESTION for each sentence that asks, of both parties; flagged turns do not count."""

    name = "questions"
    measures = (SignalKind.QUESTION,)
    needs_parties = True
    needs = frozenset[SignalKind]()
    fingerprint = fingerprint("questions 1")

    def __call__(self, view: CallView) -> tuple[Signal, ...]:
        return tuple(
            replace(act_signal(turn, index, "", start, end, quality=sure, method="phrase"), kind=SignalKind.QUESTION)
            for index, turn in enumerate(view.transcript.turns)
            if not turn.flags
            for start, end, sure in questions(turn.text, view.language)
        )
