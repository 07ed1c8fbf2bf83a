"""From the phrases' cues to dialogue acts: which cues make which act, within a turn.

Most acts have a phrase file of their own name. The others are made of cues: a recap of its parts, an identity check of
asking and a detail, a greeting of the company's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qa_pipeline.domain import CallView, Party, Signal, SignalKind
from qa_pipeline.text.turns import back_channels, word_count

ACTS = (
    *("greeting", "offer_of_help", "self_introduction", "identity_verification", "probing_question", "restatement"),
    *("empathy", "apology", "hold_notice", "hold_thanks", "transfer_notice", "solution", "promise", "recap"),
    *("closing_check", "anticipation", "thanks", "farewell", "praise", "blame", "banned_words", "jargon"),
)
RENAMED: Mapping[str, tuple[str, ...]] = {
    "greeting": ("company",),
    "hold_notice": ("hold_request",),
    "transfer_notice": ("transfer",),
    "solution": ("done", "arrange", "next_step"),
}
# acts whose phrase file has another name
PHRASES_OF = {"hold_notice": "hold_request", "transfer_notice": "transfer"}
OPENING_TURNS = 4  # in which "this is Laura" says who is speaking
DETAIL = "detail_"
SHORT_QUESTION = {"en": 9, "zh": 16}  # a turn this short that names a detail asks for it: "And your date of birth?"

# how often each part of a recap counts within one turn
RECAP_PARTS = {"done": 1, "arrange": 1, "next_step": 2, "when": 2, "how_much": 1, "agreement": 1, "recap_cue": 1}
RECAP_WHAT = ("done", "arrange", "next_step")
RECAP_HOW_MUCH_OR_WHEN = ("when", "how_much")
RECAP_ENOUGH = 4  # parts that make a recap; one fewer makes a doubt
RECAP_SHORT = {"en": 12, "zh": 16}  # words (characters) that a recap has at least
DOUBT = 0.45  # confidence of what may be an act


def acts_of_cues(view: CallView, cues: Sequence[Signal]) -> tuple[Signal, ...]:
    """The acts that the agent's cues make; `cues` are ACT signals labelled by phrase file."""
    own = [cue for cue in cues if cue.party is not Party.CUSTOMER]
    found = [cue for cue in own if cue.label in ACTS]
    for act, labels in RENAMED.items():
        found += [replace(cue, label=act) for cue in own if cue.label in labels]
    found += _short_introductions(view, own)
    found += _identity_checks(view, own)
    found += _recaps(view, own)
    return tuple(sorted(set(found), key=lambda one: (one.start_ms, one.end_ms, one.label)))


def agent_groups(view: CallView) -> Iterator[list[int]]:
    """The agent's turns by their places; turns that only a back-channel of the customer parts go together."""
    group: list[int] = []
    for index, turn in enumerate(view.transcript.turns):
        if turn.party is not Party.CUSTOMER:
            group.append(index)
        elif group and not back_channels(turn, view.language):
            yield group
            group = []
    if group:
        yield group


def _short_introductions(view: CallView, cues: Sequence[Signal]) -> list[Signal]:
    opening = [index for index, turn in enumerate(view.transcript.turns) if turn.party is not Party.CUSTOMER]
    early = set(opening[:OPENING_TURNS])
    return [
        replace(cue, label="self_introduction")
        for cue in cues
        if cue.label == "short_introduction" and cue.turn in early
    ]


def _identity_checks(view: CallView, cues: Sequence[Signal]) -> list[Signal]:
    asking = {cue.turn for cue in cues if cue.label == "ask_detail"}
    limit = SHORT_QUESTION.get(view.language, SHORT_QUESTION["en"])
    return [
        replace(cue, label="identity_verification")
        for cue in cues
        if cue.label.startswith(DETAIL)
        and cue.turn is not None
        and (cue.turn in asking or word_count(view.transcript.turns[cue.turn], view.language) <= limit)
    ]


def _recaps(view: CallView, cues: Sequence[Signal]) -> Iterator[Signal]:
    """A recap for each group of turns that has its parts, a doubtful one where a part is missing."""
    parts = [cue for cue in cues if cue.label in RECAP_PARTS]
    for group in agent_groups(view):
        inside = [cue for cue in parts if cue.turn in group]
        score = _recap_score(
            inside, sum(word_count(view.transcript.turns[i], view.language) for i in group), view.language
        )
        if score >= RECAP_ENOUGH - 1:
            told = [cue for cue in inside if cue.label != "recap_cue"]
            sure = min(cue.confidence for cue in told)
            for turn in {cue.turn for cue in told}:
                here = [cue for cue in told if cue.turn == turn]
                yield _whole(view, here, sure if score >= RECAP_ENOUGH else min(sure, DOUBT))


def _whole(view: CallView, cues: Sequence[Signal], confidence: float) -> Signal:
    """One signal over the cues of one turn."""
    turn = view.transcript.turns[cues[0].turn or 0]
    start = min(max(0, turn.text.find(cue.quote)) for cue in cues)
    end = max(max(0, turn.text.find(cue.quote)) + len(cue.quote) for cue in cues)
    return Signal(
        kind=SignalKind.ACT,
        label="recap",
        party=turn.party,
        start_ms=min(cue.start_ms for cue in cues),
        end_ms=max(cue.end_ms for cue in cues),
        confidence=confidence,
        turn=cues[0].turn,
        quote=turn.text[start:end],
        method=cues[0].method,
    )


def _recap_score(cues: Sequence[Signal], size: int, language: str) -> int:
    """How many parts of a recap there are; 0 without a what, without a how much or when, or in a short turn."""
    found = Counter(cue.label for cue in cues)
    complete = any(found[part] for part in RECAP_WHAT) and any(found[part] for part in RECAP_HOW_MUCH_OR_WHEN)
    if not complete or size < RECAP_SHORT.get(language, RECAP_SHORT["en"]):
        return 0
    return sum(min(found[part], most) for part, most in RECAP_PARTS.items())
