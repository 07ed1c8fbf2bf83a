"""Training a model again, from its training text and people's reviews; only one that is not worse takes over."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_pipeline import assembly
from qa_pipeline.domain import ModelError, ReviewedTurn, SignalKind, StoreError
from qa_pipeline.resources import data_dir
from qa_pipeline.settings import Settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.causes import COMPLAINT
from qa_pipeline.signals.cues import DOUBT
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.reviews import newest
from qa_pipeline.testing.dummies import a_call_view, a_transcript, a_turn
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.pieces import SENTENCES
from qa_pipeline.text.sentences import sentences
from qa_pipeline.text.tagger import TextTagger
from qa_pipeline.training.contest import Answers, Comparison, Figure, compare, unsure_of_itself, worse
from qa_pipeline.training.data import Example, Reader, read_examples
from qa_pipeline.training.measure import macro_f1, micro_f1
from qa_pipeline.training.reviews import Labels, act_labels, cause_labels, lines_of, sentiment_labels
from qa_pipeline.training.train import Figures, train_acts, train_causes, train_sentiment
from qa_pipeline.weights.card import read_card
from qa_pipeline.weights.replace import check_writable, put, whole

if TYPE_CHECKING:
    from qa_pipeline.training.tagger import Plan

Tell = Callable[[str], None]
NAMES = ("acts", "sentiment", "causes")
REFUSED = "refused.sha256"
NOTES = frozenset(
    {"data_sha256", "compared", "review_texts", "forced"}
)  # what a card says besides the trainer's figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainable:
    """A model that can be trained again, and how its answers are compared.

    `train` writes all its files into a folder that holds `data/` and model.yaml, its figures into the latter, and takes
    its text from the reader. `answers` are what the model in a folder says of texts, by column of the training text; it
    raises ModelError where the folder holds none that this program can use. `labels_of` makes columns of a turn's
    reviews, `fits` says whether a text (with its language) fits into the model at once, `tests` which lines are a test.
    """

    figures: tuple[Figure, ...]
    train: Callable[[Path, Reader], Figures]
    answers: Callable[[Path, Sequence[str]], Answers]
    labels_of: Callable[[Mapping[SignalKind, frozenset[str]]], Labels | None]
    fits: Callable[[str, str], bool] = lambda text, language: True  # noqa: ARG005 - any length by default
    tests: Callable[[Example], bool] = lambda line: line.split == "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of training: the new model is in `folder` if it was `taken`, and `reason` says why or why not.

    `comparisons` begin with the headline; they are empty when nothing was trained. `figures` are the new model's.
    """

    name: str
    taken: bool
    reason: str
    folder: Path
    reviews: int
    left_out: Mapping[str, int]
    comparisons: tuple[Comparison, ...] = ()
    figures: Figures


def retrain(
    settings: Settings,
    name: str,
    *,
    force: bool = False,
    only_new: bool = False,
    tell: Tell = lambda line: None,  # noqa: ARG005 - nobody listens by default
) -> Outcome:
    """Trains a model of `NAMES` again, with the reviews in the database, for `settings.trained_dir` or else in place.

    See `challenge`. Raises ModelError when the folder may not be written to, StoreError, ConfigurationError.
    """
    home = data_dir() / "models" / name
    target = settings.trained_dir / name if settings.trained_dir else home
    check_writable(target)
    model = trainables(settings, assembly.sentence_encoder(settings), tell)[name]
    return challenge(model, _reviewed(settings), home=home, target=target, force=force, only_new=only_new, tell=tell)


def challenge(
    model: Trainable,
    reviewed: Iterable[ReviewedTurn],
    *,
    home: Path,
    target: Path,
    force: bool = False,
    only_new: bool = False,
    tell: Tell = lambda line: None,  # noqa: ARG005 - nobody listens by default
) -> Outcome:
    """Trains on the text of `home` and the reviews, and puts the new model into `target` unless it is worse.

    The champion is the model in `target`, or that of `home` where there is none that can be used; where neither can,
    it loses by default. A worse model is only taken with `force`, and its card says so. With `only_new` nothing is
    trained while text and reviews are what the champion was trained on, or the last one that was refused. A site that
    has put a classifier in the model's place keeps it: nothing is trained.
    """
    columns = {one.column: read_examples(home / "data", one.column) for one in model.figures}
    lines = lines_of(reviewed, model.labels_of, columns, fits=model.fits)
    end = partial(Outcome, name=home.name, folder=target, reviews=len(lines.taken), left_out=lines.left_out)
    if _classifier(target):
        return end(taken=False, reason="a classifier stands in this model's place (checkpoint in its card)", figures={})
    tests = {column: [one for one in examples if model.tests(one)] for column, examples in columns.items()}
    texts = [one.text for one in next(iter(tests.values()))]
    trained_on = lines.data_hash(home / "data")
    champion = _champion(model, dict.fromkeys((target, home)), texts, tell)
    if only_new and champion and trained_on in {_learnt_by(champion[0]), _refused(target)}:
        return end(taken=False, reason="nothing new to learn from", figures={})
    with tempfile.TemporaryDirectory(prefix="qa-train-") as temporary:
        place = Path(temporary)
        shutil.copytree(home / "data", place / "data")
        shutil.copy(home / "model.yaml", place)
        figures = model.train(place, lines.reader())
        answers = model.answers(place, texts)
        comparisons = compare(model.figures, tests, answers, champion[1] if champion else None)
        measured = read_card(champion[0] / "model.yaml").measured if champion else {}
        why_not = worse(comparisons) or unsure_of_itself(figures, measured)
        if why_not and not force:
            if only_new:
                _refuse(target, trained_on)
            return end(taken=False, reason=why_not, comparisons=comparisons, figures=figures)
        notes: dict[str, str | int] = {"data_sha256": trained_on, "compared": str(comparisons[0])}
        if lines.taken:
            notes["review_texts"] = len(lines.taken)
        if why_not:
            notes["forced"] = f"FORCED against a better model: {why_not}"
        _note(place / "model.yaml", notes)
        put([path for path in sorted(place.iterdir()) if path.is_file()], target)
    reason = f"forced, although {why_not}" if why_not else "not worse" if champion else "no model to compare with"
    return end(taken=True, reason=reason, comparisons=comparisons, figures=figures)


def trainables(
    settings: Settings, encoder: SentenceEncoder, tell: Tell, plan: Plan | None = None
) -> dict[str, Trainable]:
    """The models of `NAMES`; `plan` is how to train, by default each model's own."""
    return {
        "acts": Trainable(
            figures=(Figure(name="macro_f1", column="acts", metric=macro_f1),),
            train=lambda folder, read: train_acts(folder, encoder, _phrases(settings), plan, tell, read),
            answers=lambda folder, texts: _acts(folder, encoder, texts),
            labels_of=act_labels,
            fits=lambda text, language: len(sentences(text, language)) <= SENTENCES,
            tests=lambda line: line.split == "test" and line.party != "customer",
        ),
        "sentiment": Trainable(
            figures=(Figure(name="macro_f1", column="label", metric=macro_f1),),
            train=lambda folder, read: train_sentiment(folder, encoder, plan, tell, read),
            answers=lambda folder, texts: _sentiment(folder, encoder, texts),
            labels_of=sentiment_labels,
        ),
        "causes": Trainable(
            figures=(
                Figure(name="complaint_f1", column="is_complaint", metric=micro_f1),
                Figure(name="causes_micro_f1", column="causes", metric=micro_f1),
            ),
            train=lambda folder, read: train_causes(folder, encoder, plan, tell, read),
            answers=lambda folder, texts: _causes(folder, encoder, texts),
            labels_of=cause_labels,
        ),
    }


def _reviewed(settings: Settings) -> tuple[ReviewedTurn, ...]:
    """People's reviews; none where there is no database yet."""
    try:
        with open_store(settings.db, create=False) as store:
            return newest(store)
    except StoreError as error:
        if error.code == "store_missing":
            return ()
        raise


def _classifier(folder: Path) -> bool:
    card = whole(folder) / "model.yaml"
    return card.is_file() and read_card(card).checkpoint is not None


def _champion(
    model: Trainable, folders: Iterable[Path], texts: Sequence[str], tell: Tell
) -> tuple[Path, Answers] | None:
    """The first of these folders whose model can be used, with its answers; why others cannot is told."""
    for folder in folders:
        there = whole(folder)
        if (there / "model.yaml").is_file():
            try:
                return there, model.answers(there, texts)
            except (ModelError, RuntimeError) as error:  # torch: weights of another shape
                tell(f"The model in {folder} loses by default: {str(error).splitlines()[0]}")
    return None


def _learnt_by(champion: Path) -> str:
    """The hash of what the model in this folder was trained on."""
    return str(read_card(champion / "model.yaml").trained.get("data_sha256", ""))


def _refused(folder: Path) -> str:
    """The hash of what the last model was trained on that was not good enough for this folder."""
    note = folder / REFUSED
    return note.read_text("utf-8").strip() if note.is_file() else ""


def _refuse(folder: Path, trained_on: str) -> None:
    """Keeps that hash, or the same text and reviews would be trained on week after week, with the same end."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REFUSED).write_text(f"{trained_on}\n", "utf-8")


def _note(card: Path, notes: Mapping[str, str | int]) -> None:
    """Adds to what the card says of training; what an earlier one noted goes."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only here

    yaml = YAML()
    yaml.width = 110
    document = yaml.load(card.read_text("utf-8"))
    document["trained"] = {**{key: value for key, value in document["trained"].items() if key not in NOTES}, **notes}
    with card.open("w", encoding="utf-8") as out:
        yaml.dump(document, out)


def _phrases(settings: Settings) -> Callable[[Example], frozenset[str]]:
    """The acts that the phrases alone find in a line."""
    alone = Acts(assembly.phrase_acts(settings), brands=settings.brands)

    def found(line: Example) -> frozenset[str]:
        turn = a_turn(line.text, confidence=1.0, end_ms=60_000)
        view = a_call_view(language=line.language, transcript=a_transcript(turn, language=line.language))
        return frozenset(act.label for act in alone(view) if act.confidence > DOUBT)

    return found


def _acts(folder: Path, encoder: SentenceEncoder, texts: Sequence[str]) -> Answers:
    tagger = TextTagger(folder, encoder)
    return {"acts": _sets(tagger.labels, tagger.chances(texts) >= np.array(tagger.claims))}


def _sentiment(folder: Path, encoder: SentenceEncoder, texts: Sequence[str]) -> Answers:
    tagger = TextTagger(folder, encoder)
    return {"label": [frozenset({tagger.labels[column]}) for column in tagger.chances(texts).argmax(axis=1)]}


def _causes(folder: Path, encoder: SentenceEncoder, texts: Sequence[str]) -> Answers:
    tagger = TextTagger(folder, encoder)
    claimed = _sets(tagger.labels, tagger.chances(texts) >= np.array(tagger.claims))
    return {
        "is_complaint": [frozenset({"true" if COMPLAINT in one else "false"}) for one in claimed],
        "causes": [one - {COMPLAINT} for one in claimed],
    }


def _sets(labels: Sequence[str], claimed: NDArray[np.bool_]) -> list[frozenset[str]]:
    return [frozenset(label for label, yes in zip(labels, row, strict=True) if yes) for row in claimed]
