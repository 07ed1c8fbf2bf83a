"""A tagger trained on all lines, and what taggers said of lines of hands that they had not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.text.ngrams import NgramModel
from qa_pipeline.text.tagger import NGRAMS, WEIGHTS, TaggerCard, chances_of, mean_of, write_card
from qa_pipeline.training.data import Example
from qa_pipeline.training.fit import temperature_of
from qa_pipeline.training.measure import table
from qa_pipeline.training.mishear import Mishearing
from qa_pipeline.training.ngrams import fit_ngrams

if TYPE_CHECKING:
    from torch import Tensor

    from qa_pipeline.text.embed import SentenceEncoder
    from qa_pipeline.text.tagger_network import TaggerNetwork
    from qa_pipeline.training.tagger import Plan

Limits = tuple[float, float, float]
Tell = Callable[[str], None]
# Hands whose lines help to train and are not tried: rated text, reviews, lines written to fill gaps.
SUPPLEMENT = frozenset({"rated", "review", "4", "5", "6", "7", "8"})
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Fit:
    """A network and, where the plan asks for it, the linear model beside it."""

    network: TaggerNetwork
    ngrams: NgramModel | None

    def scores(self, states: Sequence[Tensor], texts: Sequence[str]) -> NDArray[np.float64]:
        """Of texts that are given in both ways, shape (texts, labels)."""
        from qa_pipeline.training.tagger import scores_of  # noqa: PLC0415 - heavy

        own = scores_of(self.network, states)
        return mean_of(own, self.ngrams.scores(texts)) if self.ngrams else own


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained tagger with what it says.

    `truth` and `scores` have a row for each example, `scores` of use for test lines alone; `tried` has one for each of
    `tried_rows`, the training lines of hands that were tried: chances from taggers that saw no line of that hand.
    """

    fit: Fit
    plan: Plan
    exclusive: bool
    temperature: float
    truth: NDArray[np.bool_]
    tried_rows: Sequence[int]
    tried: NDArray[np.float64]
    scores: NDArray[np.float64]

    def chances(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Of these test lines."""
        return chances_of(self.scores[rows], exclusive=self.exclusive, temperature=self.temperature)

    def write(self, folder: Path, encoder: SentenceEncoder, names: Sequence[str], limits: Sequence[Limits]) -> None:
        """Weights and their card."""
        from safetensors.torch import save_file  # noqa: PLC0415 - heavy

        weights = self.fit.network.trained()
        save_file({name: value.half().contiguous() for name, value in weights.items()}, folder / WEIGHTS)
        if self.fit.ngrams:
            self.fit.ngrams.save(folder / NGRAMS)
        claims, doubts, backs = zip(*limits, strict=True)
        card = TaggerCard(
            labels=tuple(names),
            exclusive=self.exclusive,
            temperature=self.temperature,
            claims=claims,
            doubts=doubts,
            backs=backs,
            first_layer=self.plan.first_layer,
            rank=self.plan.rank,
            encoder=encoder.fingerprint,
            weights=_sha256(folder / WEIGHTS),
            ngrams=_sha256(folder / NGRAMS) if self.fit.ngrams else "",
        )
        write_card(card, folder / "tagger.json")


def trained(
    encoder: SentenceEncoder,
    examples: Sequence[Example],
    names: Sequence[str],
    plan: Plan,
    tell: Tell,
    *,
    exclusive: bool = False,
) -> Trained:
    """Trains without the lines of hands that are tried, to see how far the tagger can be trusted, then on all lines.

    Raises ValueError where a plan asks for n-grams beside labels of which one is true: their scores are no softmax's.
    """
    from qa_pipeline.training.tagger import fit_tagger, states_of  # noqa: PLC0415 - heavy

    if exclusive and plan.ngrams:
        raise ValueError("N-grams go with labels that hold each for itself.")
    truth = table([example.labels for example in examples], names)
    texts = [example.text for example in examples]
    train = rows_of(examples, "train")
    heard = [texts]
    if plan.misheard:
        slips = Mishearing(texts[row] for row in train)
        heard = [slips.of(texts, plan.misheard, SEED + epoch) for epoch in range(plan.epochs)]
    readings = [states_of(encoder, [said[row] for row in train], plan.first_layer, rough=True) for said in heard]
    place = {row: at for at, row in enumerate(train)}
    tell(f"{len(examples)} texts read")

    def fit(rows: Sequence[int]) -> Fit:
        given = [[reading[place[row]] for row in rows] for reading in readings]
        network = fit_tagger(encoder, given, truth[rows], plan, exclusive=exclusive, tell=tell)
        said = [reading[row] for reading in heard for row in rows]
        return Fit(network, fit_ngrams(said, np.tile(truth[rows], (len(heard), 1))) if plan.ngrams else None)

    def asked(made: Fit, rows: Sequence[int]) -> NDArray[np.float64]:
        said = [texts[row] for row in rows]
        return made.scores(states_of(encoder, said, plan.first_layer), said)

    scores = np.zeros(truth.shape)
    for seen, unseen in _trials(examples, train):
        tell(f"trial on {len(unseen)} texts of another hand")
        scores[unseen] = asked(fit(seen), unseen)
    tried_rows = [row for row in train if examples[row].hand not in SUPPLEMENT]
    temperature = temperature_of(truth[tried_rows], scores[tried_rows], exclusive=exclusive)
    tried = chances_of(scores[tried_rows], exclusive=exclusive, temperature=temperature)
    final, tests = fit(train), rows_of(examples, "test")
    scores[tests] = asked(final, tests)
    return Trained(
        fit=final,
        plan=plan,
        exclusive=exclusive,
        temperature=temperature,
        truth=truth,
        tried_rows=tried_rows,
        tried=tried,
        scores=scores,
    )


def rows_of(examples: Sequence[Example], split: str, language: str = "") -> list[int]:
    """The places of a split's lines, of all languages by default."""
    return [
        row for row, example in enumerate(examples) if example.split == split and language in ("", example.language)
    ]


def _trials(examples: Sequence[Example], rows: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Rows to learn from and rows to try, of hands that are not learnt from.

    Each hand by itself; all at once where the rest is more than half of the lines, which saves a training or more.
    Raises ConfigurationError when nothing is left to learn from.
    """
    hands = sorted({examples[row].hand for row in rows} - SUPPLEMENT)
    rest = sum(examples[row].hand in SUPPLEMENT for row in rows)
    for group in [hands] if hands and 2 * rest > len(rows) else [[hand] for hand in hands]:
        seen = [row for row in rows if examples[row].hand not in group]
        if not seen:
            raise ConfigurationError(
                "Training needs lines of two hands, to see how far it can be trusted.",
                code="training_data",
                hint="Say in the column `hand` who wrote a line.",
            )
        yield seen, [row for row in rows if examples[row].hand in group]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
