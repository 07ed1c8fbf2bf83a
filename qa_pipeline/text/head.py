"""Small linear heads on sentence vectors: what training writes, what detectors read. JSON, no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A linear layer over unit vectors.

    `weights` has one row for each label. `exclusive`: one label is true (softmax), else each for itself (sigmoid).
    `temperature` divides the scores so that probabilities mean what they say. `thresholds` are per label: below its
    own a label is not claimed. `encoder` is the fingerprint of the encoder that it was trained on.
    """

    labels: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    temperature: float
    exclusive: bool
    thresholds: tuple[float, ...]
    encoder: str

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (len(vectors), len(labels))."""
        scores = (vectors.astype(np.float64) @ np.array(self.weights).T + np.array(self.bias)) / self.temperature
        if self.exclusive:
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        else:
            result = 1 / (1 + np.exp(-scores))
        return result


def save(head: Head, path: Path) -> None:
    """Writes the head as JSON with numbers short enough to review and exact enough to reproduce."""
    path.write_text(json.dumps(asdict(head), ensure_ascii=False, indent=None, separators=(",", ":")) + "\n", "utf-8")


def load(path: Path) -> Head:
    """Raises ModelError when the file is missing or is no head."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        return Head(
            labels=tuple(raw["labels"]),
            weights=tuple(tuple(row) for row in raw["weights"]),
            bias=tuple(raw["bias"]),
            temperature=float(raw["temperature"]),
            exclusive=bool(raw["exclusive"]),
            thresholds=tuple(raw["thresholds"]),
            encoder=str(raw["encoder"]),
        )
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing.", code="head_missing", hint="`qa train` writes it.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} holds no trained head: {error}", code="head_broken") from error
