"""One call under a set of conditions: each is answered once, with its evidence.

Whatever rests on words that are not clear, on a party that nobody knows or on sound that was not measured is UNSURE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import Any

from qa_pipeline.domain import (
    Answer,
    CallView,
    Condition,
    Expression,
    Name,
    Not,
    Party,
    Signal,
    SignalKind,
    Turn,
    Window,
)
from qa_pipeline.rules import trouble
from qa_pipeline.rules.measures import MEASURES
from qa_pipeline.rules.outcome import clarity, clear
from qa_pipeline.rules.seen import Seen, at_least, opposite
from qa_pipeline.rules.wording import told
from qa_pipeline.text.phrases import Act, PhraseBook
from qa_pipeline.text.turns import act_signal

SURE = 0.5  # confidence from which on a find counts; below it, it is a doubt
DOUBT = 0.4  # of words in a turn that recognition may have got wrong or invented
REGEX_TIMEOUT_S = 0.25  # for one turn; an expression that takes longer is unsure, not a hung night
_STATES: Mapping[str, Callable[[CallView], Answer]] = {
    "in_trouble": trouble.troubled_by_service,
    "distressed": trouble.distressed,
    "unlucky": trouble.unlucky,
}
_RESTS_ON = {  # what must have been looked for before the answer can be no
    "in_trouble": {SignalKind.ACT, SignalKind.SENTIMENT, SignalKind.COMPLAINT},
    "distressed": {SignalKind.ACT, SignalKind.SENTIMENT},
    "unlucky": {SignalKind.ACT},
}


class Reader:
    """Answers conditions about one call; what was answered is remembered."""

    def __init__(self, view: CallView, conditions: Mapping[str, Condition]) -> None:
        self._view = view
        self._conditions = conditions
        self._seen: dict[str, Seen] = {}
        self._by_kind: Mapping[str, Callable[[Condition], Seen]] = {
            "says": self._says,
            "words": self._words,
            "regex": self._regex,
            "feels": self._feels,
            "customer_is": self._customer_is,
            "measure": self._measure,
            "call": self._call,
            "in_order": self._in_order,
        }

    def evaluate(self, expression: Expression) -> Seen:
        """The answer to a whole expression."""
        if isinstance(expression, Name):
            return self.answer(expression.name)
        if isinstance(expression, Not):
            return opposite(self.evaluate(expression.part))
        return at_least(expression.count, [self.evaluate(part) for part in expression.parts])

    def answer(self, name: str) -> Seen:
        """The answer to one condition; a name that no condition has is a dialogue act of the agent."""
        if name not in self._seen:
            condition = self._conditions.get(name) or Condition(name=name, kind="says", of=(name,))
            seen = self._by_kind[condition.kind](condition)
            self._seen[name] = replace(seen, parts=(told(condition, seen.answer, self._view.language),))
        return self._seen[name]

    # one function for each kind of condition

    def _says(self, condition: Condition) -> Seen:
        if SignalKind.ACT not in self._view.measured:
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        found = [self._said(label, condition) for label in condition.of]
        return self._spoken(condition, found)

    def _words(self, condition: Condition) -> Seen:
        """Phrases count once where they overlap, unless it takes different ones."""
        groups = tuple((phrase,) for phrase in condition.of) if condition.different > 1 else (condition.of,)
        book = _book(self._view.language, groups, condition.unless)
        found: dict[str, list[Signal]] = {name: [] for name in book.acts}
        for index, turn in self._turns(condition):
            for hit in book.search(turn.text):
                found[hit.act].append(
                    _hit(condition, turn, index, hit.start, hit.end, quality=hit.quality, method=hit.method)
                )
        return self._spoken(condition, list(found.values()))

    def _regex(self, condition: Condition) -> Seen:
        found = []
        for index, turn in self._turns(condition):
            try:
                found += [
                    _hit(condition, turn, index, start, end, quality=0.95, method="regex")
                    for start, end in _regex_places(condition, turn.text)
                ]
            except TimeoutError:
                return Seen(answer=Answer.UNSURE, confidence=0.0)
        return self._spoken(condition, [found])

    def _feels(self, condition: Condition) -> Seen:
        if SignalKind.SENTIMENT not in self._view.measured:
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        felt = self._view.of(SignalKind.SENTIMENT, *condition.of, party=condition.by)
        return self._spoken(condition, [[one for one in felt if self._inside(one, condition)]])

    def _customer_is(self, condition: Condition) -> Seen:
        if not self._view.parties_known:
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        answers = [_STATES[state](self._view) for state in condition.of]
        answer = next((one for one in (Answer.YES, Answer.UNSURE) if one in answers), Answer.NO)
        heard = self._view.turns(Party.CUSTOMER)
        looked = all(_RESTS_ON[state] <= self._view.measured for state in condition.of)
        if answer is Answer.NO and not (looked and clear(heard)):
            return Seen(answer=Answer.UNSURE, confidence=0.0, turns=heard)
        words = trouble.misfortune(self._view) if condition.of == ("unlucky",) else trouble.moments(self._view)
        hits = (words or trouble.negative_turns(self._view)) if answer is not Answer.NO else ()
        return Seen(answer=answer, confidence=0.8 if answer is not Answer.UNSURE else 0.4, hits=hits)

    def _measure(self, condition: Condition) -> Seen:
        measure = MEASURES[condition.of[0]]
        by = condition.by or Party.AGENT
        if not measure.needs <= self._view.measured or (measure.of_party and not self._view.parties_known):
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        if measure.of_words and any(turn.flags for turn in self._view.turns(by)):
            return Seen(answer=Answer.UNSURE, confidence=0.0, turns=self._view.turns(by))
        reading = measure.read(self._view, by)
        if reading.value is None:
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        fits = (condition.least is None or reading.value >= condition.least) and (
            condition.most is None or reading.value <= condition.most
        )
        return Seen(answer=Answer.YES if fits else Answer.NO, hits=reading.hits)

    def _call(self, condition: Condition) -> Seen:
        value = getattr(self._view.meta, condition.of[0], None)
        if value in (None, ""):
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        fits = str(value).casefold() in {one.casefold() for one in condition.values}
        return Seen(answer=Answer.YES if fits else Answer.NO, confidence=1.0)

    def _in_order(self, condition: Condition) -> Seen:
        """The longest chain of stages whose moments follow one another; enough of them make a yes."""
        stages = [self.answer(name) for name in condition.of]
        wanted = ceil(condition.least or len(stages))
        chain = _chain([stage.hits if stage.answer is not Answer.NO else () for stage in stages])
        doubtful = sum(stage.answer is Answer.UNSURE or _without_moment(stage) for stage in stages)
        sure = _chain([stage.hits if stage.answer is Answer.YES else () for stage in stages])
        missed = tuple(name for name, stage in zip(condition.of, stages, strict=True) if stage.answer is Answer.NO)
        looked_at = tuple(dict.fromkeys(turn for stage in stages for turn in stage.turns))
        if len(sure) >= wanted:
            return Seen(answer=Answer.YES, confidence=min(hit.confidence for hit in sure), hits=sure)
        if max(len(chain), len(sure) + doubtful) >= wanted:
            return Seen(answer=Answer.UNSURE, confidence=0.4, hits=chain)
        return Seen(answer=Answer.NO, confidence=0.8 if missed else 0.7, near=sure, turns=looked_at, hits=sure)

    # what the kinds share

    def _said(self, label: str, condition: Condition) -> list[Signal]:
        found = self._view.of(SignalKind.ACT, label, party=condition.by)
        return [one for one in found if self._inside(one, condition)]

    def _spoken(self, condition: Condition, found: Sequence[Sequence[Signal]]) -> Seen:
        """The answer from what was found of each thing asked for."""
        if condition.by is not None and not self._view.parties_known:
            return Seen(answer=Answer.UNSURE, confidence=0.0)
        placed = [self._placed(condition, hits) for hits in found]
        if any(hits is None for hits in placed):
            return Seen(answer=Answer.UNSURE, confidence=0.3)
        kept = [list(hits or ()) for hits in placed]
        turns = tuple(turn for _, turn in self._turns(condition))
        near = tuple(hit for hits, all_of in zip(kept, found, strict=True) for hit in all_of if hit not in hits)
        if condition.each:
            return self._each(condition, kept, turns, near)
        if condition.different == 0:
            return opposite(_counted(1, None, [[hit for hits in kept for hit in hits]], turns, near))
        if condition.different > 1:
            return at_least(condition.different, [_counted(1, None, [hits], turns, near) for hits in kept])
        together = sorted((hit for hits in kept for hit in hits), key=lambda hit: (hit.start_ms, hit.end_ms))
        return _counted(condition.least, condition.most, [together], turns, near)

    def _each(
        self, condition: Condition, kept: Sequence[Sequence[Signal]], turns: Sequence[Turn], near: Sequence[Signal]
    ) -> Seen:
        """Every moment of the other condition needs a find of its own side."""
        anchors = _moments(self.answer(condition.after or condition.before))
        if not anchors:
            return Seen(answer=Answer.NO, confidence=0.6, near=tuple(near))
        free = sorted((hit for found in kept for hit in found), key=lambda hit: (hit.confidence < SURE, hit.start_ms))
        parts = []
        for anchor in sorted(anchors, key=lambda one: one.start_ms):
            own = next((hit for hit in free if self._beside(condition, hit, [anchor])), None)
            if own:
                free.remove(own)
            parts.append(_counted(1, None, [[own] if own else []], turns, near))
        return at_least(len(parts), parts)

    def _placed(self, condition: Condition, hits: Sequence[Signal]) -> list[Signal] | None:
        """The finds that stand after and before what they should; None where nobody can tell."""
        after = self.answer(condition.after) if condition.after else None
        before = self.answer(condition.before) if condition.before else None
        if any(other and (other.answer is Answer.UNSURE or _without_moment(other)) for other in (after, before)):
            return None if hits else []
        if condition.each:
            return list(hits)
        since, until = (_moments(after) if after else ()), (_moments(before) if before else ())
        return [
            hit
            for hit in hits
            if (after is None or self._beside(condition, hit, since))
            and (before is None or self._comes_first(condition, hit, since, until))
        ]

    def _beside(self, condition: Condition, hit: Signal, anchors: Sequence[Signal]) -> bool:
        """Whether the find stands on the right side of one of the anchors, near enough."""
        limit = float("inf") if condition.within_s is None else condition.within_s * 1000
        if condition.after:
            return any(one.start_ms < hit.start_ms and hit.start_ms - one.end_ms <= limit for one in anchors)
        return any(hit.start_ms < one.start_ms and one.start_ms - hit.end_ms <= limit for one in anchors)

    def _comes_first(
        self, condition: Condition, hit: Signal, after: Sequence[Signal], before: Sequence[Signal]
    ) -> bool:
        """Whether none of `before` came earlier, counted from the first of `after`."""
        since = min((one.end_ms for one in after), default=-1)
        first = min((one.start_ms for one in before if one.start_ms >= since), default=None)
        anywhere = condition.within_s is None or bool(
            condition.after
        )  # within_s counts from `after` where there is one
        if first is None:
            return anywhere
        return hit.start_ms <= first and (anywhere or first - hit.end_ms <= (condition.within_s or 0) * 1000)

    def _turns(self, condition: Condition) -> list[tuple[int, Turn]]:
        """The turns asked for, with their places in the transcript."""
        everything = self._view.transcript.turns
        own = [
            (index, turn) for index, turn in enumerate(everything) if condition.by is None or turn.party is condition.by
        ]
        window = condition.window
        spoken = [turn for turn in everything if turn.party is Party.AGENT] or list(everything)
        first_word = spoken[0].start_ms if spoken else 0
        last_word = max((turn.end_ms for turn in everything), default=0)
        if window.first_turns is not None:
            own = own[: window.first_turns]
        if window.last_turns is not None:
            own = own[-window.last_turns :]
        if window.first_s is not None:
            own = [one for one in own if one[1].start_ms - first_word <= window.first_s * 1000]
        if window.last_s is not None:
            own = [one for one in own if last_word - one[1].end_ms <= window.last_s * 1000]
        return own

    def _inside(self, found: Signal, condition: Condition) -> bool:
        if condition.window == _WHOLE:
            return True
        return any(
            turn.party is found.party and turn.start_ms <= found.start_ms <= turn.end_ms
            for _, turn in self._turns(condition)
        )


_WHOLE = Window()


def _counted(
    least: float | None,
    most: float | None,
    found: Sequence[Sequence[Signal]],
    turns: Sequence[Turn],
    near: Sequence[Signal],
) -> Seen:
    """Whether there are enough and not too many; doubtful finds and unclear words make it unsure."""
    hits = [hit for one in found for hit in one]
    sure = [hit for hit in hits if hit.confidence >= SURE]
    low = 1 if least is None and most is None else least or 0
    if most is not None and len(sure) > most:
        return Seen(answer=Answer.NO, confidence=_least(sure), hits=tuple(sure), near=tuple(near))
    if len(sure) >= low and (most is None or (len(hits) <= most and clear(turns))):
        confidence = _best(sure, int(low)) if low else _absent(turns)
        return Seen(answer=Answer.YES, confidence=confidence, hits=tuple(sure), turns=tuple(turns) if not low else ())
    if len(hits) < low and clear(turns):
        return Seen(
            answer=Answer.NO, confidence=_absent(turns), near=(*hits, *near), turns=tuple(turns), hits=tuple(sure)
        )
    return Seen(answer=Answer.UNSURE, confidence=0.4, hits=tuple(hits), near=tuple(near), turns=tuple(turns))


def _least(hits: Sequence[Signal]) -> float:
    return min((hit.confidence for hit in hits), default=0.9)


def _best(hits: Sequence[Signal], count: int) -> float:
    """As sure as the least sure of the `count` surest."""
    return sorted((hit.confidence for hit in hits), reverse=True)[count - 1]


def _absent(turns: Sequence[Turn]) -> float:
    return round(min(0.9, 0.5 + clarity(turns) / 2), 3)


def _moments(seen: Seen) -> tuple[Signal, ...]:
    """What others may stand after or before; a condition that does not hold has no moment."""
    return seen.hits if seen.answer is not Answer.NO else ()


def _without_moment(seen: Seen) -> bool:
    """Whether it holds, but nobody knows where."""
    return seen.answer is Answer.YES and not seen.hits


def _hit(condition: Condition, turn: Turn, index: int, start: int, end: int, *, quality: float, method: str) -> Signal:
    found = act_signal(turn, index, condition.name, start, end, quality=quality, method=method)
    return replace(found, confidence=DOUBT) if turn.flags else found


@lru_cache(maxsize=256)
def _book(language: str, groups: tuple[tuple[str, ...], ...], unless: tuple[str, ...]) -> PhraseBook:
    """One act for each group of phrases."""
    acts = [Act(name=" | ".join(group), party=Party.UNKNOWN, phrases=group, unless=unless) for group in groups]
    return PhraseBook(acts, language=language)


def _regex_places(condition: Condition, text: str) -> list[tuple[int, int]]:
    """Where the expression matches and none of the exclusions overlaps. Raises TimeoutError."""
    vetoes = [
        match.span() for one in condition.unless for match in pattern(one).finditer(text, timeout=REGEX_TIMEOUT_S)
    ]
    return [
        match.span()
        for match in pattern(condition.of[0]).finditer(text, timeout=REGEX_TIMEOUT_S)
        if match.end() > match.start() and not any(match.start() < end and start < match.end() for start, end in vetoes)
    ]


@lru_cache(maxsize=256)
def pattern(text: str) -> Any:  # noqa: ANN401 - the package has no types
    """A regular expression, ready. Raises regex.error, a ValueError in kind."""
    import regex  # noqa: PLC0415 - only for scorecards that use one

    return regex.compile(text, flags=regex.IGNORECASE | regex.V1)


def _chain(stages: Sequence[Sequence[Signal]]) -> tuple[Signal, ...]:
    """The longest run of moments, at most one a stage, each beginning no earlier than the one before."""
    best: list[tuple[Signal, ...]] = [()]
    for hits in stages:
        grown = [
            (*run, min(later, key=lambda hit: hit.start_ms))
            for run in best
            if (later := [hit for hit in hits if not run or hit.start_ms >= run[-1].start_ms])
        ]
        by_length: dict[int, tuple[Signal, ...]] = {}
        for run in [*best, *grown]:
            known = by_length.get(len(run))
            if known is None or (run and run[-1].start_ms < known[-1].start_ms):
                by_length[len(run)] = run
        best = list(by_length.values())
    return max(best, key=len)
