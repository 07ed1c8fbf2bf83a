"""Training text out of people's reviews: kept in memory, never written anywhere.

It is for training alone; the test split stays what it is, so that models can be compared from year to year.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import Party, ReviewedTurn, SignalKind, fingerprint
from qa_pipeline.training.data import Example, Reader, data_hash, read_examples
from qa_pipeline.training.near import letters, near

HAND = "review"
Labels = Mapping[str, frozenset[str]]  # by column of the training text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A turn with its right labels by column of the training text."""

    text: str
    language: str
    party: Party
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What reviews give a model to learn from; `left_out` counts turns that give nothing, by reason."""

    taken: tuple[Line, ...] = ()
    left_out: Mapping[str, int]

    def reader(self) -> Reader:
        """Reads training text with these lines added to its train split."""

        def read(folder: Path, column: str, *, one: bool = False) -> tuple[Example, ...]:
            return *read_examples(folder, column, one=one), *(_example(line, column) for line in self.taken)

        return read

    def data_hash(self, folder: Path) -> str:
        """SHA-256 over all that is trained on; without reviews that of the files."""
        of_files = data_hash(folder)
        if not self.taken:
            return of_files
        return hashlib.sha256((of_files + fingerprint(self.taken)).encode()).hexdigest()


def act_labels(said: Mapping[SignalKind, frozenset[str]]) -> Labels | None:
    """The columns of the acts' training text."""
    return {"acts": said[SignalKind.ACT]} if SignalKind.ACT in said else None


def sentiment_labels(said: Mapping[SignalKind, frozenset[str]]) -> Labels | None:
    """The column of the sentiment's training text; None where neither mood nor tone is known, or they differ.

    A customer's turn has a sentiment, an agent's a tone; both can only be said of one whose speaker was not always the
    same.
    """
    found = {said[kind] for kind in (SignalKind.SENTIMENT, SignalKind.TONE) if kind in said}
    return {"label": found.pop()} if len(found) == 1 else None


def cause_labels(said: Mapping[SignalKind, frozenset[str]]) -> Labels | None:
    """The columns of the causes' training text; None where complaint and causes are not both known, or contradict.

    A cause makes a complaint, and what is no complaint has no cause.
    """
    none = frozenset({"false"})
    complaint, causes = said.get(SignalKind.COMPLAINT), said.get(SignalKind.CAUSE)
    if complaint is None and causes:
        complaint = frozenset({"true"})
    if causes is None and complaint == none:
        causes = frozenset()
    if complaint is None or causes is None or (causes and complaint == none):
        return None
    return {"is_complaint": complaint, "causes": causes}


def lines_of(
    reviewed: Iterable[ReviewedTurn],
    labels_of: Callable[[Mapping[SignalKind, frozenset[str]]], Labels | None],
    examples: Mapping[str, Sequence[Example]],
    *,
    fits: Callable[[str, str], bool] = lambda text, language: True,  # noqa: ARG005 - any length by default
) -> Lines:
    """The lines that reviews give a model; `examples` is its own training text by column.

    Left out are turns whose words cannot be trusted ("flagged"), that lack an answer or contradict themselves ("half"),
    that do not fit into the model at once ("long"), that are nearly a line of the test split ("near_test"), and texts
    that are there already, from training text or a newer review ("twice"). Labels that the training text does not
    know are dropped: the others are right without them.
    """
    known = {column: frozenset(label for one in lines for label in one.labels) for column, lines in examples.items()}
    own = next(iter(examples.values()))
    there = {letters(one.text) for one in own if one.split == "train"} | {""}
    turns = _by_turn(reviewed)
    like_tests = _near_tests([turn for turn, _ in turns], own)
    left_out: Counter[str] = Counter()
    taken: list[tuple[tuple[str, int], Line]] = []
    for turn, said in turns:
        labels = labels_of(said)
        if turn.flags:
            left_out["flagged"] += 1
        elif labels is None:
            left_out["half"] += 1
        elif not fits(turn.text, turn.language):
            left_out["long"] += 1
        elif letters(turn.text) in there:
            left_out["twice"] += 1
        elif (turn.language, turn.text) in like_tests:
            left_out["near_test"] += 1
        else:
            there.add(letters(turn.text))
            kept = {column: given & known[column] for column, given in labels.items()}
            line = Line(text=turn.text, language=turn.language, party=turn.party, labels=kept)
            taken.append(((turn.review.call_id, turn.review.turn), line))
    taken.sort(key=lambda one: one[0])
    return Lines(taken=tuple(line for _, line in taken), left_out=dict(sorted(left_out.items())))


def _near_tests(turns: Sequence[ReviewedTurn], examples: Sequence[Example]) -> set[tuple[str, str]]:
    """(language, text) of the turns that are nearly a test line of their language."""
    return {
        (language, text)
        for language in {turn.language for turn in turns}
        for text in near(
            [turn.text for turn in turns if turn.language == language],
            [one.text for one in examples if (one.split, one.language) == ("test", language)],
        )
    }


def _by_turn(
    reviewed: Iterable[ReviewedTurn],
) -> list[tuple[ReviewedTurn, dict[SignalKind, frozenset[str]]]]:
    """Each turn, the one reviewed last first, with what was said of it by kind."""
    turns: dict[tuple[str, int, str], tuple[ReviewedTurn, dict[SignalKind, frozenset[str]]]] = {}
    for one in sorted(reviewed, key=lambda one: one.review.reviewed_at, reverse=True):
        key = (one.review.call_id, one.review.turn, one.text)
        turns.setdefault(key, (one, {}))[1].setdefault(one.review.kind, one.review.labels)
    return list(turns.values())


def _example(line: Line, column: str) -> Example:
    return Example(
        text=line.text,
        labels=line.labels[column],
        language=line.language,
        split="train",
        party=line.party,
        hand=HAND,
    )
