"""What a text may be (acts, feelings, causes), by networks on the sentence encoder. JSON and safetensors, no pickle.

Where the card says so, half of a score comes from a linear model on n-grams (`ngrams.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError, fingerprint
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.ngrams import NgramModel, load_ngrams
from qa_pipeline.text.remembered import Remembered

HINT = "`qa train` writes it."
KEEP = 8192  # texts whose chances are remembered
WEIGHTS = "tagger.safetensors"
NGRAMS = "ngrams.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggerCard:
    """What a tagger is besides its weights.

    `exclusive`: one label is true (softmax), else each for itself (sigmoid). `temperature` divides the scores, so that
    chances mean what they say. `claims`, `doubts` and `backs` are limits for each label (`contracts.Tagger`).
    `first_layer` is the first adapted layer of the encoder, `encoder` its fingerprint, `weights` the SHA-256 of the
    weights' file, `ngrams` that of the linear model beside the network, "" where there is none.
    """

    labels: tuple[str, ...]
    exclusive: bool
    temperature: float
    claims: tuple[float, ...]
    doubts: tuple[float, ...]
    backs: tuple[float, ...]
    first_layer: int
    rank: int
    encoder: str
    weights: str
    ngrams: str = ""


class TextTagger:
    """Chances of every label in texts, each text for itself, so that they do not depend on its neighbours."""

    def __init__(self, folder: Path, encoder: SentenceEncoder) -> None:
        """Reads the card; weights are loaded when first used. Raises ModelError."""
        self.card = read_card(folder / "tagger.json")
        if self.card.encoder != encoder.fingerprint:
            raise ModelError(
                f"The {folder.name} network does not belong to this sentence encoder.",
                code="head_of_other_encoder",
                hint=f"Run `qa train {folder.name}` after changing the encoder.",
            )
        self._folder = folder
        self._encoder = encoder
        self._remembered = Remembered(self._chances, keep=KEEP)
        self.labels = self.card.labels
        self.claims, self.doubts, self.backs = self.card.claims, self.card.doubts, self.card.backs
        self.fingerprint = fingerprint("tagger 2", self.card)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), len(labels)), 0 to 1."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        return self._remembered.rows(texts)

    def _chances(self, text: str) -> NDArray[np.float64]:
        import torch  # noqa: PLC0415 - heavy

        with torch.inference_mode():
            logits = self._network(*self._encoder.states([text], self.card.first_layer))[0].double().numpy()
        scores = mean_of(logits, self._ngrams.scores([text])[0]) if self._ngrams else logits
        return chances_of(scores, exclusive=self.card.exclusive, temperature=self.card.temperature)

    @cached_property
    def _network(self) -> Any:  # noqa: ANN401 - torch is imported here only
        from safetensors.torch import load_file  # noqa: PLC0415 - heavy

        from qa_pipeline.text.tagger_network import TaggerNetwork  # noqa: PLC0415 - heavy

        check(self._folder, self.card)
        layers = self._encoder.layers_from(self.card.first_layer)
        network = TaggerNetwork(layers, labels=len(self.labels), width=self._encoder.width, rank=self.card.rank)
        network.take(load_file(self._folder / WEIGHTS))
        network.merge()
        return network.eval()

    @cached_property
    def _ngrams(self) -> NgramModel | None:
        check(self._folder, self.card)
        return load_ngrams(self._folder / NGRAMS) if self.card.ngrams else None


def check(folder: Path, card: TaggerCard) -> None:
    """Raises ModelError when the folder's weights are not those of its card."""
    for name, expected in ((WEIGHTS, card.weights), *([(NGRAMS, card.ngrams)] if card.ngrams else [])):
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ModelError(f"{path} is not what its card says.", code="head_broken", hint=HINT)


def mean_of(network: NDArray[np.float64], ngrams: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores of a tagger with both, any shape."""
    return (network + ngrams) / 2


def chances_of(scores: NDArray[np.float64], *, exclusive: bool, temperature: float) -> NDArray[np.float64]:
    """Chances from a network's scores, shape (..., labels): softmax where one label is true, else sigmoid."""
    calmed = scores / temperature
    if not exclusive:
        return np.asarray(1 / (1 + np.exp(-calmed)))
    powers = np.exp(calmed - calmed.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def write_card(card: TaggerCard, path: Path) -> None:
    """Writes the card as JSON."""
    path.write_text(json.dumps(asdict(card), indent=1) + "\n", "utf-8")


def read_card(path: Path) -> TaggerCard:
    """Raises ModelError when the file is missing or is no card."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return TaggerCard(
            labels=tuple(raw["labels"]),
            exclusive=bool(raw["exclusive"]),
            temperature=float(raw["temperature"]),
            claims=tuple(raw["claims"]),
            doubts=tuple(raw["doubts"]),
            backs=tuple(raw["backs"]),
            first_layer=int(raw["first_layer"]),
            rank=int(raw["rank"]),
            encoder=str(raw["encoder"]),
            weights=str(raw["weights"]),
            ngrams=str(raw.get("ngrams", "")),
        )
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing.", code="head_missing", hint=HINT) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is no card of a tagger: {error}", code="head_broken") from error
