"""Training the heads from `models/<name>/data` and writing what was measured into their cards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Encoder
from qa_pipeline.text import head
from qa_pipeline.text.head import Head
from qa_pipeline.text.tagger import TaggerCard, write_card
from qa_pipeline.training.data import Example, data_hash, read_examples
from qa_pipeline.training.fit import f1, fit_exclusive, fit_independent, wary_limits
from qa_pipeline.training.measure import Figure, calibration_error, figure, macro_f1, micro_f1, precision, recall, table

if TYPE_CHECKING:
    from qa_pipeline.text.embed import SentenceEncoder
    from qa_pipeline.training.tagger import Plan

SEED = 20260101
HELD_OUT = 0.25  # share of the training text that the tagger's limits come from
Figures = dict[str, dict[str, Figure]]


def train_sentiment(folder: Path, encoder: Encoder) -> Figures:
    """Writes `<folder>/head.json`; returns the figures by language on the test split."""
    examples = read_examples(folder / "data", "label", one=True)
    vectors = encoder.encode([example.text for example in examples])
    chosen = _rows(examples, "train")
    trained = fit_exclusive(
        vectors[chosen], [next(iter(examples[row].labels)) for row in chosen], encoder=encoder.fingerprint
    )
    head.save(trained, folder / "head.json")
    figures: Figures = {}
    for language in _languages(examples):
        rows = _rows(examples, "test", language)
        chances = trained.probabilities(vectors[rows])
        truth = table([examples[row].labels for row in rows], trained.labels)
        best = np.eye(len(trained.labels), dtype=bool)[chances.argmax(axis=1)]
        figures[language] = {
            "macro_f1": figure(macro_f1, truth, best),
            "calibration_error": {
                "value": calibration_error(chances.max(axis=1), (truth & best).any(axis=1)),
                "n": len(rows),
            },
        }
    _write_card(folder, figures, examples)
    return figures


def train_causes(folder: Path, encoder: Encoder) -> Figures:
    """Writes complaint.json and causes.json into `folder`; returns the figures by language on the test split."""
    complaints = read_examples(folder / "data", "is_complaint", one=True)
    causes = read_examples(folder / "data", "causes")
    vectors = encoder.encode([example.text for example in causes])
    chosen = _rows(causes, "train")
    names = sorted({label for example in causes for label in example.labels})
    complaint = fit_independent(
        vectors[chosen], [complaints[row].labels for row in chosen], ["true"], encoder=encoder.fingerprint
    )
    trained = fit_independent(
        vectors[chosen], [causes[row].labels for row in chosen], names, encoder=encoder.fingerprint
    )
    head.save(complaint, folder / "complaint.json")
    head.save(trained, folder / "causes.json")
    figures: Figures = {}
    for language in _languages(causes):
        rows = _rows(causes, "test", language)
        truth = table([causes[row].labels for row in rows], names)
        claimed = _claimed(trained, vectors[rows])
        is_complaint = table([complaints[row].labels for row in rows], ["true"])
        figures[language] = {
            "complaint_f1": figure(_column_f1, is_complaint, _claimed(complaint, vectors[rows])),
            "causes_micro_f1": figure(micro_f1, truth, claimed),
            "causes_macro_f1": figure(macro_f1, truth, claimed),
        }
    _write_card(folder, figures, causes)
    return figures


def train_acts(
    folder: Path, encoder: SentenceEncoder, plan: Plan | None = None, tell: Callable[[str], None] = print
) -> Figures:
    """Writes the act tagger into `folder`; returns this layer's figures for each act, by language, on the test split.

    The limits come from a network that was trained without a quarter of the training text, on that quarter; then one is
    trained on all of it. What customers and recordings say is no test of what an agent does: customers' lines are left
    out, recordings' are lines without an act.
    """
    from safetensors.torch import save_file  # noqa: PLC0415 - heavy

    from qa_pipeline.training.tagger import Plan, chances_of, fit_tagger, states_of  # noqa: PLC0415 - heavy

    plan = plan or Plan()
    examples = [one for one in read_examples(folder / "data", "acts") if one.party != "customer"]
    names = sorted({label for example in examples for label in example.labels})
    truth = table([example.labels for example in examples], names)
    states = states_of(encoder, [example.text for example in examples], plan.first_layer)
    tell(f"{len(examples)} texts read")
    train, test = _rows(examples, "train"), _rows(examples, "test")
    held_out = np.random.default_rng(SEED).random(len(train)) < HELD_OUT
    inner = [row for row, out in zip(train, held_out, strict=True) if not out]
    outer = [row for row, out in zip(train, held_out, strict=True) if out]
    trial = chances_of(
        fit_tagger(encoder, [states[row] for row in inner], truth[inner], plan, tell), [states[row] for row in outer]
    )
    limits = [wary_limits(truth[outer][:, column], trial[:, column]) for column in range(len(names))]
    network = fit_tagger(encoder, [states[row] for row in train], truth[train], plan, tell)
    path = folder / "tagger.safetensors"
    save_file({name: value.half().contiguous() for name, value in network.trained().items()}, path)
    claims, doubts, denials = zip(*limits, strict=True)
    write_card(
        TaggerCard(
            labels=tuple(names),
            claims=claims,
            doubts=doubts,
            denials=denials,
            first_layer=plan.first_layer,
            rank=plan.rank,
            encoder=encoder.fingerprint,
            weights=hashlib.sha256(path.read_bytes()).hexdigest(),
        ),
        folder / "tagger.json",
    )
    chances = chances_of(network, [states[row] for row in test])
    figures: Figures = {}
    for language in _languages(examples):
        here = [number for number, row in enumerate(test) if examples[row].language == language]
        true, claimed = truth[test][here], chances[here] >= np.array(claims)
        figures[language] = {
            f"{label}_{name}": figure(metric, true[:, [column]], claimed[:, [column]])
            for column, label in enumerate(names)
            for name, metric in (("precision", precision), ("recall", recall))
        }
    _write_card(folder, figures, examples)
    return figures


def _claimed(trained: Head, vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = trained.probabilities(vectors) >= np.array(trained.thresholds)
    return result


def _column_f1(truth: NDArray[np.bool_], claimed: NDArray[np.bool_]) -> float:
    return f1(truth[:, 0], claimed[:, 0])


def _rows(examples: Sequence[Example], split: str, language: str = "") -> list[int]:
    return [
        row for row, example in enumerate(examples) if example.split == split and language in ("", example.language)
    ]


def _languages(examples: Sequence[Example]) -> list[str]:
    return sorted({example.language for example in examples})


def _write_card(folder: Path, figures: Figures, examples: Sequence[Example]) -> None:
    """Puts what was trained and measured into model.yaml and leaves the rest of it alone."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only here

    yaml = YAML()
    yaml.width = 110
    path = folder / "model.yaml"
    card = yaml.load(path.read_text("utf-8"))
    card["trained"] = {
        "data_sha256": data_hash(folder / "data"),
        "train_texts": len(_rows(examples, "train")),
        "test_texts": len(_rows(examples, "test")),
    }
    card["measured"] = figures
    with path.open("w", encoding="utf-8") as out:
        yaml.dump(card, out)
