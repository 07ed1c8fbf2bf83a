"""Training the taggers from `models/<name>/data` and writing what was measured into their cards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa_pipeline.training.data import Example, Reader, data_hash, read_examples
from qa_pipeline.training.fit import best_f1_from, wary_limits
from qa_pipeline.training.measure import Figure, calibration_error, figure, macro_f1, micro_f1, precision, recall, table
from qa_pipeline.training.trained import SEED, Tell, rows_of, trained

if TYPE_CHECKING:
    from qa_pipeline.text.embed import SentenceEncoder
    from qa_pipeline.training.tagger import Plan

Figures = dict[str, dict[str, Figure]]
COMPLAINT = "complaint"  # the label beside the causes
MENDED_ON = frozenset({"1"})  # hands on whose lines phrases were mended: these say too much good of phrases
BACKGROUND = 1000  # lines a language: of fewer, the likest fiftieth (`own_causes.COMMON`) is a matter of luck
MISHEARD = 0.5  # of the texts; for acts it has not been tried


def train_acts(
    folder: Path,
    encoder: SentenceEncoder,
    phrases: Callable[[Example], Collection[str]],
    plan: Plan | None = None,
    tell: Tell = print,
    read: Reader = read_examples,
) -> Figures:
    """Writes the act tagger into `folder`; returns this layer's figures for each act, by language, on the test split.

    `phrases` are the acts that the phrases find in a line; the limits depend on them, and come from lines on which no
    phrase was mended. What customers and recordings say
    is no test of what an agent does: customers' lines are left out, recordings' are lines without an act.
    """
    examples = [one for one in read(folder / "data", "acts") if one.party != "customer"]
    names = sorted({label for example in examples for label in example.labels})
    made = trained(encoder, examples, names, plan or _plan(epochs=6), tell)
    fresh = [at for at, row in enumerate(made.tried_rows) if examples[row].hand not in MENDED_ON]
    phrased = table([frozenset(phrases(examples[made.tried_rows[at]])) for at in fresh], names)
    truth, tried = made.truth[made.tried_rows][fresh], made.tried[fresh]
    limits = [wary_limits(truth[:, column], tried[:, column], phrased[:, column]) for column in range(len(names))]
    made.write(folder, encoder, names, limits)
    figures: Figures = {}
    for language, rows in _tests(examples):
        claimed = made.chances(rows) >= np.array([claim for claim, *_ in limits])
        figures[language] = {
            f"{label}_{name}": figure(metric, made.truth[rows][:, [column]], claimed[:, [column]])
            for column, label in enumerate(names)
            for name, metric in (("precision", precision), ("recall", recall))
        }
    _write_card(folder, figures, examples)
    return figures


def train_sentiment(
    folder: Path,
    encoder: SentenceEncoder,
    plan: Plan | None = None,
    tell: Tell = print,
    read: Reader = read_examples,
) -> Figures:
    """Writes the sentiment tagger into `folder`; returns the figures by language on the test split.

    Customers' lines are labelled with what they express, agents' with their tone towards the customer.
    """
    examples = read(folder / "data", "label", one=True)
    names = sorted({label for example in examples for label in example.labels})
    made = trained(encoder, examples, names, plan or _plan(epochs=4, misheard=MISHEARD), tell, exclusive=True)
    made.write(folder, encoder, names, [(0.0, 0.0, 0.0) for _ in names])
    figures: Figures = {}
    for language, rows in _tests(examples):
        chances, truth = made.chances(rows), made.truth[rows]
        best = np.eye(len(names), dtype=bool)[chances.argmax(axis=1)]
        figures[language] = {"macro_f1": figure(macro_f1, truth, best)}
        for party in ("customer", "agent"):
            of = np.array([examples[row].party == party for row in rows])
            if of.any():
                figures[language][f"macro_f1_{party}"] = figure(macro_f1, truth[of], best[of])
        figures[language]["calibration_error"] = {
            "value": calibration_error(chances.max(axis=1), (truth & best).any(axis=1)),
            "n": len(rows),
        }
    _write_card(folder, figures, examples)
    return figures


def train_causes(
    folder: Path,
    encoder: SentenceEncoder,
    plan: Plan | None = None,
    tell: Tell = print,
    read: Reader = read_examples,
) -> Figures:
    """Writes the tagger of complaints and causes into `folder`; returns the figures by language on the test split.

    A complaint is claimed from where F1 is best on lines of unseen hands, likewise a cause: with one limit for all of
    them, because limits of their own, chosen on one hand, did worse on the next. Vectors of some training lines are
    kept as the background against which causes of a site's own stand out (`text/own_causes.py`).
    """
    complains = read(folder / "data", "is_complaint", one=True)
    causes = read(folder / "data", "causes")
    examples = [
        example.also(COMPLAINT) if "true" in said.labels else example
        for example, said in zip(causes, complains, strict=True)
    ]
    names = [COMPLAINT, *sorted({label for example in causes for label in example.labels})]
    made = trained(encoder, examples, names, plan or _plan(epochs=3, misheard=MISHEARD, ngrams=True), tell)
    truth = made.truth[made.tried_rows]
    claim = best_f1_from(truth[:, 1:], made.tried[:, 1:])
    claims = [best_f1_from(truth[:, 0], made.tried[:, 0]), *[claim] * (len(names) - 1)]
    made.write(folder, encoder, names, [(claim, claim, 0.0) for claim in claims])
    _write_background(folder, encoder, [examples[row] for row in rows_of(examples, "train")])
    figures: Figures = {}
    for language, rows in _tests(examples):
        chances, truth = made.chances(rows), made.truth[rows]
        claimed = chances >= np.array(claims)
        sure = np.maximum(chances[:, 0], 1 - chances[:, 0])
        figures[language] = {
            "complaint_f1": figure(micro_f1, truth[:, :1], claimed[:, :1]),
            "complaint_calibration_error": {
                "value": calibration_error(sure, truth[:, 0] == (chances[:, 0] >= 0.5)),
                "n": len(rows),
            },
            "causes_micro_f1": figure(micro_f1, truth[:, 1:], claimed[:, 1:]),
            "causes_macro_f1": figure(macro_f1, truth[:, 1:], claimed[:, 1:]),
        }
        for column, name in enumerate(names[1:], start=1):
            figures[language][f"{name}_f1"] = figure(micro_f1, truth[:, [column]], claimed[:, [column]])
    _write_card(folder, figures, examples)
    return figures


def _plan(epochs: int, misheard: float = 0.0, *, ngrams: bool = False) -> Plan:
    from qa_pipeline.training.tagger import Plan  # noqa: PLC0415 - heavy

    return Plan(epochs=epochs, misheard=misheard, ngrams=ngrams)


def _write_background(folder: Path, encoder: SentenceEncoder, examples: Sequence[Example]) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415 - heavy

    chooser = np.random.default_rng(SEED)
    kept = {}
    for language in sorted({example.language for example in examples}):
        texts = [example.text for example in examples if example.language == language]
        chosen = sorted(chooser.choice(len(texts), min(BACKGROUND, len(texts)), replace=False))
        kept[language] = encoder.encode([texts[at] for at in chosen]).astype(np.float16)
    save_file(kept, folder / "background.safetensors")


def _tests(examples: Sequence[Example]) -> Iterator[tuple[str, list[int]]]:
    """The test lines of each language."""
    for language in sorted({example.language for example in examples}):
        yield language, rows_of(examples, "test", language)


def _write_card(folder: Path, figures: Figures, examples: Sequence[Example]) -> None:
    """Puts what was trained and measured into model.yaml and leaves the rest of it alone."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only here

    yaml = YAML()
    yaml.width = 110
    path = folder / "model.yaml"
    card = yaml.load(path.read_text("utf-8"))
    card["trained"] = {
        "data_sha256": data_hash(folder / "data"),
        "train_texts": len(rows_of(examples, "train")),
        "test_texts": len(rows_of(examples, "test")),
    }
    card["measured"] = figures
    with path.open("w", encoding="utf-8") as out:
        yaml.dump(card, out)
